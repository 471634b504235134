// @ts-check
// Pictures of radiographs by their SHA-256. They come as raw bytes in a component of their own, which is sent once;
// the viewer beside it is drawn anew at every point.
/** @import { Point } from "./film_view.js" */

/** @type {Map<string, Promise<ImageBitmap>>} */
const pictures = new Map();
const CAME = "hexapod-film-came";

/** @type {(sha256: string, png: Uint8Array<ArrayBuffer>) => void} */
export function bring(sha256, png) {
  if (pictures.has(sha256)) return;
  pictures.set(sha256, createImageBitmap(new Blob([png], { type: "image/png" })));
  document.dispatchEvent(new CustomEvent(CAME));
}

/** One that the library keeps, from this server. @type {(sha256: string, address: string) => void} */
export function fetchPicture(sha256, address) {
  if (pictures.has(sha256)) return;
  pictures.set(sha256, fetch(new URL(address, location.origin)).then(async (answer) => {
    if (!answer.ok) {
      pictures.delete(sha256);  // asked for again when the radiograph is shown again
      throw new Error("The picture cannot be shown: the library no longer has it, or you are no longer signed in.");
    }
    return createImageBitmap(await answer.blob());
  }));
  document.dispatchEvent(new CustomEvent(CAME));
}

/** @type {(sha256: string) => Promise<ImageBitmap>} */
export function picture(sha256) {
  const here = pictures.get(sha256);
  if (here) return here;
  return new Promise((resolve) => {
    const look = () => {
      const came = pictures.get(sha256);
      if (!came) return;
      document.removeEventListener(CAME, look);
      resolve(came);
    };
    document.addEventListener(CAME, look);
  });
}

/**
 * The grey of a square of a picture round a place, row by row, with where the place lies in it.
 * @type {(bitmap: ImageBitmap, at: Point, reach: number) => { grey: Float32Array, side: number, at: Point }}
 */
export function patchAt(bitmap, [x, y], reach) {
  const side = 2 * reach + 1, left = Math.floor(x) - reach, top = Math.floor(y) - reach;
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true }));
  context.drawImage(bitmap, left, top, side, side, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return { grey: Float32Array.from({ length: side * side }, (_, k) => data[4 * k]), side, at: [x - left, y - top] };
}
