// @ts-check
// A ring: flat band with holes, joint posts, and the master tab at the front (-y of the ring's axes).
/** @import { Part, RingBody, Vec } from "../types.js" */
/** @import { BufferGeometry } from "three" */
import { BoxGeometry, CylinderGeometry, ExtrudeGeometry, Path, Shape, SphereGeometry, Vector2 } from "three";
import { reachesFront } from "../scene/ring_edges.js";

const HOLE_STEP_DEG = 10;
const TAB_WIDTH_MM = 20;
const TAB_REACH_MM = 13;

/**
 * Shapes of a ring in its own axes, as [colour name, shape].
 * @type {(body: RingBody, joints_mm: Vec[]) => Part[]}
 */
export function ringParts(body, joints_mm) {
  const { outer_radius_mm: outer, thickness_mm: thickness } = body;
  const band = bandOf(body);
  const tab = new BoxGeometry(TAB_WIDTH_MM, TAB_REACH_MM + 3, thickness + 3);
  tab.translate(0, -(outer + TAB_REACH_MM / 2 - 1.5), 0);
  /** @type {Part[]} */
  const hinges = joints_mm.flatMap(([x, y, z]) => {
    const ball = new SphereGeometry(5.2, 16, 12).translate(x, y, z);
    const post = new CylinderGeometry(3.6, 3.6, Math.max(Math.abs(z), 1), 12).rotateX(Math.PI / 2).translate(x, y, z / 2);
    return [["joint", ball], ["joint", post]];
  });
  /** @type {Part[]} */
  const front = reachesFront(body) ? [["tab", tab]] : [];
  return [["ring", band], ...front, ...hinges];
}

// Bands are the dearest shapes of the drawing, and most rings of a frame are of one size.
/** @type {Map<string, BufferGeometry>} */
const bands = new Map();
const MOST_BANDS = 8;

/** @type {(body: RingBody) => BufferGeometry} */
function bandOf({ inner_radius_mm: inner, outer_radius_mm: outer, thickness_mm: thickness, edges_mm: edges }) {
  const key = [inner, outer, thickness, edges].join();
  let band = bands.get(key);
  if (!band) {
    if (bands.size === MOST_BANDS) bands.clear();
    band = new ExtrudeGeometry(edges ? openShape(edges) : bandShape(inner, outer), {
      depth: thickness - 1.6, bevelEnabled: true, bevelThickness: 0.8, bevelSize: 0.8, bevelSegments: 1, curveSegments: 72,
    });
    bands.set(key, band.translate(0, 0, -thickness / 2 + 0.8));
  }
  return band.clone();
}

/** @type {(edges: [Vec[], Vec[]]) => Shape} */
function openShape([inner, outer]) {
  return new Shape([...outer, ...[...inner].reverse()].map(([x, y]) => new Vector2(x, y)));
}

/** @type {(inner: number, outer: number) => Shape} */
function bandShape(inner, outer) {
  const shape = new Shape();
  shape.absarc(0, 0, outer - 0.8, 0, 2 * Math.PI);
  const opening = new Path();
  opening.absarc(0, 0, inner + 0.8, 0, 2 * Math.PI, true);
  shape.holes.push(opening);
  const middle = (inner + outer) / 2;
  const radius = Math.min(3.4, (outer - inner) / 4);
  for (let a = HOLE_STEP_DEG / 2; a < 360; a += HOLE_STEP_DEG) {
    const rad = (a * Math.PI) / 180;
    const hole = new Path();
    const x = middle * Math.sin(rad);
    const y = -middle * Math.cos(rad);
    for (let i = 0; i < 10; i++) {
      const turn = (-2 * Math.PI * i) / 10;
      const [px, py] = [x + radius * Math.cos(turn), y + radius * Math.sin(turn)];
      if (i === 0) hole.moveTo(px, py);
      else hole.lineTo(px, py);
    }
    hole.closePath();
    shape.holes.push(hole);
  }
  return shape;
}
