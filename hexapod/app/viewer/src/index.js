// Entry of the Streamlit component. Streamlit calls the default export again at every change of data or theme.
import { timing } from "./timing.js";
import { FrameViewer } from "./viewer.js";

const viewers = new WeakMap();

export default function frameViewer({ data, parentElement, setStateValue }) {
  timing.start();
  let place = viewers.get(parentElement);
  if (place && place.viewer.key !== data.key) {
    place.viewer.dispose();
    place = null;
  }
  if (!place) {
    place = { viewer: new FrameViewer(parentElement, data.key), calls: 0 };
    viewers.set(parentElement, place);
  }
  const call = ++place.calls;
  place.viewer.update(data, setStateValue);
  // Streamlit also runs the clean-up of a call that a newer one has overtaken: only the latest may close the viewer.
  return () => {
    if (viewers.get(parentElement) !== place || place.calls !== call) return;
    viewers.delete(parentElement);
    place.viewer.dispose();
  };
}
