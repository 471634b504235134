// The whole drawing of one scene as three.js objects; showDay moves what moves.
import { Group } from "three";
import { makeFragment, Regenerate } from "./bones.js";
import { toMatrix } from "./frames.js";
import { Kit } from "./kit.js";
import { makeStructures, PathMarker } from "./markers.js";
import { makeRing } from "./rings.js";
import { Struts } from "./struts.js";

export class Model {
  constructor(scene, palette) {
    this.scene = scene;
    this.kit = new Kit(palette);
    this.group = new Group();
    this.reference = this.#fragmentWithRing(scene.payload.reference, "reference");
    this.moving = this.#fragmentWithRing(scene.moving, "moving");
    this.moving.matrixAutoUpdate = false;
    this.moving.add(makeStructures(this.kit, scene));
    this.struts = new Struts(this.kit, scene);
    this.regenerate = new Regenerate(this.kit, scene);
    this.path = new PathMarker(this.kit, scene);
    this.group.add(this.reference, this.moving, this.struts.group, this.regenerate.mesh, this.path.group);
  }

  showDay(day) {
    toMatrix(this.moving.matrix, this.scene.T_ref_mov(day));
    this.moving.matrixWorldNeedsUpdate = true;
    this.struts.showDay(day);
    this.regenerate.showDay(day);
    this.path.showDay(day);
  }

  recolour(palette) {
    this.kit.recolour(palette);
  }

  dispose() {
    this.group.removeFromParent();
    this.kit.dispose();
  }

  #fragmentWithRing(which, tone) {
    const { scene, kit } = this;
    const group = makeFragment(kit, scene, which, tone);
    const ring = makeRing(kit, scene.ringBody(which), scene.payload[`${which}_joints_mm`]);
    ring.matrixAutoUpdate = false;
    toMatrix(ring.matrix, scene.ringInFragment(which));
    group.add(ring);
    return group;
  }
}
