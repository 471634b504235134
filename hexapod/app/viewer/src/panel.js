// @ts-check
// The HTML round the drawing: views, day, settings, legend. Knows nothing of WebGL.
/** @import { FrameScene } from "./scene/frame_scene.js" */
/** @import { LevelScene } from "./scene/level_scene.js" */
/** @import { LimbState, Palette, PanelCalls, ViewName } from "./types.js" */
import { element, svg } from "./dom.js";
import { cssColour } from "./theme.js";
import { LIMB_STATES } from "./meshes/limb.js";
import { captionOf, VIEW_NAMES } from "./scene/views.js";
import {
  bodiesInWords, capital, dateInWords, dayInWords, limbInWords, pictureInWords, referenceInWords, settingsInWords, shownInWords,
} from "./words.js";

const WHOLE = "Whole construct";
const ALONE = "This hexapod";
// What a button says where that is not the name of what it does.
const SAID = { Free: "3D" };

export class Panel {
  /** @type {FrameScene} */
  scene;
  /** @type {Text[]} */
  values = [];

  /**
   * `on`: view(name), limb(state), whole(yes), zoom(factor), play(), slide(day), fold(yes), plain().
   * @param {PanelCalls} on
   */
  constructor(on) {
    this.limb = element("div", { class: "limb" });
    this.level = element("div", { class: "level" });
    this.caption = element("div", { class: "caption" });
    this.shown = element("div", { class: "caption" });
    this.note = element("p", { class: "note", hidden: true });
    this.words = element("div", { class: "words", "aria-hidden": "true" });
    this.picture = element("div", { class: "picture", role: "img" });
    this.plate = element("div", { class: "plate" }, this.limb, this.level, this.caption, this.shown);
    this.stage = element("div", { class: "stage" }, this.picture, this.words);
    this.views = choices(VIEW_NAMES, "view", on.view);
    this.limbs = choices(LIMB_STATES, "limb", on.limb);
    this.wholes = choices([WHOLE, ALONE], "whole", (name) => on.whole(name === WHOLE));
    this.limbGroup = group("Limb", this.limbs, true);
    this.wholeGroup = group("Hexapods", this.wholes, false);
    this.pair = element("span", { class: "pair", role: "status" });
    this.plain = element("button", { type: "button", class: "plain", "aria-label": "Show all alike again", title: "Show all alike again", hidden: true }, "×");
    this.plain.addEventListener("click", () => on.plain());
    this.stage.append(element("div", { class: "found" }, this.pair, this.plain));
    const zoom = [{ sign: "+", factor: 1.25, words: "Larger" }, { sign: "−", factor: 0.8, words: "Smaller" }].map(({ sign, factor, words }) => {
      const button = element("button", { type: "button", class: "zoom", "aria-label": words, title: words }, sign);
      button.addEventListener("click", () => on.zoom(factor));
      return button;
    });
    this.zooms = element("div", { class: "buttons zooms", role: "group", "aria-label": "Size" }, ...zoom);
    this.stage.append(this.zooms);
    this.play = element("button", { type: "button", class: "play" });
    this.play.addEventListener("click", () => on.play());
    this.slider = element("input", {
      type: "range", min: 0, step: 1, value: 0, "data-testid": "day-slider", "aria-label": "Day of treatment",
    });
    this.slider.addEventListener("input", () => on.slide(Number(this.slider.value)));
    this.dayText = document.createTextNode("");
    this.day = element("div", { class: "day" }, this.dayText);
    this.settings = element("ol", { class: "settings", "aria-label": "Strut settings of the day in mm" });
    this.legend = element("ul", { class: "legend", "aria-label": "Legend" });
    this.notes = element("ul", { class: "notes", "aria-label": "Not drawn yet" });
    this.empty = element("p", { class: "empty", hidden: true });
    this.days = element("div", { class: "days" }, this.play, element("div", { class: "slide" }, this.day, this.slider));
    this.folds = element("button", { type: "button", class: "fold" });
    this.folds.addEventListener("click", () => on.fold(this.root.dataset.folded !== "yes"));
    this.root = element("div", {
      class: "frame-viewer", tabindex: 0, "data-testid": "frame-viewer", role: "group",
      "aria-label": "Frame preview. Left and right arrow keys change the day, Home and End go to the first and last day, space plays.",
    },
      element("div", { class: "bar" }, group("View", this.views, false), this.wholeGroup, this.limbGroup, this.folds),
      this.empty, this.plate, this.stage, this.note, this.days, this.settings, this.notes,
      element("details", { class: "more" }, element("summary", {}, "Legend"), this.legend));
    this.setPlaying(false);
    this.setFolded(false);
  }

