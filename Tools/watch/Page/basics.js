// What all parts of the page use: elements, colours, numbers as text.
export const byId = (id) => document.getElementById(id);
export const colours = {};
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "dim", "rule", "field", "on", "off", "main", "second", "spike"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
  for (const name of ["field", "on", "off", "spike"]) {
    const number = parseInt(colours[name].slice(1), 16);
    colours[name + "Parts"] = [number >> 16, number >> 8 & 255, number & 255];
  }
}

// What is drawn is finite, whatever an engine says.
export const finite = (value, otherwise = 0) => Number.isFinite(value) ? value : otherwise;

// Numbers as people read them. What is no number came as text.
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return (value / 1e9).toFixed(2) + " G";
  if (size >= 1e6) return (value / 1e6).toFixed(2) + " M";
  if (size >= 1e4) return (value / 1e3).toFixed(1) + " k";
  return size >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
}
export function seconds(value) {
  if (!Number.isFinite(value)) return ["–", ""];
  if (value < 1e-3) return [String(Math.round(value * 1e6)), "µs"];
  if (value < 1) return [(value * 1e3).toPrecision(3), "ms"];
  return value < 120 ? [value.toPrecision(3), "s"] : value < 7200 ? [String(Math.round(value / 60)), "min"]
    : [(value / 3600).toFixed(1), "h"];
}
export const percent = (value) => Number.isFinite(value) ? (100 * value).toFixed(1) + " %" : "–";
export const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };
export function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index++) bytes[index] = raw.charCodeAt(index);
  return bytes;
}
export function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A canvas whose pixels are those of the screen.
export function fit(canvas) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { context: canvas.getContext("2d"), width, height, ratio };
}

// As many rows of a name and a value as there are entries.
export function list(id, entries, fill) {
  const list = byId(id);
  while (list.children.length > entries.length) list.lastChild.remove();
  while (list.children.length < entries.length) {
    const row = make("div");
    row.append(make("dt"), make("dd"));
    list.append(row);
  }
  entries.forEach((entry, index) => fill(list.children[index], entry));
}
