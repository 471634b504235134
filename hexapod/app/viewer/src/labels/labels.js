// @ts-check
// Words over the drawing: anatomical directions, structures at risk and levels, as HTML so that they stay sharp.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { Axes, Direction, Drawing, Vec } from "../types.js" */
import { Compass } from "./compass.js";
import { element, svg } from "../dom.js";
import { apply, between, originOf } from "../scene/frames.js";
import { directions, edgeOf } from "../scene/views.js";

const LINE_PIXELS = 19;
const GAP_PIXELS = 14;
const EDGE_PIXELS = 104;
const MOST_COVERED = 0.45;

/** @typedef {{ low: number, high: number, sight: number | undefined, points: Vec[] }} Room */
/**
 * A name over the drawing, with its line and what was written of both last.
 * @typedef {object} Name
 * @property {string} kind
 * @property {(day: number) => Vec} point
 * @property {LevelScene} level
 * @property {SVGPathElement} line
 * @property {HTMLElement} node
 * @property {number} width
 * @property {number} height
 * @property {string} [put]
 * @property {string} [led]
 */

export class Labels {
  /** @type {FrameScene} */
  scene;
  /** @type {Direction[]} */
  directions = [];
  /** @type {Room | undefined} */
  room;
  free = false;
  /** @type {number | null | undefined} */
  turned;

  /** @param {HTMLElement} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Name[]} */
    this.names = [];
    this.leaders = svg("svg", { class: "leaders", "aria-hidden": "true" });
    layer.append(this.leaders);
    this.edges = directions(1).map(({ word }) => ({ node: this.#span("direction", word) }));
    this.compass = new Compass(layer, directions(1));
  }

  /** @type {(scene: FrameScene) => void} */
  setScene(scene) {
    this.scene = scene;
    this.directions = directions(scene.lat);
    for (const { node } of this.names) node.remove();
    this.names = scene.drawn.flatMap((level) => [
      ...level.structures.map(({ name, p_mov_mm }) =>
        this.#name("structure", name, (day) => apply(level.T_ref_mov(day), p_mov_mm), level)),
      ...(scene.whole ? [this.#name("level-name", level.given.name ?? "", (day) => between(originOf(level.ringPose("proximal", day)), originOf(level.ringPose("distal", day)), 0.5), level)] : []),
    ]);
    this.leaders.replaceChildren(...this.names.map(({ line }) => line));
  }

  /**
   * Words at the edges for a standard view; the compass for the free one.
   * @type {(axes: Axes, free: boolean) => void}
   */
  setAxes(axes, free) {
    this.edges.forEach(({ node }, i) => {
      const edge = free ? null : edgeOf(this.directions[i].along, axes);
      node.dataset.edge = edge ?? "";
      node.hidden = !edge;
    });
    // Seen along the limb the levels lie behind one another.
    for (const { node, kind } of this.names) node.hidden = kind === "level-name" && Math.abs(axes.toward[2]) > 0.9;
    this.compass.show(free);
    this.free = free;
    this.turned = null;
  }

  /**
   * Puts the words where they belong at the drawing's camera.
   * @type {(drawing: Drawing, day: number) => void}
   */
  place(drawing, day) {
    if (this.free && this.turned !== drawing.sight) this.compass.place(this.directions, drawing.seenAlong(), drawing.size);
    this.turned = drawing.sight;
    const { low, high } = this.#room(drawing);
    /** @type {{ left: number[], right: number[] }} */
    const taken = { left: [], right: [] };
    const items = this.names.filter(({ node }) => !node.hidden).map((item) => ({
      item, at: drawing.toScreen(this.scene.inWorld(item.level, day, item.point(day))),
    }));
    for (const { item, at: [x, y] } of items.sort((a, b) => a.at[1] - b.at[1])) {
      if (!item.width) [item.width, item.height] = [item.node.offsetWidth, item.node.offsetHeight];
      const side = x < (low + high) / 2 && item.kind === "structure" ? "left" : "right";
      const { inner, covers } = outside(side, low, high, item.width, drawing.size.width);
      const from = covers < item.width * MOST_COVERED ? inner : x + (side === "left" ? -10 : 10);
      const leftEdge = Math.min(Math.max(side === "left" ? from - item.width : from, 4), drawing.size.width - item.width - 4);
      const atEdge = !this.free && (leftEdge < EDGE_PIXELS || leftEdge + item.width > drawing.size.width - EDGE_PIXELS);
      const half = item.height / 2;
      const lineY = clearOf(taken[side], atEdge ? offTheEdgeWord(y, half, drawing.size.height / 2) : y, half);
      taken[side].push(lineY + half);
      const put = `translate(${leftEdge.toFixed(1)}px, ${(lineY - half).toFixed(1)}px)`;
      if (item.put !== put) item.node.style.transform = item.put = put;
      if (item.kind !== "structure") continue;
      const end = from + (side === "left" ? 3 : -3);
      const led = `M${x.toFixed(1)} ${y.toFixed(1)}L${end.toFixed(1)} ${lineY.toFixed(1)}`;
      if (item.led !== led) item.line.setAttribute("d", (item.led = led));
    }
  }

  /**
   * Left and right end of the drawing in pixels; the same until the camera moves.
   * @type {(drawing: Drawing) => Room}
   */
  #room(drawing) {
    const { room } = this;
    if (room?.sight === drawing.sight && room?.points === drawing.points) return room;
    let low = Infinity;
    let high = -Infinity;
    if (this.names.length) {
      for (const point of drawing.points) {
        const [x] = drawing.toScreen(point);
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    this.room = { low, high, sight: drawing.sight, points: drawing.points };
    return this.room;
  }

  /** @type {(kind: string, text: string, point: (day: number) => Vec, level: LevelScene) => Name} */
  #name(kind, text, point, level) {
    const line = svg("path", { "stroke-width": kind === "structure" ? 1.5 : 0 });
    return { kind, point, level, line, node: this.#span(kind, text), width: 0, height: 0 };
  }

  /** @type {(kind: string, text: string) => HTMLElement} */
  #span(kind, text) {
    const node = element("span", { class: `word ${kind}` }, text);
    this.layer.append(node);
    return node;
  }
}

/**
 * Where a name beside the drawing begins, and how many pixels of the drawing it covers for want of room.
 * @type {(side: "left" | "right", low: number, high: number, width: number, stageWidth: number) => { inner: number, covers: number }}
 */
function outside(side, low, high, width, stageWidth) {
  const wanted = side === "left" ? low - GAP_PIXELS : high + GAP_PIXELS;
  const inner = side === "left" ? Math.max(wanted, width + 4) : Math.min(wanted, stageWidth - width - 4);
  return { inner, covers: Math.max(Math.abs(inner - wanted) - GAP_PIXELS, 0) };
}

/** @type {(y: number, half: number, middle: number) => number} */
function offTheEdgeWord(y, half, middle) {
  const apart = LINE_PIXELS / 2 + half + 8;
  if (Math.abs(y - middle) > apart) return y;
  return y < middle ? middle - apart : middle + apart;
}

/**
 * `taken` are the lower ends of the names above.
 * @type {(taken: number[], y: number, half: number) => number}
 */
function clearOf(taken, y, half) {
  return taken.reduce((height, lower) => Math.max(height, lower + half + 3), y);
}
