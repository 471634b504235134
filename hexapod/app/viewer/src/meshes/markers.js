// The paths of what travels with a marker at the day, the origin, and the structures at risk.
import { CatmullRomCurve3, Group, Mesh, RingGeometry, SphereGeometry, TubeGeometry, Vector3 } from "three";
import { distance } from "../scene/frames.js";

const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class PathMarkers {
  constructor(kit, scene) {
    this.scene = scene;
    this.group = new Group();
    this.group.matrixAutoUpdate = false;
    this.paths = scene.paths();
    const lines = this.paths.map(tubeAlong).filter(Boolean);
    if (lines.length) this.#mark(kit.paintedGeometry(lines.map((line) => ["path", line])), kit.glowingPaint(ON_TOP), 8);
    // Drawn in this order, nothing hidden by depth: the dot lies on its rim.
    const dot = kit.paintedGeometry([["white", new SphereGeometry(3.5, 20, 14)], ["path", new SphereGeometry(2.6, 20, 14)]]);
    this.marks = this.paths.map(() => this.#mark(dot, kit.glowingPaint(ON_TOP), 9));
    // Of a construct every segment has its own place to reach, and no single origin.
    this.target = this.#mark(kit.geometry(new RingGeometry(3.4, 4.6, 32)), kit.glow("path", ON_TOP), 9);
    this.target.visible = !scene.whole;
  }

  showDay(day) {
    this.marks.forEach((mark, k) => mark.position.fromArray(this.paths[k][day]));
  }

  /** The ring round the origin always faces the viewer. */
  face(camera) {
    this.target.quaternion.copy(camera.quaternion);
  }

  #mark(shape, material, order) {
    const mesh = new Mesh(shape, material);
    mesh.renderOrder = order;
    mesh.frustumCulled = false;
    this.group.add(mesh);
    return mesh;
  }
}

/** Small spheres in the moving fragment's axes, as [colour name, shape]; the label layer writes their names. */
export const structureParts = (level) =>
  level.structures.map(({ p_mov_mm }) => ["structure", new SphereGeometry(4, 20, 14).translate(...p_mov_mm)]);

/** The same spheres as they show through what hides them; null when the level has none. */
export function structuresThrough(kit, level) {
  if (!level.structures.length) return null;
  const through = new Mesh(kit.paintedGeometry(structureParts(level)), kit.glowingPaint({ ...ON_TOP, opacity: 0.55 }));
  through.renderOrder = 7;
  through.matrixAutoUpdate = through.frustumCulled = false;
  return through;
}

function tubeAlong(points) {
  const bends = withoutRepeats(points);
  if (bends.length < 2) return null;
  const curve = new CatmullRomCurve3(bends.map((p) => new Vector3(...p)), false, "centripetal");
  return new TubeGeometry(curve, Math.min(240, 4 * bends.length), 0.9, 8);
}

function withoutRepeats(points) {
  const kept = [];
  for (const point of points) {
    if (!kept.length || distance(kept[kept.length - 1], point) > 0.05) kept.push(point);
  }
  return kept;
}
