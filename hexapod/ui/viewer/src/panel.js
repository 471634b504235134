// The HTML round the drawing: views, day, settings, legend. Knows nothing of WebGL.
import { element, svg } from "./dom.js";
import { cssColour } from "./theme.js";
import { captionOf, VIEW_NAMES } from "./views.js";
import { dateInWords, dayInWords, limbInWords, pictureInWords, referenceInWords, settingInWords } from "./words.js";

export class Panel {
  /** `on`: view(name), zoom(factor), play(), slide(day), chosen(day). */
  constructor(on) {
    this.limb = element("div", { class: "limb" });
    this.level = element("div", { class: "level" });
    this.caption = element("div", { class: "caption" });
    this.note = element("p", { class: "note", hidden: true });
    this.words = element("div", { class: "words", "aria-hidden": "true" });
    this.picture = element("div", { class: "picture", role: "img" });
    this.stage = element("div", { class: "stage" }, this.picture, this.words,
      element("div", { class: "plate" }, this.limb, this.level, this.caption));
    this.views = VIEW_NAMES.map((name) => {
      const button = element("button", { type: "button", "data-view": name, "aria-pressed": "false" }, name);
      button.addEventListener("click", () => on.view(name));
      return button;
    });
    const zoom = [["+", 1.25, "Larger"], ["−", 0.8, "Smaller"]].map(([sign, factor, words]) => {
      const button = element("button", { type: "button", class: "zoom", "aria-label": words, title: words }, sign);
      button.addEventListener("click", () => on.zoom(factor));
      return button;
    });
    this.stage.append(element("div", { class: "buttons zooms", role: "group", "aria-label": "Size" }, ...zoom));
    this.play = element("button", { type: "button", class: "play" });
    this.play.addEventListener("click", () => on.play());
    this.slider = element("input", {
      type: "range", min: 0, step: 1, value: 0, "data-testid": "day-slider", "aria-label": "Day of treatment",
    });
    this.slider.addEventListener("input", () => on.slide(Number(this.slider.value)));
    this.slider.addEventListener("change", () => on.chosen());
    this.day = element("div", { class: "day" });
    this.settings = element("ol", { class: "settings", "aria-label": "Strut settings of the day in mm" });
    this.legend = element("ul", { class: "legend", "aria-label": "Legend" });
    this.root = element("div", {
      class: "frame-viewer", tabindex: 0, "data-testid": "frame-viewer", role: "group",
      "aria-label": "Frame preview. Left and right arrow keys change the day, space plays.",
    },
      element("div", { class: "buttons", role: "group", "aria-label": "View" }, ...this.views),
      this.stage, this.note,
      element("div", { class: "days" }, this.play, element("div", { class: "slide" }, this.day, this.slider)),
      this.settings, this.legend);
    this.setPlaying(false);
  }

  setScene(scene, height) {
    this.scene = scene;
    const { level_name, title, strut_colours, days } = scene.payload;
    this.limb.textContent = limbInWords(scene.payload);
    this.level.textContent = level_name ?? "";
    this.level.title = title ?? "";
    this.stage.style.height = `${height}px`;
    this.slider.max = scene.lastDay;
    this.slider.disabled = this.play.disabled = scene.lastDay === 0;
    this.values = strut_colours.map(() => element("span", { class: "value" }));
    this.settings.replaceChildren(...strut_colours.map((colour, k) => {
      const disc = element("span", { class: "disc" }, String(k + 1));
      disc.style.backgroundColor = colour;
      const item = element("li", {}, disc, this.values[k], element("span", { class: "unit" }, "mm"));
      item.style.borderColor = colour;
      return item;
    }));
    this.first = days[0];
  }

  setLegend(palette) {
    const { structures, bone_diameter_mm, osteotomy_z_mm } = this.scene.payload;
    const rows = [
      ["patch", palette.reference, capital(referenceInWords(this.scene))],
      ["patch", palette.moving, `${capital(this.scene.moving)} fragment: moves`],
      ...(this.scene.newBone ? [["patch faint", palette.regenerate, "Regenerate (new bone)"]] : []),
      ["line", palette.path, "Path of the corresponding point"],
      ["circle", palette.path, "Origin: where it belongs"],
      ["patch", palette.tab, "Master tab (front)"],
    ];
    if (structures?.length) rows.push(["dot", palette.structure, "Structure at risk"]);
    const items = rows.map(([kind, colour, text]) => {
      const swatch = element("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
      swatch.style.color = cssColour(colour);
      return element("li", {}, swatch, text);
    });
    const guesses = ["Bone outlines are schematic"];
    if (bone_diameter_mm == null) guesses.push("shaft width not given");
    if (osteotomy_z_mm == null) guesses.push("height of the cut not given");
    items.push(element("li", { class: "guess" }, `${guesses.join("; ")}.`));
    this.legend.replaceChildren(...items);
  }

  setView(name) {
    for (const button of this.views) button.setAttribute("aria-pressed", String(button.dataset.view === name));
    this.caption.textContent = captionOf(name, this.scene.lat, this.note.hidden);
    this.view = name;
    this.root.dataset.view = name;
  }

  showDay(day) {
    const { date, stage, settings_mm } = this.scene.payload.days[day];
    const text = dayInWords(this.scene, day);
    this.root.dataset.day = day;
    this.day.textContent = text;
    if (this.slider.value !== String(day)) this.slider.value = day;
    this.slider.setAttribute("aria-valuetext", `Day ${day} of ${this.scene.lastDay}, ${dateInWords(date)}, ${stage}`);
    this.values.forEach((node, k) => (node.textContent = settingInWords(this.scene, settings_mm[k])));
    this.picture.setAttribute("aria-label", pictureInWords(this.scene, day, this.caption.textContent));
  }

  setPlaying(playing) {
    const path = playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z";
    const icon = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svg("path", { d: path, fill: "currentColor" }));
    this.play.replaceChildren(icon, playing ? "Pause" : "Play");
    this.play.setAttribute("aria-label", playing ? "Pause" : "Play the days");
  }

  say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = !sentence;
  }
}

const capital = (word) => word[0].toUpperCase() + word.slice(1);
