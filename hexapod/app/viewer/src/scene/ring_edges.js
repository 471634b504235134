// @ts-check
// The middle line of a ring's body, and whether the body reaches the ring's front, where the master tab is.
/** @import { RingBody, Vec } from "../types.js" */

const ROUND_PIECES = 72;

/**
 * Points in the ring's axes, from the front round to the front, or along an open body from end to end.
 * @type {(body: RingBody) => Vec[]}
 */
export function middleLine({ inner_radius_mm: inner, outer_radius_mm: outer, edges_mm: edges }) {
  if (edges) return edges[0].map(([x, y], i) => [(x + edges[1][i][0]) / 2, (y + edges[1][i][1]) / 2, 0]);
  const radius = (inner + outer) / 2;
  return Array.from({ length: ROUND_PIECES + 1 }, (_, i) => {
    const turn = (2 * Math.PI * i) / ROUND_PIECES;
    return [radius * Math.sin(turn), -radius * Math.cos(turn), 0];
  });
}

/** @type {(body: RingBody) => boolean} */
export const reachesFront = ({ outer_radius_mm: outer, edges_mm: edges }) =>
  !edges || edges[1].some(([x, y]) => y < 0 && Math.abs(x) < outer / 20);
