import { byId, bytesOf, colours, make, setText } from "./basics.js";

// Receptive fields: orange where ON excites more than OFF, blue where OFF does.
export function drawFields(fields) {
  const holder = byId("fields");
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
