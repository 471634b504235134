// @ts-check
// A radiograph on which points are placed: zoom, pan, loupe, window, keys.  What is drawn between the points is told by
// the page; nothing is measured here.
/** @import { Point } from "./film_view.js" */
/** @import { FilmPoint } from "./placed_points.js" */
import { element } from "../dom.js";
import { FilmView } from "./film_view.js";
import { adoptFilmStyle } from "./film_style.js";
import { PlacedPoints } from "./placed_points.js";
import { picture } from "./pictures.js";

/**
 * @typedef {object} Wanted A point that can be placed.
 * @property {string} is its name in the case file
 * @property {string} label
 * @property {string} short what stands beside it on the radiograph
 * @property {string} help where it lies
 *
 * @typedef {object} Line A line between two places in stored pixels, with a word at its end.
 * @property {Point} from
 * @property {Point} to
 * @property {string} word
 *
 * @typedef {object} FilmData
 * @property {string} key
 * @property {string} sha256
 * @property {number} columns
 * @property {number} rows
 * @property {boolean} mirrored whether the stored pixels are the mirror image
 * @property {string} caption side and view
 * @property {Wanted[]} wanted
 * @property {FilmPoint[]} points
 * @property {Line[]} lines
 * @property {number} heard the number of the last change that the page has taken in
 * @property {number} height
 * @property {boolean} closed whether nothing may be changed
 *
 * @typedef {(name: string, value: unknown) => void} SetState
 */

