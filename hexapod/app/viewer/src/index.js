// @ts-check
// Entry of the Streamlit component. Streamlit calls the default export again at every change of data or theme.
import { timing } from "./timing.js";
import { FrameViewer } from "./viewer.js";
/** @import { ViewerData } from "./viewer.js" */

/** @type {WeakMap<object, { viewer: FrameViewer, calls: number }>} */
const viewers = new WeakMap();

/** @type {(call: { data: ViewerData, parentElement: HTMLElement | ShadowRoot }) => () => void} */
export default function frameViewer({ data, parentElement }) {
  timing.start();
  let place = viewers.get(parentElement);
  if (!place) {
    place = { viewer: new FrameViewer(parentElement, data.key), calls: 0 };
    viewers.set(parentElement, place);
  }
  const here = place;
  const call = ++here.calls;
  here.viewer.update(data);
  // Streamlit also runs the clean-up of a call that a newer one has overtaken: only the latest may close the viewer.
  return () => {
    if (viewers.get(parentElement) !== here || here.calls !== call) return;
    viewers.delete(parentElement);
    here.viewer.dispose();
  };
}
