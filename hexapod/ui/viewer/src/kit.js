// Owner of everything on the graphics card: hands out materials by the palette's names, frees all of it at once.
import { MeshBasicMaterial, MeshPhongMaterial } from "three";

export class Kit {
  constructor(palette) {
    this.palette = palette;
    this.owned = new Set();
    this.named = new Map();
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
  }

  dispose() {
    for (const thing of this.owned) thing.dispose();
    this.owned.clear();
    this.named.clear();
  }
}
