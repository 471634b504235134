// Where along each strut its number sits, so that no number hides another.
import { between } from "./frames.js";

const ALONG = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8];
const FROM_ABOVE = [0.16, 0.22, 0.28, 0.36, 0.44, 0.52, 0.6, 0.68];

/**
 * Fractions along the struts, proximal joint to distal joint.
 * `struts` [[proximal, distal], ...] in the world, `toScreen` to pixels, `apart` the least distance in pixels,
 * `current` the fractions now in use: they stay as long as they keep clear.
 */
export function placeNumbers(struts, toScreen, apart, fromAbove, current = null) {
  const taken = [];
  return struts.map(([proximal, distal], k) => {
    const choices = fromAbove ? FROM_ABOVE : ALONG;
    let best = null;
    for (const t of current ? [current[k], ...choices] : choices) {
      const [x, y] = toScreen(between(proximal, distal, t));
      const room = taken.reduce((least, [u, v]) => Math.min(least, Math.hypot(x - u, y - v)), Infinity);
      if (!best || room > best.room) best = { t, room, x, y };
      if (room >= apart) {
        best = { t, room, x, y };
        break;
      }
    }
    taken.push([best.x, best.y]);
    return best.t;
  });
}
