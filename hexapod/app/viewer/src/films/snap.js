// @ts-check
// The edge of a bone near a click, as a proposal: where the grey falls steepest along the line across the bone.
/** @import { Point } from "./film_view.js" */
import { patchAt } from "./pictures.js";

/**
 * @typedef {object} Patch A square of the picture.
 * @property {ArrayLike<number>} grey row by row, `side` times `side` numbers
 * @property {number} side
 * @property {Point} at the click, in pixels of the patch with the corner of its first pixel as origin
 * @property {number} reach how far from the click an edge is looked for, in pixels
 */

// Pixels: how much the grey is smoothed, how far along the edge it is averaged, and the step along the line across.
const SMOOTH = 1.2, ALONG = 3, STEP = 0.25;
// Grey levels of 255 to the pixel: what falls less is no edge.
const LEAST_FALL = 2.0;
// An edge at the end of the reach counts this much less than one at the click.
const FAR_COUNTS = 0.5;

// An edge is looked for so far from a click: screen pixels, and at least and at most stored ones.
const REACH_PX = 7, LEAST_REACH_PX = 8, MOST_REACH_PX = 24;

/**
 * The edge beside a point of a picture that is drawn at a scale, in stored pixels.  Across the bone is where the other
 * edge of the pair lies; before that is there, the grey tells it.
 * @type {(bitmap: ImageBitmap, at: Point, scale: number, pair?: Point) => Point | undefined}
 */
export function edgeBeside(bitmap, at, scale, pair) {
  const reach = Math.round(Math.min(Math.max(REACH_PX / scale, LEAST_REACH_PX), MOST_REACH_PX));
  const patch = { ...patchAt(bitmap, at, 2 * reach), reach };
  const found = edgeNear(patch, pair && [at[0] - pair[0], at[1] - pair[1]]);
  return found && [at[0] + found[0] - patch.at[0], at[1] + found[1] - patch.at[1]];
}

/**
 * The place of the steepest fall or rise near the click; undefined where there is none.
 * `across` is the direction across the bone where it is known, else the grey itself tells it.
 * @type {(patch: Patch, across?: Point) => Point | undefined}
 */
export function edgeNear(patch, across) {
  const [right, down] = across ?? steepest(patch);
  const length = Math.hypot(right, down);
  if (!(length > 0)) return undefined;
  const n = [right / length, down / length];
  // The slope needs grey on both sides of a place.
  const reach = patch.reach + 3 * SMOOTH;
  const count = Math.round((2 * reach) / STEP) + 1;
  const profile = Array.from({ length: count }, (_, k) => mean(patch, n, -reach + k * STEP));
  const width = Math.round((3 * SMOOTH) / STEP);
  const fall = profile.map((_, k) => (k < width || k >= count - width ? 0 : slope(profile, k, width)));
  const counted = fall.map((value, k) => Math.abs(value) * (1 - FAR_COUNTS * Math.abs(-1 + (2 * k) / (count - 1))));
  const best = counted.indexOf(Math.max(...counted));
  if (Math.abs(fall[best]) < LEAST_FALL) return undefined;
  // The top of the parabola through the three values round the steepest one.
  const [a, b, c] = [-1, 0, 1].map((k) => Math.abs(fall[best + k] ?? 0));
  const top = a - 2 * b + c === 0 ? 0 : (0.5 * (a - c)) / (a - 2 * b + c);
  const s = -reach + (best + Math.min(Math.max(top, -1), 1)) * STEP;
  return [patch.at[0] + s * n[0], patch.at[1] + s * n[1]];
}

/** The slope of a profile at one of its numbers, grey to the pixel: smoothed by a bell. @type {(profile: number[], k: number, width: number) => number} */
function slope(profile, k, width) {
  let sum = 0, whole = 0;
  for (let j = -width; j <= width; j += 1) {
    const apart = j * STEP, weight = apart * Math.exp((-apart * apart) / (2 * SMOOTH * SMOOTH));
    sum += weight * profile[k + j];
    whole += weight * apart;
  }
  return sum / whole;
}

/** The mean grey of a short line along the edge, `s` pixels from the click across it. @type {(patch: Patch, n: number[], s: number) => number} */
function mean(patch, n, s) {
  let sum = 0;
  for (let t = -ALONG; t <= ALONG; t += 1) sum += grey(patch, patch.at[0] + s * n[0] - t * n[1], patch.at[1] + s * n[1] + t * n[0]);
  return sum / (2 * ALONG + 1);
}

/** The grey at a place, between the middles of the four pixels round it. @type {(patch: Patch, x: number, y: number) => number} */
function grey({ grey: values, side }, x, y) {
  const inside = (/** @type {number} */ value) => Math.min(Math.max(value - 0.5, 0), side - 1.000001);
  const right = inside(x), down = inside(y), i = Math.floor(right), j = Math.floor(down);
  const value = (/** @type {number} */ a, /** @type {number} */ b) => values[b * side + a];
  const u = right - i, v = down - j;
  return (value(i, j) * (1 - u) + value(i + 1, j) * u) * (1 - v) + (value(i, j + 1) * (1 - u) + value(i + 1, j + 1) * u) * v;
}

/** The direction in which the grey changes most round the click, by its structure tensor. @type {(patch: Patch) => Point} */
function steepest(patch) {
  let xx = 0, xy = 0, yy = 0;
  for (let x = -patch.reach; x <= patch.reach; x += 1) {
    for (let y = -patch.reach; y <= patch.reach; y += 1) {
      const at = [patch.at[0] + x, patch.at[1] + y];
      const gx = grey(patch, at[0] + SMOOTH, at[1]) - grey(patch, at[0] - SMOOTH, at[1]);
      const gy = grey(patch, at[0], at[1] + SMOOTH) - grey(patch, at[0], at[1] - SMOOTH);
      const near = Math.exp(-(x * x + y * y) / (patch.reach * patch.reach));
      xx += near * gx * gx;
      xy += near * gx * gy;
      yy += near * gy * gy;
    }
  }
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  return [Math.cos(angle), Math.sin(angle)];
}
