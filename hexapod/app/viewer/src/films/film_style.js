// @ts-check
// Styles of the radiograph, taken on as a constructed sheet like those of the 3D preview.
import { sheetFor } from "../style.js";

const RULES = `
.film-viewer { color: var(--st-text-color, #1b2430); font-family: var(--st-font, system-ui, sans-serif); font-size: 15px;
  display: flex; flex-direction: column; gap: 8px; container-type: inline-size; }
.film-viewer [hidden] { display: none !important; }
.film-tools { display: flex; flex-wrap: wrap; gap: 6px 8px; align-items: center; }
.film-tools label { display: inline-flex; gap: 6px; align-items: center; font-size: 14px; }
.film-tools input { width: 110px; accent-color: var(--st-primary-color, #1f6feb); }
.film-viewer button { font: inherit; color: inherit; background: var(--st-secondary-background-color, #f0f2f6);
  border: 1px solid var(--st-border-color, rgba(120, 130, 145, 0.45)); border-radius: 6px; padding: 6px 12px; min-height: 38px; cursor: pointer; }
.film-viewer button:hover { border-color: currentColor; }
.film-viewer button:focus-visible, .marks:focus-visible { outline: 3px solid var(--st-primary-color, #1f6feb); outline-offset: -3px; }
.film-split { display: grid; grid-template-columns: minmax(0, 1fr) 250px; gap: 12px; }
.film-stage { position: relative; overflow: hidden; background: #000; border-radius: 8px; }
.film-stage canvas.film, .film-stage canvas.marks { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.marks { cursor: crosshair; touch-action: none; }
.loupe { position: absolute; top: 10px; width: 150px; height: 150px; border: 2px solid #ffffff; border-radius: 50%; pointer-events: none; }
.loupe[data-side="left"] { left: 10px; }
.loupe[data-side="right"] { right: 10px; }
.film-caption { position: absolute; right: 10px; bottom: 8px; color: #ffffff; font-weight: 700; text-shadow: 0 0 4px #000, 0 0 4px #000; pointer-events: none; }
.film-asked { display: flex; gap: 10px; min-height: 118px; margin: 0 0 8px; }
.film-where:empty { display: none; }
.film-told { margin: 0; font-size: 14px; font-weight: 600; }
.film-do { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 8px; }
.film-pad { display: flex; gap: 6px; }
.film-pad button { min-width: 44px; padding: 6px 0; }
.film-viewer button:disabled { opacity: 0.45; cursor: default; border-color: transparent; }
.film-tools button[aria-pressed="true"] { border: 2px solid var(--st-primary-color, #1f6feb); font-weight: 700; }
.film-points .film-group { font-size: 13px; font-weight: 700; margin-top: 6px; }
.film-points { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; gap: 3px; max-height: 420px; position: relative; overflow-y: auto; }
.film-points li { margin: 0; }
.film-points button { width: 100%; text-align: left; min-height: 34px; padding: 3px 10px; }
.film-points button::before { content: "○ "; }
.film-points button[data-state="placed"]::before { content: "● "; }
.film-points button[data-state="now"] { border: 2px solid var(--st-primary-color, #1f6feb); font-weight: 700; }
.film-points button[aria-pressed="true"] { outline: 2px solid #ff5a9d; }
@container (max-width: 560px) { .film-split { grid-template-columns: minmax(0, 1fr); } .film-asked { min-height: 0; } .film-points { max-height: 200px; } }
@media (pointer: coarse) { .film-viewer button { min-height: 44px; } .film-points button { min-height: 44px; } }
`;

/** @type {(node: Node) => void} */
export const adoptFilmStyle = sheetFor(RULES);
