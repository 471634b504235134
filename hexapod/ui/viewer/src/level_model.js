// One level as three.js objects, in the axes of its reference fragment; its group stands where the world has them.
import { Group } from "three";
import { makeFragment, Regenerate } from "./bones.js";
import { toMatrix } from "./frames.js";
import { Highlight } from "./highlight.js";
import { Limb } from "./limb.js";
import { makeStructures } from "./markers.js";
import { makeRing } from "./rings.js";
import { Struts } from "./struts.js";

export class LevelModel {
  constructor(kit, scene, level) {
    this.scene = scene;
    this.level = level;
    this.kit = kit;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    this.fragments = Object.fromEntries(["proximal", "distal"].map((which) => [which, this.#fragmentWithRing(which)]));
    this.moving = this.fragments[level.moving];
    this.moving.matrixAutoUpdate = false;
    this.moving.add(makeStructures(kit, level));
    this.struts = new Struts(kit, level, scene.payload.strut_colours);
    this.regenerate = new Regenerate(kit, level);
    this.limb = new Limb(kit, level, ["proximal", "distal"].map((which) => !(scene.whole && level.neighbour(which))));
    this.highlight = new Highlight(kit, level);
    this.group.add(
      ...Object.values(this.fragments), this.struts.group, this.regenerate.mesh, this.limb.group, this.highlight.group,
    );
  }

  showDay(day) {
    this.day = day;
    toMatrix(this.group.matrix, this.scene.T_world_ref(this.level, day));
    this.group.matrixWorldNeedsUpdate = true;
    toMatrix(this.moving.matrix, this.level.T_ref_mov(day));
    this.moving.matrixWorldNeedsUpdate = true;
    this.struts.showDay(day);
    this.regenerate.showDay(day);
    this.limb.showDay(day);
    this.highlight.showDay(day);
  }

  /** Bodies of this level that stand out; `othersFade`: whatever is not among them goes grey. */
  standOut(bodies, othersFade) {
    const chosen = new Set(bodies.filter((name) => name.startsWith("strut ")).map((name) => Number(name.slice(6)) - 1));
    this.struts.standOut(othersFade ? chosen : null);
    this.highlight.setBodies(bodies);
    if (this.day !== undefined) this.highlight.showDay(this.day);
  }

  #fragmentWithRing(which) {
    const { level, kit, scene } = this;
    const group = makeFragment(kit, level, which, this.#tone(which), scene.whole);
    const ring = makeRing(kit, level.ringBody(which), level.given[`${which}_joints_mm`]);
    ring.matrixAutoUpdate = false;
    toMatrix(ring.matrix, level.ringInFragment(which));
    group.add(ring);
    return group;
  }

  // Of a construct the two ends keep their place to one another; what lies between them travels.
  #tone(which) {
    if (this.scene.whole) return this.level.neighbour(which) ? "moving" : "reference";
    return which === this.level.reference ? "reference" : "moving";
  }
}
