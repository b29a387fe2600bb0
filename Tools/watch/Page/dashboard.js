// What comes from the server, and which part of the page shows it.
import { byId, readColours, setText } from "./basics.js";
import { drawCurves } from "./curves.js";
import { addEvents, drawEvents, redrawEvents } from "./events.js";
import { drawFields } from "./fields.js";
import { addSpikes, clearSpikes, drawRaster, noteLength, redrawSpikes, stepLength } from "./raster.js";
import { drawScores, drawVerdict } from "./scores.js";
import { drawStatus } from "./status.js";

const show = { source: "", seen: new Map(), predictions: new Map(), curves: [], fields: null, lastNote: 0 };

function drawOutcome() {
  const prediction = show.predictions.get(show.source);
  drawVerdict(prediction);
  drawScores(show.seen.get(show.source), prediction);
}
function setState(kind, text, reason) {
  byId("state").className = "state " + kind;
  setText(byId("state"), text);
  byId("away").hidden = !reason;
  if (reason) setText(byId("away"), reason);
}

// Sources that have shown something and that the engine still knows, and the chosen one in any case.
function offer(known) {
  const shown = [...new Set([show.source, ...show.seen.keys(), ...show.predictions.keys()])]
    .filter((name) => name === show.source ? name !== "" : Object.hasOwn(known, name)).slice(0, 64);
  for (const name of [...show.seen.keys()]) if (!shown.includes(name)) show.seen.delete(name);
  const choice = byId("source"), offered = [...choice.options].map((option) => option.value);
  const names = [...offered.filter((name) => shown.includes(name)), ...shown.filter((name) => !offered.includes(name))];
  byId("source-choice").hidden = names.length < 2;
  if (names.join("\n") === offered.join("\n")) return;
  choice.replaceChildren(...names.map((name) => new Option(name, name, false, name === show.source)));
}
const handlers = {
  away(note) {
    setState("gone", "Engine away", `The engine does not answer (${note.reason}). What is below is what it said last; this page goes on by itself when it is back.`);
  },
  status(note) {
    setState("live", "Live");
    drawStatus(note.status, note.watchers);
    offer(note.status.sources || {});
  },
  activity(note) {
    const name = note.header.source;
    show.source ||= name;
    show.seen.set(name, note);
    if (name !== show.source) return;
    noteLength(note.header);
    addEvents(note.header, note, stepLength());
    addSpikes(note.header, note);
    drawOutcome();
  },
  prediction(note) {
    show.predictions = new Map(Object.entries(note));
    show.source ||= [...show.predictions.keys()][0] ?? "";
    drawOutcome();
  },
  curves(note) { show.curves = note; drawCurves(note); },
  fields(note) { show.fields = note; drawFields(note); },
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
  redrawSpikes();
  redrawEvents();
  drawCurves(show.curves);
  drawFields(show.fields);
}
function frame(now) {
  drawEvents(now);
  drawRaster();
  requestAnimationFrame(frame);
}
byId("source").addEventListener("change", (event) => {
  show.source = event.target.value;
  clearSpikes();
  drawOutcome();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new ResizeObserver(drawAll).observe(document.querySelector("main"));
drawAll();
connect();
requestAnimationFrame(frame);
