// @ts-check
// A disc with its number on every strut that is drawn, always in front, where no number hides another.
// All discs are one mesh, its corners turned to the camera at every drawing: one draw call.
/** @import { Kit } from "../meshes/kit.js" */
/** @import { Stage } from "../render/stage.js" */
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { Segment } from "../types.js" */
import { BufferAttribute, BufferGeometry, CanvasTexture, DynamicDrawUsage, Mesh, MeshBasicMaterial, SRGBColorSpace } from "three";

const DISC_PIXELS = 27;
// Numbers of the levels that are not in hand.
const SMALL_DISC_PIXELS = 20;
// A disc on the sheet of discs, and from one to the next: apart, so that none shows at the rim of its neighbour.
const CELL = 128;
const STEP = 192;
// Corners of a disc: across and up on the screen, against its radius.
const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]];

export const APART_PIXELS = DISC_PIXELS + 2;

/** @typedef {{ i: number, k: number, inHand: boolean, depth: number, pixels: number }} Disc Number k + 1, the i-th of all. */

export class Numbers {
  /**
   * @param {Kit} kit
   * @param {FrameScene} scene
   */
  constructor(kit, scene) {
    const colours = scene.payload.strut_colours;
    /** @type {Disc[]} */
    this.discs = scene.drawn.filter((level) => level.hasStruts).flatMap((level, n) => colours.map((_, k) => {
      const inHand = level === scene.inHand;
      return { i: n * colours.length + k, k, inHand, depth: 0, pixels: inHand ? DISC_PIXELS : SMALL_DISC_PIXELS };
    }));
    this.order = [...this.discs];
    const count = this.discs.length;
    this.corners = new Float32Array(count * 4 * 3);
    this.positions = new BufferAttribute(this.corners, 3).setUsage(DynamicDrawUsage);
    this.index = new BufferAttribute(new Uint16Array(count * 6), 1).setUsage(DynamicDrawUsage);
    const onSheet = this.discs.flatMap(({ k }) => CORNERS.flatMap(([x, y]) =>
      [(k * STEP + (CELL * (1 + x)) / 2) / (colours.length * STEP), (1 + y) / 2]));
    const geometry = kit.geometry(new BufferGeometry());
    geometry.setAttribute("position", this.positions);
    geometry.setAttribute("uv", new BufferAttribute(new Float32Array(onSheet), 2));
    geometry.setIndex(this.index);
    this.mesh = new Mesh(geometry, kit.own(new MeshBasicMaterial({
      map: kit.own(sheetOfDiscs(colours)), transparent: true, depthTest: false, depthWrite: false, toneMapped: false,
    })));
    this.mesh.matrixAutoUpdate = this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 20;
    this.mesh.visible = count > 0;
    this.#layInOrder();
  }

  /**
   * Puts the numbers at these fractions of the struts, facing the camera of the `stage`.
   * @type {(struts: Segment[], fractions: number[], stage: Stage) => void}
   */
  place(struts, fractions, stage) {
    const { right, up, toward } = stage.seenAlong();
    for (const disc of this.discs) {
      const [p, q] = struts[disc.i];
      const t = fractions[disc.i];
      for (let axis = 0; axis < 3; axis++) centre[axis] = p[axis] + t * (q[axis] - p[axis]);
      disc.depth = -(centre[0] * toward[0] + centre[1] * toward[1] + centre[2] * toward[2]);
      const radius = (disc.pixels / 2) * stage.mmPerPixel(centre);
      let at = 12 * disc.i;
      for (const [x, y] of CORNERS) {
        for (let axis = 0; axis < 3; axis++) this.corners[at++] = centre[axis] + radius * (x * right[axis] + y * up[axis]);
      }
    }
    this.positions.needsUpdate = true;
    if (this.#sort()) this.#layInOrder();
  }

  // From back to front, those of the level in hand last; whether anything has changed its turn.
  #sort() {
    const { order } = this;
    let changed = false;
    for (let n = 1; n < order.length; n++) {
      for (let m = n; m > 0 && isBefore(order[m], order[m - 1]); m--) {
        [order[m], order[m - 1]] = [order[m - 1], order[m]];
        changed = true;
      }
    }
    return changed;
  }

  #layInOrder() {
    this.order.forEach(({ i }, n) => QUAD.forEach((corner, m) => this.index.setX(6 * n + m, 4 * i + corner)));
    this.index.needsUpdate = true;
  }
}

const QUAD = [0, 1, 2, 0, 2, 3];
const centre = [0, 0, 0];

/** @type {(a: Disc, b: Disc) => boolean} */
const isBefore = (a, b) => (a.inHand === b.inHand ? a.depth > b.depth : b.inHand);

/** @type {(colours: string[]) => CanvasTexture} */
function sheetOfDiscs(colours) {
  const canvas = document.createElement("canvas");
  canvas.width = STEP * colours.length;
  canvas.height = CELL;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser draws no canvas");
  colours.forEach((colour, k) => {
    drawDisc(pen, k + 1, colour);
    pen.translate(STEP, 0);
  });
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.anisotropy = 4;
  return texture;
}

/** @type {(pen: CanvasRenderingContext2D, number: number, colour: string) => void} */
function drawDisc(pen, number, colour) {
  const middle = CELL / 2;
  pen.beginPath();
  pen.arc(middle, middle, middle - 5, 0, 2 * Math.PI);
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
  pen.strokeText(String(number), middle, middle + 5);
  pen.fillStyle = "#ffffff";
  pen.fillText(String(number), middle, middle + 5);
}
