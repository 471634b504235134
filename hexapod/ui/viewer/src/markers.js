// The paths of what travels with a marker at the day, the origin, and the structures at risk.
import { CatmullRomCurve3, Group, Mesh, RingGeometry, SphereGeometry, TubeGeometry, Vector3 } from "three";
import { distance } from "./frames.js";

const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class PathMarkers {
  constructor(kit, scene) {
    this.scene = scene;
    this.group = new Group();
    this.paths = scene.paths();
    const rim = kit.geometry(new SphereGeometry(3.5, 20, 14));
    const dot = kit.geometry(new SphereGeometry(2.6, 20, 14));
    this.marks = this.paths.map((points) => {
      this.#line(kit, points);
      return [this.#mark(rim, kit.glow("white", ON_TOP), 9), this.#mark(dot, kit.glow("path", ON_TOP), 10)];
    });
    // Of a construct every segment has its own place to reach, and no single origin.
    this.target = this.#mark(kit.geometry(new RingGeometry(3.4, 4.6, 32)), kit.glow("path", ON_TOP), 9);
    this.target.visible = !scene.whole;
  }

  showDay(day) {
    this.marks.forEach((marks, k) => marks.forEach((mark) => mark.position.set(...this.paths[k][day])));
  }

  /** The ring round the origin always faces the viewer. */
  face(camera) {
    this.target.quaternion.copy(camera.quaternion);
  }

  #line(kit, points) {
    const bends = withoutRepeats(points);
    if (bends.length < 2) return;
    const curve = new CatmullRomCurve3(bends.map((p) => new Vector3(...p)), false, "centripetal");
    this.#mark(kit.geometry(new TubeGeometry(curve, Math.min(240, 4 * bends.length), 0.9, 8)), kit.glow("path", ON_TOP), 8);
  }

  #mark(shape, material, order) {
    const mesh = new Mesh(shape, material);
    mesh.renderOrder = order;
    this.group.add(mesh);
    return mesh;
  }
}

/** Small spheres in the moving fragment's axes; their names are written by the label layer. */
export function makeStructures(kit, level) {
  const group = new Group();
  const shape = kit.geometry(new SphereGeometry(4, 20, 14));
  for (const { p_mov_mm } of level.structures) {
    const sphere = new Mesh(shape, kit.material("structure"));
    sphere.position.set(...p_mov_mm);
    const through = new Mesh(shape, kit.glow("structure", { ...ON_TOP, opacity: 0.55 }));
    through.position.copy(sphere.position);
    through.renderOrder = 7;
    group.add(sphere, through);
  }
  return group;
}

function withoutRepeats(points) {
  const kept = [];
  for (const point of points) {
    if (!kept.length || distance(kept[kept.length - 1], point) > 0.05) kept.push(point);
  }
  return kept;
}
