"use strict";

const byId = (id) => document.getElementById(id);
const colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ink", "dim", "rule", "field", "on", "off", "main", "second", "spike"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
  for (const name of ["field", "on", "off", "spike"]) {
    const number = parseInt(colours[name].slice(1), 16);
    colours[name + "Parts"] = [number >> 16, number >> 8 & 255, number & 255];
  }
}

const show = {
  source: "", seen: new Map(), status: null, predictions: {}, curves: [], fields: null, lastNote: 0,
};

// Numbers as people read them. What is no number came as text.
function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return (value / 1e9).toFixed(2) + " G";
  if (size >= 1e6) return (value / 1e6).toFixed(2) + " M";
  if (size >= 1e4) return (value / 1e3).toFixed(1) + " k";
  return size >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
}
function seconds(value) {
  if (!Number.isFinite(value)) return ["–", ""];
  if (value < 1e-3) return [String(Math.round(value * 1e6)), "µs"];
  if (value < 1) return [(value * 1e3).toPrecision(3), "ms"];
  return value < 120 ? [value.toPrecision(3), "s"] : value < 7200 ? [String(Math.round(value / 60)), "min"]
    : [(value / 3600).toFixed(1), "h"];
}
const percent = (value) => Number.isFinite(value) ? (100 * value).toFixed(1) + " %" : "–";
const setText = (element, text) => { if (element.textContent !== text) element.textContent = text; };
function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index++) bytes[index] = raw.charCodeAt(index);
  return bytes;
}
function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A canvas whose pixels are those of the screen.
function fit(canvas) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
  const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return { context: canvas.getContext("2d"), width, height, ratio };
}

// Events: every message adds to the image, and time takes away.
const image = { width: 0, height: 0, on: null, off: null, level: 1, drawn: 0, lively: false };
function addEvents(header, message) {
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
    + `${seconds(header.steps * raster.dt).join(" ")} of stream time`;
  setText(byId("events-note"), text);
  byId("events").setAttribute("aria-label", "Where events were: " + text);
}
function drawEvents(now) {
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

// Spikes: the latest steps, the newest at the right. Recordings may each begin at time 0, so steps are counted here.
const raster = { parts: [], steps: 0, neurons: 1, window: 2000, lengths: [], dt: 1e-3, stale: true };
// The length of a step. Recordings begin and end within intervals, which tells a wrong one now and then: the median is right.
function noteLength(header) {
  const length = (header.t - header.t_from) / 1e6 / Math.max(1, header.steps);
  if (!(length > 0)) return;
  raster.lengths = [...raster.lengths.slice(-30), length];
  raster.dt = [...raster.lengths].sort((left, right) => left - right)[raster.lengths.length >> 1];
}
function addSpikes(header, message) {
  const pairs = new Int32Array(bytesOf(message.raster).buffer);
  if (raster.neurons !== header.neurons) Object.assign(raster, { parts: [], neurons: header.neurons });
  raster.parts.push({ first: raster.steps, steps: header.steps, pairs });
  raster.steps += header.steps;
  // As much as a few seconds of looking hold, in round numbers.
  const shown = raster.parts.slice(-10);
  const mean = shown.reduce((sum, part) => sum + part.steps, 0) / shown.length;
  const wanted = Math.max(200, mean * 12), power = 10 ** Math.floor(Math.log10(wanted));
  raster.window = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= wanted);
  while (raster.parts.length > 1 && (raster.parts.length > 60
    || raster.parts[0].first + raster.parts[0].steps < raster.steps - raster.window)) raster.parts.shift();
  raster.stale = true;
  const rate = header.spikes / header.neurons / Math.max(1e-9, header.steps * raster.dt);
  setText(byId("raster-key"), `${header.neurons} neurons`);
  const text = `The last ${seconds(raster.window * raster.dt).join(" ")} of stream time, neuron 0 at the top; `
    + `${rate.toPrecision(2)} spikes/s a neuron`;
  setText(byId("raster-note"), text);
  byId("raster").setAttribute("aria-label", "When hidden neurons spiked. " + text);
}
function drawRaster() {
  if (!raster.stale) return;
  raster.stale = false;
  const { context, width, height, ratio } = fit(byId("raster"));
  const pixels = context.createImageData(width, height);
  const begin = raster.steps - raster.window;
  const dot = { width: Math.max(1, Math.round(1.5 * ratio)), height: Math.max(1, Math.min(3 * ratio, Math.floor(height / raster.neurons))) };
  for (const part of raster.parts) {
    for (let index = 0; index < part.pairs.length; index += 2) {
      const left = Math.floor((part.first + part.pairs[index] - begin) / raster.window * (width - dot.width));
      if (left < 0) continue;
      const top = Math.floor(part.pairs[index + 1] / raster.neurons * (height - dot.height));
      for (let y = top; y < top + dot.height; y++) {
        for (let x = left; x < left + dot.width; x++) {
          const place = 4 * (y * width + x);
          for (let colour = 0; colour < 3; colour++) pixels.data[place + colour] = colours.spikeParts[colour];
          pixels.data[place + 3] = 255;
        }
      }
    }
  }
  context.putImageData(pixels, 0, 0);
}

