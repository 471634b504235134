// Six telescoping struts of a level: a coloured outer tube on the proximal joint, a thinner tube running out of it.
// The outer tube is as long as the model that stands there lets it be, so an exchange is seen.
// Tubes and collars are each one instanced mesh: three draw calls for all six struts.
import { Color, CylinderGeometry, Group, InstancedMesh, Matrix4, Quaternion, Vector3 } from "three";
import { distance } from "./frames.js";

const INNER_SHARE = 0.52;
const JOINT_MM = 3;
// So much of the inner tube shows at the shortest reading.
const MOUTH_MM = 14;
const COLLAR_MM = 7;
const ALONG_Y = new Vector3(0, 1, 0);

export class Struts {
  constructor(kit, level, colours) {
    this.group = new Group();
    this.level = level;
    this.kit = kit;
    this.colours = colours.map((colour) => new Color(colour));
    this.outer = this.#part(kit.material("white"));
    this.collars = this.#part(kit.material("joint"));
    this.inner = this.#part(kit.material("rod"));
    this.standOut(null);
  }

  showDay(day) {
    this.level.struts(day).forEach(([proximal, distal], k) => {
      const length = distance(proximal, distal);
      const { shortest_mm, diameter_mm } = this.level.strutBody(k, day);
      const radius = diameter_mm / 2;
      const mouth = Math.min((shortest_mm ?? length * 0.75) - MOUTH_MM, length - MOUTH_MM / 2);
      const put = (mesh, from, to, wide) => mesh.setMatrixAt(k, tubeBetween(proximal, distal, from / length, to / length, wide));
      put(this.outer, JOINT_MM, mouth, radius);
      put(this.collars, mouth - COLLAR_MM, mouth + 0.5, radius + 1.4);
      put(this.inner, mouth - COLLAR_MM, length, radius * INNER_SHARE);
    });
    for (const mesh of [this.outer, this.collars, this.inner]) mesh.instanceMatrix.needsUpdate = true;
  }

  /** Lengths as the tubes on the screen have them, joint to joint: for tests of the drawing itself. */
  drawnLengths() {
    const end = (mesh, k, y) => {
      mesh.getMatrixAt(k, matrix);
      return new Vector3(0, y, 0).applyMatrix4(matrix);
    };
    return this.colours.map((_, k) => end(this.outer, k, -0.5).distanceTo(end(this.inner, k, 0.5)) + JOINT_MM);
  }

  /** Struts that stand out keep their colour, the others turn grey; null: all have their colour. */
  standOut(chosen) {
    const grey = new Color(this.kit.palette.still);
    this.colours.forEach((colour, k) => this.outer.setColorAt(k, !chosen || chosen.has(k) ? colour : grey));
    this.outer.instanceColor.needsUpdate = true;
  }

  #part(material) {
    const mesh = this.kit.own(new InstancedMesh(this.kit.geometry(new CylinderGeometry(1, 1, 1, 20)), material, 6));
    mesh.frustumCulled = false;
    this.group.add(mesh);
    return mesh;
  }
}

const along = new Vector3();
const middle = new Vector3();
const turn = new Quaternion();
const size = new Vector3();
const matrix = new Matrix4();

/** Matrix that lays a cylinder of length 1 and radius 1 between two fractions of the way from p to q. */
export function tubeBetween(p, q, from, to, radius) {
  along.set(q[0] - p[0], q[1] - p[1], q[2] - p[2]);
  const length = along.length();
  middle.set(...p).addScaledVector(along, (from + to) / 2);
  turn.setFromUnitVectors(ALONG_Y, along.divideScalar(length || 1));
  return matrix.compose(middle, turn, size.set(radius, Math.max((to - from) * length, 0.01), radius));
}
