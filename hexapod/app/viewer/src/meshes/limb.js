// @ts-check
// The limb as the clearance checks take it: a cone between the two rings, going on as cylinders where no level follows.
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { LimbCone, LimbState, Vec } from "../types.js" */
/** @import { Kit } from "./kit.js" */
/** @import { Material } from "three" */
import { BufferAttribute, BufferGeometry, DoubleSide, DynamicDrawUsage, Group, Mesh, Sphere, Vector3 } from "three";
import { between, cross, distance } from "../scene/frames.js";
import { sleeve } from "./solids.js";
import { tubeBetween } from "./struts.js";

const AROUND = 48;
const BEYOND_MM = 34;
const FAINT = { transparent: true, opacity: 0.2, depthWrite: false, side: DoubleSide, forceSinglePass: true };

/** @type {LimbState[]} */
export const LIMB_STATES = ["Off", "Faint", "Solid"];

/** @typedef {{ y: number, radius: number, up?: number }} Rim A circle; `up` where nothing goes on beyond it. */

export class Limb {
  /** @type {Mesh | undefined} */
  mesh;
  /** @type {BufferAttribute} */
  positions;
  /** @type {{ rim: number, up: number }[]} */
  outermost = [];

  /**
   * `goesOn`: of the proximal and the distal end, whether the limb is drawn beyond its ring.
   * @param {Kit} kit
   * @param {LevelScene} level
   * @param {boolean[]} goesOn
   */
  constructor(kit, level, goesOn) {
    this.level = level;
    this.kit = kit;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    const { limb } = level.given;
    if (!limb) return;
    this.#build([limb.proximal_radius_mm, limb.distal_radius_mm], goesOn);
  }

  /** @type {(state: LimbState) => void} */
  setState(state) {
    this.group.visible = state !== "Off";
    this.setMaterial(this.kit.material("skin", state === "Solid" ? { side: DoubleSide } : FAINT));
  }

  /** @type {(material: Material) => void} */
  setMaterial(material) {
    if (this.mesh) this.mesh.material = material;
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    const limb = this.level.limb(day);
    if (!limb || !this.mesh) return;
    this.mesh.matrix.copy(tubeBetween(...limb.ends, 0, 1, 1));
    this.mesh.matrixWorldNeedsUpdate = true;
    // The drawing is stretched from end to end; what goes on beyond an end keeps its length.
    const share = BEYOND_MM / distance(...limb.ends);
    for (const { rim, up } of this.outermost) {
      for (let i = 0; i < AROUND; i++) this.positions.setY(rim * AROUND + i, up * (0.5 + share));
    }
    this.positions.needsUpdate = true;
  }

  // In the axes of `tubeBetween`: the proximal end at y = -0.5, the distal end at y = +0.5.
  /** @type {(radii: [number, number], goesOn: boolean[]) => void} */
  #build([proximal, distal], goesOn) {
    /** @type {Rim[][]} */
    const spans = [
      [{ y: -0.5, radius: proximal }, { y: 0.5, radius: distal }],
      ...[{ up: -1, radius: proximal }, { up: 1, radius: distal }].filter((_, k) => goesOn[k]).map(({ up, radius }) => {
        const ends = [{ y: 0.5 * up, radius }, { y: up, radius, up }];
        return up < 0 ? ends.reverse() : ends;
      }),
    ];
    const rims = spans.flat();
    this.outermost = rims.flatMap(({ up }, rim) => (up ? [{ rim, up }] : []));
    /** @type {number[]} */
    const points = [];
    /** @type {number[]} */
    const normals = [];
    rims.forEach(({ y, radius }, n) => {
      // Of the span that the rim belongs to.
      const slope = rims[n - (n % 2)].radius - rims[n - (n % 2) + 1].radius;
      for (let i = 0; i < AROUND; i++) {
        const [sine, cosine] = [Math.sin((2 * Math.PI * i) / AROUND), Math.cos((2 * Math.PI * i) / AROUND)];
        points.push(radius * sine, y, radius * cosine);
        normals.push(sine, slope, cosine);
      }
    });
    this.positions = new BufferAttribute(new Float32Array(points), 3).setUsage(DynamicDrawUsage);
    const geometry = this.kit.geometry(new BufferGeometry());
    geometry.setAttribute("position", this.positions);
    geometry.setAttribute("normal", new BufferAttribute(new Float32Array(normals), 3));
    geometry.setIndex(spans.flatMap((_, n) => sleeve(2 * n * AROUND, AROUND)));
    // What is see-through is drawn from back to front by these middles: a limb and its halo have the same.
    geometry.boundingSphere = new Sphere(new Vector3(), 1);
    this.mesh = new Mesh(geometry, this.kit.material("skin", FAINT));
    this.mesh.matrixAutoUpdate = false;
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 6;
    this.group.add(this.mesh);
  }
}

/**
 * The two circles at the ends of a limb, `count` points each.
 * @type {(limb: LimbCone, count: number) => Vec[]}
 */
export function limbRims({ ends: [p, d], radii }, count) {
  const axis = between(p, d, 1 / distance(p, d)).map((value, k) => value - p[k]);
  const across = cross(axis, [0, 1, 0]);
  const size = Math.hypot(...across);
  const [u, v] = [across.map((value) => value / size), cross(axis, across).map((value) => value / size)];
  return [p, d].flatMap((centre, n) => Array.from({ length: count }, (_, i) => {
    const turn = (2 * Math.PI * i) / count;
    return centre.map((value, k) => value + radii[n] * (Math.cos(turn) * u[k] + Math.sin(turn) * v[k]));
  }));
}
