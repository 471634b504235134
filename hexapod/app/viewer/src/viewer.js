// @ts-check
// One viewer in one place of the page: joins panel, picture, player and memory.
/** @import { Hooks, Jump, LimbState, Palette, Payload, Surface, ViewName } from "./types.js" */
import { FrameScene } from "./scene/frame_scene.js";
import { Labels } from "./labels/labels.js";
import { LIMB_STATES } from "./meshes/limb.js";
import { fold, isFolded, jumped, lastJump, recall, remember } from "./memory.js";
import { Panel } from "./panel.js";
import { Picture } from "./render/picture.js";
import { Player } from "./player.js";
import { pixelRatio } from "./render/stage.js";
import { StillDrawing } from "./render/still.js";
import { adoptStyle } from "./style.js";
import { paletteAt } from "./theme.js";
import { timing, viewers } from "./timing.js";
import { VIEW_NAMES } from "./scene/views.js";

// Days drawn in rehearsal, when nobody waits for anything any more: so long after the first drawing.
const REHEARSED_DAYS = 16;
const CALM_MS = 250;
// What a finding can name.
const BODY = /^(strut [1-6]|(proximal|distal) ring|bone|limb)$/;

// What the viewer tells the page with every day shown, and what the page asks of it: `{ day }` each.
const DAY_SHOWN = "hexapod-day";
const GO_TO_DAY = "hexapod-go-to-day";

/** @typedef {{ key: string, height: number, scene: Payload | null, told?: string, show?: Jump | null }} ViewerData What Python sends. */

export class FrameViewer {
  /** @type {FrameScene} */
  scene;
  /** @type {Picture | StillDrawing} */
  picture;
  /** @type {Palette} */
  palette;
  /** @type {Palette | undefined} */
  shownPalette;
  /** @type {ViewerData} What came last. */
  data;
  /** The request to take it, 0 when it is taken. */
  updating = 0;
  /** @type {Payload | undefined} */
  payload;
  /** @type {string | undefined} */
  text;
  /** @type {ViewName | null} */
  view = null;
  /** @type {string[]} */
  bodies = [];
  height = 0;
  day = 0;
  /** Nothing can be drawn yet. */
  empty = true;
  disposed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  rehearsal;

