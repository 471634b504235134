// @ts-check
// What a finding is about stands out: a halo round its bodies, and a line between their nearest points.
/** @import { Kit } from "../meshes/kit.js" */
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { Tone } from "../types.js" */
/** @import { BufferGeometry, MeshBasicMaterialParameters } from "three" */
import { CylinderGeometry, Group, Mesh, SphereGeometry, TorusGeometry } from "three";
import { apply, toMatrix } from "../scene/frames.js";
import { BOTH_ENDS } from "../scene/level_scene.js";
import { Limb } from "../meshes/limb.js";
import { nearestPoints } from "../scene/near.js";
import { tubeBetween } from "../meshes/struts.js";

const WIDER_MM = 4;
const LINE_RADIUS_MM = 1.3;
const HALO = { transparent: true, opacity: 0.42, depthTest: false, depthWrite: false };
const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class Highlight {
  /** @type {string[]} */
  names = [];
  /** @type {((day: number) => unknown)[]} */
  follow = [];
  /** @type {Limb | undefined} */
  limb;
  /** @type {Map<string, BufferGeometry>} */
  shapes = new Map();

  /**
   * @param {Kit} kit
   * @param {LevelScene} level
   */
  constructor(kit, level) {
    this.kit = kit;
    this.level = level;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
  }

  /** @type {(names: string[]) => void} */
  setBodies(names) {
    this.group.clear();
    this.follow = names.flatMap((name) => this.#halo(name));
    this.names = names;
    if (names.length === 2) this.#line();
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    for (const step of this.follow) step(day);
  }

  /**
   * Functions of the day that put a body's halo where it belongs.
   * @type {(name: string) => ((day: number) => unknown)[]}
   */
  #halo(name) {
    const { level } = this;
    if (name.startsWith("strut ")) {
      const k = Number(name.slice(6)) - 1;
      const tube = this.#tube("alert", HALO);
      return [(day) => tube.matrix.copy(tubeBetween(...level.struts(day)[k], 0, 1, level.strutBody(k, day).diameter_mm / 2 + WIDER_MM))];
    }
    if (name === "bone") {
      return BOTH_ENDS.map((which) => {
        const tube = this.#tube("alert", HALO);
        const { cut, end } = level.fragmentSpan(which);
        return (day) => {
          const T = level.fragmentPose(which, day);
          tube.matrix.copy(tubeBetween(apply(T, [0, 0, cut]), apply(T, [0, 0, end]), 0, 1, level.diameter / 2 + WIDER_MM));
        };
      });
    }
    if (name === "limb") {
      if (!level.given.limb) return [];
      const limb = (this.limb ??= new Limb(this.kit, level, [true, true]));
      limb.setMaterial(this.kit.material("alert", { transparent: true, opacity: 0.28, depthWrite: false }));
      this.group.add(limb.group);
      return [(day) => limb.showDay(day)];
    }
    const which = BOTH_ENDS.find((end) => name === `${end} ring`);
    if (!which) return [];
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
      dots.forEach((dot, k) => dot.matrix.makeTranslation(pair[k][0], pair[k][1], pair[k][2]));
    });
  }

  /** @type {(colour: Tone, look: MeshBasicMaterialParameters) => Mesh} */
  #tube(colour, look) {
    const mesh = new Mesh(this.#own("tube", () => new CylinderGeometry(1, 1, 1, 20)), this.kit.glow(colour, look));
    this.#add(mesh);
    return mesh;
  }

  /** @type {(mesh: Mesh) => void} */
  #add(mesh) {
    mesh.matrixAutoUpdate = false;
    mesh.frustumCulled = false;
    mesh.renderOrder = mesh.material === this.kit.glow("line", ON_TOP) ? 15 : 12;
    this.group.add(mesh);
  }

  /** @type {(name: string, make: () => BufferGeometry) => BufferGeometry} */
  #own(name, make) {
    const known = this.shapes.get(name);
    if (known) return known;
    const shape = this.kit.geometry(make());
    this.shapes.set(name, shape);
    return shape;
  }
}
