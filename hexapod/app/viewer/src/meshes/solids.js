// @ts-check
// Two building blocks of the bone shapes: a lofted shaft and a ball.
/** @import { Vec } from "../types.js" */
import { BufferGeometry, CatmullRomCurve3, Float32BufferAttribute, Quaternion, SphereGeometry, Vector3 } from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";

const AROUND = 40;

/**
 * Surface through ellipses. `stations` are [z, centre x, centre y, radius x, radius y] from one end to the other;
 * smoothed between stations, closed at both ends.
 * @type {(stations: number[][], steps?: number) => BufferGeometry}
 */
export function loft(stations, steps = 8) {
  const rings = smooth(stations, steps);
  /** @type {number[]} */
  const positions = [];
  /** @type {number[]} */
  const index = [];
  for (const [z, cx, cy, rx, ry] of rings) {
    for (let i = 0; i < AROUND; i++) {
      const turn = (2 * Math.PI * i) / AROUND;
      positions.push(cx + rx * Math.cos(turn), cy + ry * Math.sin(turn), z);
    }
  }
  const rising = rings[rings.length - 1][0] > rings[0][0];
  for (let row = 0; row + 1 < rings.length; row++) {
    for (let i = 0; i < AROUND; i++) {
      const a = row * AROUND + i;
      const b = row * AROUND + ((i + 1) % AROUND);
      quad(index, a, b, b + AROUND, a + AROUND, rising);
    }
  }
  cap(positions, index, rings[0], !rising);
  cap(positions, index, rings[rings.length - 1], rising);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  geometry.setIndex(index);
  geometry.computeVertexNormals();
  return geometry;
}

/** @type {(centre: Vec, radii: number[]) => BufferGeometry} */
export const ball = ([x, y, z], [rx, ry, rz]) => new SphereGeometry(1, 28, 20).scale(rx, ry, rz).translate(x, y, z);

/**
 * Straight round bar from a to b with a radius at each end.
 * @type {(a: Vec, b: Vec, radiusA: number, radiusB: number) => BufferGeometry}
 */
export function bar(a, b, radiusA, radiusB) {
  const from = new Vector3().fromArray(a);
  const along = new Vector3().fromArray(b).sub(from);
  const geometry = loft([[0, 0, 0, radiusA, radiusA], [along.length(), 0, 0, radiusB, radiusB]], 3);
  geometry.applyQuaternion(new Quaternion().setFromUnitVectors(new Vector3(0, 0, 1), along.normalize()));
  return geometry.translate(a[0], a[1], a[2]);
}

/**
 * Several shapes as one, so that they cost one draw call.
 * @type {(shapes: BufferGeometry[]) => BufferGeometry}
 */
export function joined(shapes) {
  for (const shape of shapes) {
    shape.deleteAttribute("uv");
    if (!shape.index) shape.setIndex(Array.from({ length: shape.attributes.position.count }, (_, i) => i));
  }
  const whole = mergeGeometries(shapes);
  for (const shape of shapes) shape.dispose();
  return whole;
}

/**
 * Triangles between two rims of `around` points each, the second right after the first.
 * @type {(first: number, around: number) => number[]}
 */
export function sleeve(first, around) {
  /** @type {number[]} */
  const index = [];
  for (let i = 0; i < around; i++) quad(index, first + i, first + ((i + 1) % around), first + around + ((i + 1) % around), first + around + i, true);
  return index;
}

/**
 * @param {number[]} index
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {boolean} rising
 */
function quad(index, a, b, c, d, rising) {
  if (rising) index.push(a, b, c, a, c, d);
  else index.push(a, c, b, a, d, c);
}

/** @type {(positions: number[], index: number[], station: number[], facingUp: boolean) => void} */
function cap(positions, index, [z, cx, cy, rx, ry], facingUp) {
  const first = positions.length / 3;
  positions.push(cx, cy, z);
  for (let i = 0; i < AROUND; i++) {
    const turn = (2 * Math.PI * i) / AROUND;
    positions.push(cx + rx * Math.cos(turn), cy + ry * Math.sin(turn), z);
  }
  for (let i = 0; i < AROUND; i++) {
    const a = first + 1 + i;
    const b = first + 1 + ((i + 1) % AROUND);
    if (facingUp) index.push(first, a, b);
    else index.push(first, b, a);
  }
}

/** @type {(stations: number[][], steps: number) => number[][]} */
function smooth(stations, steps) {
  if (stations.length < 3) return stations;
  /** @type {(i: number, j: number) => CatmullRomCurve3} */
  const curve = (i, j) => new CatmullRomCurve3(stations.map((s) => new Vector3(s[0], s[i], s[j])), false, "centripetal");
  const centres = curve(1, 2);
  const radii = curve(3, 4);
  const count = (stations.length - 1) * steps;
  /** @type {number[][]} */
  const out = [];
  for (let k = 0; k <= count; k++) {
    const c = centres.getPoint(k / count);
    const r = radii.getPoint(k / count);
    const along = Math.floor(Math.min(k, count - 1) / steps);
    const part = k / steps - along;
    const z = stations[along][0] + part * (stations[along + 1][0] - stations[along][0]);
    out.push([z, c.y, c.z, Math.max(r.y, 0.2), Math.max(r.z, 0.2)]);
  }
  return out;
}
