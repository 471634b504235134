// @ts-check
// Six telescoping struts a level: a coloured outer tube on the proximal joint, a thinner tube running out of it.
// The outer tube is as long as the model that stands there lets it be, so an exchange is seen.
// Tubes and collars of all levels are one instanced mesh in the world's axes: one draw call.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { Vec } from "../types.js" */
/** @import { Kit } from "./kit.js" */
import { Color, CylinderGeometry, DynamicDrawUsage, InstancedMesh, Matrix4, Vector3 } from "three";
import { distance } from "../scene/frames.js";

const INNER_SHARE = 0.52;
const JOINT_MM = 3;
// So much of the inner tube shows at the shortest reading.
const MOUTH_MM = 14;
const COLLAR_MM = 7;
const [OUTER, COLLAR, INNER] = [0, 1, 2];

export class Struts {
  /**
   * @param {Kit} kit
   * @param {FrameScene} scene
   */
  constructor(kit, scene) {
    this.kit = kit;
    this.scene = scene;
    this.colours = scene.payload.strut_colours.map((colour) => new Color(colour));
    this.bodies = scene.drawn.filter((level) => level.hasStruts).flatMap((level) => this.colours.map((colour, k) => ({ level, k, colour })));
    const shape = kit.geometry(new CylinderGeometry(1, 1, 1, 20));
    this.mesh = kit.own(new InstancedMesh(shape, kit.material("white"), 3 * this.bodies.length));
    this.mesh.visible = this.bodies.length > 0;
    this.mesh.instanceMatrix.setUsage(DynamicDrawUsage);
    this.mesh.matrixAutoUpdate = this.mesh.frustumCulled = false;
    this.standOut(null);
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    const ends = this.scene.struts(day);
    for (let i = 0; i < ends.length; i++) {
      const [proximal, distal] = ends[i];
      const { level, k } = this.bodies[i];
      pointAlong(proximal, distal);
      const { length } = way;
      const { shortest_mm, diameter_mm } = level.strutBody(k, day);
      const radius = diameter_mm / 2;
      const mouth = Math.min((shortest_mm ?? length * 0.75) - MOUTH_MM, length - MOUTH_MM / 2);
      const collar = (mouth - COLLAR_MM) / length;
      this.#put(i, OUTER, proximal, JOINT_MM / length, mouth / length, radius);
      this.#put(i, COLLAR, proximal, collar, (mouth + 0.5) / length, radius + 1.4);
      this.#put(i, INNER, proximal, collar, 1, radius * INNER_SHARE);
    }
    this.mesh.instanceMatrix.needsUpdate = true;
  }

  /** Lengths (mm) of the struts in hand as the tubes on the screen have them, joint to joint: for tests of the drawing. */
  drawnLengths() {
    /** @type {(i: number, part: number, y: number) => Vector3} */
    const end = (i, part, y) => {
      this.mesh.getMatrixAt(3 * i + part, matrix);
      return new Vector3(0, y, 0).applyMatrix4(matrix);
    };
    const first = this.bodies.findIndex(({ level }) => level === this.scene.inHand);
    if (first < 0) return [];
    return this.colours.map((_, k) => end(first + k, OUTER, -0.5).distanceTo(end(first + k, INNER, 0.5)) + JOINT_MM);
  }

  /**
   * Struts of the level in hand that stand out keep their colour, all others turn grey; null: all have their colour.
   * @type {(chosen: Set<number> | null) => void}
   */
  standOut(chosen) {
    /** @type {Set<number> | null} */
    this.chosen = chosen;
    this.recolour();
  }

  /** Takes the colours of the theme in force. */
  recolour() {
    const { kit } = this;
    const [grey, joint, rod] = [kit.colour("still"), kit.colour("joint"), kit.colour("rod")];
    this.bodies.forEach(({ level, k, colour }, i) => {
      const fades = this.chosen && !(level === this.scene.inHand && this.chosen.has(k));
      [fades ? grey : colour, joint, rod].forEach((tone, part) => this.mesh.setColorAt(3 * i + part, tone));
    });
    if (this.mesh.instanceColor) this.mesh.instanceColor.needsUpdate = true;
  }

  /**
   * @param {number} i
   * @param {number} part
   * @param {Vec} proximal
   * @param {number} from
   * @param {number} to
   * @param {number} radius
   */
  #put(i, part, proximal, from, to, radius) {
    putTube(this.mesh.instanceMatrix.array, 16 * (3 * i + part), proximal, from, to, radius);
  }
}

/**
 * Matrix that lays a cylinder of length 1 and radius 1 between two fractions of the way from p to q.
 * @type {(p: Vec, q: Vec, from: number, to: number, radius: number) => Matrix4}
 */
export function tubeBetween(p, q, from, to, radius) {
  pointAlong(p, q);
  putTube(matrix.elements, 0, p, from, to, radius);
  return matrix;
}

const matrix = new Matrix4();
// From p to q, and where the turn that takes +y there takes +x and +z: worked out once for all tubes of a strut.
const way = { length: 0, along: [0, 0, 0], unit: [0, 1, 0], x: [1, 0, 0], z: [0, 0, 1] };

/** @type {(p: Vec, q: Vec) => void} */
function pointAlong(p, q) {
  const { along, unit } = way;
  for (let axis = 0; axis < 3; axis++) along[axis] = q[axis] - p[axis];
  way.length = distance(p, q);
  for (let axis = 0; axis < 3; axis++) unit[axis] = along[axis] / (way.length || 1);
  const [x, y, z] = unit;
  if (y < -0.999999) {
    way.x = [1, 0, 0];
    way.z = [0, 0, -1];
    return;
  }
  const share = 1 / (1 + y);
  way.x = [1 - x * x * share, -x, -x * z * share];
  way.z = [-x * z * share, -z, 1 - z * z * share];
}

// Column by column, as three.js has its matrices.
/** @type {(array: number[] | import("three").TypedArray, at: number, p: Vec, from: number, to: number, radius: number) => void} */
function putTube(array, at, p, from, to, radius) {
  const { along, unit, x, z } = way;
  const length = Math.max((to - from) * way.length, 0.01);
  for (let axis = 0; axis < 3; axis++) {
    array[at + axis] = radius * x[axis];
    array[at + 4 + axis] = length * unit[axis];
    array[at + 8 + axis] = radius * z[axis];
    array[at + 12 + axis] = p[axis] + ((from + to) / 2) * along[axis];
  }
  array[at + 3] = array[at + 7] = array[at + 11] = 0;
  array[at + 15] = 1;
}
