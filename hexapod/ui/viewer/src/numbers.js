// A disc with its number on every strut that is drawn, always in front, where no number hides another.
import { CanvasTexture, Group, Sprite, SpriteMaterial, SRGBColorSpace } from "three";
import { between } from "./frames.js";

const DISC_PIXELS = 27;
// Numbers of the levels that are not in hand.
const SMALL_DISC_PIXELS = 20;

export class Numbers {
  constructor(kit, scene) {
    this.group = new Group();
    const discs = scene.payload.strut_colours.map((colour, k) => kit.own(new SpriteMaterial({
      map: kit.own(discWithNumber(k + 1, colour)), depthTest: false, depthWrite: false, toneMapped: false,
    })));
    this.sprites = scene.drawn.flatMap((level) => discs.map((disc) => {
      const sprite = new Sprite(disc);
      sprite.renderOrder = level === scene.inHand ? 21 : 20;
      sprite.userData.pixels = level === scene.inHand ? DISC_PIXELS : SMALL_DISC_PIXELS;
      this.group.add(sprite);
      return sprite;
    }));
  }

  /** Puts the numbers at these fractions of the struts; `mmPerPixel(position)` at the drawing's camera. */
  place(struts, fractions, mmPerPixel) {
    this.sprites.forEach((sprite, k) => {
      sprite.position.set(...between(...struts[k], fractions[k]));
      sprite.scale.setScalar(sprite.userData.pixels * mmPerPixel(sprite.position));
    });
  }
}

export const APART_PIXELS = DISC_PIXELS + 2;

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
