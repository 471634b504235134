// @ts-check
// Owner of everything on the graphics card: hands out materials by the palette's names, frees all of it at once.
/** @import { Palette, Part, Tone } from "../types.js" */
/** @import { BufferGeometry, MeshBasicMaterialParameters, MeshPhongMaterialParameters } from "three" */
import { BufferAttribute, Color, MeshBasicMaterial, MeshPhongMaterial } from "three";
import { joined } from "./solids.js";

/** @typedef {{ dispose: () => void }} Owned */
/** @typedef {{ name: Tone, count: number }} Span Corners of one colour, one after the other. */

export class Kit {
  /** @param {Palette} palette */
  constructor(palette) {
    this.palette = palette;
    /** @type {Set<Owned>} */
    this.owned = new Set();
    /** @type {Map<string, { name: Tone, material: MeshPhongMaterial }>} */
    this.lit = new Map();
    /** @type {Map<string, { name: Tone, material: MeshBasicMaterial }>} */
    this.unlit = new Map();
    /** @type {{ spans: Span[], colours: BufferAttribute }[]} */
    this.painted = [];
  }

  /**
   * @template {Owned} T
   * @param {T} thing
   * @returns {T}
   */
  own(thing) {
    this.owned.add(thing);
    return thing;
  }

  /**
   * @template {BufferGeometry} T
   * @param {T} geometry
   * @returns {T}
   */
  geometry(geometry) {
    return this.own(geometry);
  }

  /** @type {(name: Tone, options?: MeshPhongMaterialParameters) => MeshPhongMaterial} */
  material(name, options = {}) {
    return this.#named(this.lit, name, options, (more) => new MeshPhongMaterial({ shininess: 24, specular: 0x2a2a2a, ...more }));
  }

  /**
   * Unlit, so that it reads the same from all sides.
   * @type {(name: Tone, options?: MeshBasicMaterialParameters) => MeshBasicMaterial}
   */
  glow(name, options = {}) {
    return this.#named(this.unlit, name, options, (more) => new MeshBasicMaterial({ toneMapped: false, ...more }));
  }

  /**
   * Shapes that keep their place to one another as one geometry, so that they cost one draw call. `parts` are
   * [colour name, shape]; the shapes are used up. To be drawn with `paint()` or `glowingPaint(options)`.
   * @type {(parts: Part[]) => BufferGeometry}
   */
  paintedGeometry(parts) {
    const spans = parts.map(([name, shape]) => ({ name, count: shape.attributes.position.count }));
    const geometry = this.own(joined(parts.map(([, shape]) => shape)));
    const colours = new BufferAttribute(new Float32Array(3 * geometry.attributes.position.count), 3);
    geometry.setAttribute("color", colours);
    this.painted.push({ spans, colours });
    this.#spread(spans, colours);
    return geometry;
  }

  paint() {
    return this.material("white", { vertexColors: true });
  }

  /** @type {(options: MeshBasicMaterialParameters) => MeshBasicMaterial} */
  glowingPaint(options) {
    return this.glow("white", { vertexColors: true, ...options });
  }

  /**
   * The colour of a name in the theme in force.
   * @type {(name: Tone) => Color}
   */
  colour(name) {
    return new Color(this.#colour(name));
  }

  /** @type {(spans: Span[], colours: BufferAttribute) => void} */
  #spread(spans, colours) {
    let at = 0;
    for (const { name, count } of spans) {
      const { r, g, b } = this.colour(name);
      for (let i = 0; i < count; i++, at++) colours.setXYZ(at, r, g, b);
    }
    colours.needsUpdate = true;
  }

  /**
   * @template {MeshPhongMaterial | MeshBasicMaterial} T
   * @param {Map<string, { name: Tone, material: T }>} named
   * @param {Tone} name
   * @param {object} options
   * @param {(more: { color: number }) => T} make
   * @returns {T}
   */
  #named(named, name, options, make) {
    const key = name + JSON.stringify(options);
    const known = named.get(key);
    if (known) return known.material;
    const material = this.own(make({ color: this.#colour(name), ...options }));
    named.set(key, { name, material });
    return material;
  }

  /** @type {(name: Tone) => number} */
  #colour(name) {
    return name === "white" ? 0xffffff : this.palette[name];
  }

  /** @type {(palette: Palette) => void} */
  recolour(palette) {
    this.palette = palette;
    for (const { name, material } of [...this.lit.values(), ...this.unlit.values()]) material.color.set(this.#colour(name));
    for (const { spans, colours } of this.painted) this.#spread(spans, colours);
  }

  dispose() {
    for (const thing of this.owned) thing.dispose();
    this.owned.clear();
    this.lit.clear();
    this.unlit.clear();
    this.painted.length = 0;
  }
}
