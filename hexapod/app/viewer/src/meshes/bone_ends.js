// @ts-check
// Simple shapes of the ends of the bones, enough to tell one from another. They are drawings, not anatomy to measure on.
// Each end is built in the fragment's axes (+x patient's left, +y posterior, +z proximal) from the cut to `end`.
// `lat` is the x of lateral, `r` the radius of the shaft, `s` the size against the usual adult bone.
/** @import { End, Fragment } from "../types.js" */
/** @import { BufferGeometry } from "three" */
import { ball, bar, loft } from "./solids.js";

/** @typedef {(fragment: Fragment, x: number) => BufferGeometry[]} Shaft One of two bones side by side. */
/** @typedef {{ cut: number, end: number, diameter: number, lat: number, onUlna: boolean }} Shape */

/** @type {(cut: number, r: number) => number[]} */
const shaft = (cut, r) => [cut, 0, 0, r, r];

/** @type {Record<string, Record<End, (fragment: Fragment) => BufferGeometry[]>>} */
const ENDS = {
  tibia: {
    proximal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [end - 56 * s, 0, 0, r, r], [end - 38 * s, 0, 2 * s, r * 1.15, r * 1.2], [end - 20 * s, 0, 5 * s, 29 * s, 21 * s], [end - 10 * s, 0, 6 * s, 37 * s, 25 * s], [end - 3 * s, 0, 6 * s, 38 * s, 25 * s], [end, 0, 6 * s, 35 * s, 22 * s]]),
      ball([0, -11 * s, end - 34 * s], [7 * s, 8 * s, 18 * s]),
      ball([-4.5 * lat * s, 5 * s, end], [3.5 * s, 7 * s, 4.5 * s]),
      ball([4.5 * lat * s, 5 * s, end], [3.5 * s, 7 * s, 3.5 * s]),
    ],
    distal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [end + 50 * s, 0, 0, r, r], [end + 28 * s, 0, 0, r * 1.08, r * 1.05], [end + 12 * s, -1 * lat * s, 0, 22 * s, 18 * s], [end + 3 * s, -1 * lat * s, 0, 25 * s, 20 * s], [end, -1 * lat * s, 0, 23 * s, 18 * s]]),
      loft([[end + 16 * s, -15 * lat * s, -1 * s, 7 * s, 11 * s], [end + 4 * s, -19 * lat * s, -1 * s, 7 * s, 12 * s], [end - 8 * s, -20 * lat * s, -1 * s, 6 * s, 10 * s], [end - 14 * s, -20 * lat * s, -1 * s, 2.5 * s, 5 * s]]),
    ],
  },
  femur: {
    proximal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [end - 62 * s, 0, 0, r, r], [end - 44 * s, 2 * lat * s, 0, r * 1.25, r * 1.15], [end - 26 * s, 5 * lat * s, 0, 23 * s, 18 * s], [end - 14 * s, 11 * lat * s, 2 * s, 14 * s, 16 * s], [end - 6 * s, 13 * lat * s, 3 * s, 9 * s, 11 * s], [end - 3 * s, 13 * lat * s, 3 * s, 3 * s, 4 * s]]),
      bar([2 * lat * s, 0, end - 34 * s], [-38 * lat * s, -5 * s, end - 8 * s], 16 * s, 13 * s),
      ball([-40 * lat * s, -6 * s, end - 6 * s], [23 * s, 23 * s, 23 * s]),
      ball([-14 * lat * s, 12 * s, end - 52 * s], [8 * s, 8 * s, 11 * s]),
    ],
    distal: ({ cut, end, r, s }) => [
      loft([shaft(cut, r), [end + 70 * s, 0, 0, r, r], [end + 44 * s, 0, 1 * s, r * 1.3, r * 1.05], [end + 26 * s, 0, 3 * s, 36 * s, 20 * s], [end + 16 * s, 0, 4 * s, 34 * s, 18 * s]]),
      ball([-21 * s, 7 * s, end + 19 * s], [18 * s, 30 * s, 20 * s]),
      ball([21 * s, 7 * s, end + 19 * s], [18 * s, 30 * s, 20 * s]),
    ],
  },
  humerus: {
    proximal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [end - 52 * s, 0, 0, r, r], [end - 34 * s, 0, 0, r * 1.15, r * 1.15], [end - 18 * s, 2 * lat * s, 0, 20 * s, 19 * s], [end - 8 * s, 8 * lat * s, -1 * s, 14 * s, 15 * s], [end - 2 * s, 9 * lat * s, -1 * s, 9 * s, 10 * s], [end, 9 * lat * s, -1 * s, 3 * s, 4 * s]]),
      ball([-9 * lat * s, 5 * s, end - 17 * s], [22 * s, 22 * s, 22 * s]),
    ],
    distal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [end + 56 * s, 0, 0, r, r], [end + 34 * s, 0, 0, r * 1.2, r * 0.8], [end + 19 * s, -3 * lat * s, 0, 29 * s, 9 * s], [end + 11 * s, -2 * lat * s, -1 * s, 25 * s, 9 * s], [end + 5 * s, -2 * lat * s, -2 * s, 18 * s, 7 * s]]),
      ball([-12 * lat * s, -3 * s, end + 8 * s], [10 * s, 12 * s, 13 * s]),
      ball([-1 * lat * s, -3 * s, end + 9 * s], [10 * s, 9 * s, 9 * s]),
      ball([14 * lat * s, -6 * s, end + 9 * s], [10 * s, 10 * s, 10 * s]),
      ball([-30 * lat * s, 1 * s, end + 20 * s], [7 * s, 6 * s, 8 * s]),
    ],
  },
  forearm: {
    proximal: (fragment) => besideEachOther(fragment, radiusTop, ulnaTop),
    distal: (fragment) => besideEachOther(fragment, radiusBottom, ulnaBottom),
  },
  foot: {
    proximal: ({ cut, end, r, s, lat }) => [
      loft([shaft(cut, r), [cut + 12 * s, 0, 0, 22 * s, 20 * s], [cut + 26 * s, 0, 0, 24 * s, 20 * s], [cut + 44 * s, 0, 0, 16 * s, 15 * s], [Math.max(end, cut + 60 * s), 0, 0, 14 * s, 14 * s]]),
      ball([-21 * lat * s, -1 * s, cut + 12 * s], [6 * s, 11 * s, 15 * s]),
      ball([22 * lat * s, 5 * s, cut + 8 * s], [6 * s, 9 * s, 18 * s]),
    ],
    distal: ({ cut, r, s, lat }) => [
      loft([shaft(cut, r), [cut - 10 * s, 0, 0, 20 * s, 24 * s], [cut - 24 * s, 0, 4 * s, 21 * s, 32 * s], [cut - 36 * s, 0, 6 * s, 14 * s, 26 * s]]),
      ball([0, 34 * s, cut - 34 * s], [17 * s, 26 * s, 20 * s]),
      ...[-20, -10, 0, 10, 20].flatMap((x, i) => {
        const medial = -lat * -x;
        const reach = 118 - 7 * i;
        return [
          bar([medial * 0.6 * s, -22 * s, cut - (22 + 3 * i) * s], [medial * s, -(reach - 30) * s, cut - 46 * s], 10 * s, (i ? 6 : 8) * s),
          bar([medial * s, -(reach - 32) * s, cut - 46 * s], [medial * s, -reach * s, cut - 50 * s], (i ? 6 : 8) * s, (i ? 4.5 : 6.5) * s),
        ];
      }),
    ],
  },
};