// Scores: a bar a class, the twelve highest of many.
const bars = { low: 0, high: 1e-6 };
function drawScores() {
  const prediction = show.predictions[show.source];
  const activity = show.seen.get(show.source);
  const latest = prediction && prediction.latest;
  let scores = (activity ? activity.header.scores : []).map(Number);
  // Between trials there are none: what is left is how the last trial ended.
  const isOpen = scores.some((score) => score !== 0);
  if (!isOpen && latest) scores = (prediction.final || latest).scores.map(Number);
  if (!scores.length) return;
  let top = 0;
  scores.forEach((score, index) => { if (score > scores[top]) top = index; });
  const told = isOpen ? latest : prediction && (prediction.final || latest);
  // A prediction of the trial before says nothing about this one.
  const label = told && !(isOpen && told.final) ? told.label : undefined;
  let chosen = scores.map((_, index) => index);
  if (chosen.length > 12) {
    chosen = chosen.sort((left, right) => scores[right] - scores[left]).slice(0, 12).sort((left, right) => left - right);
  }
  const finite = scores.filter(Number.isFinite);
  const ease = (old, now) => Math.abs(now) > Math.abs(old) ? now : old + 0.1 * (now - old);
  bars.low = ease(bars.low, Math.min(0, ...finite));
  bars.high = ease(bars.high, Math.max(1e-6, ...finite));
  const span = bars.high - bars.low;
  const list = byId("scores");
  while (list.children.length > chosen.length) list.lastChild.remove();
  while (list.children.length < chosen.length) {
    const row = make("li"), bar = make("span", "bar");
    bar.append(make("span", "fill"));
    row.append(make("span", "class"), bar, make("span", "value"), make("span", "tag"));
    list.append(row);
  }
  chosen.forEach((index, place) => {
    const row = list.children[place], [name, bar, value, tag] = row.children, score = scores[index];
    row.className = index === top ? "top" : "";
    setText(name, String(index));
    setText(value, Number.isFinite(score) ? score.toFixed(2) : String(score));
    setText(tag, index === label ? "label" : "");
    const from = Math.min(score, 0), to = Math.max(score, 0);
    bar.firstChild.style.left = 100 * (from - bars.low) / span + "%";
    bar.firstChild.style.width = 100 * Math.max(0, Math.min(1, (to - from) / span)) + "%";
  });
}
function drawVerdict() {
  const prediction = show.predictions[show.source];
  if (!prediction) return;
  const ended = prediction.final, verdict = byId("verdict");
  const text = (word) => make("small", "", word);
  if (ended && ended.label !== undefined) {
    const mark = make("span", ended.correct ? "good" : "bad", ended.correct ? "✓ right" : "✗ wrong");
    verdict.replaceChildren(text("Last trial "), `${ended.class} `, mark, text(ended.correct ? "" : ` label ${ended.label}`));
  } else {
    verdict.replaceChildren(text(ended ? "Last trial " : "So far "), String((ended || prediction.latest).class));
  }
  const results = byId("results"), marks = prediction.results.slice(-24);
  while (results.children.length > marks.length) results.firstChild.remove();
  while (results.children.length < marks.length) results.append(make("i"));
  marks.forEach((correct, index) => { results.children[index].className = correct ? "" : "miss"; });
  const right = marks.filter(Boolean).length;
  if (marks.length) results.setAttribute("aria-label", `${right} of the last ${marks.length} labelled trials were predicted right`);
}