// Screen pixels: how near a point is taken hold of, how far a press may move and still be a click, the loupe's size.
const NEAR_PX = 14, ON_PX = 7, STILL_PX = 5, LOUPE_PX = 150;
const LOUPE_TIMES = 4, ZOOM = 1.25, TURN = 1.0015;
// Stored pixels of an arrow key, and of one with Alt held.
const STEP_PX = 1, FINE_PX = 0.1;
// Keys that come one after the other are one change of the page.
const SETTLED_MS = 400;
const COLOURS = { reference: "#ffd24a", moving: "#59c8ff", other: "#8dff8a", chosen: "#ff5a9d", line: "#ffffff" };

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
  /** @type {string | undefined} */
  next;
  changes = 0;
  bright = 100;
  contrast = 100;
  inverted = false;
  /** @type {Map<number, Point>} */
  fingers = new Map();
  /** @type {{ at: Point, moved: boolean, point: FilmPoint | undefined, before: FilmPoint[] } | undefined} */
  press;
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
    this.list = element("ol", { class: "film-points", "aria-label": "Points" });
    this.tools = element("div", { class: "film-tools", role: "group", "aria-label": "View" });
    const brightness = this.#slider("Brightness", (value) => (this.bright = value));
    const contrast = this.#slider("Contrast", (value) => (this.contrast = value));
    this.tools.append(
      this.#button("Fit", () => this.#fit()),
      this.#button("+", () => this.#zoom(ZOOM), "Larger"),
      this.#button("−", () => this.#zoom(1 / ZOOM), "Smaller"),
      this.#button("Invert", () => { this.inverted = !this.inverted; }),
      this.#button("Mirror the view", () => this.view?.mirror()),
      this.#button("Undo", () => this.#went(this.points.undo())),
      this.#button("Redo", () => this.#went(this.points.redo())),
      brightness, contrast);
    this.root = element("div", { class: "film-viewer" }, this.tools,
      element("div", { class: "film-split" }, this.stage, element("div", { class: "film-side" }, this.told, this.list)));
    parent.append(this.root);
    adoptFilmStyle(this.root);
    this.#listen();
    this.watch = new ResizeObserver(() => this.#resize());
    this.watch.observe(this.stage);
  }

  /** @type {(data: FilmData, setState: SetState) => void} */
  update(data, setState) {
    const other = !this.data || this.data.sha256 !== data.sha256;
    this.data = data;
    this.setState = setState;
    // The page has not heard of the newest change: what it says is older than what stands here.
    if (other || data.heard >= this.changes) {
      this.changes = Math.max(this.changes, data.heard);
      if (JSON.stringify(this.points.list) !== JSON.stringify(data.points)) this.points.take(data.points);
    }
    this.stage.style.height = `${data.height}px`;
    this.caption.textContent = data.caption;
    this.marks.setAttribute("aria-label",
      `${data.caption}. Arrow keys move the chosen point by one pixel, with Alt by a tenth; Delete removes it; plus and minus zoom.`);
    if (other) {
      this.bitmap = undefined;
      this.view = new FilmView(data.columns, data.rows, data.mirrored);
      this.chosen = this.next = undefined;
      picture(data.sha256).then((bitmap) => {
        if (this.data.sha256 !== data.sha256) return;
        this.bitmap = bitmap;
        this.#fit();
        this.#drawFilm();
      });
    }
    this.#listPoints();
    this.#draw();
  }

  dispose() {
    this.watch.disconnect();
    this.#saySettled();
    this.root.remove();
  }

  /** The point that a click places: the one asked for, else the first that is not there yet. */
  get placing() {
    if (this.data.closed) return undefined;
    if (this.next && !this.points.find(this.next)) return this.next;
    return this.data.wanted.find(({ is }) => !this.points.find(is))?.is;
  }

  /** @type {(name: string) => Wanted | undefined} */
  #wanted(name) {
    return this.data.wanted.find(({ is }) => is === name);
  }

  #listen() {
    const marks = this.marks;
    /** @type {(event: PointerEvent | WheelEvent) => Point} */
    const at = (event) => {
      const box = marks.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    marks.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return undefined;
      marks.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, at(event));
      if (this.fingers.size > 1) return this.#let();
      const view = this.view;
      if (!view) return undefined;
      const point = this.data.closed ? undefined : this.points.nearest(at(event), NEAR_PX, (place) => view.toScreen(place));
      this.press = { at: at(event), moved: false, point, before: this.points.list };
      if (point) this.chosen = point.is;
      this.loupeAt = point || this.placing ? at(event) : undefined;
      return this.#draw();
    });
    marks.addEventListener("pointermove", (event) => {
      const now = at(event), before = this.fingers.get(event.pointerId);
      if (before && this.fingers.size === 2) this.#pinch(event.pointerId, before, now);
      else if (before && this.press) this.#drag(before, now);
      else if (event.pointerType === "mouse") this.loupeAt = this.placing ? now : undefined;
      if (before) this.fingers.set(event.pointerId, now);
      this.#draw();
    });
    marks.addEventListener("pointerup", (event) => {
      if (event.button !== 0) return;
      this.fingers.delete(event.pointerId);
      this.#release(at(event));
    });
    marks.addEventListener("pointercancel", (event) => {
      this.fingers.delete(event.pointerId);
      this.#let();
    });
    marks.addEventListener("pointerleave", () => {
      this.loupeAt = undefined;
      this.#draw();
    });
    marks.addEventListener("wheel", (event) => {
      // A page that is being scrolled goes on scrolling; whoever works here has clicked here.
      if (this.#focused() !== marks) return;
      event.preventDefault();
      this.view?.zoom(at(event), TURN ** -event.deltaY);
      this.#drawAll();
    }, { passive: false });
    // Whoever goes on elsewhere has finished: what keys have moved is told before anything else is pressed.
    marks.addEventListener("blur", () => this.#saySettled());
    marks.addEventListener("keydown", (event) => this.#key(event));
  }

  #focused() {
    return /** @type {Document | ShadowRoot} */ (this.root.getRootNode()).activeElement;
  }

  /** @type {(before: Point, now: Point) => void} */
  #drag(before, now) {
    const { press, view } = this;
    if (!press || !view) return;
    press.moved ||= Math.hypot(now[0] - press.at[0], now[1] - press.at[1]) > STILL_PX;
    if (!press.moved) return;
    this.loupeAt = press.point ? now : undefined;
    if (!press.point) {
      view.pan(now[0] - before[0], now[1] - before[1]);
      this.#drawFilm();
      return;
    }
    // It keeps its distance from the finger that took hold of it.
    const held = view.toScreen(press.point.at_px);
    const at = this.#inside(view.toFilm([held[0] + now[0] - press.at[0], held[1] + now[1] - press.at[1]]));
    const { is } = press.point;
    this.points.list = press.before.map((one) => (one.is === is ? { is, at_px: at } : one));
  }

  /** @type {(id: number, before: Point, now: Point) => void} */
  #pinch(id, before, now) {
    const other = [...this.fingers].find(([finger]) => finger !== id)?.[1];
    if (!other || !this.view) return;
    const apart = (/** @type {Point} */ at) => Math.max(Math.hypot(at[0] - other[0], at[1] - other[1]), 1);
    this.view.zoom([(other[0] + now[0]) / 2, (other[1] + now[1]) / 2], apart(now) / apart(before));
    this.view.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.#drawFilm();
  }

  /** @type {(at: Point) => void} */
  #release(at) {
    const { press, view } = this;
    this.press = undefined;
    if (!press || !view) return;
    const name = this.placing;
    if (press.point && press.moved) {
      const moved = this.points.find(press.point.is);
      this.points.list = press.before;
      if (moved) this.#put(moved.is, moved.at_px);
    } else if (!press.moved && name && !this.points.nearest(at, ON_PX, (place) => view.toScreen(place))) {
      // Beside another point: it is taken hold of by a drag, and chosen by a click on it.
      this.#put(name, this.#inside(view.toFilm(at)));
      this.chosen = name;
      this.next = undefined;
    } else if (!press.moved && !press.point) {
      this.chosen = undefined;
    }
    this.loupeAt = undefined;
    this.#listPoints();
    this.#draw();
  }

  /** A second finger, or a press that was taken away: whatever was being dragged stands where it stood. */
  #let() {
    if (this.press?.point) this.points.list = this.press.before;
    this.press = this.loupeAt = undefined;
    this.#draw();
  }

  /** @type {(at: Point) => Point} */
  #inside([x, y]) {
    const round = (/** @type {number} */ value) => Math.round(value * 1000) / 1000;
    return [round(Math.min(Math.max(x, 0), this.data.columns)), round(Math.min(Math.max(y, 0), this.data.rows))];
  }

  /** @type {(event: KeyboardEvent) => void} */
  #key(event) {
    const { view } = this;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const point = this.chosen === undefined ? undefined : this.points.find(this.chosen);
    if (!view) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !this.data.closed) {
      this.#went(event.shiftKey ? this.points.redo() : this.points.undo());
    } else if (event.ctrlKey || event.metaKey) {
      return;
    } else if (way && point && !this.data.closed) {
      const far = (event.altKey ? FINE_PX : STEP_PX);
      const right = view.mirrored ? -way[0] : way[0];
      this.#put(point.is, this.#inside([point.at_px[0] + far * right, point.at_px[1] + far * way[1]]), true);
    } else if ((event.key === "Delete" || event.key === "Backspace") && point && !this.data.closed) {
      this.points.remove(point.is);
      this.#tell();
    } else if (event.key === "+" || event.key === "=") this.#zoom(ZOOM);
    else if (event.key === "-") this.#zoom(1 / ZOOM);
    else if (event.key === "0") this.#fit();
    else if (event.key === "Escape") this.chosen = this.next = undefined;
    else return;
    event.preventDefault();
    this.#listPoints();
    this.#draw();
  }

  /** @type {(name: string, at: Point, slowly?: boolean) => void} */
  #put(name, at, slowly = false) {
    this.points.put(name, at);
    this.#tell(slowly);
  }

  /** @type {(did: boolean) => void} */
  #went(did) {
    if (did) this.#tell();
    this.#listPoints();
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
    this.#drawAll();
  }

  #fit() {
    const { clientWidth, clientHeight } = this.stage;
    this.view?.fit(clientWidth, clientHeight);
    this.#drawAll();
  }

  #resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!this.view || clientWidth === 0) return;
    this.view.resize(clientWidth, clientHeight);
    this.#drawAll();
  }

  /** @type {(words: string, does: () => void, title?: string) => HTMLButtonElement} */
  #button(words, does, title = words) {
    const button = element("button", { type: "button", title, "aria-label": title }, words);
    button.addEventListener("click", () => {
      if (this.data.closed && (words === "Undo" || words === "Redo")) return;
      does();
      this.#drawAll();
    });
    return button;
  }

  /** @type {(words: string, take: (value: number) => void) => HTMLLabelElement} */
  #slider(words, take) {
    const slider = element("input", { type: "range", min: 20, max: 300, value: 100, "aria-label": words });
    slider.addEventListener("input", () => {
      take(Number(slider.value));
      this.#draw();
    });
    return element("label", {}, words, slider);
  }

  #listPoints() {
    const placing = this.placing;
    const rows = this.data.wanted.map(({ is, label, help }) => {
      const point = this.points.find(is);
      const state = point ? "placed" : is === placing ? "now" : "later";
      const button = element("button", { type: "button", "data-state": state, "data-point": is,
        "aria-pressed": String(is === this.chosen), title: help }, label);
      button.addEventListener("click", () => {
        if (point) this.chosen = is;
        else this.next = is;
        this.#listPoints();
        this.#draw();
      });
      return element("li", {}, button);
    });
    this.list.replaceChildren(...rows);
    const asked = placing === undefined ? undefined : this.#wanted(placing);
    this.told.textContent = asked ? `Click: ${asked.label}. ${asked.help}` : this.data.closed ? "" : "All points are placed. Drag one to move it.";
  }

  #drawAll() {
    this.#drawFilm();
    this.#draw();
  }

  /** The radiograph itself; drawn only when it lies elsewhere. */
  #drawFilm() {
    const { bitmap, view } = this;
    if (!bitmap || !view) return;
    const context = this.#fresh(this.film);
    context.imageSmoothingEnabled = view.scale < 3;
    this.#lay(context, bitmap, view);
  }

  /** @type {(context: CanvasRenderingContext2D, bitmap: ImageBitmap, view: FilmView) => void} */
  #lay(context, bitmap, view) {
    context.save();
    context.translate(view.left, view.top);
    context.scale(view.scale, view.scale);
    if (view.mirrored) {
      context.translate(view.columns, 0);
      context.scale(-1, 1);
    }
    context.drawImage(bitmap, 0, 0);
    context.restore();
  }

  /** @type {(canvas: HTMLCanvasElement) => CanvasRenderingContext2D} */
  #fresh(canvas) {
    const ratio = window.devicePixelRatio, { clientWidth, clientHeight } = this.stage;
    const width = Math.round(clientWidth * ratio), height = Math.round(clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    return context;
  }

  #draw() {
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
    for (const line of this.data.lines) this.#drawLine(context, view, line);
    for (const point of this.points.list) this.#drawPoint(context, view, point);
    this.#drawLoupe(view);
    this.root.dataset.points = String(this.points.list.length);
  }

  /** @type {(context: CanvasRenderingContext2D, view: FilmView, line: Line) => void} */
  #drawLine(context, view, { from, to, word }) {
    const a = view.toScreen(from), b = view.toScreen(to);
    for (const [colour, width] of /** @type {[string, number][]} */ ([["rgba(0, 0, 0, 0.6)", 4], [COLOURS.line, 1.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(...a);
      context.lineTo(...b);
      context.stroke();
    }
    if (word) this.#write(context, word, [b[0] + 10, b[1] + 18], COLOURS.line);
  }

  /** @type {(context: CanvasRenderingContext2D, view: FilmView, point: FilmPoint) => void} */
  #drawPoint(context, view, { is, at_px }) {
    const [x, y] = view.toScreen(at_px);
    const part = is.startsWith("reference") ? "reference" : is.startsWith("moving") ? "moving" : "other";
    const colour = is === this.chosen ? COLOURS.chosen : COLOURS[part];
    for (const [shade, width] of /** @type {[string, number][]} */ ([["rgba(0, 0, 0, 0.7)", 4], [colour, 2]])) {
      context.strokeStyle = shade;
      context.lineWidth = width;
      context.beginPath();
      context.arc(x, y, 7, 0, 2 * Math.PI);
      for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 3 * right, y + 3 * down);
        context.lineTo(x + 11 * right, y + 11 * down);
      }
      context.stroke();
    }
    this.#write(context, this.#wanted(is)?.short ?? is, [x + 12, y - 6], colour);
  }

  /** @type {(context: CanvasRenderingContext2D, words: string, at: Point, colour: string) => void} */
  #write(context, words, at, colour) {
    context.font = "600 13px system-ui, sans-serif";
    context.lineJoin = "round";
    context.strokeStyle = "rgba(0, 0, 0, 0.75)";
    context.lineWidth = 4;
    context.strokeText(words, ...at);
    context.fillStyle = colour;
    context.fillText(words, ...at);
  }

  /** @type {(view: FilmView) => void} */
  #drawLoupe(view) {
    const { bitmap, loupeAt, loupe } = this;
    loupe.hidden = !loupeAt || !bitmap;
    if (!loupeAt || !bitmap) return;
    // On the side where the finger is not.
    loupe.dataset.side = loupeAt[0] < view.width / 2 && loupeAt[1] < LOUPE_PX + 40 ? "right" : "left";
    const context = /** @type {CanvasRenderingContext2D} */ (loupe.getContext("2d"));
    const near = new FilmView(view.columns, view.rows, view.mirrored);
    near.scale = view.scale * LOUPE_TIMES;
    near.bring(view.toFilm(loupeAt), [LOUPE_PX / 2, LOUPE_PX / 2]);
    context.fillStyle = "#000";
    context.fillRect(0, 0, LOUPE_PX, LOUPE_PX);
    this.#lay(context, bitmap, near);
    context.strokeStyle = COLOURS.chosen;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(LOUPE_PX / 2, 0);
    context.lineTo(LOUPE_PX / 2, LOUPE_PX);
    context.moveTo(0, LOUPE_PX / 2);
    context.lineTo(LOUPE_PX, LOUPE_PX / 2);
    context.stroke();
  }
}
