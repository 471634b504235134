// The limb as the clearance checks take it: a cone between the two rings, going on as cylinders where no level follows.
import { CylinderGeometry, DoubleSide, Group, Mesh } from "three";
import { between, cross, distance } from "./frames.js";
import { tubeBetween } from "./struts.js";

const AROUND = 48;
const BEYOND_MM = 34;
const FAINT = { transparent: true, opacity: 0.2, depthWrite: false, side: DoubleSide, forceSinglePass: true };

export const LIMB_STATES = ["Off", "Faint", "Solid"];

export class Limb {
  /** `goesOn`: of the proximal and the distal end, whether the limb is drawn beyond its ring. */
  constructor(kit, level, goesOn) {
    this.level = level;
    this.goesOn = goesOn;
    this.kit = kit;
    this.group = new Group();
    const { limb } = level.given;
    if (!limb) return;
    // A cylinder's upper end is towards +y, which is laid towards distal.
    const radii = [limb.proximal_radius_mm, limb.distal_radius_mm];
    const parts = [[radii[0], radii[1]], ...radii.filter((_, k) => goesOn[k]).map((radius) => [radius, radius])];
    this.meshes = parts.map(([proximal, distal]) => {
      const mesh = new Mesh(kit.geometry(new CylinderGeometry(distal, proximal, 1, AROUND, 1, true)));
      mesh.matrixAutoUpdate = false;
      mesh.frustumCulled = false;
      mesh.renderOrder = 6;
      this.group.add(mesh);
      return mesh;
    });
  }

  setState(state) {
    this.group.visible = state !== "Off";
    this.setMaterial(this.kit.material("skin", state === "Solid" ? { side: DoubleSide } : FAINT));
  }

  setMaterial(material) {
    for (const mesh of this.meshes ?? []) mesh.material = material;
  }

  showDay(day) {
    const limb = this.level.limb(day);
    if (!limb) return;
    const share = BEYOND_MM / distance(...limb.ends);
    const spans = [[0, 1], ...[[-share, 0], [1, 1 + share]].filter((_, k) => this.goesOn[k])];
    this.meshes.forEach((mesh, n) => {
      mesh.matrix.copy(tubeBetween(...limb.ends, ...spans[n], 1));
      mesh.matrixWorldNeedsUpdate = true;
    });
  }
}

/** The two circles at the ends of a limb, `count` points each. */
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
