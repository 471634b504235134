// @ts-check
// Renderer, lights and cameras. Draws only when asked; owns the WebGL context.
/** @import { FrameScene } from "../scene/frame_scene.js" */
/** @import { Model } from "../scene/model.js" */
/** @import { Axes, Box, FreeCamera, Hooks, Surface, Vec, ViewName } from "../types.js" */
import {
  DirectionalLight, HemisphereLight, MathUtils, Matrix4, OrthographicCamera, PerspectiveCamera, Scene, Vector3, WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { dot } from "../scene/frames.js";
import { extent, viewAxes } from "../scene/views.js";

const FIELD_OF_VIEW_DEG = 26;
const FAR_AWAY_MM = 1500;
// For passing use within one call: a step shall leave little behind to be cleared away.
const scratch = new Vector3();

/** Pixels of the drawing to a pixel of the page. */
export const pixelRatio = () => Math.min(window.devicePixelRatio || 1, 2);

export class Stage {
  /** @type {Model} */
  model;
  /** @type {FrameScene} */
  scene;
  /** @type {Vec[]} */
  points = [];
  /** @type {ViewName | undefined} */
  view;
  /** @type {Axes} */
  axes;
  /** Counts what the camera has seen: words are placed anew only when it changes. */
  sight = 0;
  projected = -1;
  /** Distance of the free camera from which all is seen. */
  fitDistance = 1;
  freeTouched = false;
  /** @type {FreeCamera | null} */
  kept = null;
  waiting = 0;
  disposed = false;
  /** @type {Box[]} What the numbers of the struts cover. */
  discs = [];

  /**
   * `hooks`: beforeDraw(stage), afterDraw(ms), moved() when the user has moved the camera. `drawing`: a canvas and its
   * WebGL context.
   * @param {HTMLElement} holder
   * @param {Hooks} hooks
   * @param {Surface} drawing
   */
  constructor(holder, hooks, drawing) {
    this.hooks = hooks;
    this.renderer = new WebGLRenderer(drawing);
    // Asking for the compiler's log makes the page wait for every shader.
    this.renderer.debug.checkShaderErrors = false;
    this.canvas = this.renderer.domElement;
    holder.append(this.canvas);
    this.world = new Scene();
    this.flat = new OrthographicCamera();
    this.free = new PerspectiveCamera(FIELD_OF_VIEW_DEG, 1, 10, 8000);
    this.free.up.set(0, 0, 1);
    this.projection = new Matrix4();
    const sky = new HemisphereLight(0xffffff, 0x8a8d95, 1.9);
    sky.position.set(0, 0, 1);
    this.lamp = new DirectionalLight(0xffffff, 1.9);
    this.world.add(sky, this.lamp, this.lamp.target);
    this.orbit = new OrbitControls(this.free, this.canvas);
    this.orbit.enableDamping = false;
    this.orbit.minDistance = 150;
    this.orbit.maxDistance = 4000;
    this.orbit.enableZoom = false;
    this.orbit.addEventListener("change", () => {
      this.sight += 1;
      this.requestDraw();
    });
    this.orbit.addEventListener("start", () => (this.freeTouched = true));
    this.orbit.addEventListener("end", () => hooks.moved());
    this.canvas.style.touchAction = "pan-y";
    this.zoom = 1;
    this.size = { width: 1, height: 1 };
    /** @type {(event: Event) => void} */
    this.lost = (event) => event.preventDefault();
    this.restored = () => this.requestDraw();
    this.canvas.addEventListener("webglcontextlost", this.lost);
    this.canvas.addEventListener("webglcontextrestored", this.restored);
  }

  get camera() {
    return this.view === "Free" ? this.free : this.flat;
  }

  /** @type {(model: Model, scene: FrameScene) => void} */
  setModel(model, scene) {
    const before = this.model;
    this.model = model;
    this.scene = scene;
    this.points = scene.outline();
    this.world.add(model.group);
    // The graphics card links the shaders while the words round the drawing are laid out.
    this.renderer.compile(this.world, this.free);
    // Only now: shaders that both are drawn with stay linked.  To link them anew takes longer than all else of an edit.
    before?.dispose();
  }

  /**
   * Fits the camera of a view; `kept` is a free camera remembered from before.
   * @type {(name: ViewName, kept?: FreeCamera | null) => void}
   */
  setView(name, kept = null) {
    this.view = name;
    this.orbit.enabled = name === "Free";
    this.canvas.style.cursor = name === "Free" ? "grab" : "default";
    this.axes = viewAxes(name, this.scene.lat);
    this.zoom = 1;
    if (name === "Free") {
      this.freeTouched = Boolean(kept?.offset);
      if (kept?.offset) this.kept = kept;
    }
    this.#fit();
    this.requestDraw();
  }

  /** @type {() => FreeCamera | null} */
  freeCamera() {
    if (!this.freeTouched) return null;
    const offset = this.free.position.clone().sub(this.orbit.target).divideScalar(this.fitDistance);
    return { offset: offset.toArray(), target: this.orbit.target.toArray() };
  }

  /** @type {(factor: number) => void} */
  zoomBy(factor) {
    if (this.view === "Free") {
      const offset = this.free.position.clone().sub(this.orbit.target);
      const distance = MathUtils.clamp(offset.length() / factor, this.orbit.minDistance, this.orbit.maxDistance);
      this.free.position.copy(this.orbit.target).add(offset.setLength(distance));
      this.freeTouched = true;
      this.sight += 1;
    } else {
      this.zoom = MathUtils.clamp(this.zoom * factor, 0.5, 6);
      this.#fit();
    }
    this.requestDraw();
  }

  /** @type {(width: number, height: number) => void} */
  resize(width, height) {
    if (width < 2 || height < 2) return;
    const ratio = pixelRatio();
    if (width === this.size.width && height === this.size.height && ratio === this.renderer.getPixelRatio()) return;
    this.size = { width, height };
    this.renderer.setDrawingBufferSize(width, height, ratio);
    if (this.view) this.#fit();
    this.requestDraw();
  }

  /**
   * Millimetres that one screen pixel covers at a world point given as an array.
   * @type {(point: Vec) => number}
   */
  mmPerPixel(point) {
    if (this.camera === this.flat) return (this.flat.top - this.flat.bottom) / this.flat.zoom / this.size.height;
    const m = this.free.matrixWorldInverse.elements;
    const depth = -(m[2] * point[0] + m[6] * point[1] + m[10] * point[2] + m[14]);
    return (2 * depth * Math.tan(MathUtils.degToRad(FIELD_OF_VIEW_DEG / 2))) / this.size.height;
  }

  /**
   * Right, up and towards the viewer on the screen, as world directions.
   * @type {() => Axes}
   */
  seenAlong() {
    const m = this.camera.matrixWorld.elements;
    return { right: [m[0], m[1], m[2]], up: [m[4], m[5], m[6]], toward: [m[8], m[9], m[10]] };
  }

  /**
   * Screen position in pixels of a world point given as an array.
   * @type {(point: Vec) => number[]}
   */
  toScreen(point) {
    const v = scratch.fromArray(point).applyMatrix4(this.projection);
    return [((v.x + 1) / 2) * this.size.width, ((1 - v.y) / 2) * this.size.height, v.z];
  }

  requestDraw() {
    if (this.waiting || this.disposed) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  draw() {
    if (!this.model || this.disposed) return;
    const began = performance.now();
    if (this.projected !== this.sight) this.#look();
    this.lamp.position.copy(this.camera.position);
    this.lamp.position.addScaledVector(scratch.fromArray(this.axes.up), this.view === "Free" ? 250 : 500);
    this.lamp.position.addScaledVector(scratch.setFromMatrixColumn(this.camera.matrixWorld, 0), -350);
    this.hooks.beforeDraw(this);
    // The camera stands where it was looked from: not to be worked out anew at every step.
    this.camera.matrixWorldAutoUpdate = false;
    this.renderer.render(this.world, this.camera);
    this.camera.matrixWorldAutoUpdate = true;
    this.hooks.afterDraw(performance.now() - began);
  }

  dispose() {
    this.disposed = true;
    cancelAnimationFrame(this.waiting);
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.restored);
    this.orbit.dispose();
    this.model?.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
    this.canvas.remove();
  }

  #look() {
    this.camera.updateMatrixWorld();
    this.projection.multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse);
    this.projected = this.sight;
  }

  #fit() {
    this.sight += 1;
    const { width, height } = this.size;
    const seen = extent(this.points, this.axes);
    const marginX = Math.min(78, width * 0.17);
    const marginY = 30;
    const mmPerPixel = Math.max((2 * seen.halfWidth) / (width - 2 * marginX), (2 * seen.halfHeight) / (height - 2 * marginY));
    const middle = new Vector3().fromArray(seen.middle);
    const toward = new Vector3().fromArray(this.axes.toward);
    if (this.view === "Free") {
      this.free.aspect = width / height;
      this.free.updateProjectionMatrix();
      // A camera the user has turned keeps its angle, and its distance in proportion to what fits.
      const kept = this.kept ?? this.freeCamera();
      this.kept = null;
      this.fitDistance = this.#distanceFor(seen.middle);
      this.orbit.target.fromArray(kept?.target ?? seen.middle);
      this.free.position.copy(this.orbit.target);
      if (kept) this.free.position.addScaledVector(new Vector3().fromArray(kept.offset), this.fitDistance);
      else this.free.position.addScaledVector(toward, this.fitDistance);
      this.orbit.target.clamp(middle.clone().subScalar(400), middle.clone().addScalar(400));
      this.orbit.update();
      return;
    }
    Object.assign(this.flat, {
      left: (-width / 2) * mmPerPixel, right: (width / 2) * mmPerPixel,
      top: (height / 2) * mmPerPixel, bottom: (-height / 2) * mmPerPixel,
      near: 10, far: 2 * FAR_AWAY_MM, zoom: this.zoom,
    });
    this.flat.up.fromArray(this.axes.up);
    this.flat.position.copy(middle).addScaledVector(toward, FAR_AWAY_MM);
    this.flat.lookAt(middle);
    this.flat.updateProjectionMatrix();
  }

  /** @type {(middle: Vec) => number} */
  #distanceFor(middle) {
    const tanUp = Math.tan(MathUtils.degToRad(FIELD_OF_VIEW_DEG / 2)) * 0.92;
    const tanSide = tanUp * this.free.aspect;
    let distance = 300;
    for (const point of this.points) {
      const p = point.map((value, i) => value - middle[i]);
      const near = dot(p, this.axes.toward);
      distance = Math.max(
        distance, Math.abs(dot(p, this.axes.right)) / tanSide + near, Math.abs(dot(p, this.axes.up)) / tanUp + near,
      );
    }
    return distance;
  }
}
