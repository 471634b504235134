// @ts-check
// The drawing without WebGL: the same joints and the same pose as line work in SVG. Answers to the same calls as Stage.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { Attributes, Axes, Box, End, FreeCamera, Hooks, LimbState, Palette, Pose, Segment, Tone, Vec, ViewName } from "../types.js" */
import { apply, between, compose, dot } from "../scene/frames.js";
import { BOTH_ENDS } from "../scene/level_scene.js";
import { svg } from "../dom.js";
import { limbRims } from "../meshes/limb.js";
import { nearestPoints } from "../scene/near.js";
import { numberBoxes, placeNumbers } from "../labels/label_places.js";
import { cssColour } from "../theme.js";
import { middleLine, reachesFront } from "../scene/ring_edges.js";
import { extent, viewAxes } from "../scene/views.js";

export class StillDrawing {
  /** @type {FrameScene} */
  scene;
  /** @type {Palette} */
  palette;
  /** @type {Vec[]} */
  points = [];
  /** @type {ViewName | undefined} */
  view;
  /** @type {Axes} */
  axes;
  /** @type {ReturnType<typeof extent>} */
  seen;
  /** @type {LimbState | undefined} */
  limb;
  /** @type {string[]} */
  bodies = [];
  /** @type {Box[]} */
  discs = [];
  day = 0;
  sight = 0;
  scale = 1;
  waiting = 0;
  disposed = false;

  /**
   * @param {HTMLElement} holder
   * @param {Hooks} hooks
   */
  constructor(holder, hooks) {
    this.hooks = hooks;
    this.canvas = svg("svg", { "aria-hidden": "true" });
    holder.append(this.canvas);
    this.size = { width: 1, height: 1 };
    this.zoom = 1;
  }

  /** @type {(scene: FrameScene, palette: Palette) => void} */
  setScene(scene, palette) {
    this.scene = scene;
    this.palette = palette;
    this.points = scene.outline();
  }

  /** @type {(palette: Palette) => void} */
  recolour(palette) {
    this.palette = palette;
    this.requestDraw();
  }

  /** @type {(name: ViewName) => void} */
  setView(name) {
    this.view = name;
    this.axes = viewAxes(name, this.scene.lat);
    this.seen = extent(this.points, this.axes);
    this.zoom = 1;
    this.sight += 1;
    this.requestDraw();
  }

  /** @type {() => FreeCamera | null} */
  freeCamera() {
    return null;
  }

  /** @type {(factor: number) => void} */
  zoomBy(factor) {
    this.zoom = Math.min(Math.max(this.zoom * factor, 0.5), 6);
    this.sight += 1;
    this.requestDraw();
  }

  /** @type {(state: LimbState) => void} */
  setLimb(state) {
    this.limb = state;
    this.requestDraw();
  }

  /** @type {(bodies: string[]) => void} */
  standOut(bodies) {
    this.bodies = bodies;
    this.requestDraw();
  }

  /** @type {(width: number, height: number) => void} */
  resize(width, height) {
    if (width < 2 || height < 2) return;
    this.size = { width, height };
    this.canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.sight += 1;
    this.requestDraw();
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    this.day = day;
    this.requestDraw();
  }

  /** @type {() => Axes} */
  seenAlong() {
    return this.axes;
  }

  /** @type {(point: Vec) => number[]} */
  toScreen(point) {
    const { width, height } = this.size;
    const marginX = Math.min(78, width * 0.17);
    const scale = this.zoom * Math.min((width - 2 * marginX) / (2 * this.seen.halfWidth), (height - 60) / (2 * this.seen.halfHeight));
    const p = point.map((value, i) => value - this.seen.middle[i]);
    this.scale = scale;
    return [width / 2 + scale * dot(p, this.axes.right), height / 2 - scale * dot(p, this.axes.up), 0];
  }

