// @ts-check
// Where along each strut its number sits, so that no number hides another.
/** @import { Segment, Vec } from "../types.js" */
import { between } from "../scene/frames.js";

const ALONG = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
const FROM_ABOVE = [0.16, 0.22, 0.28, 0.36, 0.44, 0.52, 0.6, 0.68];

/**
 * Fractions along the struts, proximal joint to distal joint.
 * `struts` [[proximal, distal], ...] in the world, `toScreen` to pixels, `apart` the least distance in pixels,
 * `current` the fractions now in use: they stay as long as they keep clear.
 * @type {(struts: Segment[], toScreen: (point: Vec) => number[], apart: number, fromAbove: boolean, current?: number[] | null) => number[]}
 */
export function placeNumbers(struts, toScreen, apart, fromAbove, current = null) {
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
      const room = Math.sqrt(roomAt(at, taken));
      if (room <= most) continue;
      [best, most, fraction] = [at, room, t];
    }
    taken.push(best);
    return fraction;
  });
}

// Square of the distance to the nearest.
/** @type {(at: number[], taken: number[][]) => number} */
function roomAt([x, y], taken) {
  let least = Infinity;
  for (let i = 0; i < taken.length; i++) {
    const across = taken[i][0] - x;
    const upward = taken[i][1] - y;
    least = Math.min(least, across * across + upward * upward);
  }
  return least;
}