  /** @type {(scene: FrameScene, height: number) => void} */
  setScene(scene, height) {
    this.scene = scene;
    const { payload } = scene;
    const { title, strut_colours } = payload;
    this.limb.textContent = limbInWords(scene);
    this.level.textContent = scene.inHand.given.name ?? "";
    this.level.title = title ?? "";
    this.shown.textContent = shownInWords(scene);
    this.stage.style.height = `${height}px`;
    this.wholeGroup.hidden = !scene.joined;
    press(this.wholes, scene.whole ? WHOLE : ALONE);
    this.limbGroup.hidden = !scene.drawn.some((level) => level.given.limb);
    this.slider.max = String(scene.lastDay);
    this.slider.disabled = this.play.disabled = scene.lastDay === 0;
    this.root.dataset.planned = scene.planned ? "yes" : "no";
    this.slider.hidden = this.play.hidden = !scene.planned;
    this.settings.hidden = !scene.days[0].settings_mm.length;
    this.notes.hidden = !payload.notes?.length;
    this.notes.replaceChildren(...(payload.notes ?? []).map((note) => element("li", {}, note)));
    this.values = strut_colours.map(() => document.createTextNode(""));
    this.settings.replaceChildren(...strut_colours.map((colour, k) => {
      const disc = element("span", { class: "disc" }, String(k + 1));
      disc.style.backgroundColor = colour;
      const item = element("li", {}, disc, element("span", { class: "value" }, this.values[k]), element("span", { class: "unit" }, "mm"));
      item.style.borderColor = colour;
      return item;
    }));
  }

