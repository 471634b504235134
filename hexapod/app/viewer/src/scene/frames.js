// @ts-check
// Rigid transforms as 12 numbers: the first three rows of a 4x4 matrix, row by row.
// Names as in the Python core: T_a_b takes a point given in b to a.
/** @import { Pose, Vec } from "../types.js" */
/** @import { Matrix4 } from "three" */

/** @type {Pose} */
export const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/**
 * The point p (in b) expressed in a.
 * @type {(T_a_b: Pose, p: Vec) => Vec}
 */
export function apply(T_a_b, p) {
  const x = p[0];
  const y = p[1];
  const z = p[2];
  return [
    T_a_b[0] * x + T_a_b[1] * y + T_a_b[2] * z + T_a_b[3],
    T_a_b[4] * x + T_a_b[5] * y + T_a_b[6] * z + T_a_b[7],
    T_a_b[8] * x + T_a_b[9] * y + T_a_b[10] * z + T_a_b[11],
  ];
}

/**
 * T_a_c = T_a_b @ T_b_c.
 * @type {(T_a_b: Pose, T_b_c: Pose) => Pose}
 */
export function compose(T_a_b, T_b_c) {
  const out = new Array(12);
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 4; col++) {
      let sum = col === 3 ? T_a_b[row * 4 + 3] : 0;
      for (let k = 0; k < 3; k++) sum += T_a_b[row * 4 + k] * T_b_c[k * 4 + col];
      out[row * 4 + col] = sum;
    }
  }
  return out;
}

/**
 * T_b_a of a rigid T_a_b.
 * @type {(T: Pose) => Pose}
 */
export function inverse(T) {
  /** @type {(k: number) => number[]} */
  const row = (k) => [T[k], T[4 + k], T[8 + k]];
  const moved = [0, 1, 2].map((k) => -(row(k)[0] * T[3] + row(k)[1] * T[7] + row(k)[2] * T[11]));
  return [0, 1, 2].flatMap((k) => [...row(k), moved[k]]);
}

/**
 * The pose that is moved and not turned.
 * @type {(p: Vec) => Pose}
 */
export const shift = ([x, y, z]) => [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z];

/**
 * Origin of frame b in a.
 * @type {(T_a_b: Pose) => Vec}
 */
export const originOf = (T_a_b) => [T_a_b[3], T_a_b[7], T_a_b[11]];

/** @type {(p: Vec, q: Vec) => number} */
export const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);

/** @type {(p: Vec, q: Vec) => number} */
export const dot = (p, q) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

/** @type {(p: Vec, q: Vec) => Vec} */
export const cross = (p, q) => [
  p[1] * q[2] - p[2] * q[1],
  p[2] * q[0] - p[0] * q[2],
  p[0] * q[1] - p[1] * q[0],
];

/**
 * Point at the fraction t of the way from p to q.
 * @type {(p: Vec, q: Vec, t: number) => Vec}
 */
export const between = (p, q, t) => [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1]), p[2] + t * (q[2] - p[2])];

/**
 * Puts T into a three.js Matrix4.
 * @type {(matrix: Matrix4, T: Pose) => Matrix4}
 */
export const toMatrix = (matrix, T) =>
  matrix.set(T[0], T[1], T[2], T[3], T[4], T[5], T[6], T[7], T[8], T[9], T[10], T[11], 0, 0, 0, 1);
