// @ts-check
// Which way is which in the free view: six short arms in a corner, turned like the drawing, clear of it.
/** @import { Axes, Box, Direction, Size } from "../types.js" */
import { element, svg } from "../dom.js";
import { dot } from "../scene/frames.js";

const LEAST_SEEN = 0.28;
const LETTER_PIXELS = 9.4;
const LINE_PIXELS = 15;

/** @typedef {{ word: HTMLElement, seen: number, behind: boolean, left: number, width: number, middleY: number }} Word */

export class Compass {
  /** @type {Box[]} Of the words that are shown. */
  boxes = [];

  /**
   * @param {HTMLElement} layer
   * @param {Direction[]} directions
   */
  constructor(layer, directions) {
    this.lines = svg("svg", { class: "compass", "aria-hidden": "true" });
    layer.append(this.lines);
    this.arms = directions.map(({ word }) => {
      const arm = { word: element("span", { class: "word direction" }, word), line: svg("line", { "stroke-linecap": "round" }) };
      this.lines.append(arm.line);
      layer.append(arm.word);
      return arm;
    });
    this.show(false);
  }

  /** @type {(on: boolean) => void} */
  show(on) {
    this.lines.toggleAttribute("hidden", !on);
    for (const { word } of this.arms) word.hidden = !on;
  }

  /** @type {(directions: Direction[], axes: Axes, size: Size) => void} */
  place(directions, { right, up, toward }, size) {
    const small = size.width < 560;
    const arm = small ? 30 : 46;
    const [x, y] = small ? [84, size.height - 60] : [128, size.height - 84];
    const words = directions.map(({ along }, i) => {
      const { word, line } = this.arms[i];
      const across = dot(along, right);
      const upward = dot(along, up);
      const seen = Math.hypot(across, upward);
      const behind = dot(along, toward) < -0.15;
      line.setAttribute("x1", String(x));
      line.setAttribute("y1", String(y));
      line.setAttribute("x2", String(x + arm * across));
      line.setAttribute("y2", String(y - arm * upward));
      line.setAttribute("stroke-width", behind ? "1.5" : "3");
      line.setAttribute("opacity", behind ? "0.5" : "0.9");
      word.style.opacity = behind ? "0.7" : "1";
      const width = (word.textContent ?? "").length * (small ? LETTER_PIXELS * 0.85 : LETTER_PIXELS);
      const middle = x + (arm + 7) * across + ((width / 2) * across) / Math.max(seen, 0.01);
      const left = Math.max(middle - width / 2, 4);
      return { word, seen, behind, left, width, middleY: y - (arm + 10) * upward };
    });
    this.boxes = putWhereFree(words).map(({ left, width, middleY }) =>
      ({ left, top: middleY - LINE_PIXELS / 2, right: left + width, bottom: middleY + LINE_PIXELS / 2 }));
  }
}

// Arms that point out of the screen crowd together: the word in front, then the longer arm, keeps its place.
/** @type {(words: Word[]) => Word[]} */
function putWhereFree(words) {
  /** @type {Word[]} */
  const taken = [];
  for (const item of words.sort((a, b) => Number(a.behind) - Number(b.behind) || b.seen - a.seen)) {
    const { word, seen, left, width, middleY } = item;
    const clear = taken.every((t) => Math.abs(t.middleY - middleY) > LINE_PIXELS || t.left > left + width || left > t.left + t.width);
    word.hidden = seen < LEAST_SEEN || !clear;
    if (word.hidden) continue;
    taken.push(item);
    word.style.width = `${width}px`;
    word.style.transform = `translate(${left.toFixed(1)}px, ${middleY.toFixed(1)}px) translateY(-50%)`;
  }
  return taken;
}
