// @ts-check
// The two nearest points of two bodies, for a line that shows where to look. The distances that are told come from the
// plan; rings and limb are tried point by point here, finely enough for a drawing.
/** @import { LimbCone, Pose, RingBody, Segment, Vec } from "../types.js" */
/** @import { LevelScene } from "./level_scene.js" */
import { apply, between, cross, distance, dot } from "./frames.js";
import { BOTH_ENDS } from "./level_scene.js";

/** @typedef {{ at: Vec, gap: number }} Touch The nearest point of a surface, and how far it is (mm). */
/** @typedef {{ segments: Segment[], radius: number, points: () => Vec[] }} Round A strut or the bone: round about its axis. */
/** @typedef {{ segments?: undefined, points?: () => Vec[], onto: (point: Vec) => Touch }} Skin A ring or the limb. */
/** @typedef {Round | Skin} Near */

const STRUT_POINTS = 60;
const RIM_POINTS = 90;

/**
 * Nearest points [a, b] of two bodies of a level on a day, in its reference axes; null when a body is not drawn.
 * @type {(level: LevelScene, names: string[], day: number) => Segment | null}
 */
export function nearestPoints(level, names, day) {
  if (names.length !== 2) return null;
  const [first, second] = names.map((name) => body(level, name, day));
  if (!first || !second) return null;
  if (first.segments && second.segments) return nearestSegments(first, second);
  if (first.points && !second.segments) return nearestOnto(first.points(), second);
  if (second.points && !first.segments) {
    const [b, a] = nearestOnto(second.points(), first);
    return [a, b];
  }
  return null;
}

/** @type {(points: Vec[], skin: Skin) => Segment} */
function nearestOnto(points, skin) {
  let least = Infinity;
  /** @type {Segment} */
  let pair = [points[0], points[0]];
  for (const point of points) {
    const { at, gap } = skin.onto(point);
    if (gap >= least) continue;
    least = gap;
    pair = [point, at];
  }
  return pair;
}

/** @type {(level: LevelScene, name: string, day: number) => Near | null} */
function body(level, name, day) {
  if (name.startsWith("strut ")) {
    const k = Number(name.slice(6)) - 1;
    const ends = level.struts(day)[k];
    if (!ends) return null;
    return { segments: [ends], radius: level.strutBody(k, day).diameter_mm / 2, points: () => along(ends) };
  }
  if (name === "bone") {
    /** @type {Segment[]} */
    const segments = BOTH_ENDS.map((which) => {
      const { cut, end } = level.fragmentSpan(which);
      const T = level.fragmentPose(which, day);
      return [apply(T, [0, 0, cut]), apply(T, [0, 0, end])];
    });
    return { segments, radius: level.diameter / 2, points: () => segments.flatMap(along) };
  }
  if (name === "limb") {
    const limb = level.limb(day);
    return limb && { onto: (point) => ontoLimb(limb, point) };
  }
  const which = name.replace(" ring", "");
  if ((which !== "proximal" && which !== "distal") || !level.hasRing(which)) return null;
  const T = level.ringPose(which, day);
  const ring = level.ringBody(which);
  return { points: () => rims(T, ring), onto: (point) => ontoRing(T, ring, point) };
}

/** @type {(ends: Segment) => Vec[]} */
const along = (ends) => Array.from({ length: STRUT_POINTS + 1 }, (_, i) => between(...ends, i / STRUT_POINTS));

/** @type {(T: Pose, ring: RingBody) => Vec[]} */
function rims(T, { inner_radius_mm, outer_radius_mm, thickness_mm }) {
  return [inner_radius_mm, outer_radius_mm].flatMap((radius) => [-thickness_mm / 2, thickness_mm / 2].flatMap((z) =>
    Array.from({ length: RIM_POINTS }, (_, i) => {
      const turn = (2 * Math.PI * i) / RIM_POINTS;
      return apply(T, [radius * Math.cos(turn), radius * Math.sin(turn), z]);
    })));
}

