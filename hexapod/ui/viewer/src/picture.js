// The WebGL drawing as one object: stage, model and the size of the strut numbers. StillDrawing answers to the same calls.
import { placeNumbers } from "./label_places.js";
import { Model } from "./model.js";
import { Stage } from "./stage.js";

const DISC_PIXELS = 27;

export class Picture extends Stage {
  constructor(holder, hooks) {
    super(holder, {
      ...hooks,
      beforeDraw: (stage) => {
        this.#numbers();
        this.model.path.face(this.camera);
        hooks.beforeDraw(stage);
      },
      moved: () => {
        this.places = null;
        hooks.moved();
      },
    });
  }

  setScene(scene, palette) {
    this.setModel(new Model(scene, palette), scene);
    this.places = null;
  }

  recolour(palette) {
    this.model.recolour(palette);
    this.requestDraw();
  }

  setView(name, kept) {
    this.places = null;
    super.setView(name, kept);
  }

  resize(width, height) {
    this.places = null;
    super.resize(width, height);
  }

  showDay(day) {
    this.day = day;
    this.model.showDay(day);
    this.requestDraw();
  }

  #numbers() {
    const struts = this.scene.struts(this.day);
    this.places = placeNumbers(struts, (p) => this.toScreen(p), DISC_PIXELS + 2, this.view === "From proximal", this.places);
    this.model.struts.placeNumbers(struts, this.places, (position) => DISC_PIXELS * this.mmPerPixel(position));
  }
}
