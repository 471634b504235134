// @ts-check
// The points of a radiograph as a list, which of them is asked for next, and what is said of it.
/** @import { PlacedPoints } from "./placed_points.js" */
import { element } from "../dom.js";

/**
 * @typedef {object} Wanted A point that can be placed.
 * @property {string} is its name in the case file
 * @property {string} label
 * @property {string} short what stands beside it on the radiograph
 * @property {string} help where it lies
 * @property {string} group heading that it stands below
 * @property {boolean} asked whether it is asked for by itself; others are when somebody chose one
 */

export class PointList {
  /** @type {Wanted[]} */
  wanted = [];
  /** @type {string | undefined} */
  next;
  /** @type {Set<string>} */
  skipped = new Set();

  /** @param {PlacedPoints} points @param {(is: string, placed: boolean) => void} choose */
  constructor(points, choose) {
    this.points = points;
    this.choose = choose;
    this.root = element("ol", { class: "film-points", "aria-label": "Points" });
  }

  /** @type {(name: string) => Wanted | undefined} */
  find(name) {
    return this.wanted.find(({ is }) => is === name);
  }

  /** The point that a click places: the one asked for, else the first that is not there and was not skipped. */
  get placing() {
    if (this.next && this.find(this.next) && !this.points.find(this.next)) return this.find(this.next);
    return this.wanted.find(({ is, asked }) => asked && !this.skipped.has(is) && !this.points.find(is));
  }

  /** A point was placed: of a group the next one follows. @type {(name: string) => void} */
  placed(name) {
    this.skipped.delete(name);
    const k = this.wanted.findIndex(({ is }) => is === name), after = this.wanted[k + 1];
    const follows = k >= 0 && this.wanted[k].group !== "" && after?.group === this.wanted[k].group;
    this.next = follows && !this.points.find(after.is) ? after.is : undefined;
  }

  skip() {
    const now = this.placing;
    if (!now) return;
    this.skipped.add(now.is);
    this.next = undefined;
  }

  /** @type {(chosen: string | undefined, closed: boolean) => void} */
  draw(chosen, closed) {
    const now = closed ? undefined : this.placing;
    /** @type {HTMLElement[]} */
    const rows = [];
    let heading = "";
    for (const { is, label, help, group } of this.wanted) {
      if (group && group !== heading) rows.push(element("li", { class: "film-group" }, group));
      heading = group;
      const placed = Boolean(this.points.find(is));
      const state = placed ? "placed" : is === now?.is ? "now" : "later";
      const button = element("button", { type: "button", "data-state": state, "data-point": is,
        "aria-pressed": String(is === chosen), title: help }, label);
      button.addEventListener("click", () => this.choose(is, placed));
      rows.push(element("li", {}, button));
    }
    const top = this.root.scrollTop;
    this.root.replaceChildren(...rows);
    this.root.scrollTop = top;
    // What is asked for is in sight, without moving the page.
    const asked = /** @type {HTMLElement | null} */ (this.root.querySelector('[data-state="now"]'));
    if (!asked) return;
    const above = asked.offsetTop - this.root.scrollTop;
    if (above < 0 || above > this.root.clientHeight - asked.offsetHeight) this.root.scrollTop += above - this.root.clientHeight / 3;
  }
}
