// @ts-check
// A Streamlit component whose default export is called again at every change of data or theme: one drawing for each
// place on the page.

/**
 * @template Data, SetState
 * @typedef {object} Drawing
 * @property {(data: Data, setState: SetState) => void} update
 * @property {() => void} dispose
 */

/**
 * @template {{ key: string }} Data
 * @template SetState
 * @param {(parent: HTMLElement | ShadowRoot, key: string) => Drawing<Data, SetState>} make
 * @returns {(call: { data: Data, parentElement: HTMLElement | ShadowRoot, setStateValue: SetState }) => () => void}
 */
export function component(make) {
  /** @type {WeakMap<object, { drawing: Drawing<Data, SetState>, calls: number }>} */
  const places = new WeakMap();
  return ({ data, parentElement, setStateValue }) => {
    let place = places.get(parentElement);
    if (!place) {
      place = { drawing: make(parentElement, data.key), calls: 0 };
      places.set(parentElement, place);
    }
    const here = place;
    const call = ++here.calls;
    here.drawing.update(data, setStateValue);
    // Streamlit also runs the clean-up of a call that a newer one has overtaken: only the latest may close the drawing.
    return () => {
      if (places.get(parentElement) !== here || here.calls !== call) return;
      places.delete(parentElement);
      here.drawing.dispose();
    };
  };
}
