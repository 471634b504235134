// @ts-check
// The points of a radiograph as they are placed, with every step to go back.
/** @import { Point } from "./film_view.js" */

/**
 * @typedef {object} FilmPoint A point by its name in the case file, in stored pixels.
 * @property {string} is
 * @property {Point} at_px
 * @property {number} [sd_px]
 * @property {boolean} [snapped]
 */

export class PlacedPoints {
  /** @type {FilmPoint[]} */
  list = [];
  /** @type {FilmPoint[][]} */
  before = [];
  /** @type {FilmPoint[][]} */
  after = [];

  /** @type {(list: FilmPoint[]) => void} */
  take(list) {
    this.list = list;
    this.before = [];
    this.after = [];
  }

  /** @type {(name: string) => FilmPoint | undefined} */
  find(name) {
    return this.list.find((point) => point.is === name);
  }

  /**
   * Place a point, or move it: where it stood is left, and whatever was said of how sure it was.  `snapped`: at a
   * proposal that was taken.
   * @type {(name: string, at: Point, snapped?: boolean) => void}
   */
  put(name, at, snapped = false) {
    /** @type {FilmPoint} */
    const point = snapped ? { is: name, at_px: at, snapped } : { is: name, at_px: at };
    const there = this.list.some((one) => one.is === name);
    this.#change(there ? this.list.map((one) => (one.is === name ? point : one)) : [...this.list, point]);
  }

  /** @type {(name: string) => void} */
  remove(name) {
    this.#change(this.list.filter((point) => point.is !== name));
  }

  /** @type {() => boolean} */
  undo() {
    return this.#go(this.before, this.after);
  }

  /** @type {() => boolean} */
  redo() {
    return this.#go(this.after, this.before);
  }

  /**
   * The point nearest to a place on the screen, within so many pixels.
   * @type {(at: Point, within: number, toScreen: (at: Point) => Point) => FilmPoint | undefined}
   */
  nearest(at, within, toScreen) {
    let found, least = within;
    for (const point of this.list) {
      const [right, down] = toScreen(point.at_px);
      const apart = Math.hypot(right - at[0], down - at[1]);
      if (apart <= least) [found, least] = [point, apart];
    }
    return found;
  }

  /** @type {(list: FilmPoint[]) => void} */
  #change(list) {
    this.before.push(this.list);
    this.after = [];
    this.list = list;
  }

  /** @type {(from: FilmPoint[][], to: FilmPoint[][]) => boolean} */
  #go(from, to) {
    const list = from.pop();
    if (list === undefined) return false;
    to.push(this.list);
    this.list = list;
    return true;
  }
}
