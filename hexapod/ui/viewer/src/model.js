// The whole drawing of one scene as three.js objects; showDay moves what moves.
import { Group } from "three";
import { Kit } from "./kit.js";
import { LevelModel } from "./level_model.js";
import { PathMarkers } from "./markers.js";
import { Numbers } from "./numbers.js";

export class Model {
  constructor(scene, palette) {
    this.kit = new Kit(palette);
    this.group = new Group();
    this.levels = scene.drawn.map((level) => new LevelModel(this.kit, scene, level));
    this.paths = new PathMarkers(this.kit, scene);
    this.numbers = new Numbers(this.kit, scene);
    this.inHand = this.levels[scene.drawn.indexOf(scene.inHand)];
    this.group.add(...this.levels.map((level) => level.group), this.paths.group, this.numbers.group);
  }

  showDay(day) {
    for (const level of this.levels) level.showDay(day);
    this.paths.showDay(day);
  }

  setLimb(state) {
    for (const level of this.levels) level.limb.setState(state);
  }

  /** Bodies of the level in hand that stand out; none when empty. */
  standOut(bodies) {
    for (const level of this.levels) level.standOut(level === this.inHand ? bodies : [], bodies.length > 0);
  }

  recolour(palette) {
    this.kit.recolour(palette);
  }

  dispose() {
    this.group.removeFromParent();
    this.kit.dispose();
  }
}