  /**
   * @param {HTMLElement | ShadowRoot} parent
   * @param {string} key
   */
  constructor(parent, key) {
    this.key = key;
    this.panel = new Panel({
      view: (name) => this.setView(name),
      limb: (state) => this.setLimb(state),
      whole: (yes) => this.setWhole(yes),
      plain: () => this.standOut([]),
      zoom: (factor) => this.picture.zoomBy(factor),
      play: () => this.togglePlay(),
      slide: (day) => this.#byHand(day),
      fold: (yes) => this.setFolded(yes),
    });
    parent.append(this.panel.root);
    adoptStyle(this.panel.root);
    this.labels = new Labels(this.panel.words, [this.panel.zooms]);
    this.player = new Player(() => this.#playOn(), (playing) => {
      this.panel.setPlaying(playing);
    });
    this.asked = (/** @type {Event} */ event) => this.#byHand(/** @type {CustomEvent<{ day: number }>} */ (event).detail.day);
    window.addEventListener(GO_TO_DAY, this.asked);
    this.panel.root.addEventListener("keydown", (event) => this.#key(event));
    this.panel.root.addEventListener("focusin", () => this.#wheelZoom(true));
    this.panel.root.addEventListener("focusout", () => this.#wheelZoom(false));
    this.watcher = new ResizeObserver(() => this.#resize());
    this.watcher.observe(this.panel.stage);
    viewers.set(key, this);
    this.setFolded(isFolded());
  }

  /**
   * Takes new data or a new theme: the first at once, later ones when the next picture of the page is drawn, with what
   * else came for it. The page does not wait, and its styles are asked for when they are known anyway.
   * @type {(data: ViewerData) => void}
   */
  update(data) {
    this.data = data;
    if (!this.picture) return this.#take(data);
    this.updating ||= requestAnimationFrame(() => {
      this.updating = 0;
      this.#take(this.data);
      if (this.empty) return;
      cancelAnimationFrame(this.picture.waiting);
      this.picture.waiting = 0;
      this.picture.draw();
    });
  }

  /**
   * Builds only what has changed. Another case or hexapod is shown by the same viewer.
   * @type {(data: ViewerData) => void}
   */
  #take({ key, scene: payload, told = "", height, show }) {
    this.panel.setEmpty(payload ? "" : told);
    this.empty = !payload;
    if (!payload) {
      this.player.stop();
      this.text = undefined;
      return;
    }
    if (key !== this.key) {
      viewers.delete(this.key);
      viewers.set(key, this);
      this.key = key;
      this.text = undefined;
    }
    const palette = paletteAt(this.panel.root);
    const text = payload === this.payload ? this.text : JSON.stringify(payload);
    const rebuilt = text !== this.text;
    if (rebuilt) {
      this.scene = new FrameScene(payload);
      this.scene.whole = this.scene.joined && (recall(this.key).whole ?? true);
    }
    this.height = height;
    this.panel.setScene(this.scene, height);
    // Made when its place has its size: giving a drawing another size is dear.
    this.picture ??= this.#makePicture();
    if (rebuilt) {
      this.picture.setScene(this.scene, palette);
      timing.builds += 1;
      this.labels.setScene(this.scene);
      this.text = text;
    }
    this.payload = payload;
    if (rebuilt || palette !== this.palette) {
      this.panel.setLegend(palette);
      if (!rebuilt) this.picture.recolour(palette);
      this.palette = palette;
    }
    this.#resize();
    if (rebuilt) this.#takeUpWhereLeft();
    this.#jump(show);
    if (palette !== this.shownPalette) this.picture.standOut(this.bodies);
    this.shownPalette = palette;
    this.panel.showDay(this.day);
    this.picture.requestDraw();
  }

  /**
   * The whole construct, or the level in hand alone.
   * @type {(yes: boolean) => void}
   */
  setWhole(yes) {
    if (!this.scene.joined || yes === this.scene.whole) return;
    this.scene.whole = yes;
    remember(this.key, { whole: yes });
    this.picture.setScene(this.scene, this.palette);
    timing.builds += 1;
    this.panel.setScene(this.scene, this.height);
    this.labels.setScene(this.scene);
    this.panel.setLegend(this.palette);
    this.#afterBuild(this.view ?? "Free");
    this.panel.showDay(this.day);
  }

  /** @type {(state: LimbState) => void} */
  setLimb(state) {
    remember(this.key, { limb: state });
    this.panel.setLimb(state);
    this.picture.setLimb(state);
  }

  /**
   * Bodies of the level in hand stand out; none: all alike again.
   * @type {(names: string[]) => void}
   */
  standOut(names) {
    const bodies = names.filter((name) => BODY.test(name));
    this.bodies = bodies;
    remember(this.key, { bodies });
    this.panel.showBodies(bodies);
    this.picture.standOut(bodies);
  }

  /** @type {(name: ViewName) => void} */
  setView(name) {
    const { camera } = recall(this.key);
    const kept = name === "Free" && this.view !== "Free" ? camera : null;
    this.view = name;
    this.panel.setView(name);
    this.picture.setView(name, kept);
    this.labels.setAxes(this.picture.axes, name === "Free");
    this.panel.showDay(this.day);
    remember(this.key, { view: name, camera: this.picture.freeCamera() ?? (name === "Free" ? null : camera) });
  }

  togglePlay() {
    if (this.player.playing) return this.player.stop();
    if (this.day >= this.scene.lastDay) this.showDay(0);
    if (this.scene.lastDay > 0) this.player.start();
  }

  /** @type {(day: unknown) => void} */
  showDay(day) {
    const began = performance.now();
    this.day = this.scene.clampDay(day);
    this.panel.showDay(this.day);
    this.picture.showDay(this.day);
    timing.dayChanged(performance.now() - began);
    if (this.scene.planned) remember(this.key, { day: this.day });
    this.#tell();
  }

  /**
   * Folded, the viewer keeps its place, camera and day, and draws nothing.
   * @type {(yes: boolean) => void}
   */
  setFolded(yes) {
    fold(yes);
    this.panel.setFolded(yes);
    if (!yes) this.#resize();
  }

  dispose() {
    this.disposed = true;
    cancelAnimationFrame(this.updating);
    window.removeEventListener(GO_TO_DAY, this.asked);
    this.player.stop();
    this.watcher.disconnect();
    this.picture?.dispose();
    this.panel.root.remove();
    if (viewers.get(this.key) === this) viewers.delete(this.key);
  }

  #makePicture() {
    /** @type {Hooks} */
    const hooks = {
      beforeDraw: (stage) => this.labels.place(stage, this.day),
      words: (size) => this.labels.fixedBoxes(size),
      afterDraw: (ms) => {
        timing.drawn(ms);
        this.rehearsal ??= setTimeout(() => (window.requestIdleCallback ?? setTimeout)(() => this.#rehearse()), CALM_MS);
      },
      moved: () => {
        remember(this.key, { camera: this.picture.freeCamera() });
        this.picture.requestDraw();
      },
    };
    const { clientWidth, clientHeight } = this.panel.stage;
    const drawing = drawingOf(clientWidth, clientHeight);
    if (drawing) {
      try {
        return new Picture(this.panel.picture, hooks, drawing);
      } catch (error) {
        console.warn("frame viewer: no WebGL drawing:", error);
      }
    }
    this.panel.say("This browser cannot draw in 3D (WebGL 2 is missing or switched off), so the frame is shown as a flat drawing. Days, views and settings are the same.");
    return new StillDrawing(this.panel.picture, hooks);
  }

  #takeUpWhereLeft() {
    const { side, bone } = this.scene;
    const plan = [side, bone].join("|");
    const kept = recall(this.key);
    const same = kept.plan === plan;
    this.day = this.scene.clampDay(same ? kept.day : 0);
    this.bodies = same ? kept.bodies ?? [] : [];
    if (!same) remember(this.key, { plan, day: 0, camera: null, bodies: [] });
    this.#afterBuild(VIEW_NAMES.find((name) => name === kept.view) ?? "Free");
    this.#tell();
  }

  // The page round the viewer follows the day: the row of the schedule, the charts.
  #tell() {
    window.dispatchEvent(new CustomEvent(DAY_SHOWN, { detail: { day: this.day } }));
  }

  /** @type {(view: ViewName) => void} */
  #afterBuild(view) {
    const { limb } = recall(this.key);
    this.picture.showDay(this.day);
    this.setLimb(LIMB_STATES.find((state) => state === limb) ?? LIMB_STATES[1]);
    this.standOut(this.bodies);
    this.view = null;
    this.setView(view);
  }