  /** @type {(palette: Palette) => void} */
  setLegend(palette) {
    const { scene } = this;
    const { bone_diameter_mm, osteotomy_z_mm } = scene.inHand.given;
    /** @type {(what: (level: LevelScene) => unknown) => boolean} */
    const some = (what) => scene.drawn.some(what);
    /** @type {[string, number, string][]} */
    const rows = scene.whole
      ? [
        ["patch", palette.reference, "Ends of the construct: keep their place to one another"],
        ["patch", palette.moving, "Segment between two hexapods: moves"],
      ]
      : [
        ["patch", palette.reference, capital(referenceInWords(scene))],
        ["patch", palette.moving, `${capital(scene.inHand.moving)} fragment: moves`],
      ];
    if (some((level) => level.newBone)) rows.push(["patch faint", palette.regenerate, "Regenerate"]);
    if (scene.whole) rows.push(["line", palette.path, "Path of the segment’s leading end, dot: this day"]);
    else rows.push(["line", palette.path, "Path of the corresponding point, dot: this day"], ["circle", palette.path, "Origin: where it belongs"]);
    rows.push(["patch", palette.tab, "Master tab (front)"]);
    if (some((level) => level.structures.length)) rows.push(["dot", palette.structure, "Structure at risk"]);
    if (some((level) => level.given.limb)) rows.push(["patch faint", palette.skin, "Limb (from its girth at the rings)"]);
    const items = rows.map(([kind, colour, text]) => {
      const swatch = element("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
      swatch.style.color = cssColour(colour);
      return element("li", {}, swatch, text);
    });
    const guesses = ["Bone outlines are schematic"];
    if (scene.inHand.given.travels) guesses.push("the far end of the travelling segment is not known and not drawn");
    if (bone_diameter_mm == null) guesses.push("shaft width not given");
    if (osteotomy_z_mm == null) guesses.push("osteotomy level not given");
    if (!some((level) => level.given.limb)) guesses.push("limb not drawn: its girth not given");
    items.push(element("li", { class: "guess" }, `${guesses.join("; ")}.`));
    this.legend.replaceChildren(...items);
  }

  /** @type {(name: ViewName) => void} */
  setView(name) {
    press(this.views, name);
    this.caption.textContent = captionOf(name, this.scene.lat, Boolean(this.note.hidden));
    this.view = name;
    this.root.dataset.view = name;
  }

  /** @type {(day: number) => void} */
  showDay(day) {
    const { date, stage } = this.scene.days[day];
    const readings = settingsInWords(this.scene, day);
    this.root.dataset.day = String(day);
    write(this.dayText, dayInWords(this.scene, day));
    if (this.slider.value !== String(day)) this.slider.value = String(day);
    if (this.scene.planned) this.slider.setAttribute("aria-valuetext", `Day ${day} of ${this.scene.lastDay}, ${dateInWords(date)}, ${stage}`);
    this.values.forEach((text, k) => write(text, readings[k] ?? ""));
    this.picture.setAttribute("aria-label", pictureInWords(this.scene, day, this.caption.textContent, readings));
  }

  /** @type {(state: LimbState) => void} */
  setLimb(state) {
    press(this.limbs, state);
    this.root.dataset.limb = state;
  }

  /**
   * Names what stands out; nothing when `bodies` is empty.
   * @type {(bodies: string[]) => void}
   */
  showBodies(bodies) {
    this.pair.textContent = bodiesInWords(bodies);
    this.plain.hidden = !bodies.length;
    this.root.dataset.bodies = bodies.join(", ");
  }

  /** @type {(playing: boolean) => void} */
  setPlaying(playing) {
    const path = playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z";
    const icon = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svg("path", { d: path, fill: "currentColor" }));
    this.play.replaceChildren(icon, playing ? "Pause" : "Play");
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play the days");
  }

  /**
   * What is to be chosen before anything can be drawn; the drawing has no place until then.
   * @type {(told: string) => void}
   */
  setEmpty(told) {
    this.empty.textContent = told;
    this.empty.hidden = !told;
    this.root.dataset.empty = told ? "yes" : "no";
    if (told) this.root.dataset.planned = "no";
  }

  /** @type {(yes: boolean) => void} */
  setFolded(yes) {
    this.root.dataset.folded = yes ? "yes" : "no";
    this.folds.textContent = yes ? "Preview" : "Hide";
    this.folds.setAttribute("aria-expanded", String(!yes));
    this.folds.setAttribute("aria-label", yes ? "Show the preview" : "Hide the preview");
  }

  /** @type {(sentence: string) => void} */
  say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }
}

/**
 * @template {string} T
 * @param {readonly T[]} names
 * @param {string} what
 * @param {(name: T) => void} chosen
 */
function choices(names, what, chosen) {
  return names.map((name) => {
    const button = element("button", { type: "button", [`data-${what}`]: name, "data-name": name, "aria-pressed": "false" }, /** @type {Record<string, string>} */ (SAID)[name] ?? name);
    button.addEventListener("click", () => chosen(name));
    return button;
  });
}

// Writing what stands there already would have the page laid out anew.
/** @type {(text: Text, words: string) => void} */
function write(text, words) {
  if (text.data !== words) text.data = words;
}

/** @type {(buttons: HTMLElement[], name: string) => void} */
const press = (buttons, name) =>
  buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.name === name)));

/** @type {(label: string, buttons: HTMLElement[], named: boolean) => HTMLElement} */
function group(label, buttons, named) {
  const head = named ? [element("span", { class: "group", "aria-hidden": "true" }, label)] : [];
  return element("div", { class: "buttons", role: "group", "aria-label": label }, ...head, ...buttons);
}
