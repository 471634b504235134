// @ts-check
// One level as three.js objects, in the axes of its reference fragment; its group stands where the world has them.
/** @import { Kit } from "../meshes/kit.js" */
/** @import { End, Tone } from "../types.js" */
/** @import { FrameScene } from "./frame_scene.js" */
/** @import { LevelScene } from "./level_scene.js" */
import { Group, Matrix4, Mesh } from "three";
import { fragmentParts, Regenerate } from "../meshes/bones.js";
import { toMatrix } from "./frames.js";
import { BOTH_ENDS } from "./level_scene.js";
import { Highlight } from "../labels/highlight.js";
import { Limb } from "../meshes/limb.js";
import { structureParts, structuresThrough } from "../meshes/markers.js";
import { ringParts } from "../meshes/rings.js";

export class LevelModel {
  /** @type {number | undefined} */
  day;

  /**
   * @param {Kit} kit
   * @param {FrameScene} scene
   * @param {LevelScene} level
   */
  constructor(kit, scene, level) {
    this.scene = scene;
    this.level = level;
    this.kit = kit;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    const still = this.#fragmentWithRing(level.reference);
    this.moving = this.#fragmentWithRing(level.moving);
    const through = structuresThrough(kit, level);
    if (through) this.moving.add(through);
    this.regenerate = new Regenerate(kit, level);
    this.limb = new Limb(kit, level, BOTH_ENDS.map((which) => !(scene.whole && level.neighbour(which))));
    this.highlight = new Highlight(kit, level);
    this.group.add(still, this.moving, this.regenerate.mesh, this.limb.group, this.highlight.group);
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    this.day = day;
    toMatrix(this.group.matrix, this.scene.T_world_ref(this.level, day));
    this.group.matrixWorldNeedsUpdate = true;
    toMatrix(this.moving.matrix, this.level.T_ref_mov(day));
    this.moving.matrixWorldNeedsUpdate = true;
    this.regenerate.showDay(day);
    this.limb.showDay(day);
    this.highlight.showDay(day);
  }

  /**
   * Gives these bodies of the level a halo.
   * @type {(bodies: string[]) => void}
   */
  standOut(bodies) {
    this.highlight.setBodies(bodies);
    if (this.day !== undefined) this.highlight.showDay(this.day);
  }

  // Bone, ring and structures at risk of a fragment keep their place to one another: one geometry in its axes.
  /** @type {(which: End) => Mesh} */
  #fragmentWithRing(which) {
    const { level, kit, scene } = this;
    const bone = fragmentParts(level, which, this.#tone(which), scene.whole);
    const ring = level.hasRing(which) ? ringParts(level.ringBody(which), level.joints(which)) : [];
    for (const [, shape] of ring) shape.applyMatrix4(toMatrix(new Matrix4(), level.ringInFragment(which)));
    const structures = which === level.moving ? structureParts(level) : [];
    const body = new Mesh(kit.paintedGeometry([...bone, ...ring, ...structures]), kit.paint());
    body.matrixAutoUpdate = body.frustumCulled = false;
    return body;
  }

  // Of a construct the two ends keep their place to one another; what lies between them travels.
  /** @type {(which: End) => Tone} */
  #tone(which) {
    if (this.scene.whole) return this.level.neighbour(which) ? "moving" : "reference";
    return which === this.level.reference ? "reference" : "moving";
  }
}