  // A jump is followed once: after that the day is the clinician's again, whatever the page sends anew.
  /** @type {(show: Jump | null | undefined) => void} */
  #jump(show) {
    if (!show || show.number === lastJump(this.key)) return;
    jumped(this.key, show.number);
    this.player.stop();
    this.showDay(show.day);
    this.standOut(show.bodies ?? []);
    if (isFolded()) this.setFolded(false);
    const calm = window.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
    this.panel.root.scrollIntoView?.({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  #rehearse() {
    if (this.disposed) return; // taken off the page meanwhile
    if (!(this.picture instanceof Picture)) return;
    this.picture.rehearse(Array.from({ length: Math.min(REHEARSED_DAYS, this.scene.lastDay) }, (_, day) => day));
  }

  #resize() {
    this.picture?.resize(this.panel.stage.clientWidth, this.panel.stage.clientHeight);
  }

  /** @type {(on: boolean) => void} */
  #wheelZoom(on) {
    if (this.picture instanceof Picture) this.picture.orbit.enableZoom = on;
  }

  /** @type {(day: number) => void} */
  #byHand(day) {
    if (this.empty) return;
    this.player.stop();
    this.showDay(day);
  }

  #playOn() {
    this.showDay(this.day + 1);
    return this.day < this.scene.lastDay;
  }

  /** @type {(event: KeyboardEvent) => void} */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.empty) return;
    const goals = { ArrowLeft: this.day - 1, ArrowRight: this.day + 1, Home: 0, End: this.scene.lastDay };
    /** @type {number | undefined} */
    const goal = Object.entries(goals).find(([key]) => key === event.key)?.[1];
    const onButton = event.target instanceof HTMLButtonElement;
    if (goal !== undefined) {
      this.#byHand(goal);
    } else if (event.key === " " && !onButton) {
      if (!event.repeat) this.togglePlay();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * A canvas of this size with its WebGL context; null where the browser has none.
 * @type {(width: number, height: number) => Surface | null}
 */
function drawingOf(width, height) {
  const ratio = pixelRatio();
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, Math.floor(width * ratio)), height: Math.max(1, Math.floor(height * ratio)),
  });
  const context = canvas.getContext("webgl2", { antialias: true, alpha: true, powerPreference: "low-power" });
  return context && { canvas, context };
}
