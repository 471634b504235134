// @ts-check
// Rectangles on the screen, in pixels from the top left corner, and a free place for one more among them.
/** @import { Box, Size } from "../types.js" */

// Between two names, and between a name and the edge of the picture.
const GAP_PIXELS = 3;
const MARGIN_PIXELS = 4;
const STEP_PIXELS = 6;
// A name above its place may seem to belong to what is above it.
const UPWARD_COST = 1.5;

/** @type {(x: number, y: number, half: number) => Box} */
export const boxAround = (x, y, half) => ({ left: x - half, top: y - half, right: x + half, bottom: y + half });

/** Pixels that two boxes share. @type {(a: Box, b: Box) => number} */
export function shared(a, b) {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}

/**
 * The place nearest to the middle height `y` at which a box of this size covers nothing that is `taken`, beginning at one
 * of the `lefts`, each with what it costs in pixels; where there is none, the place that covers least.
 * @type {(lefts: { left: number, cost: number }[], y: number, size: Size, taken: Box[], stage: Size) => Box}
 */
export function freePlace(lefts, y, { width, height }, taken, stage) {
  /** @type {Box | undefined} */
  let best;
  let least = Infinity;
  let paid = Infinity;
  const lowest = stage.height - MARGIN_PIXELS - height;
  for (let n = 0; !n || n * STEP_PIXELS < Math.min(stage.height, least ? Infinity : paid); n++) {
    for (const down of n ? [n, -n] : [0]) {
      const top = y - height / 2 + down * STEP_PIXELS;
      if (n && (top < MARGIN_PIXELS || top > lowest)) continue;
      for (const { left, cost } of lefts) {
        const price = cost + STEP_PIXELS * (down < 0 ? -UPWARD_COST * down : down);
        if (!least && price >= paid) continue;
        const at = boxOf(left, Math.min(Math.max(top, MARGIN_PIXELS), lowest), width, height, stage);
        const covered = taken.reduce((sum, other) => sum + shared(wider(at), other), 0);
        if (covered > least || (covered === least && price >= paid)) continue;
        [best, least, paid] = [at, covered, price];
      }
    }
  }
  return /** @type {Box} */ (best);
}

/** @type {(left: number, top: number, width: number, height: number, stage: Size) => Box} */
function boxOf(left, top, width, height, stage) {
  const inside = Math.max(Math.min(left, stage.width - MARGIN_PIXELS - width), MARGIN_PIXELS);
  return { left: inside, top, right: inside + width, bottom: top + height };
}

/** @type {(box: Box) => Box} */
const wider = ({ left, top, right, bottom }) =>
  ({ left: left - GAP_PIXELS, top: top - GAP_PIXELS, right: right + GAP_PIXELS, bottom: bottom + GAP_PIXELS });
