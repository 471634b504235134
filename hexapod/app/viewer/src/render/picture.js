// @ts-check
// The WebGL drawing as one object: stage, model and the size of the strut numbers. StillDrawing answers to the same calls.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { FreeCamera, Hooks, LimbState, Palette, Surface, ViewName } from "../types.js" */
import { APART_PIXELS } from "../labels/numbers.js";
import { numberBoxes, placeNumbers } from "../labels/label_places.js";
import { Model } from "../scene/model.js";
import { Stage } from "./stage.js";

export class Picture extends Stage {
  day = 0;
  /** @type {number[] | null} */
  places = null;

  /**
   * @param {HTMLElement} holder
   * @param {Hooks} hooks
   * @param {Surface} drawing
   */
  constructor(holder, hooks, drawing) {
    super(holder, {
      ...hooks,
      beforeDraw: (stage) => {
        this.#numbers();
        this.model.paths.face(this.camera);
        hooks.beforeDraw(stage);
      },
      moved: () => {
        this.places = null;
        hooks.moved();
      },
    }, drawing);
  }

  /** @type {(scene: FrameScene, palette: Palette) => void} */
  setScene(scene, palette) {
    this.setModel(new Model(scene, palette), scene);
    this.places = null;
  }

  /** @type {(palette: Palette) => void} */
  recolour(palette) {
    this.model.recolour(palette);
    this.requestDraw();
  }

  /** @type {(name: ViewName, kept: FreeCamera | null | undefined) => void} */
  setView(name, kept) {
    this.places = null;
    super.setView(name, kept);
  }

  /** @type {(width: number, height: number) => void} */
  resize(width, height) {
    this.places = null;
    super.resize(width, height);
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    this.day = day;
    this.model.showDay(day);
    this.requestDraw();
  }

  /**
   * Draws other days, of which one pixel is seen by nobody: the first steps of a script take long, until the browser
   * has compiled it, and the first to move the slider should not wait for that.
   * @type {(days: number[]) => void}
   */
  rehearse(days) {
    const { day, renderer } = this;
    renderer.setScissorTest(true);
    renderer.setScissor(0, 0, 1, 1);
    for (const other of [...days, day]) {
      this.day = other;
      this.model.showDay(other);
      this.draw();
    }
    renderer.setScissorTest(false);
    this.places = null;
    this.draw();
  }

  /** @type {(state: LimbState) => void} */
  setLimb(state) {
    this.model.setLimb(state);
    this.requestDraw();
  }

  /** @type {(bodies: string[]) => void} */
  standOut(bodies) {
    this.model.standOut(bodies);
    this.requestDraw();
  }

  /** What a test may ask of the drawing: strut lengths of the level in hand (mm), places of the numbers, things on the graphics card, numbers of its shaders. */
  probe() {
    const { memory: { geometries, textures }, programs, render: { calls } } = this.renderer.info;
    const shaders = (programs ?? []).map(({ id }) => id);
    return { lengths_mm: this.model.struts.drawnLengths(), discs: this.discs, geometries, textures, shaders, calls };
  }

  #numbers() {
    const struts = this.scene.struts(this.day);
    this.places = placeNumbers(struts, (p) => this.toScreen(p), APART_PIXELS, this.view === "From proximal", this.places, this.hooks.words(this.size));
    this.model.numbers.place(struts, this.places, this);
    this.discs = numberBoxes(struts, this.places, (p) => this.toScreen(p), (i) => this.model.numbers.discs[i].pixels);
  }
}
