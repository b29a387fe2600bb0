import { byId, finite, make, setText } from "./basics.js";

// Scores: a bar a class, the twelve highest of many.
const bars = { low: 0, high: 1e-6 };
export function drawScores(activity, prediction) {
  const latest = prediction && prediction.latest;
  let scores = (activity ? activity.header.scores : []).map(Number);
  // Between trials there are none: what is left is how the last trial ended.
  const isOpen = scores.some((score) => score !== 0);
  if (!isOpen && latest) scores = (prediction.final || latest).scores.map(Number);
  if (!scores.length) return;
  let top = 0;
  const rank = (index) => Number.isNaN(scores[index]) ? -Infinity : scores[index];
  scores.forEach((_, index) => { if (rank(index) > rank(top)) top = index; });
  const told = isOpen ? latest : prediction && (prediction.final || latest);
  // A prediction of the trial before says nothing about this one.
  const label = told && !(isOpen && told.final) ? told.label : undefined;
  let chosen = scores.map((_, index) => index);
  if (chosen.length > 12) {
    chosen = chosen.sort((left, right) => finite(rank(right) - rank(left))).slice(0, 12).sort((left, right) => left - right);
  }
  const known = scores.filter(Number.isFinite);
  const ease = (old, now) => Math.abs(now) > Math.abs(old) ? now : old + 0.1 * (now - old);
  bars.low = ease(bars.low, Math.min(0, ...known));
  bars.high = ease(bars.high, Math.max(1e-6, ...known));
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
    const from = Math.min(finite(score), 0), to = Math.max(finite(score), 0);
    bar.firstChild.style.left = 100 * (from - bars.low) / span + "%";
    bar.firstChild.style.width = 100 * Math.max(0, Math.min(1, (to - from) / span)) + "%";
  });
}
export function drawVerdict(prediction) {
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
