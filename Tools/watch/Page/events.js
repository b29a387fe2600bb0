import { byId, bytesOf, colours, seconds, setText, short } from "./basics.js";

// Events: every message adds to the image, and time takes away.
const image = { width: 0, height: 0, on: null, off: null, level: 1, drawn: 0, lively: false };
export function addEvents(header, message, dt) {
  const on = bytesOf(message.on), off = bytesOf(message.off);
  if (image.width !== header.width || image.height !== header.height) {
    Object.assign(image, {
      width: header.width, height: header.height,
      on: new Float32Array(on.length), off: new Float32Array(off.length), level: 1,
    });
    Object.assign(byId("events"), { width: header.width, height: header.height });
    byId("events").style.aspectRatio = header.width + " / " + header.height;
  }
  const counts = [];
  for (let cell = 0; cell < on.length; cell++) {
    if (on[cell]) counts.push(on[cell]);
    if (off[cell]) counts.push(off[cell]);
  }
  if (counts.length) {
    counts.sort((left, right) => left - right);
    image.level += 0.3 * (Math.max(1, counts[Math.floor(counts.length * 0.95)]) - image.level);
  }
  for (let cell = 0; cell < on.length; cell++) {
    image.on[cell] = Math.min(1, image.on[cell] + on[cell] / image.level);
    image.off[cell] = Math.min(1, image.off[cell] + off[cell] / image.level);
  }
  image.lively = true;
  const text = `${header.sensor_width}×${header.sensor_height} pixels, ${short(header.events)} events in the last `
    + `${seconds(header.steps * dt).join(" ")} of stream time`;
  setText(byId("events-note"), text);
  byId("events").setAttribute("aria-label", "Where events were: " + text);
}
export function drawEvents(now) {
  const passed = Math.min(100, now - image.drawn);
  image.drawn = now;
  if (!image.lively) return;
  const context = byId("events").getContext("2d");
  const pixels = context.createImageData(image.width, image.height);
  const keep = Math.exp(-passed / 180);
  let most = 0;
  for (let cell = 0; cell < image.on.length; cell++) {
    const on = image.on[cell], off = image.off[cell];
    most = Math.max(most, on, off);
    // The stronger polarity gives the colour: mixed, the two would be grey.
    const parts = on >= off ? colours.onParts : colours.offParts;
    const strength = Math.max(on, off) ** 0.8;
    for (let part = 0; part < 3; part++) {
      const base = colours.fieldParts[part];
      pixels.data[4 * cell + part] = base + (parts[part] - base) * strength;
    }
    pixels.data[4 * cell + 3] = 255;
    image.on[cell] = on * keep;
    image.off[cell] = off * keep;
  }
  context.putImageData(pixels, 0, 0);
  image.lively = most > 0.002;
}

// Draws once more although nothing has changed, in colours that have.
export function redrawEvents() { image.lively = image.on !== null; }
