// Words over the drawing: anatomical directions and structures at risk, as HTML so that they stay sharp.
import { Compass } from "./compass.js";
import { element, svg } from "./dom.js";
import { apply } from "./frames.js";
import { directions, edgeOf } from "./views.js";

const LINE_PIXELS = 19;
const GAP_PIXELS = 14;
const EDGE_PIXELS = 104;
const MOST_COVERED = 0.45;

export class Labels {
  constructor(layer) {
    this.layer = layer;
    this.structures = [];
    this.leaders = svg("svg", { class: "leaders", "aria-hidden": "true" });
    layer.append(this.leaders);
    this.edges = directions(1).map(({ word }) => ({ node: this.#span("direction", word) }));
    this.compass = new Compass(layer, directions(1));
  }

  setScene(scene) {
    this.scene = scene;
    this.directions = directions(scene.lat);
    for (const { node } of this.structures) node.remove();
    this.structures = (scene.payload.structures ?? []).map(({ name, p_mov_mm }) => ({
      p_mov_mm, node: this.#span("structure", name), line: svg("line", { "stroke-width": 1.5 }), width: 0,
    }));
    this.leaders.replaceChildren(...this.structures.map(({ line }) => line));
  }

  /** Words at the edges for a standard view; the compass for the free one. */
  setAxes(axes, free) {
    this.edges.forEach(({ node }, i) => {
      const edge = free ? null : edgeOf(this.directions[i].along, axes);
      node.dataset.edge = edge ?? "";
      node.hidden = !edge;
    });
    this.compass.show(free);
    this.free = free;
  }

  /** Puts the words where they belong at the drawing's camera. */
  place(drawing, day) {
    if (this.free) this.compass.place(this.directions, drawing.seenAlong(), drawing.size);
    const T_ref_mov = this.scene.T_ref_mov(day);
    const { low, high } = this.#room(drawing);
    const taken = { left: [], right: [] };
    const items = this.structures.map((item) => ({ ...item, item, at: drawing.toScreen(apply(T_ref_mov, item.p_mov_mm)) }));
    for (const { item, at: [x, y] } of items.sort((a, b) => a.at[1] - b.at[1])) {
      item.width ||= item.node.offsetWidth;
      const side = x < (low + high) / 2 ? "left" : "right";
      const { inner, covers } = outside(side, low, high, item.width, drawing.size.width);
      const from = covers < item.width * MOST_COVERED ? inner : x + (side === "left" ? -10 : 10);
      const leftEdge = Math.min(Math.max(side === "left" ? from - item.width : from, 4), drawing.size.width - item.width - 4);
      const atEdge = !this.free && (leftEdge < EDGE_PIXELS || leftEdge + item.width > drawing.size.width - EDGE_PIXELS);
      const lineY = clearOf(taken[side], atEdge ? offTheEdgeWord(y, drawing.size.height / 2) : y);
      taken[side].push(lineY);
      item.node.style.transform = `translate(${leftEdge.toFixed(1)}px, ${(lineY - 9).toFixed(1)}px)`;
      const end = from + (side === "left" ? 3 : -3);
      Object.entries({ x1: x, y1: y, x2: end, y2: lineY }).forEach(([name, value]) => item.line.setAttribute(name, value.toFixed(1)));
    }
  }

  /** Left and right end of the drawing in pixels. */
  #room(drawing) {
    let low = Infinity;
    let high = -Infinity;
    if (this.structures.length) {
      for (const point of drawing.points) {
        const [x] = drawing.toScreen(point);
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    return { low, high };
  }

  #span(kind, text) {
    const node = element("span", { class: `word ${kind}` }, text);
    this.layer.append(node);
    return node;
  }
}

/** Where a name beside the drawing begins, and how many pixels of the drawing it covers for want of room. */
function outside(side, low, high, width, stageWidth) {
  const wanted = side === "left" ? low - GAP_PIXELS : high + GAP_PIXELS;
  const inner = side === "left" ? Math.max(wanted, width + 4) : Math.min(wanted, stageWidth - width - 4);
  return { inner, covers: Math.max(Math.abs(inner - wanted) - GAP_PIXELS, 0) };
}

function offTheEdgeWord(y, middle) {
  if (Math.abs(y - middle) > LINE_PIXELS + 3) return y;
  return y < middle ? middle - LINE_PIXELS - 3 : middle + LINE_PIXELS + 3;
}

function clearOf(taken, y) {
  return taken.reduce((height, other) => Math.max(height, other + LINE_PIXELS), y);
}
