// @ts-check
// Entry of the component of the 3D preview.
import { component } from "./component.js";
import { timing } from "./timing.js";
import { FrameViewer } from "./viewer.js";
/** @import { ViewerData } from "./viewer.js" */

const preview = component((parent, key) => new FrameViewer(parent, key));

/** @type {(call: { data: ViewerData, parentElement: HTMLElement | ShadowRoot }) => () => void} */
export default function frameViewer({ data, parentElement }) {
  timing.start();
  return preview({ data, parentElement, setStateValue: undefined });
}
