// The drawing without WebGL: the same joints and the same pose as line work in SVG. Answers to the same calls as Stage.
import { apply, between, dot } from "./frames.js";
import { svg } from "./dom.js";
import { placeNumbers } from "./label_places.js";
import { cssColour } from "./theme.js";
import { extent, viewAxes } from "./views.js";

export class StillDrawing {
  constructor(holder, hooks) {
    this.hooks = hooks;
    this.canvas = svg("svg", { "aria-hidden": "true" });
    holder.append(this.canvas);
    this.size = { width: 1, height: 1 };
    this.zoom = 1;
  }

  setScene(scene, palette) {
    this.scene = scene;
    this.palette = palette;
    this.points = scene.outline();
  }

  recolour(palette) {
    this.palette = palette;
    this.requestDraw();
  }

  setView(name) {
    this.view = name;
    this.axes = viewAxes(name, this.scene.lat);
    this.seen = extent(this.points, this.axes);
    this.zoom = 1;
    this.requestDraw();
  }

  freeCamera() {
    return null;
  }

  zoomBy(factor) {
    this.zoom = Math.min(Math.max(this.zoom * factor, 0.5), 6);
    this.requestDraw();
  }

  resize(width, height) {
    if (width < 2 || height < 2) return;
    this.size = { width, height };
    this.canvas.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.requestDraw();
  }

  showDay(day) {
    this.day = day;
    this.requestDraw();
  }

  seenAlong() {
    return this.axes;
  }

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
    if (!this.view || this.day === undefined || this.disposed) return;
    const began = performance.now();
    const struts = this.scene.struts(this.day);
    this.toScreen([0, 0, 0]);
    this.canvas.replaceChildren(
      ...(this.scene.newBone ? [this.#regenerate()] : []),
      ...["proximal", "distal"].flatMap((which) => this.#fragment(which)),
      ...["proximal", "distal"].flatMap((which) => this.#ring(which)),
      ...struts.map(([p, d], k) => this.#line([p, d], this.scene.payload.strut_colours[k], 7)),
      ...this.#markers(),
      ...this.#numbers(struts),
    );
    this.hooks.beforeDraw(this);
    this.hooks.afterDraw(performance.now() - began);
  }

  dispose() {
    this.disposed = true;
    cancelAnimationFrame(this.waiting);
    this.canvas.remove();
  }

  #fragment(which) {
    const { cut, end } = this.scene.fragmentSpan(which);
    const tone = which === this.scene.moving ? "moving" : "reference";
    const T = which === this.scene.moving ? this.scene.T_ref_mov(this.day) : null;
    const ends = [[0, 0, cut], [0, 0, end]].map((p) => (T ? apply(T, p) : p));
    return [this.#line(ends, cssColour(this.palette[tone]), this.scene.diameter * this.scale)];
  }

  #ring(which) {
    const { inner_radius_mm, outer_radius_mm } = this.scene.ringBody(which);
    const radius = (inner_radius_mm + outer_radius_mm) / 2;
    const T = this.scene.ringPose(which, this.day);
    const round = Array.from({ length: 73 }, (_, i) => apply(T, [radius * Math.sin((i * Math.PI) / 36), -radius * Math.cos((i * Math.PI) / 36), 0]));
    const tab = [[0, -radius, 0], [0, -outer_radius_mm - 13, 0]].map((p) => apply(T, p));
    const posts = this.scene.payload[`${which}_joints_mm`].map(([x, y, z]) =>
      this.#line([[x, y, 0], [x, y, z]].map((p) => apply(T, p)), cssColour(this.palette.joint), 6));
    return [this.#line(round, cssColour(this.palette.ring), 5), this.#line(tab, cssColour(this.palette.tab), 14), ...posts];
  }

  #regenerate() {
    const { cutZ, diameter } = this.scene;
    const moved = apply(this.scene.T_ref_mov(this.day), [0, 0, cutZ]);
    const line = this.#line([[0, 0, cutZ], moved], cssColour(this.palette.regenerate), diameter * this.scale);
    line.setAttribute("opacity", 0.6);
    return line;
  }

  #markers() {
    const { path, structure } = this.palette;
    const T_ref_mov = this.scene.T_ref_mov(this.day);
    return [
      this.#line(this.scene.path(), cssColour(path), 2),
      this.#circle([0, 0, 0], 7, { fill: "none", stroke: cssColour(path), "stroke-width": 2 }),
      this.#circle(apply(T_ref_mov, [0, 0, 0]), 4.5, { fill: cssColour(path), stroke: "#ffffff", "stroke-width": 1.5 }),
      ...(this.scene.payload.structures ?? []).map(({ p_mov_mm }) =>
        this.#circle(apply(T_ref_mov, p_mov_mm), 6, { fill: cssColour(structure) })),
    ];
  }

  #circle(point, r, look) {
    const [cx, cy] = this.toScreen(point);
    return svg("circle", { cx: cx.toFixed(1), cy: cy.toFixed(1), r, ...look });
  }

  #numbers(struts) {
    const places = placeNumbers(struts, (p) => this.toScreen(p), 28, this.view === "From proximal");
    return struts.map(([p, d], k) => {
      const [x, y] = this.toScreen(between(p, d, places[k]));
      return svg("g", {},
        svg("circle", { cx: x, cy: y, r: 13, fill: this.scene.payload.strut_colours[k], stroke: "#ffffff", "stroke-width": 1.5 }),
        svg("text", {
          x, y: y + 5.5, "text-anchor": "middle", "font-size": 16, "font-weight": 800, fill: "#ffffff",
          stroke: "#10151c", "stroke-width": 2.5, "paint-order": "stroke",
        }, String(k + 1)));
    });
  }

  #line(points, colour, width) {
    const text = points.map((p) => this.toScreen(p).slice(0, 2).map((v) => v.toFixed(1)).join(",")).join(" ");
    return svg("polyline", { points: text, fill: "none", stroke: colour, "stroke-width": width, "stroke-linejoin": "round" });
  }
}
