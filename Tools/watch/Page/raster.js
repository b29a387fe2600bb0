import { byId, bytesOf, colours, fit, seconds, setText } from "./basics.js";

// Spikes: the latest steps, the newest at the right. Recordings may each begin at time 0, so steps are counted here.
const raster = { parts: [], steps: 0, neurons: 1, window: 2000, lengths: [], dt: 1e-3, stale: true };
// The length of a step. Recordings begin and end within intervals, which tells a wrong one now and then: the median is right.
export function noteLength(header) {
  const length = (header.t - header.t_from) / 1e6 / Math.max(1, header.steps);
  if (!(length > 0)) return;
  raster.lengths = [...raster.lengths.slice(-30), length];
  raster.dt = [...raster.lengths].sort((left, right) => left - right)[raster.lengths.length >> 1];
}
export function addSpikes(header, message) {
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
export function drawRaster() {
  if (!raster.stale) return;
  raster.stale = false;
  const { context, width, height, ratio } = fit(byId("raster"));
  const pixels = context.createImageData(width, height);
  const begin = raster.steps - raster.window;
  const dot = { width: Math.max(1, Math.round(1.5 * ratio)), height: Math.max(1, Math.min(3 * ratio, Math.floor(height / raster.neurons))) };
  for (const part of raster.parts) {
    for (let index = 0; index < part.pairs.length; index += 2) {
      if (!isInside(part, part.pairs[index], part.pairs[index + 1])) continue;
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
const isInside = (part, step, neuron) => step >= 0 && step < part.steps && neuron >= 0 && neuron < raster.neurons;

// The length of a step in seconds of stream time, as far as it is known.
export const stepLength = () => raster.dt;
export function redrawSpikes() { raster.stale = true; }
export function clearSpikes() { Object.assign(raster, { parts: [], steps: 0, stale: true }); }
