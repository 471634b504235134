// @ts-check
// Camera and day by the caller's key, so that they survive reruns, page changes and a reload of the tab.
/** @import { FreeCamera, LimbState, ViewName } from "./types.js" */

/**
 * @typedef {object} Kept
 * @property {string} [plan]
 * @property {number} [day]
 * @property {ViewName} [view]
 * @property {FreeCamera | null} [camera]
 * @property {string[]} [bodies]
 * @property {LimbState} [limb]
 * @property {boolean} [whole]
 */

/** @type {Map<string, Kept>} */
const kept = new Map();
const PREFIX = "hexapod-frame-viewer:";

/** @type {(key: string) => Kept} */
export function recall(key) {
  const known = kept.get(key);
  if (known) return known;
  try {
    const found = JSON.parse(sessionStorage.getItem(PREFIX + key) ?? "null") ?? {};
    kept.set(key, found);
    return found;
  } catch {
    return {};
  }
}

/** @type {(key: string, change: Kept) => void} */
export function remember(key, change) {
  const merged = { ...recall(key), ...change };
  kept.set(key, merged);
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(merged));
  } catch {
    // Storage may be switched off; the map alone still serves until the tab is reloaded.
  }
}

/** @type {Map<string, number>} */
const jumps = new Map();

/**
 * Number of the last jump that was followed. Not in storage: after a reload the page counts its jumps anew.
 * @type {(key: string) => number | undefined}
 */
export const lastJump = (key) => jumps.get(key);

/** @type {(key: string, number: number) => void} */
export const jumped = (key, number) => jumps.set(key, number);

// One for the whole page: whoever folds the preview away wants the room for all steps. The page's own style reads it.
const FOLDED = `${PREFIX}folded`;

export const isFolded = () => {
  try {
    return sessionStorage.getItem(FOLDED) === "yes";
  } catch {
    return document.documentElement.dataset.preview === "folded";
  }
};

/** @type {(yes: boolean) => void} */
export function fold(yes) {
  document.documentElement.dataset.preview = yes ? "folded" : "open";
  try {
    sessionStorage.setItem(FOLDED, yes ? "yes" : "no");
  } catch {
    // As above.
  }
}
