import { byId, colours, finite, fit, percent, setText, short } from "./basics.js";

// Curves over trials.
function drawCurve(id, points, columns, top, format) {
  const { context, width, height, ratio } = fit(byId(id));
  context.clearRect(0, 0, width, height);
  context.font = `${11 * ratio}px system-ui, sans-serif`;
  const left = 44 * ratio, right = width - 12 * ratio, bottom = height - 22 * ratio, upper = 8 * ratio;
  const highest = top || nice(Math.max(1e-9, ...points.flatMap((point) => columns.map((column) => finite(point[column])))));
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
export function drawCurves(curves) {
  const shown = (columns) => curves.filter((point) =>
    Number.isFinite(point[0]) && columns.some((column) => Number.isFinite(point[column])));
  drawCurve("accuracy", shown([1, 2]), [1, 2], 1, (value) => Math.round(100 * value) + " %");
  drawCurve("loss", shown([3, 4]), [3, 4], 0, (value) => value.toPrecision(2));
  const last = curves[curves.length - 1];
  if (!last) return;
  const accuracy = `${percent(last[1])} of ${short(last[0])} trials, ${percent(last[2])} of the last 100; each predicted before it was learned from`;
  setText(byId("accuracy-note"), accuracy);
  byId("accuracy").setAttribute("aria-label", accuracy);
  if (!Number.isFinite(last[3])) return;
  const fixed = (value) => Number.isFinite(value) ? value.toFixed(3) : "–";
  const loss = `${fixed(last[3])} over all trials, ${fixed(last[4])} over the last 100; mean of each trial's steps`;
  setText(byId("loss-note"), loss);
  byId("loss").setAttribute("aria-label", loss);
}
