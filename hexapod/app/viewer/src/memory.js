// Camera and day by the caller's key, so that they survive reruns, page changes and a reload of the tab.

const kept = new Map();
const PREFIX = "hexapod-frame-viewer:";

export function recall(key) {
  if (kept.has(key)) return kept.get(key);
  try {
    const found = JSON.parse(sessionStorage.getItem(PREFIX + key)) ?? {};
    kept.set(key, found);
    return found;
  } catch {
    return {};
  }
}

export function remember(key, change) {
  const merged = { ...recall(key), ...change };
  kept.set(key, merged);
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(merged));
  } catch {
    // Storage may be switched off; the map alone still serves until the tab is reloaded.
  }
}

const jumps = new Map();

/** Number of the last jump that was followed. Not in storage: after a reload the page counts its jumps anew. */
export const lastJump = (key) => jumps.get(key);

export const jumped = (key, number) => jumps.set(key, number);
