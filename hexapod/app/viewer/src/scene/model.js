// @ts-check
// The whole drawing of one scene as three.js objects; showDay moves what moves.
/** @import { LimbState, Palette } from "../types.js" */
/** @import { FrameScene } from "./frame_scene.js" */
import { Group } from "three";
import { Kit } from "../meshes/kit.js";
import { LevelModel } from "./level_model.js";
import { PathMarkers } from "../meshes/markers.js";
import { Numbers } from "../labels/numbers.js";
import { Struts } from "../meshes/struts.js";

export class Model {
  /**
   * @param {FrameScene} scene
   * @param {Palette} palette
   */
  constructor(scene, palette) {
    this.kit = new Kit(palette);
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    this.levels = scene.drawn.map((level) => new LevelModel(this.kit, scene, level));
    this.struts = new Struts(this.kit, scene);
    this.paths = new PathMarkers(this.kit, scene);
    this.numbers = new Numbers(this.kit, scene);
    this.inHand = this.levels[scene.drawn.indexOf(scene.inHand)];
    this.group.add(...this.levels.map((level) => level.group), this.struts.mesh, this.paths.group, this.numbers.mesh);
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    for (const level of this.levels) level.showDay(day);
    this.struts.showDay(day);
    this.paths.showDay(day);
  }

  /** @type {(state: LimbState) => void} */
  setLimb(state) {
    for (const level of this.levels) level.limb.setState(state);
  }

  /**
   * Bodies of the level in hand that stand out, the other struts go grey; none and all have their colour when empty.
   * @type {(bodies: string[]) => void}
   */
  standOut(bodies) {
    this.inHand.standOut(bodies);
    const struts = bodies.filter((name) => name.startsWith("strut ")).map((name) => Number(name.slice(6)) - 1);
    this.struts.standOut(bodies.length ? new Set(struts) : null);
  }

  /** @type {(palette: Palette) => void} */
  recolour(palette) {
    this.kit.recolour(palette);
    this.struts.recolour();
  }

  dispose() {
    this.group.removeFromParent();
    this.kit.dispose();
  }
}
