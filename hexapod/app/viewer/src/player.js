// @ts-check
// Steps through the days by a timer. Whole days only: what is drawn is always a day of the plan.

const STEP_MS = 150;
const CALM_STEP_MS = 700;

export class Player {
  /**
   * `step()` shows the next day and tells whether there is another; `changed(playing)` is told of start and stop.
   * @param {() => boolean} step
   * @param {(playing: boolean) => void} changed
   */
  constructor(step, changed) {
    this.step = step;
    this.changed = changed;
    this.timer = 0;
  }

  get playing() {
    return this.timer !== 0;
  }

  start() {
    if (this.playing) return;
    const calm = window.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
    this.timer = setInterval(() => this.step() || this.stop(), calm ? CALM_STEP_MS : STEP_MS);
    this.changed(true);
  }

  stop() {
    if (!this.playing) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.changed(false);
  }
}
