// @ts-check
// Both fragments with their cut faces, and the regenerate between the faces.
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { End, Part, Pose, Tone, Vec } from "../types.js" */
/** @import { Kit } from "./kit.js" */
import { BufferAttribute, BufferGeometry, CircleGeometry, DoubleSide, DynamicDrawUsage, Mesh } from "three";
import { boneEnd, segment, shaftsX } from "./bone_ends.js";
import { loft, sleeve } from "./solids.js";

const AROUND = 32;
// The marrow lies so far in front of the cut that it is seen.
const FACE_MM = 0.15;

/** @type {(level: LevelScene) => { diameter: number, lat: number, onUlna: boolean }} */
const boneOf = ({ diameter, lat, onUlna }) => ({ diameter, lat, onUlna });

/**
 * Shapes of the proximal or distal fragment of a level in its own axes, as [colour name, shape]; of a `whole` construct
 * each shaft once.
 * @type {(level: LevelScene, which: End, tone: Tone, whole: boolean) => Part[]}
 */
export function fragmentParts(level, which, tone, whole) {
  const next = whole ? level.neighbour(which) : null;
  if (next && which === "proximal") return [];
  const { cut, end } = level.fragmentSpan(which);
  const bone = boneOf(level);
  const away = which === "proximal" ? -1 : 1;
  const shafts = shaftsX(level.bone, bone);
  const faces = shafts.map((x) => cutFace(level.diameter, x, 0, cut, away));
  let shapes;
  if (next) {
    const [x, y, z] = next.segment;
    const last = z + next.face("proximal").z;
    const [r, far] = [level.diameter / 2, next.diameter / 2];
    shapes = shafts.map((at) => loft([[cut, at, 0, r, r], [last, at + x, y, far, far]]));
    faces.push(...shafts.map((at) => cutFace(next.diameter, at + x, y, last, -away)));
  } else {
    const form = level.isSegment(which) ? segment : boneEnd;
    shapes = form(level.bone, which, { cut, end, ...bone });
  }
  const { z, at } = level.face(which);
  for (const shape of [...shapes, ...faces]) leanAtCut(shape, z, at);
  return [...shapes.map((shape) => part(tone, shape)), ...faces.map((face) => part("marrow", face))];
}

// `facing` is +1 for a face that looks to proximal, -1 to distal. Nobody sees its back: the shaft is behind it.
/** @type {(diameter: number, x: number, y: number, z: number, facing: number) => BufferGeometry} */
const cutFace = (diameter, x, y, z, facing) =>
  new CircleGeometry(diameter * 0.29, AROUND).rotateX(facing > 0 ? 0 : Math.PI).translate(x, y, z + facing * FACE_MM);

/** @type {(tone: Tone, shape: BufferGeometry) => Part} */
const part = (tone, shape) => [tone, shape];

// The cut of day 0 is square to the moving fragment; the reference fragment's end then leans.
/** @type {(shape: BufferGeometry, z: number, at: (x: number, y: number) => number) => void} */
function leanAtCut(shape, z, at) {
  const { position } = shape.attributes;
  for (let i = 0; i < position.count; i++) {
    const off = position.getZ(i) - z;
    if (Math.abs(off) <= FACE_MM + 1e-3) position.setZ(i, at(position.getX(i), position.getY(i)) + off);
  }
}

/** Translucent sleeve from the reference fragment's cut face to the moving fragment's. */
export class Regenerate {
  /**
   * @param {Kit} kit
   * @param {LevelScene} level
   */
  constructor(kit, level) {
    this.level = level;
    this.shafts = shaftsX(level.bone, boneOf(level));
    this.geometry = kit.geometry(new BufferGeometry());
    const radius = (level.diameter / 2) * 0.97;
    const turns = Array.from({ length: AROUND }, (_, i) => (2 * Math.PI * i) / AROUND);
    const [end, cut] = [level.face(level.reference), level.face(level.moving)];
    /** @type {(face: { at: (x: number, y: number) => number }) => Vec[][]} */
    const rims = ({ at }) => this.shafts.map((x) => turns.map((turn) => {
      const [px, py] = [x + radius * Math.cos(turn), radius * Math.sin(turn)];
      return [px, py, at(px, py)];
    }));
    this.still = rims(end);
    this.moves = rims(cut);
    this.points = new Float32Array(this.shafts.length * AROUND * 2 * 3);
    this.positions = new BufferAttribute(this.points, 3);
    this.positions.setUsage(DynamicDrawUsage);
    this.still.forEach((rim, n) => this.points.set(rim.flat(), 3 * 2 * n * AROUND));
    this.geometry.setAttribute("position", this.positions);
    const outwards = this.shafts.flatMap(() => [0, 1].flatMap(() => turns.flatMap((turn) => [Math.cos(turn), Math.sin(turn), 0])));
    this.geometry.setAttribute("normal", new BufferAttribute(new Float32Array(outwards), 3));
    this.geometry.setIndex(this.shafts.flatMap((_, n) => sleeve(2 * n * AROUND, AROUND)));
    this.mesh = new Mesh(this.geometry, kit.material("regenerate", { transparent: true, opacity: 0.62, depthWrite: false, side: DoubleSide, forceSinglePass: true }));
    this.mesh.matrixAutoUpdate = this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 5;
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    const T_ref_mov = this.level.T_ref_mov(day);
    let widest = 0;
    for (let n = 0; n < this.moves.length; n++) {
      for (let i = 0; i < AROUND; i++) {
        const z = putMoved(this.points, 3 * ((2 * n + 1) * AROUND + i), T_ref_mov, this.moves[n][i]);
        widest = Math.max(widest, this.level.far * (z - this.still[n][i][2]));
      }
    }
    this.positions.needsUpdate = true;
    // Nothing to draw rather than invisible: its shader is then ready before the first day that needs it.
    this.geometry.setDrawRange(0, this.level.newBone && widest > 0.3 ? Infinity : 0);
  }
}

// As `apply` of frames.js, written straight into the buffer: once for every point of every rim at every step.
/** @type {(array: Float32Array, at: number, T: Pose, point: Vec) => number} */
function putMoved(array, at, T, point) {
  const x = point[0];
  const y = point[1];
  const z = point[2];
  array[at] = T[0] * x + T[1] * y + T[2] * z + T[3];
  array[at + 1] = T[4] * x + T[5] * y + T[6] * z + T[7];
  return (array[at + 2] = T[8] * x + T[9] * y + T[10] * z + T[11]);
}
