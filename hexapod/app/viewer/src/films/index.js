// @ts-check
// Entry of the component of radiographs: raw bytes are a picture, behind the 64 letters of its SHA-256; all else is the
// radiograph with its points.
import { component } from "../component.js";
import { FilmViewer } from "./film_viewer.js";
import { bring, fetchPicture } from "./pictures.js";
/** @import { FilmData, SetState } from "./film_viewer.js" */

const SHA256_LETTERS = 64;
const film = component((parent, key) => new FilmViewer(parent, key));

/** @type {(call: { data: FilmData | Uint8Array<ArrayBuffer>, parentElement: HTMLElement | ShadowRoot, setStateValue: SetState }) => (() => void) | undefined} */
export default function filmViewer({ data, parentElement, setStateValue }) {
  if (!(data instanceof Uint8Array)) {
    if (data.address) fetchPicture(data.sha256, data.address);
    return film({ data, parentElement, setStateValue });
  }
  bring(new TextDecoder().decode(data.subarray(0, SHA256_LETTERS)), data.subarray(SHA256_LETTERS));
  return undefined;
}
