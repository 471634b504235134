// Both fragments with their cut faces, and the regenerate between the faces.
import { BufferAttribute, BufferGeometry, CircleGeometry, DoubleSide, Group, Mesh } from "three";
import { boneEnd, segment, shaftsX } from "./bone_ends.js";
import { apply } from "./frames.js";
import { joined, loft } from "./solids.js";

const AROUND = 32;
// The marrow lies so far in front of the cut that it is seen.
const FACE_MM = 0.15;

const boneOf = ({ diameter, lat, onUlna }) => ({ diameter, lat, onUlna });

/** Group of the proximal or distal fragment of a level in its own axes; of a `whole` construct each shaft once. */
export function makeFragment(kit, level, which, tone, whole) {
  const group = new Group();
  if (whole && which === "proximal" && level.neighbour(which)) return group;
  const { cut, end } = level.fragmentSpan(which);
  const bone = boneOf(level);
  const away = which === "proximal" ? -1 : 1;
  const shafts = shaftsX(level.bone, bone);
  const faces = shafts.map((x) => cutFace(level.diameter, x, 0, cut + away * FACE_MM));
  let shapes;
  if (whole && level.neighbour(which)) {
    const [x, y, z] = level.after.given.segment_mm;
    const last = z + level.after.face("proximal").z;
    const [r, next] = [level.diameter / 2, level.after.diameter / 2];
    shapes = shafts.map((at) => loft([[cut, at, 0, r, r], [last, at + x, y, next, next]]));
    faces.push(...shafts.map((at) => cutFace(level.after.diameter, at + x, y, last - away * FACE_MM)));
  } else {
    const form = level.isSegment(which) ? segment : boneEnd;
    shapes = form(level.bone, which, { cut, end, ...bone });
  }
  const { z, at } = level.face(which);
  for (const shape of [...shapes, ...faces]) leanAtCut(shape, z, at);
  group.add(new Mesh(kit.geometry(joined(shapes)), kit.material(tone)));
  group.add(new Mesh(kit.geometry(joined(faces)), kit.material("marrow", { side: DoubleSide })));
  return group;
}

const cutFace = (diameter, x, y, z) => new CircleGeometry(diameter * 0.29, AROUND).translate(x, y, z);

// The cut of day 0 is square to the moving fragment; the reference fragment's end then leans.
function leanAtCut(shape, z, at) {
  const { position } = shape.attributes;
  for (let i = 0; i < position.count; i++) {
    const off = position.getZ(i) - z;
    if (Math.abs(off) <= FACE_MM + 1e-3) position.setZ(i, at(position.getX(i), position.getY(i)) + off);
  }
}

/** Translucent sleeve from the reference fragment's cut face to the moving fragment's. */
export class Regenerate {
  constructor(kit, level) {
    this.level = level;
    this.shafts = shaftsX(level.bone, boneOf(level));
    this.geometry = kit.geometry(new BufferGeometry());
    const radius = (level.diameter / 2) * 0.97;
    const turns = Array.from({ length: AROUND }, (_, i) => (2 * Math.PI * i) / AROUND);
    const [end, cut] = [level.face(level.reference), level.face(level.moving)];
    const rims = ({ at }) => this.shafts.map((x) => turns.map((turn) => {
      const [px, py] = [x + radius * Math.cos(turn), radius * Math.sin(turn)];
      return [px, py, at(px, py)];
    }));
    this.still = rims(end);
    this.moves = rims(cut);
    this.positions = new BufferAttribute(new Float32Array(this.shafts.length * AROUND * 2 * 3), 3);
    this.still.forEach((rim, n) => this.positions.array.set(rim.flat(), 3 * 2 * n * AROUND));
    this.geometry.setAttribute("position", this.positions);
    const outwards = this.shafts.flatMap(() => [0, 1].flatMap(() => turns.flatMap((turn) => [Math.cos(turn), Math.sin(turn), 0])));
    this.geometry.setAttribute("normal", new BufferAttribute(new Float32Array(outwards), 3));
    this.geometry.setIndex(this.shafts.flatMap((_, n) => sleeve(2 * n * AROUND)));
    this.mesh = new Mesh(this.geometry, kit.material("regenerate", { transparent: true, opacity: 0.62, depthWrite: false, side: DoubleSide, forceSinglePass: true }));
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 5;
  }

  showDay(day) {
    const T_ref_mov = this.level.T_ref_mov(day);
    let widest = 0;
    this.moves.forEach((rim, n) => rim.forEach((point, i) => {
      const moved = apply(T_ref_mov, point);
      this.positions.array.set(moved, 3 * ((2 * n + 1) * AROUND + i));
      widest = Math.max(widest, this.level.far * (moved[2] - this.still[n][i][2]));
    }));
    this.positions.needsUpdate = true;
    // Nothing to draw rather than invisible: its shader is then ready before the first day that needs it.
    this.geometry.setDrawRange(0, this.level.newBone && widest > 0.3 ? Infinity : 0);
  }
}

function sleeve(first) {
  const index = [];
  for (let i = 0; i < AROUND; i++) {
    const a = first + i;
    const b = first + ((i + 1) % AROUND);
    index.push(a, b, b + AROUND, a, b + AROUND, a + AROUND);
  }
  return index;
}
