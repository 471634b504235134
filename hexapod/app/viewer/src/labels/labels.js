// @ts-check
// Words over the drawing: anatomical directions, structures at risk and levels, as HTML so that they stay sharp.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { Axes, Box, Direction, Drawing, Size, Vec } from "../types.js" */
import { freePlace } from "./boxes.js";
import { Compass } from "./compass.js";
import { element, svg } from "../dom.js";
import { apply, between, originOf } from "../scene/frames.js";
import { directions, edgeOf } from "../scene/views.js";

const GAP_PIXELS = 14;
const MOST_COVERED = 0.45;
// A name on the other side, or at the edge of the picture, is worth so many pixels of height.
const OTHER_SIDE_PIXELS = 90;
const AT_THE_EDGE_PIXELS = 40;

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
  /** @type {{ size: Size, boxes: Box[] } | null} */
  fixed = null;

  /**
   * `beside` are other things over the picture that no name may cover.
   * @param {HTMLElement} layer
   * @param {HTMLElement[]} [beside]
   */
  constructor(layer, beside = []) {
    this.layer = layer;
    this.beside = beside;
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
    this.fixed = null;
  }

  /**
   * Puts the words where they belong at the drawing's camera.
   * @type {(drawing: Drawing, day: number) => void}
   */
  place(drawing, day) {
    if (this.free && this.turned !== drawing.sight) this.compass.place(this.directions, drawing.seenAlong(), drawing.size);
    this.turned = drawing.sight;
    const { low, high } = this.#room(drawing);
    const { size } = drawing;
    const taken = [...drawing.discs, ...this.fixedBoxes(size), ...(this.free ? this.compass.boxes : [])];
    const items = this.names.filter(({ node }) => !node.hidden).map((item) => ({
      item, at: drawing.toScreen(this.scene.inWorld(item.level, day, item.point(day))),
    }));
    for (const { item, at: [x, y] } of items.sort((a, b) => a.at[1] - b.at[1])) {
      if (!item.width) [item.width, item.height] = [item.node.offsetWidth, item.node.offsetHeight];
      const onLeft = x < (low + high) / 2 && item.kind === "structure";
      /** @type {("left" | "right")[]} */
      const sides = onLeft ? ["left", "right"] : ["right", "left"];
      const lefts = sides.flatMap((side, k) => {
        const { inner, covers } = outside(side, low, high, item.width, size.width);
        const from = covers < item.width * MOST_COVERED ? inner : x + (side === "left" ? -10 : 10);
        const edge = side === "left" ? 0 : size.width;
        return [{ left: side === "left" ? from - item.width : from, cost: k * OTHER_SIDE_PIXELS },
          { left: edge, cost: k * OTHER_SIDE_PIXELS + AT_THE_EDGE_PIXELS }];
      });
      const box = freePlace(lefts, y, item, taken, size);
      taken.push(box);
      const put = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      if (item.put !== put) item.node.style.transform = item.put = put;
      if (item.kind !== "structure") continue;
      const end = (box.left + box.right) / 2 < x ? box.right + 3 : box.left - 3;
      const led = `M${x.toFixed(1)} ${y.toFixed(1)}L${end.toFixed(1)} ${((box.top + box.bottom) / 2).toFixed(1)}`;
      if (item.led !== led) item.line.setAttribute("d", (item.led = led));
    }
  }

  /**
   * Words at the edges and whatever else stands over the picture; the same until its size or the view changes.
   * @type {(size: Size) => Box[]}
   */
  fixedBoxes(size) {
    if (this.fixed?.size.width === size.width && this.fixed.size.height === size.height) return this.fixed.boxes;
    const { left, top } = this.layer.getBoundingClientRect();
    const boxes = [...this.edges.map(({ node }) => node), ...this.beside].filter(({ hidden }) => !hidden).map((node) => {
      const box = node.getBoundingClientRect();
      return { left: box.left - left, top: box.top - top, right: box.right - left, bottom: box.bottom - top };
    });
    this.fixed = { size, boxes };
    for (const name of this.names) name.width = 0; // on a narrow picture names break into more lines
    return boxes;
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
