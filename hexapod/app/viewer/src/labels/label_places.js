// @ts-check
// Where along each strut its number sits, so that no number hides another or a word at the edge.
/** @import { Box, Segment, Vec } from "../types.js" */
import { between } from "../scene/frames.js";
import { boxAround } from "./boxes.js";

const ALONG = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86];
const FROM_ABOVE = [0.16, 0.22, 0.28, 0.36, 0.44, 0.52, 0.6, 0.68];

/**
 * Fractions along the struts, proximal joint to distal joint.
 * `struts` [[proximal, distal], ...] in the world, `toScreen` to pixels, `apart` the least distance in pixels,
 * `current` the fractions now in use: they stay as long as they keep clear; `words` what no number may cover.
 * @type {(struts: Segment[], toScreen: (point: Vec) => number[], apart: number, fromAbove: boolean, current?: number[] | null, words?: Box[]) => number[]}
 */
export function placeNumbers(struts, toScreen, apart, fromAbove, current = null, words = []) {
  const choices = fromAbove ? FROM_ABOVE : ALONG;
  /** @type {number[][]} */
  const taken = [];
  return struts.map(([proximal, distal], k) => {
    let best = [0, 0];
    let most = -Infinity;
    let fraction = 0;
    for (let n = current ? -1 : 0; n < choices.length && most < apart; n++) {
      const t = n < 0 && current ? current[k] : choices[n];
      const at = toScreen(between(proximal, distal, t));
      const room = Math.sqrt(roomAt(at, taken, words));
      if (room <= most) continue;
      [best, most, fraction] = [at, room, t];
    }
    taken.push(best);
    return fraction;
  });
}

/**
 * What the numbers cover of the screen; `pixels` is the width of each.
 * @type {(struts: Segment[], fractions: number[], toScreen: (point: Vec) => number[], pixels: (i: number) => number) => Box[]}
 */
export function numberBoxes(struts, fractions, toScreen, pixels) {
  return struts.map(([proximal, distal], i) => {
    const [x, y] = toScreen(between(proximal, distal, fractions[i]));
    return boxAround(x, y, pixels(i) / 2);
  });
}

// Square of the distance to the nearest number; a word needs half of it, as it has no radius.
/** @type {(at: number[], taken: number[][], words: Box[]) => number} */
function roomAt([x, y], taken, words) {
  let least = Infinity;
  for (let i = 0; i < taken.length; i++) {
    const across = taken[i][0] - x;
    const upward = taken[i][1] - y;
    least = Math.min(least, across * across + upward * upward);
  }
  for (const { left, top, right, bottom } of words) {
    const across = Math.max(left - x, 0, x - right);
    const upward = Math.max(top - y, 0, y - bottom);
    least = Math.min(least, 4 * (across * across + upward * upward));
  }
  return least;
}
