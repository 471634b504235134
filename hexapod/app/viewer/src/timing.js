// @ts-check
// Script time of the viewer, for tests and for people who wonder: window.__hexapodViewer.timing

export const timing = {
  builds: 0,
  draws: 0,
  /** @type {number | null} */
  firstDrawMs: null,
  /** @type {number | null} */
  firstFrameMs: null,
  /** @type {number[]} */
  stepsMs: [],
  /** @type {number | undefined} When the first scene came. */
  began: undefined,
  /** @type {number | undefined} Script time of steps that are not drawn yet. */
  pending: undefined,

  start() {
    this.began ??= performance.now();
  },

  /** @type {(ms: number) => void} */
  dayChanged(ms) {
    this.pending = (this.pending ?? 0) + ms;
  },

  /** @type {(ms: number) => void} */
  drawn(ms) {
    this.draws += 1;
    if (this.firstDrawMs === null) {
      const { began = performance.now() } = this;
      this.firstDrawMs = performance.now() - began;
      // What was drawn is on the screen when the frame after it begins.
      requestAnimationFrame(() => requestAnimationFrame(() => (this.firstFrameMs = performance.now() - began)));
    }
    if (this.pending === undefined) return;
    this.stepsMs.push(this.pending + ms);
    if (this.stepsMs.length > 500) this.stepsMs.shift();
    this.pending = undefined;
  },
};

/**
 * Viewers on the page by their key.
 * @type {Map<string, { picture: { probe: () => object } }>}
 */
export const viewers = new Map();

Object.assign(window, {
  __hexapodViewer: {
    timing,
    /** @type {(key: string) => object | null} */
    probe: (key) => viewers.get(key)?.picture.probe() ?? null,
    count: () => viewers.size,
  },
});
