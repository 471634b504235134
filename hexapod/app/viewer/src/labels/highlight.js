// What a finding is about stands out: a halo round its bodies, and a line between their nearest points.
import { CylinderGeometry, Group, Mesh, SphereGeometry, TorusGeometry } from "three";
import { apply, toMatrix } from "../scene/frames.js";
import { Limb } from "../meshes/limb.js";
import { nearestPoints } from "../scene/near.js";
import { tubeBetween } from "../meshes/struts.js";

const WIDER_MM = 4;
const LINE_RADIUS_MM = 1.3;
const HALO = { transparent: true, opacity: 0.42, depthTest: false, depthWrite: false };
const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class Highlight {
  constructor(kit, level) {
    this.kit = kit;
    this.level = level;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    this.follow = [];
  }

  setBodies(names) {
    this.group.clear();
    this.follow = names.flatMap((name) => this.#halo(name));
    this.names = names;
    if (names.length === 2) this.#line();
  }

  showDay(day) {
    for (const step of this.follow) step(day);
  }

  /** Functions of the day that put a body's halo where it belongs. */
  #halo(name) {
    const { level } = this;
    if (name.startsWith("strut ")) {
      const k = Number(name.slice(6)) - 1;
      const tube = this.#tube("alert", HALO);
      return [(day) => tube.matrix.copy(tubeBetween(...level.struts(day)[k], 0, 1, level.strutBody(k, day).diameter_mm / 2 + WIDER_MM))];
    }
    if (name === "bone") {
      return ["proximal", "distal"].map((which) => {
        const tube = this.#tube("alert", HALO);
        const { cut, end } = level.fragmentSpan(which);
        const ends = [[0, 0, cut], [0, 0, end]];
        return (day) => {
          const T = level.fragmentPose(which, day);
          tube.matrix.copy(tubeBetween(...ends.map((point) => apply(T, point)), 0, 1, level.diameter / 2 + WIDER_MM));
        };
      });
    }
    if (name === "limb") {
      if (!level.given.limb) return [];
      this.limb ??= new Limb(this.kit, level, [true, true]);
      this.limb.setMaterial(this.kit.material("alert", { transparent: true, opacity: 0.28, depthWrite: false }));
      this.group.add(this.limb.group);
      return [(day) => this.limb.showDay(day)];
    }
    const which = name.replace(" ring", "");
    const { inner_radius_mm: inner, outer_radius_mm: outer } = level.ringBody(which);
    const band = new Mesh(this.#own(`torus ${which}`, () => new TorusGeometry((inner + outer) / 2, (outer - inner) / 2 + WIDER_MM, 10, 72)), this.kit.glow("alert", HALO));
    this.#add(band);
    return [(day) => toMatrix(band.matrix, level.ringPose(which, day))];
  }

  #line() {
    const line = this.#tube("line", ON_TOP);
    const dots = [0, 1].map(() => {
      const dot = new Mesh(this.#own("dot", () => new SphereGeometry(2.6, 16, 12)), this.kit.glow("line", ON_TOP));
      this.#add(dot);
      return dot;
    });
    this.follow.push((day) => {
      const pair = nearestPoints(this.level, this.names, day);
      for (const mesh of [line, ...dots]) mesh.visible = Boolean(pair);
      if (!pair) return;
      line.matrix.copy(tubeBetween(...pair, 0, 1, LINE_RADIUS_MM));
      dots.forEach((dot, k) => dot.matrix.makeTranslation(...pair[k]));
    });
  }

  #tube(colour, look) {
    const mesh = new Mesh(this.#own("tube", () => new CylinderGeometry(1, 1, 1, 20)), this.kit.glow(colour, look));
    this.#add(mesh);
    return mesh;
  }

  #add(mesh) {
    mesh.matrixAutoUpdate = false;
    mesh.frustumCulled = false;
    mesh.renderOrder = mesh.material === this.kit.glow("line", ON_TOP) ? 15 : 12;
    this.group.add(mesh);
  }

  #own(name, make) {
    this.shapes ??= new Map();
    if (!this.shapes.has(name)) this.shapes.set(name, this.kit.geometry(make()));
    return this.shapes.get(name);
  }
}
