// @ts-check
// The standard views: where the viewer stands and which way is up on the screen.
// `toward` points from the patient to the viewer, `right` follows from it.
/** @import { Axes, Direction, Vec, ViewName } from "../types.js" */
import { cross, dot } from "./frames.js";

/** @type {ViewName[]} */
export const VIEW_NAMES = ["AP", "Lateral", "From proximal", "Free"];

/**
 * Screen axes of a view for a limb whose lateral side is at x = lat.
 * @type {(name: ViewName, lat: number) => Axes}
 */
export function viewAxes(name, lat) {
  const [toward, up] = {
    AP: [[0, -1, 0], [0, 0, 1]],
    Lateral: [[lat, 0, 0], [0, 0, 1]],
    "From proximal": [[0, 0, 1], [0, 1, 0]],
    Free: [unit([0.5 * lat, -1, 0.5]), [0, 0, 1]],
  }[name];
  const right = unit(cross(up, toward));
  return { toward, right, up: cross(toward, right) };
}

/** @type {(name: ViewName, lat: number, canTurn?: boolean) => string} */
export function captionOf(name, lat, canTurn = true) {
  return {
    AP: "AP view, facing the patient",
    Lateral: `Lateral view, from the patient’s ${lat > 0 ? "left" : "right"}`,
    "From proximal": "Seen from proximal, front towards you",
    Free: canTurn ? "Free view: drag to turn" : "Oblique view",
  }[name];
}

/**
 * The six anatomical directions of the world for this limb.
 * @type {(lat: number) => Direction[]}
 */
export function directions(lat) {
  return [
    { word: "PROXIMAL", along: [0, 0, 1] },
    { word: "DISTAL", along: [0, 0, -1] },
    { word: "ANTERIOR", along: [0, -1, 0] },
    { word: "POSTERIOR", along: [0, 1, 0] },
    { word: "MEDIAL", along: [-lat, 0, 0] },
    { word: "LATERAL", along: [lat, 0, 0] },
  ];
}

/**
 * Edge of the screen a direction points to in a standard view, or null if it points in or out of it.
 * @type {(along: Vec, axes: Axes) => "left" | "right" | "top" | "bottom" | null}
 */
export function edgeOf(along, axes) {
  const across = dot(along, axes.right);
  const upward = dot(along, axes.up);
  if (across > 0.9) return "right";
  if (across < -0.9) return "left";
  if (upward > 0.9) return "top";
  if (upward < -0.9) return "bottom";
  return null;
}

/**
 * Middle and half sizes (mm) of the points as seen in the view.
 * @type {(points: Vec[], axes: Axes) => { middle: Vec, halfWidth: number, halfHeight: number }}
 */
export function extent(points, axes) {
  /** @type {(axis: Vec) => [number, number]} */
  const range = (axis) => {
    const values = points.map((p) => dot(p, axis));
    return [Math.min(...values), Math.max(...values)];
  };
  const ranges = [axes.right, axes.up, axes.toward].map(range);
  const middle = [0, 1, 2].map((i) =>
    [axes.right, axes.up, axes.toward].reduce((sum, axis, k) => sum + (axis[i] * (ranges[k][0] + ranges[k][1])) / 2, 0),
  );
  const [halfWidth, halfHeight] = ranges.map(([low, high]) => (high - low) / 2);
  return { middle, halfWidth, halfHeight };
}

/** @type {(v: Vec) => Vec} */
function unit(v) {
  const size = Math.hypot(...v);
  return v.map((value) => value / size);
}
