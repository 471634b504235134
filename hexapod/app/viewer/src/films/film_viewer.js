// @ts-check
// A radiograph on which points are placed: zoom, pan, loupe, window, keys.  What is drawn between the points is told by
// the page; nothing is measured here.
/** @import { Point } from "./film_view.js" */
/** @import { FilmPoint } from "./placed_points.js" */
import { element } from "../dom.js";
import { LOUPE_PX, drawBox, drawLine, drawLoupe, drawPoint, drawProposal, lay } from "./film_drawing.js";
import { FilmPointer } from "./film_pointer.js";
import { adoptFilmStyle } from "./film_style.js";
import { FilmView } from "./film_view.js";
import { picture } from "./pictures.js";
import { PlacedPoints } from "./placed_points.js";
import { PointList } from "./point_list.js";
import { sketch } from "./point_sketch.js";
import { edgeBeside } from "./snap.js";
/** @import { Line } from "./film_drawing.js" */
/** @import { Wanted } from "./point_list.js" */

/**
 * @typedef {object} FilmData
 * @property {string} key
 * @property {string} sha256
 * @property {number} columns
 * @property {number} rows
 * @property {boolean} mirrored whether the stored pixels are the mirror image
 * @property {string | null} [address] where the server has the picture that the library keeps
 * @property {string} caption side and view
 * @property {Wanted[]} wanted
 * @property {FilmPoint[]} points
 * @property {Line[]} lines
 * @property {string} right the edge of the bone on the right of the picture, as it is seen
 * @property {string} upper the fragment on top: reference or moving
 * @property {number} heard the number of the last change that the page has taken in
 * @property {number} height
 * @property {boolean} closed whether nothing may be changed
 * @property {boolean} covering whether a box is to be drawn over a name before anything else
 *
 * @typedef {(name: string, value: unknown) => void} SetState
 */

// Stored pixels of an arrow key, and of one with Alt held.
const STEP_PX = 1, FINE_PX = 0.1, ZOOM = 1.25;
// Keys that come one after the other are one change of the page.
const SETTLED_MS = 400;
// A proposal nearer than this is the click itself, in stored pixels.
const SAME_PX = 0.2;
const CORTEX = /\.cortex\.[0-9]+\./;
const ARROWS = /** @type {[string, string, string][]} */ (
  [["←", "ArrowLeft", "left"], ["↑", "ArrowUp", "up"], ["↓", "ArrowDown", "down"], ["→", "ArrowRight", "right"]]);

export class FilmViewer {
  points = new PlacedPoints();
  /** @type {FilmData} */
  data;
  /** @type {FilmView | undefined} */
  view;
  /** @type {ImageBitmap | undefined} */
  bitmap;
  /** @type {string | undefined} */
  chosen;
  changes = 0;
  bright = 100;
  contrast = 100;
  inverted = false;
  /** @type {{ is: string, at: Point } | undefined} */
  proposal;
  covering = false;
  moving = false;
  /** @type {Point | undefined} */
  loupeAt;
  settling = 0;
  drawn = 0;

