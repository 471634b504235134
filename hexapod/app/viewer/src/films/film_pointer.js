// @ts-check
// Mouse and fingers on a radiograph: a click places, a drag moves a point or the picture, two fingers zoom, a finger that
// rests aims.
/** @import { Point } from "./film_view.js" */
/** @import { FilmViewer } from "./film_viewer.js" */
/** @import { FilmPoint } from "./placed_points.js" */

/**
 * @typedef {object} Press
 * @property {Point} at
 * @property {boolean} moved
 * @property {boolean} finger
 * @property {boolean} aiming whether a finger rests, so that moving it aims instead of moving the picture
 * @property {FilmPoint | undefined} point
 * @property {FilmPoint[]} before
 */

// Screen pixels: how near a point is taken hold of by a mouse and by a finger, within what a click or a tap places no
// other one, and how far a press may move and still be a click.
const NEAR_PX = 14, NEAR_FINGER_PX = 26, ON_PX = 7, ON_FINGER_PX = 13, STILL_PX = 5, STILL_FINGER_PX = 10;
// A turn of the wheel by one, and how long a finger rests before it aims.
const TURN = 1.0015, RESTS_MS = 350;

export class FilmPointer {
  /** @type {Map<number, Point>} */
  fingers = new Map();
  /** @type {Press | undefined} */
  press;
  resting = 0;

  /** @param {FilmViewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    this.#listen();
  }

  #listen() {
    const marks = this.viewer.marks;
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
      const view = this.viewer.view, finger = event.pointerType === "touch";
      if (!view) return undefined;
      const near = finger ? NEAR_FINGER_PX : NEAR_PX;
      const point = this.viewer.data.closed || this.viewer.covering ? undefined
        : this.viewer.points.nearest(at(event), near, (place) => view.toScreen(place));
      const press = { at: at(event), moved: false, finger, aiming: false, point, before: this.viewer.points.list };
      this.press = press;
      if (point) this.viewer.choose(point.is);
      this.viewer.loupeAt = point || this.viewer.placing ? at(event) : undefined;
      clearTimeout(this.resting);
      // A finger hides what it points at: once it has rested, it aims with the loupe, and places where it is lifted.
      if (finger && !point && this.viewer.placing) this.resting = window.setTimeout(() => {
        if (this.press === press && !press.moved) press.aiming = true;
        this.viewer.draw();
      }, RESTS_MS);
      return this.viewer.draw();
    });
    marks.addEventListener("pointermove", (event) => {
      const now = at(event), before = this.fingers.get(event.pointerId);
      if (before && this.fingers.size === 2) this.#pinch(event.pointerId, before, now);
      else if (before && this.press) this.#drag(before, now);
      else if (event.pointerType === "mouse") this.viewer.loupeAt = this.viewer.placing ? now : undefined;
      if (before) this.fingers.set(event.pointerId, now);
      this.viewer.draw();
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
      this.viewer.loupeAt = undefined;
      this.viewer.draw();
    });
    marks.addEventListener("wheel", (event) => {
      // A page that is being scrolled goes on scrolling; whoever works here has clicked here.
      if (this.viewer.focused() !== marks) return;
      event.preventDefault();
      this.viewer.view?.zoom(at(event), TURN ** -event.deltaY);
      this.viewer.drawAll();
    }, { passive: false });
  }

  /** @type {(before: Point, now: Point) => void} */
  #drag(before, now) {
    const { press } = this, { view } = this.viewer;
    if (!press || !view) return;
    if (press.aiming) {
      this.viewer.loupeAt = now;
      return;
    }
    press.moved ||= Math.hypot(now[0] - press.at[0], now[1] - press.at[1]) > (press.finger ? STILL_FINGER_PX : STILL_PX);
    if (!press.moved || this.viewer.covering) return;
    this.viewer.loupeAt = press.point ? now : undefined;
    if (!press.point) {
      this.viewer.moving = true;
      view.pan(now[0] - before[0], now[1] - before[1]);
      this.viewer.drawFilm();
      return;
    }
    // It keeps its distance from the finger that took hold of it.
    const held = view.toScreen(press.point.at_px);
    const at = this.viewer.inside(view.toFilm([held[0] + now[0] - press.at[0], held[1] + now[1] - press.at[1]]));
    const { is } = press.point;
    this.viewer.points.list = press.before.map((one) => (one.is === is ? { is, at_px: at } : one));
    this.viewer.proposal = undefined;
  }

  /** @type {(id: number, before: Point, now: Point) => void} */
  #pinch(id, before, now) {
    const other = [...this.fingers].find(([finger]) => finger !== id)?.[1];
    if (!other || !this.viewer.view) return;
    const apart = (/** @type {Point} */ at) => Math.max(Math.hypot(at[0] - other[0], at[1] - other[1]), 1);
    this.viewer.moving = true;
    this.viewer.view.zoom([(other[0] + now[0]) / 2, (other[1] + now[1]) / 2], apart(now) / apart(before));
    this.viewer.view.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.viewer.drawFilm();
  }

  /** @type {(at: Point) => void} */
  #release(at) {
    const { press } = this, { view } = this.viewer;
    this.press = undefined;
    clearTimeout(this.resting);
    this.viewer.stand();
    if (!press || !view) return;
    const wanted = this.viewer.placing;
    if (this.viewer.covering) {
      if (press.moved) this.viewer.coverBox(view.toFilm(press.at), view.toFilm(at));
    } else if (press.point && press.moved) {
      const moved = this.viewer.points.find(press.point.is);
      this.viewer.points.list = press.before;
      if (moved) this.viewer.put(moved.is, moved.at_px);
    } else if (!press.moved && this.viewer.onProposal(at, view, ON_PX)) {
      this.viewer.takeProposal();
    } else if (!press.moved && wanted
      && !this.viewer.points.nearest(at, press.finger && !press.aiming ? ON_FINGER_PX : ON_PX, (place) => view.toScreen(place))) {
      // Beside another point: it is taken hold of by a drag, and chosen by a click on it.  A tap beside it places the
      // point that is asked for, or the next one asked for would be placed with the name of this one.
      this.viewer.put(wanted.is, this.viewer.inside(view.toFilm(at)));
      this.viewer.list.placed(wanted.is);
    } else if (!press.moved && !press.point) {
      this.viewer.choose(undefined);
    }
    this.viewer.loupeAt = undefined;
    this.viewer.listPoints();
    this.viewer.draw();
  }

  /** A second finger, or a press that was taken away: whatever was being dragged stands where it stood. */
  #let() {
    if (this.press?.point) this.viewer.points.list = this.press.before;
    clearTimeout(this.resting);
    this.press = this.viewer.loupeAt = undefined;
    if (this.fingers.size === 0) this.viewer.stand();
    this.viewer.draw();
  }
}
