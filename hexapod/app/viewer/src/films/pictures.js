// @ts-check
// Pictures of radiographs by their SHA-256. They come as raw bytes in a component of their own, which is sent once;
// the viewer beside it is drawn anew at every point.

/** @type {Map<string, Promise<ImageBitmap>>} */
const pictures = new Map();
const CAME = "hexapod-film-came";

/** @type {(sha256: string, png: Uint8Array<ArrayBuffer>) => void} */
export function bring(sha256, png) {
  if (pictures.has(sha256)) return;
  pictures.set(sha256, createImageBitmap(new Blob([png], { type: "image/png" })));
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
