// Script time of the viewer, for tests and for people who wonder: window.__hexapodViewer.timing

export const timing = {
  builds: 0,
  draws: 0,
  firstDrawMs: null,
  firstFrameMs: null,
  stepsMs: [],

  start() {
    this.began ??= performance.now();
  },

  dayChanged(ms) {
    this.pending = (this.pending ?? 0) + ms;
  },

  drawn(ms) {
    this.draws += 1;
    if (this.firstDrawMs === null) {
      this.firstDrawMs = performance.now() - this.began;
      // What was drawn is on the screen when the frame after it begins.
      requestAnimationFrame(() => requestAnimationFrame(() => (this.firstFrameMs = performance.now() - this.began)));
    }
    if (this.pending === undefined) return;
    this.stepsMs.push(this.pending + ms);
    if (this.stepsMs.length > 500) this.stepsMs.shift();
    this.pending = undefined;
  },
};

/** Viewers on the page by their key. */
export const viewers = new Map();

window.__hexapodViewer = { timing, probe: (key) => viewers.get(key)?.picture.probe() ?? null, count: () => viewers.size };