// Curves over trials.
function drawCurve(id, columns, top, format) {
  const points = show.curves.filter((point) => columns.some((column) => Number.isFinite(point[column])));
  const { context, width, height, ratio } = fit(byId(id));
  context.clearRect(0, 0, width, height);
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  const left = 44 * ratio, right = width - 12 * ratio, bottom = height - 22 * ratio, upper = 8 * ratio;
  const highest = top || nice(Math.max(1e-9, ...points.flatMap((point) => columns.map((column) => point[column] || 0))));
  const last = points.length ? points[points.length - 1][0] : 1;
  const first = points.length > 1 ? points[0][0] : 0;
  const place = (trial, value) => [
    left + (right - left) * (trial - first) / Math.max(1, last - first),
    bottom - (bottom - upper) * Math.min(1, value / highest),
  ];
  context.lineWidth = ratio;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (let tick = 0; tick <= 4; tick++) {
    const y = Math.round(bottom - (bottom - upper) * tick / 4) + 0.5;
    context.strokeStyle = colours.rule;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
    context.fillStyle = colours.dim;
    context.fillText(format(highest * tick / 4), left - 6 * ratio, y);
  }
  context.textBaseline = "top";
  context.textAlign = "left";
  if (points.length) context.fillText(short(first), left, bottom + 6 * ratio);
  context.textAlign = "right";
  if (points.length > 1) context.fillText(`${short(last)} trials`, right, bottom + 6 * ratio);
  columns.forEach((column, index) => {
    context.strokeStyle = index ? colours.second : colours.main;
    context.lineWidth = 2 * ratio;
    context.setLineDash(index ? [5 * ratio, 4 * ratio] : []);
    context.beginPath();
    let isBegun = false;
    for (const point of points) {
      if (!Number.isFinite(point[column])) continue;
      const [x, y] = place(point[0], point[column]);
      if (isBegun) context.lineTo(x, y); else context.moveTo(x, y);
      isBegun = true;
    }
    context.stroke();
    context.setLineDash([]);
  });
}
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((times) => times * power).find((size) => size >= value * 1.02) || value;
}
function drawCurves() {
  drawCurve("accuracy", [1, 2], 1, (value) => Math.round(100 * value) + " %");
  drawCurve("loss", [3, 4], 0, (value) => value.toPrecision(2));
  const last = show.curves[show.curves.length - 1];
  if (!last) return;
  const accuracy = `${percent(last[1])} of ${short(last[0])} trials, ${percent(last[2])} of the last 100; each predicted before it was learned from`;
  setText(byId("accuracy-note"), accuracy);
  byId("accuracy").setAttribute("aria-label", accuracy);
  if (!Number.isFinite(last[3])) return;
  const loss = `${last[3].toFixed(3)} over all trials, ${last[4].toFixed(3)} over the last 100; mean of each trial's steps`;
  setText(byId("loss-note"), loss);
  byId("loss").setAttribute("aria-label", loss);
}

// The engine's numbers.
function list(id, entries, fill) {
  const list = byId(id);
  while (list.children.length > entries.length) list.lastChild.remove();
  while (list.children.length < entries.length) {
    const row = make("div");
    row.append(make("dt"), make("dd"));
    list.append(row);
  }
  entries.forEach((entry, index) => fill(list.children[index], entry));
}
function drawStatus(status, watchers) {
  const source = Object.entries(status.sources || {});
  const sum = (name) => source.reduce((total, entry) => total + (entry[1][name] || 0), 0);
  const recent = status.latency && status.latency.recent || {};
  const rates = status.rates || {}, queue = status.queue || {}, stream = status.stream || {};
  const [p50, p50Unit] = seconds(recent.p50_s), [p99, p99Unit] = seconds(recent.p99_s);
  const tiles = [
    ["Throughput", short(rates.events_per_s), "events/s"], ["Latency, median", p50, p50Unit], ["Latency, 99 %", p99, p99Unit],
    ["Busy", percent(rates.busy).replace(" %", ""), "%"],
    ["Queue", short(queue.messages), `of ${short(queue.message_limit)}`],
    ["Memory", short((status.resident_bytes ?? NaN) / 1048576), "MiB"],
  ];
  list("tiles", tiles, (row, [name, value, unit]) => {
    const [term, number] = row.children;
    setText(term, name);
    if (number.dataset.shown === value + unit) return;
    number.dataset.shown = value + unit;
    number.replaceChildren(value + " ", make("small", "", unit));
  });
  const refused = Object.values(status.refused || {}).reduce((total, count) => total + count, 0);
  const counters = [
    ["Events", status.events_received], ["Steps", stream.steps], ["Trials", stream.trials], ["Learned from", stream.trials_learned],
    ["To be sent", status.output_queue], ["Watchers", watchers],
    ["Refused", refused, 1], ["Missing", status.missing_messages, 1], ["Duplicates", status.duplicates, 1],
    ["Late events", stream.late_events, 1], ["Late labels", stream.late_labels], ["Time jumps", stream.time_jumps],
  ];
  list("counters", counters, (row, [name, value, isTrouble]) => {
    row.className = isTrouble && value > 0 ? "raised" : "";
    setText(row.children[0], name);
    setText(row.children[1], short(value ?? NaN));
  });
  // Other parts of the engine tell in sections of their own.
  const drawn = new Set(["sources", "latency", "rates", "loss", "queue", "stream", "refused"]);
  const others = Object.entries(status).filter(([name, value]) => !drawn.has(name) && value && typeof value === "object")
    .flatMap(([name, value]) => flat(name, value, 2)).slice(0, 60);
  byId("more-panel").hidden = !others.length;
  list("more", others, (row, [name, value]) => {
    setText(row.children[0], name);
    setText(row.children[1], value);
  });
  const [up, unit] = seconds(status.uptime_s);
  setText(byId("model"), `model ${status.model}, up ${up} ${unit}, ${status.learning ? "learning" : "predicting only"}, weights ${short(status.weights_seq)}`);
}
function flat(name, value, depth) {
  if (value === null || typeof value !== "object") return [[name.replaceAll("_", " "), plain(value)]];
  if (depth === 0 || (Array.isArray(value) && value.length > 8)) return [];
  return Object.entries(value).flatMap(([key, part]) => flat(name + " " + key, part, depth - 1));
}
function plain(value) {
  return typeof value === "number" ? short(value) : typeof value === "boolean" ? (value ? "yes" : "no") : String(value).slice(0, 80);
}

