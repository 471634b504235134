// The path of the corresponding point with a marker at the day, the origin, and the structures at risk.
import { CatmullRomCurve3, Group, Mesh, RingGeometry, SphereGeometry, TubeGeometry, Vector3 } from "three";
import { distance } from "./frames.js";

const ON_TOP = { transparent: true, depthTest: false, depthWrite: false };

export class PathMarker {
  constructor(kit, scene) {
    this.scene = scene;
    this.group = new Group();
    this.points = scene.path();
    const bends = withoutRepeats(this.points);
    if (bends.length > 1) {
      const curve = new CatmullRomCurve3(bends.map((p) => new Vector3(...p)), false, "centripetal");
      const steps = Math.min(240, 4 * bends.length);
      const line = new Mesh(kit.geometry(new TubeGeometry(curve, steps, 0.9, 8)), kit.glow("path", ON_TOP));
      line.renderOrder = 8;
      this.group.add(line);
    }
    this.target = new Mesh(kit.geometry(new RingGeometry(3.4, 4.6, 32)), kit.glow("path", ON_TOP));
    this.target.renderOrder = 9;
    this.rim = new Mesh(kit.geometry(new SphereGeometry(3.5, 20, 14)), kit.glow("white", ON_TOP));
    this.rim.renderOrder = 9;
    this.dot = new Mesh(kit.geometry(new SphereGeometry(2.6, 20, 14)), kit.glow("path", ON_TOP));
    this.dot.renderOrder = 10;
    this.group.add(this.target, this.rim, this.dot);
  }

  showDay(day) {
    this.rim.position.set(...this.points[day]);
    this.dot.position.set(...this.points[day]);
  }

  /** The ring round the origin always faces the viewer. */
  face(camera) {
    this.target.quaternion.copy(camera.quaternion);
  }
}

/** Small spheres in the moving fragment's axes; their names are written by the label layer. */
export function makeStructures(kit, scene) {
  const group = new Group();
  const shape = kit.geometry(new SphereGeometry(4, 20, 14));
  for (const { p_mov_mm } of scene.payload.structures ?? []) {
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
