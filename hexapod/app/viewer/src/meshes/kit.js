// Owner of everything on the graphics card: hands out materials by the palette's names, frees all of it at once.
import { BufferAttribute, Color, MeshBasicMaterial, MeshPhongMaterial } from "three";
import { joined } from "./solids.js";

export class Kit {
  constructor(palette) {
    this.palette = palette;
    this.owned = new Set();
    this.named = new Map();
    this.painted = [];
  }

  own(thing) {
    this.owned.add(thing);
    return thing;
  }

  geometry(geometry) {
    return this.own(geometry);
  }

  material(name, options = {}) {
    return this.#named(name, options, (more) => new MeshPhongMaterial({ shininess: 24, specular: 0x2a2a2a, ...more }));
  }

  /** Unlit, so that it reads the same from all sides. */
  glow(name, options = {}) {
    return this.#named(name, options, (more) => new MeshBasicMaterial({ toneMapped: false, ...more }));
  }

  /**
   * Shapes that keep their place to one another as one geometry, so that they cost one draw call. `parts` are
   * [colour name, shape]; the shapes are used up. To be drawn with `paint()` or `glowingPaint(options)`.
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

  glowingPaint(options) {
    return this.glow("white", { vertexColors: true, ...options });
  }

  /** The colour of a name in the theme in force. */
  colour(name) {
    return new Color(this.#colour(name));
  }

  #spread(spans, colours) {
    let at = 0;
    for (const { name, count } of spans) {
      const { r, g, b } = this.colour(name);
      for (let i = 0; i < count; i++, at++) colours.setXYZ(at, r, g, b);
    }
    colours.needsUpdate = true;
  }

  #named(name, options, make) {
    const key = name + JSON.stringify(options);
    if (!this.named.has(key)) {
      const material = make({ color: this.#colour(name), ...options });
      this.named.set(key, { name, material });
      this.own(material);
    }
    return this.named.get(key).material;
  }

  #colour(name) {
    return name === "white" ? 0xffffff : this.palette[name];
  }

  recolour(palette) {
    this.palette = palette;
    for (const { name, material } of this.named.values()) material.color.set(this.#colour(name));
    for (const { spans, colours } of this.painted) this.#spread(spans, colours);
  }

  dispose() {
    for (const thing of this.owned) thing.dispose();
    this.owned.clear();
    this.named.clear();
    this.painted.length = 0;
  }
}
