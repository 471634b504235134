// @ts-check
// Streamlit hands its theme down as CSS custom properties; the drawing takes its few colours from the background's lightness.
/** @import { Palette } from "./types.js" */

export const LIGHT = {
  dark: false, ring: 0x8d99a6, tab: 0x17202b, rod: 0xb9c2cb, joint: 0x5b6670,
  reference: 0xcdbf9f, moving: 0xc98a4b, marrow: 0x8a5a3a, regenerate: 0xd06a78, path: 0xc2006b,
  structure: 0xe0b000, skin: 0xdfae8e, still: 0xb9c0c8, alert: 0xff5a1f, line: 0xb3001b, sky: 0xffffff, ground: 0x8c8f99,
};
/** @type {Palette} */
const DARK = {
  dark: true, ring: 0x9aa6b5, tab: 0xf4f7fa, rod: 0xd5dce3, joint: 0x6f7b88,
  reference: 0xe6dcc4, moving: 0xd0955a, marrow: 0x8a5a3a, regenerate: 0xe07f8c, path: 0xff4fa8,
  structure: 0xffd21f, skin: 0xd9a583, still: 0x59626d, alert: 0xff7a3c, line: 0xfff04a, sky: 0xffffff, ground: 0x555a66,
};

/**
 * Palette for the theme in force at the element.
 * @type {(element: Element) => Palette}
 */
export function paletteAt(element) {
  const background = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  return lightness(background) < 0.4 ? DARK : LIGHT;
}

/** @type {(hex: number) => string} */
export const cssColour = (hex) => `#${hex.toString(16).padStart(6, "0")}`;

/** @type {(colour: string) => number} */
function lightness(colour) {
  /** @type {number[] | null | undefined} */
  let parts = null;
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (hex) {
    const digits = hex.length < 6 ? [...hex].map((c) => c + c).join("") : hex;
    parts = [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16));
  } else {
    parts = /rgba?\(([^)]+)\)/.exec(colour)?.[1].split(/[\s,/]+/).map(Number);
  }
  if (!parts) return 1;
  return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255;
}