  /** @param {HTMLElement | ShadowRoot} parent @param {string} key */
  constructor(parent, key) {
    this.key = key;
    this.film = element("canvas", { class: "film" });
    this.marks = element("canvas", { class: "marks", tabindex: 0, role: "application", "data-testid": "film" });
    this.loupe = element("canvas", { class: "loupe", width: LOUPE_PX, height: LOUPE_PX, hidden: true });
    this.caption = element("div", { class: "film-caption" });
    this.stage = element("div", { class: "film-stage" }, this.film, this.marks, this.loupe, this.caption);
    this.told = element("p", { class: "film-told", role: "status" });
    this.where = element("div", { class: "film-where" });
    this.list = new PointList(this.points, (is, placed) => {
      if (placed) this.choose(is);
      else this.list.next = is;
    });
    this.skip = this.#button("Skip", () => this.list.skip(), "Skip this point");
    this.take = this.#button("Take the edge", () => this.takeProposal(), "Move the point to the edge that was found (S)");
    this.drop = this.#button("Remove", () => this.#removeChosen(), "Remove the chosen point");
    this.pad = element("div", { class: "film-pad", role: "group", "aria-label": "Move the chosen point" },
      ...ARROWS.map(([sign, key, way]) => this.#button(sign, () => this.#nudge(key, STEP_PX), `One pixel ${way}`)));
    this.tools = element("div", { class: "film-tools", role: "group", "aria-label": "View" });
    const brightness = this.#slider("Brightness", (value) => (this.bright = value));
    const contrast = this.#slider("Contrast", (value) => (this.contrast = value));
    this.steps = [this.#button("Undo", () => this.#went(this.points.undo())),
      this.#button("Redo", () => this.#went(this.points.redo()))];
    this.tools.append(
      this.#button("Fit", () => this.#fit()),
      this.#button("+", () => this.#zoom(ZOOM), "Larger"),
      this.#button("−", () => this.#zoom(1 / ZOOM), "Smaller"),
      this.#button("Invert", () => { this.inverted = !this.inverted; }),
      this.#button("Mirror the view", () => this.view?.mirror()),
      ...this.steps,
      this.cover = this.#button("Cover a name", () => { this.covering = !this.covering; }),
      brightness, contrast);
    this.side = element("div", { class: "film-side" }, element("div", { class: "film-asked" }, this.where, this.told),
      element("div", { class: "film-do" }, this.skip, this.take, this.drop, this.pad), this.list.root);
    this.root = element("div", { class: "film-viewer" }, this.tools,
      element("div", { class: "film-split" }, this.stage, this.side));
    parent.append(this.root);
    adoptFilmStyle(this.root);
    this.pointer = new FilmPointer(this);
    // Whoever goes on elsewhere has finished: what keys have moved is told before anything else is pressed.
    this.marks.addEventListener("blur", () => this.#saySettled());
    this.marks.addEventListener("keydown", (event) => this.#key(event));
    this.watch = new ResizeObserver(() => this.#resize());
    this.watch.observe(this.stage);
  }

  /** @type {(data: FilmData, setState: SetState) => void} */
  update(data, setState) {
    const other = !this.data || this.data.sha256 !== data.sha256;
    if (!other && this.data.mirrored !== data.mirrored) this.view?.mirror();
    this.data = data;
    this.setState = setState;
    // The page has not heard of the newest change: what it says is older than what stands here.
    if (other || data.heard >= this.changes) {
      this.changes = Math.max(this.changes, data.heard);
      if (JSON.stringify(this.points.list) !== JSON.stringify(data.points)) this.points.take(data.points);
    }
    this.list.wanted = data.wanted;
    this.stage.style.height = `${data.height}px`;
    // Of the other limb nothing is placed.
    for (const one of [this.side, this.cover, ...this.steps]) one.hidden = data.closed && data.wanted.length === 0;
    this.caption.textContent = data.caption;
    this.marks.setAttribute("aria-label",
      `${data.caption}. Arrow keys move the chosen point by one pixel, with Alt by a tenth; Delete removes it; plus and minus zoom.`);
    if (other) {
      this.bitmap = undefined;
      this.view = new FilmView(data.columns, data.rows, data.mirrored);
      this.chosen = this.list.next = this.proposal = undefined;
      this.list.skipped.clear();
      this.covering = data.covering && !data.closed;
      picture(data.sha256).then((bitmap) => {
        if (this.data.sha256 !== data.sha256) return;
        this.bitmap = bitmap;
        this.#fit();
        this.drawFilm();
      }).catch((error) => { this.told.textContent = error.message; });
    }
    this.listPoints();
    this.draw();
  }

  dispose() {
    this.watch.disconnect();
    this.#saySettled();
    this.root.remove();
  }

  focused() {
    return /** @type {Document | ShadowRoot} */ (this.root.getRootNode()).activeElement;
  }

  /** What a click places; nothing where nothing may be changed. */
  get placing() {
    return this.data.closed || this.covering ? undefined : this.list.placing;
  }

  /** The picture lies still: it is drawn as fine as the screen is. */
  stand() {
    if (!this.moving) return;
    this.moving = false;
    this.drawFilm();
  }

  /** @type {(is: string | undefined) => void} */
  choose(is) {
    if (this.chosen !== is) this.proposal = undefined;
    this.chosen = is;
    this.#propose();
  }

  /** The edge near the chosen point of the cortex, if it was not taken already. */
  #propose() {
    const { bitmap, view } = this, point = this.chosen === undefined ? undefined : this.points.find(this.chosen);
    this.proposal = undefined;
    if (!bitmap || !view || !point || point.snapped || this.data.closed || !CORTEX.test(point.is)) return;
    const pair = this.points.list.find(({ is }) => is !== point.is && is.replace(/[a-z]+$/, "") === point.is.replace(/[a-z]+$/, ""));
    const found = edgeBeside(bitmap, point.at_px, view.scale, pair?.at_px);
    if (!found) return;
    const at = this.inside(found);
    if (Math.hypot(at[0] - point.at_px[0], at[1] - point.at_px[1]) >= SAME_PX) this.proposal = { is: point.is, at };
  }

  /** @type {(at: Point, view: FilmView, within: number) => boolean} */
  onProposal(at, view, within) {
    if (!this.proposal) return false;
    const point = this.points.find(this.proposal.is);
    const far = (/** @type {Point} */ place) => Math.hypot(...view.toScreen(place).map((value, k) => value - at[k]));
    return point !== undefined && far(this.proposal.at) <= within && far(this.proposal.at) < far(point.at_px);
  }

  takeProposal() {
    if (!this.proposal || this.data.closed) return;
    const { is, at } = this.proposal;
    this.proposal = undefined;
    this.points.put(is, at, true);
    this.#tell();
    this.listPoints();
    this.draw();
  }

  /** @type {(one: Point, other: Point) => void} */
  coverBox(one, other) {
    const [a, b] = [this.inside(one), this.inside(other)];
    const box = [Math.floor(Math.min(a[0], b[0])), Math.floor(Math.min(a[1], b[1])),
      Math.ceil(Math.max(a[0], b[0])), Math.ceil(Math.max(a[1], b[1]))];
    this.covering = false;
    this.changes += 1;
    this.setState?.("cover", { number: this.changes, sha256: this.data.sha256, box });
  }

  /** @type {(at: Point) => Point} */
  inside([x, y]) {
    const round = (/** @type {number} */ value) => Math.round(value * 1000) / 1000;
    return [round(Math.min(Math.max(x, 0), this.data.columns)), round(Math.min(Math.max(y, 0), this.data.rows))];
  }

  /** @type {(event: KeyboardEvent) => void} */
  #key(event) {
    if (!this.view) return;
    const closed = this.data.closed;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !closed) {
      this.#went(event.shiftKey ? this.points.redo() : this.points.undo());
    } else if (event.ctrlKey || event.metaKey) {
      return;
    } else if (this.#nudge(event.key, event.altKey ? FINE_PX : STEP_PX)) {
      // Moved.
    } else if (event.key === "Delete" || event.key === "Backspace") this.#removeChosen();
    else if (event.key.toLowerCase() === "s") this.takeProposal();
    else if (event.key === "+" || event.key === "=") this.#zoom(ZOOM);
    else if (event.key === "-") this.#zoom(1 / ZOOM);
    else if (event.key === "0") this.#fit();
    else if (event.key === "Escape") {
      this.choose(undefined);
      this.list.next = undefined;
      this.covering = false;
    } else return;
    event.preventDefault();
    this.listPoints();
    this.draw();
  }

  /** Move the chosen point by so many stored pixels; whether the key is one that does. @type {(key: string, far: number) => boolean} */
  #nudge(key, far) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const point = this.chosen === undefined ? undefined : this.points.find(this.chosen);
    if (!way || !point || !this.view || this.data.closed) return false;
    const right = this.view.mirrored ? -way[0] : way[0];
    this.put(point.is, this.inside([point.at_px[0] + far * right, point.at_px[1] + far * way[1]]), true);
    return true;
  }

  #removeChosen() {
    if (this.chosen === undefined || this.data.closed || !this.points.find(this.chosen)) return;
    this.points.remove(this.chosen);
    this.choose(undefined);
    this.#tell();
    this.listPoints();
    this.draw();
  }

  /** @type {(name: string, at: Point, slowly?: boolean) => void} */
  put(name, at, slowly = false) {
    this.points.put(name, at);
    this.choose(name);
    this.#tell(slowly);
  }

  /** @type {(did: boolean) => void} */
  #went(did) {
    if (did) this.#tell();
    this.choose(this.chosen);
    this.listPoints();
  }