// Palms forward: the radius lies lateral, the ulna medial. The bone on the fragment's axis is the one the level names.
/** @type {(fragment: Fragment, radius: Shaft, ulna: Shaft) => BufferGeometry[]} */
function besideEachOther(fragment, radius, ulna) {
  const other = secondBoneX(fragment);
  const [radiusX, ulnaX] = fragment.onUlna ? [other, 0] : [0, other];
  return [...radius(fragment, radiusX), ...ulna(fragment, ulnaX)];
}

/** @type {(bone: { lat: number, r: number, onUlna: boolean }) => number} */
const secondBoneX = ({ lat, r, onUlna }) => (onUlna ? lat : -lat) * (2.1 * r + 6);

/**
 * x of the shafts of a bone: the forearm has two.
 * @type {(bone: string, shaft: { diameter: number, lat: number, onUlna: boolean }) => number[]}
 */
export function shaftsX(bone, { diameter, lat, onUlna }) {
  return bone === "forearm" ? [0, secondBoneX({ lat, r: diameter / 2, onUlna })] : [0];
}

/** @type {Shaft} */
const radiusTop = ({ cut, end, r, s }, x) => [
  loft([[cut, x, 0, r, r], [end - 40 * s, x, 0, r, r], [end - 26 * s, x, 0, r * 0.9, r * 0.9], [end - 19 * s, x, 0, 11 * s, 11 * s], [end - 11 * s, x, 0, 11.5 * s, 11.5 * s], [end - 9 * s, x, 0, 10 * s, 10 * s]]),
];
/** @type {Shaft} */
const ulnaTop = ({ cut, end, r, s }, x) => [
  loft([[cut, x, 0, r, r], [end - 46 * s, x, 2 * s, r, r * 1.1], [end - 24 * s, x, 4 * s, 11 * s, 13 * s], [end - 10 * s, x, 10 * s, 11 * s, 8 * s], [end + 4 * s, x, 10 * s, 11 * s, 9 * s], [end + 10 * s, x, 8 * s, 9 * s, 8 * s], [end + 14 * s, x, 6 * s, 4 * s, 4 * s]]),
  ball([x, -8 * s, end - 22 * s], [9 * s, 8 * s, 6 * s]),
];
/** @type {Shaft} */
const radiusBottom = ({ cut, end, r, s, lat }, x) => [
  loft([[cut, x, 0, r, r], [end + 40 * s, x, 0, r, r], [end + 16 * s, x, 0, 13 * s, 10 * s], [end + 4 * s, x, 0, 16 * s, 11 * s], [end, x, 0, 14 * s, 9.5 * s]]),
  loft([[end + 10 * s, x + 8 * lat * s, 0, 6 * s, 8 * s], [end, x + 10.5 * lat * s, 0, 5 * s, 7 * s], [end - 8 * s, x + 11 * lat * s, 0, 2 * s, 3 * s]]),
];
/** @type {Shaft} */
const ulnaBottom = ({ cut, end, r, s, lat }, x) => [
  loft([[cut, x, 0, r, r], [end + 40 * s, x, 0, r * 0.85, r * 0.85], [end + 14 * s, x, 0, 7.5 * s, 7.5 * s], [end + 6 * s, x, 0, 9 * s, 9 * s], [end + 3 * s, x, 0, 7.5 * s, 7.5 * s]]),
  ball([x - 6 * lat * s, 3 * s, end], [3 * s, 3 * s, 6 * s]),
];

/**
 * Geometries of a fragment between two levels: its shafts alone.
 * @type {(bone: string, which: End, fragment: Shape) => BufferGeometry[]}
 */
export function segment(bone, which, { cut, end, diameter, ...fragment }) {
  return shaftsX(bone, { diameter, ...fragment }).map((x) =>
    loft([[cut, x, 0, diameter / 2, diameter / 2], [end, x, 0, diameter / 2, diameter / 2]]));
}

/** @type {Record<string, number>} */
const USUAL_RADIUS_MM = { tibia: 14, femur: 15, humerus: 12, forearm: 7, foot: 15 };

/**
 * Geometries of one fragment.
 * @type {(bone: string, which: End, fragment: Shape) => BufferGeometry[]}
 */
export function boneEnd(bone, which, { cut, end, diameter, lat, onUlna }) {
  const r = diameter / 2;
  const s = Math.min(Math.max(r / (USUAL_RADIUS_MM[bone] ?? 14), 0.55), 1.3);
  return (ENDS[bone] ?? ENDS.tibia)[which]({ cut, end, r, s, lat, onUlna });
}
