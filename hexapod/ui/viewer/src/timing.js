// Script time of the viewer, for tests and for people who wonder: window.__hexapodViewer.timing

export const timing = {
  builds: 0,
  draws: 0,
  firstDrawMs: null,
  stepsMs: [],

  start() {
    this.began ??= performance.now();
  },

  dayChanged(ms) {
    this.pending = (this.pending ?? 0) + ms;
  },

  drawn(ms) {
    this.draws += 1;
    if (this.firstDrawMs === null) this.firstDrawMs = performance.now() - this.began;
    if (this.pending === undefined) return;
    this.stepsMs.push(this.pending + ms);
    if (this.stepsMs.length > 500) this.stepsMs.shift();
    this.pending = undefined;
  },
};

window.__hexapodViewer = { timing };