  /** @type {(slowly?: boolean) => void} */
  #tell(slowly = false) {
    this.changes += 1;
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.#saySettled(), slowly ? SETTLED_MS : 0);
    if (!slowly) this.#saySettled();
  }

  #saySettled() {
    if (!this.settling) return;
    clearTimeout(this.settling);
    this.settling = 0;
    this.setState?.("points", { number: this.changes, sha256: this.data.sha256, points: this.points.list });
  }

  /** @type {(factor: number) => void} */
  #zoom(factor) {
    if (!this.view) return;
    const point = this.chosen === undefined ? undefined : this.points.find(this.chosen);
    const middle = /** @type {Point} */ ([this.view.width / 2, this.view.height / 2]);
    this.view.zoom(point ? this.view.toScreen(point.at_px) : middle, factor);
    this.drawAll();
  }

  #fit() {
    this.view?.fit(...this.#size);
    this.drawAll();
  }

  /** Of the place on the page, in its pixels: with fractions, as those of the pointer are. @type {[number, number]} */
  get #size() {
    const { width, height } = this.stage.getBoundingClientRect();
    return [width, height];
  }

  #resize() {
    const [wide, high] = this.#size;
    if (!this.view || wide === 0) return;
    this.view.resize(wide, high);
    this.drawAll();
  }

  /** @type {(words: string, does: () => void, title?: string) => HTMLButtonElement} */
  #button(words, does, title = words) {
    const button = element("button", { type: "button", title, "aria-label": title }, words);
    button.addEventListener("click", () => {
      if (this.data.closed && (words === "Undo" || words === "Redo")) return;
      does();
      this.listPoints();
      this.drawAll();
    });
    return button;
  }

  /** @type {(words: string, take: (value: number) => void) => HTMLLabelElement} */
  #slider(words, take) {
    const slider = element("input", { type: "range", min: 20, max: 300, value: 100, "aria-label": words });
    slider.addEventListener("input", () => {
      take(Number(slider.value));
      this.draw();
    });
    return element("label", {}, words, slider);
  }

  listPoints() {
    const { data, list } = this, now = this.placing;
    list.draw(this.chosen, data.closed);
    const chosen = this.chosen === undefined || data.closed ? undefined : this.points.find(this.chosen);
    this.skip.disabled = !now;
    this.take.disabled = !this.proposal;
    this.drop.disabled = !chosen;
    for (const button of this.pad.querySelectorAll("button")) button.disabled = !chosen;
    // As it is seen at this moment, so the other way round where the view is turned.
    const turned = this.view !== undefined && this.view.mirrored !== data.mirrored;
    const opposite = /** @type {Record<string, string>} */ (
      { medial: "lateral", lateral: "medial", anterior: "posterior", posterior: "anterior" });
    const drawing = now && sketch(now.is, turned ? opposite[data.right] : data.right, data.upper);
    this.where.replaceChildren(...(drawing ? [drawing] : []));
    this.cover.setAttribute("aria-pressed", String(this.covering));
    this.told.textContent = data.closed ? "" : this.covering
      ? "Drag a box over the name. It is burned into the picture, and what is below it is gone."
      : now ? `Click: ${now.label}. ${now.help}` : "All points are placed. Drag one to move it.";
  }

  drawAll() {
    this.drawFilm();
    this.draw();
  }

  /** The radiograph itself; drawn only when it lies elsewhere. */
  drawFilm() {
    const { bitmap, view } = this;
    if (!bitmap || !view) return;
    // While it moves one pixel for each of the page is enough, and four times as fast on a fine screen.
    const context = this.#fresh(this.film, this.moving ? 1 : window.devicePixelRatio);
    context.imageSmoothingEnabled = view.scale < 3;
    lay(context, bitmap, view);
    this.root.dataset.picture = this.data.sha256;
  }

  /** @type {(canvas: HTMLCanvasElement, ratio?: number) => CanvasRenderingContext2D} */
  #fresh(canvas, ratio = window.devicePixelRatio) {
    const [wide, high] = this.#size;
    const width = Math.round(wide * ratio), height = Math.round(high * ratio);
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(width / wide, 0, 0, height / high, 0, 0);
    context.clearRect(0, 0, wide, high);
    return context;
  }

  draw() {
    if (this.drawn) return;
    this.drawn = requestAnimationFrame(() => {
      this.drawn = 0;
      this.#drawMarks();
    });
  }

  #drawMarks() {
    const { view } = this;
    if (!view) return;
    const filter = `brightness(${this.bright}%) contrast(${this.contrast}%) invert(${this.inverted ? 100 : 0}%)`;
    this.film.style.filter = this.loupe.style.filter = filter;
    const context = this.#fresh(this.marks);
    const { press } = this.pointer;
    // Lines are those of the points as the page has them: while one is dragged they would lie beside it.
    if (!(press?.point && press.moved)) for (const line of this.data.lines) drawLine(context, view, line);
    for (const point of this.points.list) {
      drawPoint(context, view, point, this.list.find(point.is)?.short ?? "", point.is === this.chosen);
    }
    const from = this.proposal && this.points.find(this.proposal.is);
    if (this.proposal && from) drawProposal(context, view, this.proposal.at, from.at_px);
    const finger = [...this.pointer.fingers.values()][0];
    if (this.covering && press?.moved && finger) drawBox(context, press.at, finger);
    if (press?.aiming && this.loupeAt) drawPoint(context, view, { is: "", at_px: view.toFilm(this.loupeAt) }, "", true);
    this.loupe.hidden = !this.loupeAt || !this.bitmap || this.covering;
    if (this.loupeAt && this.bitmap && !this.covering) drawLoupe(this.loupe, this.bitmap, view, this.loupeAt);
    this.root.dataset.points = String(this.points.list.length);
  }
}