/** @type {(T: Pose, ring: RingBody, point: Vec) => Touch} */
function ontoRing(T, { inner_radius_mm, outer_radius_mm, thickness_mm }, point) {
  const moved = [point[0] - T[3], point[1] - T[7], point[2] - T[11]];
  const [x, y, z] = [0, 1, 2].map((k) => moved[0] * T[k] + moved[1] * T[4 + k] + moved[2] * T[8 + k]);
  const out = Math.hypot(x, y) || 1;
  const radius = clamp(out, inner_radius_mm, outer_radius_mm);
  const at = apply(T, [(x / out) * radius, (y / out) * radius, clamp(z, -thickness_mm / 2, thickness_mm / 2)]);
  return { at, gap: distance(point, at) };
}

/**
 * Nearest point of the skin, which goes on beyond both ends; inside the limb the gap is negative.
 * @type {(limb: LimbCone, point: Vec) => Touch}
 */
export function ontoLimb({ ends: [p, d], radii: [top, bottom] }, point) {
  const length = distance(p, d);
  const axis = d.map((value, k) => (value - p[k]) / length);
  const from = point.map((value, k) => value - p[k]);
  const h = dot(from, axis);
  const out = from.map((value, k) => value - h * axis[k]);
  const rho = Math.hypot(...out) || 1;
  const far = Math.abs(h) + length;
  const profile = [[-far, top], [0, top], [length, bottom], [length + far, bottom]];
  let best = { gap: Infinity, at: [0, 0] };
  for (let i = 0; i + 1 < profile.length; i++) {
    const [[h0, r0], [h1, r1]] = [profile[i], profile[i + 1]];
    const t = clamp(((h - h0) * (h1 - h0) + (rho - r0) * (r1 - r0)) / ((h1 - h0) ** 2 + (r1 - r0) ** 2), 0, 1);
    const at = [h0 + t * (h1 - h0), r0 + t * (r1 - r0)];
    const gap = Math.hypot(h - at[0], rho - at[1]);
    if (gap < best.gap) best = { gap, at };
  }
  const skin = clamp(h, 0, length);
  const inside = rho < top + ((bottom - top) * skin) / length;
  return {
    at: p.map((value, k) => value + best.at[0] * axis[k] + (best.at[1] * out[k]) / rho),
    gap: inside ? -best.gap : best.gap,
  };
}

// From axis to axis, then drawn in to the surfaces where the bodies do not touch.
/** @type {(first: Round, second: Round) => Segment} */
function nearestSegments(first, second) {
  let best = segmentToSegment(first.segments[0], second.segments[0]);
  for (const one of first.segments) {
    for (const other of second.segments) {
      const pair = segmentToSegment(one, other);
      if (distance(...pair) < distance(...best)) best = pair;
    }
  }
  const gap = distance(...best);
  if (gap <= first.radius + second.radius) return best;
  return [between(...best, first.radius / gap), between(...best, 1 - second.radius / gap)];
}

/**
 * Nearest points of two segments (Ericson, Real-Time Collision Detection, section 5.1.9).
 * @type {(one: Segment, other: Segment) => Segment}
 */
export function segmentToSegment([a, b], [c, d]) {
  const [u, v, w] = [minus(b, a), minus(d, c), minus(c, a)];
  const normal = cross(u, v);
  const size = dot(normal, normal);
  /** @type {(point: Vec) => Vec} */
  const onSecond = (point) => between(c, d, clamp(dot(minus(point, c), v) / (dot(v, v) || 1), 0, 1));
  /** @type {(point: Vec) => Vec} */
  const onFirst = (point) => between(a, b, clamp(dot(minus(point, a), u) / (dot(u, u) || 1), 0, 1));
  const inside = size > 1e-12 ? between(a, b, clamp(dot(cross(w, v), normal) / size, 0, 1)) : a;
  /** @type {Segment[]} */
  const pairs = [[inside, onSecond(inside)], [a, onSecond(a)], [b, onSecond(b)], [onFirst(c), c], [onFirst(d), d]];
  return pairs.reduce((best, pair) => (distance(...pair) < distance(...best) ? pair : best));
}

/** @type {(p: Vec, q: Vec) => Vec} */
const minus = (p, q) => p.map((value, k) => value - q[k]);
/** @type {(value: number, low: number, high: number) => number} */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