// Receptive fields: orange where ON excites more than OFF, blue where OFF does.
function drawFields() {
  const fields = show.fields, holder = byId("fields");
  if (!fields) return;
  if (fields.note) { holder.replaceChildren(make("p", "note", fields.note)); return; }
  while (holder.children.length > fields.items.length || (holder.firstChild && holder.firstChild.tagName !== "FIGURE")) holder.firstChild.remove();
  while (holder.children.length < fields.items.length) {
    const figure = make("figure"), canvas = make("canvas");
    canvas.setAttribute("role", "img");
    figure.append(canvas, make("figcaption"));
    holder.append(figure);
  }
  fields.items.forEach((item, place) => {
    const [canvas, caption] = holder.children[place].children;
    Object.assign(canvas, { width: fields.width, height: fields.height });
    const context = canvas.getContext("2d"), pixels = context.createImageData(fields.width, fields.height);
    const cells = new Int8Array(bytesOf(item.image).buffer);
    for (let cell = 0; cell < cells.length; cell++) {
      const parts = cells[cell] >= 0 ? colours.onParts : colours.offParts, strength = Math.abs(cells[cell]) / 127;
      for (let part = 0; part < 3; part++) {
        const base = colours.fieldParts[part];
        pixels.data[4 * cell + part] = base + (parts[part] - base) * strength;
      }
      pixels.data[4 * cell + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
    setText(caption, "neuron " + item.neuron);
    canvas.setAttribute("aria-label", "Weights of neuron " + item.neuron);
  });
}

// What comes from the server.
function setState(kind, text, reason) {
  byId("state").className = "state " + kind;
  setText(byId("state"), text);
  byId("away").hidden = !reason;
  if (reason) setText(byId("away"), reason);
}
function addSource(name) {
  if (show.source === "") show.source = name;
  const choice = byId("source");
  if (![...choice.options].some((option) => option.value === name)) {
    choice.append(new Option(name, name));
    byId("source-choice").hidden = choice.options.length < 2;
  }
}
const handlers = {
  away(note) {
    setState("gone", "Engine away", `The engine does not answer (${note.reason}). What is below is what it said last; this page goes on by itself when it is back.`);
  },
  status(note) {
    setState("live", "Live");
    show.status = note;
    drawStatus(note.status, note.watchers);
  },
  activity(note) {
    const name = note.header.source;
    addSource(name);
    show.seen.set(name, note);
    if (name !== show.source) return;
    noteLength(note.header);
    addEvents(note.header, note);
    addSpikes(note.header, note);
    drawScores();
  },
  prediction(note) {
    show.predictions = note;
    Object.keys(note).slice(0, 64).forEach(addSource);
    drawVerdict();
    drawScores();
  },
  curves(note) { show.curves = note; drawCurves(); },
  fields(note) { show.fields = note; drawFields(); },
};
let stream = null;
function connect() {
  if (stream) stream.close();
  show.lastNote = performance.now();
  stream = new EventSource("/events");
  for (const [name, handle] of Object.entries(handlers)) {
    stream.addEventListener(name, (event) => {
      show.lastNote = performance.now();
      handle(JSON.parse(event.data));
    });
  }
  stream.onerror = () => setState("gone", "Reconnecting", "The connection to the dashboard's server is lost. This page tries again by itself.");
}
// A browser gives up on some errors, and does not notice a connection that is silently gone.
setInterval(() => {
  if (stream.readyState === EventSource.CLOSED || performance.now() - show.lastNote > 10000) connect();
}, 2000);

function drawAll() {
  readColours();
  Object.assign(raster, { stale: true });
  image.lively = image.on !== null;
  drawCurves();
  drawFields();
}
function frame(now) {
  drawEvents(now);
  drawRaster();
  requestAnimationFrame(frame);
}
byId("source").addEventListener("change", (event) => {
  show.source = event.target.value;
  Object.assign(raster, { parts: [], steps: 0, stale: true });
  drawVerdict();
  drawScores();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new ResizeObserver(drawAll).observe(document.querySelector("main"));
drawAll();
connect();
requestAnimationFrame(frame);
