// A frame of one level or more for the tests, and just enough of a page to lay words out on.
import { FrameScene } from "../src/scene/frame_scene.js";

const at = (deg, radius, z) => [radius * Math.sin((deg * Math.PI) / 180), -radius * Math.cos((deg * Math.PI) / 180), z];
const PROXIMAL = [-4, 4, 116, 124, 236, 244].map((deg) => at(deg, 100, -10));
const DISTAL = [304, 56, 64, 176, 184, 296].map((deg) => at(deg, 100, 10));

export const SETTINGS = [150, 150, 150, 150, 150, 150.5];

export function level(changes = {}) {
  return {
    name: "proximal tibia", reference: "proximal", poses: [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, -7000]],
    T_ref_ring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 60], T_mov_mring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -80],
    proximal_joints_mm: PROXIMAL, distal_joints_mm: DISTAL, rings: {}, bone_diameter_mm: 28, osteotomy_z_mm: -10,
    structures: [], ...changes,
  };
}

export function frame(changes = {}, ...levels) {
  return new FrameScene({
    fingerprint: "a", title: "", side: "right", bone: "tibia", first_date: "2026-03-14", stages: [["start", 1], ["correct", 1]],
    settings_mm: [SETTINGS, null], strut_colours: Array(6).fill("#808080"), in_hand: 0,
    levels: levels.length ? levels : [level()], ...changes,
  });
}

/** A node of a page that keeps what is written to it; every text is eight pixels a letter wide. */
class Node {
  constructor(tag) {
    Object.assign(this, { tag, attributes: {}, children: [], style: {}, dataset: {}, hidden: false, listeners: {} });
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  toggleAttribute(name, on) {
    this[name] = on;
  }

  append(...nodes) {
    for (const node of nodes) this.children.push(Object.assign(typeof node === "string" ? { text: node } : node, { parent: this }));
  }

  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }

  remove() {
    this.parent.children = this.parent.children.filter((node) => node !== this);
  }

  get textContent() {
    return this.children.map((node) => node.text ?? node.textContent).join("");
  }

  getBoundingClientRect() {
    return { left: 0, top: 0, right: 0, bottom: 0 };
  }

  get offsetWidth() {
    return 8 * this.textContent.length;
  }

  get offsetHeight() {
    return 16;
  }
}

/** Puts the page in place; its element for the words. */
export function page() {
  globalThis.document = { createElement: (tag) => new Node(tag), createElementNS: (_, tag) => new Node(tag) };
  return new Node("div");
}
