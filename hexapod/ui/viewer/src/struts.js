// Six telescoping struts: a coloured body on the proximal joint, a thin rod running out of it, a numbered disc.
// Bodies, collars and rods are each one instanced mesh: three draw calls for all six struts.
import {
  CanvasTexture, Color, CylinderGeometry, Group, InstancedMesh, Matrix4, Quaternion, Sprite, SpriteMaterial, SRGBColorSpace, Vector3,
} from "three";
import { between, distance } from "./frames.js";

const BODY_RADIUS_MM = 6;
const ROD_RADIUS_MM = 2.8;
const BODY_SHARE = 0.62;
const BODY_STARTS_MM = 3;
const ALONG_Y = new Vector3(0, 1, 0);

export class Struts {
  constructor(kit, scene) {
    this.group = new Group();
    this.scene = scene;
    const colours = scene.payload.strut_colours;
    this.bodyLengths = shortestLengths(scene).map((length) => length * BODY_SHARE);
    this.bodies = this.#part(kit, tube(BODY_RADIUS_MM, 1, 20), kit.material("white"));
    this.collars = this.#part(kit, tube(BODY_RADIUS_MM + 1.4, 7, 20), kit.material("joint"));
    this.rods = this.#part(kit, tube(ROD_RADIUS_MM, 1, 14), kit.material("rod"));
    colours.forEach((colour, k) => this.bodies.setColorAt(k, new Color(colour)));
    this.labels = colours.map((colour, k) => {
      const label = new Sprite(kit.own(new SpriteMaterial({
        map: kit.own(discWithNumber(k + 1, colour)), depthTest: false, depthWrite: false, toneMapped: false,
      })));
      label.renderOrder = 20;
      this.group.add(label);
      return label;
    });
  }

  showDay(day) {
    const along = new Vector3();
    const turn = new Quaternion();
    const size = new Vector3(1, 1, 1);
    const matrix = new Matrix4();
    this.scene.struts(day).forEach(([proximal, distal], k) => {
      const length = distance(proximal, distal);
      const body = this.bodyLengths[k];
      along.set(distal[0] - proximal[0], distal[1] - proximal[1], distal[2] - proximal[2]).divideScalar(length);
      turn.setFromUnitVectors(ALONG_Y, along);
      const put = (mesh, startsAt, stretch) => {
        const start = new Vector3(...proximal).addScaledVector(along, startsAt);
        mesh.setMatrixAt(k, matrix.compose(start, turn, size.set(1, stretch, 1)));
      };
      put(this.bodies, BODY_STARTS_MM, body - 2 * BODY_STARTS_MM);
      put(this.collars, body - 3.5, 1);
      put(this.rods, 0, length);
    });
    for (const mesh of [this.bodies, this.collars, this.rods]) mesh.instanceMatrix.needsUpdate = true;
  }

  /** Puts the numbers at these fractions of the struts, `size(position)` mm wide. */
  placeNumbers(struts, fractions, size) {
    this.labels.forEach((label, k) => {
      label.position.set(...between(...struts[k], fractions[k]));
      label.scale.setScalar(size(label.position));
    });
  }

  #part(kit, shape, material) {
    const mesh = kit.own(new InstancedMesh(kit.geometry(shape), material, 6));
    mesh.frustumCulled = false;
    this.group.add(mesh);
    return mesh;
  }
}

/** Tube from the origin along +y. */
const tube = (radius, length, sides) => new CylinderGeometry(radius, radius, length, sides).translate(0, length / 2, 0);

function shortestLengths(scene) {
  const shortest = scene.lengths(0);
  for (let day = 1; day <= scene.lastDay; day++) {
    scene.lengths(day).forEach((length, k) => (shortest[k] = Math.min(shortest[k], length)));
  }
  return shortest;
}

function discWithNumber(number, colour) {
  const size = 128;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.arc(size / 2, size / 2, size / 2 - 5, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  pen.lineWidth = 7;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.font = "700 84px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.lineWidth = 14;
  pen.strokeStyle = "#10151c";
  pen.strokeText(String(number), size / 2, size / 2 + 5);
  pen.fillStyle = "#ffffff";
  pen.fillText(String(number), size / 2, size / 2 + 5);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.anisotropy = 4;
  return texture;
}
