// @ts-check
// The paths of what travels with a marker at the day, the origin, and the structures at risk.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { LevelScene } from "../scene/level_scene.js" */
/** @import { Part, Vec } from "../types.js" */
/** @import { Kit } from "./kit.js" */
/** @import { BufferGeometry, Camera, Material } from "three" */
import { CatmullRomCurve3, Group, Mesh, RingGeometry, SphereGeometry, TubeGeometry, Vector3 } from "three";
import { distance } from "../scene/frames.js";

const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class PathMarkers {
  /**
   * @param {Kit} kit
   * @param {FrameScene} scene
   */
  constructor(kit, scene) {
    this.scene = scene;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    this.paths = scene.paths();
    const lines = this.paths.flatMap((points) => tubeAlong(points) ?? []);
    if (lines.length) this.#mark(kit.paintedGeometry(lines.map((line) => ["path", line])), kit.glowingPaint(ON_TOP), 8);
    // Drawn in this order, nothing hidden by depth: the dot lies on its rim.
    const dot = kit.paintedGeometry([["white", new SphereGeometry(3.5, 20, 14)], ["path", new SphereGeometry(2.6, 20, 14)]]);
    this.marks = this.paths.map(() => this.#mark(dot, kit.glowingPaint(ON_TOP), 9));
    // Of a construct every segment has its own place to reach, and no single origin.
    this.target = this.#mark(kit.geometry(new RingGeometry(3.4, 4.6, 32)), kit.glow("path", ON_TOP), 9);
    this.target.visible = !scene.whole;
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    this.marks.forEach((mark, k) => mark.position.fromArray(this.paths[k][day]));
  }

  /**
   * The ring round the origin always faces the viewer.
   * @type {(camera: Camera) => void}
   */
  face(camera) {
    this.target.quaternion.copy(camera.quaternion);
  }

  /** @type {(shape: BufferGeometry, material: Material, order: number) => Mesh} */
  #mark(shape, material, order) {
    const mesh = new Mesh(shape, material);
    mesh.renderOrder = order;
    mesh.frustumCulled = false;
    this.group.add(mesh);
    return mesh;
  }
}

/**
 * Small spheres in the moving fragment's axes, as [colour name, shape]; the label layer writes their names.
 * @type {(level: LevelScene) => Part[]}
 */
export const structureParts = (level) =>
  level.structures.map(({ p_mov_mm }) => ["structure", new SphereGeometry(4, 20, 14).translate(p_mov_mm[0], p_mov_mm[1], p_mov_mm[2])]);

/**
 * The same spheres as they show through what hides them; null when the level has none.
 * @type {(kit: Kit, level: LevelScene) => Mesh | null}
 */
export function structuresThrough(kit, level) {
  if (!level.structures.length) return null;
  const through = new Mesh(kit.paintedGeometry(structureParts(level)), kit.glowingPaint({ ...ON_TOP, opacity: 0.55 }));
  through.renderOrder = 7;
  through.matrixAutoUpdate = through.frustumCulled = false;
  return through;
}

/** @type {(points: Vec[]) => BufferGeometry | null} */
function tubeAlong(points) {
  const bends = withoutRepeats(points);
  if (bends.length < 2) return null;
  const curve = new CatmullRomCurve3(bends.map((p) => new Vector3().fromArray(p)), false, "centripetal");
  return new TubeGeometry(curve, Math.min(240, 4 * bends.length), 0.9, 8);
}

/** @type {(points: Vec[]) => Vec[]} */
function withoutRepeats(points) {
  /** @type {Vec[]} */
  const kept = [];
  for (const point of points) {
    if (!kept.length || distance(kept[kept.length - 1], point) > 0.05) kept.push(point);
  }
  return kept;
}