  requestDraw() {
    if (!this.waiting && !this.disposed) {
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        this.draw();
      });
    }
  }

  draw() {
    if (!this.view || this.disposed) return;
    const began = performance.now();
    this.toScreen([0, 0, 0]);
    this.canvas.replaceChildren(
      ...this.scene.drawn.flatMap((level) => this.#level(level)),
      ...this.#paths(),
      ...this.#numbers(this.scene.struts(this.day)),
    );
    this.hooks.beforeDraw(this);
    this.hooks.afterDraw(performance.now() - began);
  }

  probe() {
    return { lengths_mm: this.scene.inHand.lengths(this.day) };
  }

  dispose() {
    this.disposed = true;
    cancelAnimationFrame(this.waiting);
    this.canvas.remove();
  }

  /** @type {(level: LevelScene) => SVGElement[]} */
  #level(level) {
    const T = this.scene.T_world_ref(level, this.day);
    const found = level === this.scene.inHand ? this.bodies : [];
    return [
      ...(this.limb === "Off" ? [] : this.#limb(level, T)),
      ...(level.newBone ? [this.#regenerate(level, T)] : []),
      ...BOTH_ENDS.flatMap((which) => this.#fragment(level, which, T, found)),
      ...BOTH_ENDS.filter((which) => level.hasRing(which)).flatMap((which) => this.#ring(level, which, T, found)),
      ...level.struts(this.day).flatMap((ends, k) => this.#strut(ends.map((p) => apply(T, p)), k, found)),
      ...level.structures.map(({ p_mov_mm }) =>
        this.#circle(apply(T, apply(level.T_ref_mov(this.day), p_mov_mm)), 6, { fill: cssColour(this.palette.structure) })),
      ...this.#nearest(level, T, found),
    ];
  }

  /** @type {(level: LevelScene, which: End, T: Pose, found: string[]) => SVGElement[]} */
  #fragment(level, which, T, found) {
    const { scene } = this;
    const next = scene.whole ? level.neighbour(which) : null;
    if (next && which === "proximal") return [];
    const { cut, end } = level.fragmentSpan(which);
    const moves = scene.whole ? Boolean(next) : which === level.moving;
    let last = [0, 0, end];
    if (next) {
      const [x, y, z] = next.segment;
      last = [x, y, z + next.face("proximal").z];
    }
    const ends = [[0, 0, cut], last].map((p) => apply(T, apply(level.fragmentPose(which, this.day), p)));
    /** @type {Tone} */
    const tone = found.includes("bone") ? "alert" : moves ? "moving" : "reference";
    return [this.#line(ends, cssColour(this.palette[tone]), level.diameter * this.scale)];
  }

  /** @type {(ends: Vec[], k: number, found: string[]) => SVGElement[]} */
  #strut(ends, k, found) {
    const halo = found.includes(`strut ${k + 1}`) ? [this.#line(ends, cssColour(this.palette.alert), 15)] : [];
    return [...halo, this.#line(ends, this.scene.payload.strut_colours[k], 7)];
  }

  /** @type {(level: LevelScene, which: End, T: Pose, found: string[]) => SVGElement[]} */
  #ring(level, which, T, found) {
    const body = level.ringBody(which);
    const { inner_radius_mm, outer_radius_mm } = body;
    const radius = (inner_radius_mm + outer_radius_mm) / 2;
    const placed = compose(T, level.ringPose(which, this.day));
    const round = middleLine(body).map((p) => apply(placed, p));
    const tab = [[0, -radius, 0], [0, -outer_radius_mm - 13, 0]].map((p) => apply(placed, p));
    const posts = level.joints(which).map(([x, y, z]) =>
      this.#line([[x, y, 0], [x, y, z]].map((p) => apply(placed, p)), cssColour(this.palette.joint), 6));
    /** @type {Tone} */
    const tone = found.includes(`${which} ring`) ? "alert" : "ring";
    const front = reachesFront(body) ? [this.#line(tab, cssColour(this.palette.tab), 14)] : [];
    return [this.#line(round, cssColour(this.palette[tone]), 5), ...front, ...posts];
  }

  /** @type {(level: LevelScene, T: Pose) => SVGElement} */
  #regenerate(level, T) {
    const ends = [[0, 0, level.face(level.reference).z], apply(level.T_ref_mov(this.day), [0, 0, level.cutZ])].map((p) => apply(T, p));
    const line = this.#line(ends, cssColour(this.palette.regenerate), level.diameter * this.scale);
    line.setAttribute("opacity", "0.6");
    return line;
  }

  /** @type {(level: LevelScene, T: Pose) => SVGElement[]} */
  #limb(level, T) {
    const limb = level.limb(this.day);
    if (!limb) return [];
    const look = { fill: cssColour(this.palette.skin), "fill-opacity": this.limb === "Solid" ? 0.75 : 0.14 };
    const rims = limbRims(limb, 32).map((point) => this.toScreen(apply(T, point)));
    return [svg("polygon", { points: hull(rims).map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "), ...look })];
  }

  /** @type {(level: LevelScene, T: Pose, found: string[]) => SVGElement[]} */
  #nearest(level, T, found) {
    const pair = found.length === 2 ? nearestPoints(level, found, this.day) : null;
    return pair ? [this.#line(pair.map((p) => apply(T, p)), cssColour(this.palette.line), 4)] : [];
  }

  #paths() {
    const colour = cssColour(this.palette.path);
    return [
      ...this.scene.paths().flatMap((points) => [
        this.#line(points, colour, 2),
        this.#circle(points[this.day], 4.5, { fill: colour, stroke: "#ffffff", "stroke-width": 1.5 }),
      ]),
      ...(this.scene.whole ? [] : [this.#circle([0, 0, 0], 7, { fill: "none", stroke: colour, "stroke-width": 2 })]),
    ];
  }

  /** @type {(point: Vec, r: number, look: Attributes) => SVGElement} */
  #circle(point, r, look) {
    const [cx, cy] = this.toScreen(point);
    return svg("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), r, ...look });
  }

  /** @type {(struts: Segment[]) => SVGElement[]} */
  #numbers(struts) {
    const places = placeNumbers(struts, (p) => this.toScreen(p), 28, this.view === "From proximal", null, this.hooks.words(this.size));
    this.discs = numberBoxes(struts, places, (p) => this.toScreen(p), () => 26);
    return struts.map(([p, d], k) => {
      const [x, y] = this.toScreen(between(p, d, places[k]));
      return svg("g", {},
        svg("circle", { cx: x, cy: y, r: 13, fill: this.scene.payload.strut_colours[k % 6], stroke: "#ffffff", "stroke-width": 1.5 }),
        svg("text", {
          x, y: y + 5.5, "text-anchor": "middle", "font-size": 16, "font-weight": 800, fill: "#ffffff",
          stroke: "#10151c", "stroke-width": 2.5, "paint-order": "stroke",
        }, String((k % 6) + 1)));
    });
  }

  /** @type {(points: Vec[], colour: string, width: number) => SVGElement} */
  #line(points, colour, width) {
    const text = points.map((p) => this.toScreen(p).slice(0, 2).map((v) => v.toFixed(1)).join(",")).join(" ");
    return svg("polyline", { points: text, fill: "none", stroke: colour, "stroke-width": width, "stroke-linejoin": "round" });
  }
}

/**
 * Convex hull of points on the screen, by Andrew's monotone chain.
 * @type {(points: number[][]) => number[][]}
 */
function hull(points) {
  const sorted = [...points].sort((p, q) => p[0] - q[0] || p[1] - q[1]);
  /** @type {(some: number[][]) => number[][]} */
  const half = (some) => {
    /** @type {number[][]} */
    const kept = [];
    for (const p of some) {
      while (kept.length > 1 && turnOf(kept[kept.length - 2], kept[kept.length - 1], p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** @type {(a: number[], b: number[], c: number[]) => number} */
const turnOf = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
