import { byId, finite, list, make, percent, seconds, setText, short } from "./basics.js";

// The engine's numbers.
export function drawStatus(status, watchers) {
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
  const refused = Object.values(status.refused || {}).reduce((total, count) => total + finite(count), 0);
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
  setText(byId("model"), `model ${status.model ?? "–"}, up ${up} ${unit}, ${status.learning ? "learning" : "predicting only"}, weights ${short(status.weights_seq)}`);
}
function flat(name, value, depth) {
  if (value === null || typeof value !== "object") return [[name.replaceAll("_", " "), plain(value)]];
  if (depth === 0 || (Array.isArray(value) && value.length > 8)) return [];
  return Object.entries(value).flatMap(([key, part]) => flat(name + " " + key, part, depth - 1));
}
function plain(value) {
  return typeof value === "number" ? short(value) : typeof value === "boolean" ? (value ? "yes" : "no") : String(value).slice(0, 80);
}
