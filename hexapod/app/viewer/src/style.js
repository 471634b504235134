// @ts-check
// Styles of the viewer. Taken on as a constructed sheet: no <style> element, so a strict style-src does not stop it.

const RULES = `
.frame-viewer { --text: var(--st-text-color, #1b2430); --back: var(--st-background-color, #ffffff);
  --panel: var(--st-secondary-background-color, #f0f2f6); --edge: var(--st-border-color, rgba(120, 130, 145, 0.45));
  --accent: var(--st-primary-color, #1f6feb);
  color: var(--text); font-family: var(--st-font, system-ui, sans-serif); font-size: 15px; line-height: 1.35;
  display: flex; flex-direction: column; gap: 8px; border-radius: 8px; outline-offset: 3px;
  /* Beside the steps the page gives the whole its height, and the drawing takes what is left of it. */
  max-height: var(--hx-preview-height, none); overflow-y: auto; scrollbar-width: thin; }
.frame-viewer *, .frame-viewer { box-sizing: border-box; }
.frame-viewer [hidden] { display: none !important; }
.frame-viewer:focus-visible, .frame-viewer button:focus-visible, .frame-viewer input:focus-visible { outline: 3px solid var(--accent); }
.bar { display: flex; flex-wrap: wrap; gap: 6px 22px; }
.buttons { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.group { font-size: 14px; font-weight: 600; margin-right: 4px; }
.found { position: absolute; left: 50%; bottom: 30px; transform: translateX(-50%); display: flex; gap: 6px; align-items: center; }
.pair { font-weight: 700; font-size: 17px; padding: 3px 10px; border-radius: 6px; background: var(--back); color: var(--text); border: 2px solid #ff5a1f; }
.pair:empty { display: none; }
.frame-viewer button.plain { min-height: 34px; padding: 2px 11px; font-size: 18px; }
.level-name { font-size: 13px; font-weight: 700; }
.frame-viewer button { font: inherit; color: var(--text); background: var(--panel); border: 1px solid var(--edge);
  border-radius: 6px; padding: 7px 13px; min-height: 38px; cursor: pointer; }
.frame-viewer button:hover { border-color: var(--text); }
.frame-viewer button[aria-pressed="true"] { background: var(--text); color: var(--back); border-color: var(--text); font-weight: 600; }
.frame-viewer button.zoom { min-width: 40px; padding: 7px 0; font-size: 18px; line-height: 1; }
.zooms { position: absolute; right: 10px; top: 10px; flex-direction: column; }
.stage { flex: 0 1 auto; min-height: 190px; position: relative; overflow: hidden; border: 1px solid var(--edge); border-radius: 8px; background: var(--back); }
.picture, .picture canvas, .picture svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
/* Whose limb it is and how it is seen: above the drawing, where it covers nothing. */
.plate { flex: none; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 12px; }
.plate > :empty { display: none; }
.limb { font-size: 17px; font-weight: 800; letter-spacing: 0.03em; line-height: 1.15; }
.level { font-weight: 600; }
.caption { font-size: 13px; opacity: 0.85; }
.words { position: absolute; inset: 0; pointer-events: none; }
.word { position: absolute; left: 0; top: 0; white-space: nowrap; text-shadow: 0 0 3px var(--back), 0 0 3px var(--back), 0 0 3px var(--back), 0 0 5px var(--back); }
.direction { font-size: 13px; font-weight: 700; letter-spacing: 0.06em; opacity: 0.92; }
.direction[data-edge="top"] { left: 50%; top: 6px; transform: translateX(-50%); }
.direction[data-edge="bottom"] { left: 50%; top: auto; bottom: 6px; transform: translateX(-50%); }
.direction[data-edge="left"] { left: 8px; top: 50%; transform: translateY(-50%); }
.direction[data-edge="right"] { left: auto; right: 8px; top: 50%; transform: translateY(-50%); }
.structure { font-size: 13px; font-weight: 600; line-height: 1.2; white-space: normal; width: max-content; max-width: 168px; }
.leaders, .compass { position: absolute; inset: 0; width: 100%; height: 100%; stroke: var(--text); }
.compass[hidden] { display: none; }
.compass ~ .direction { text-align: center; background: var(--back); border-radius: 4px; text-shadow: none; }
.note { margin: 0; padding: 8px 12px; border: 1px solid var(--edge); border-left: 4px solid #d9822b; border-radius: 6px; background: var(--panel); }
.days { display: flex; gap: 12px; align-items: center; }
.play { display: inline-flex; align-items: center; gap: 7px; min-width: 94px; justify-content: center; }
.slide { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: 3px; }
.day { font-size: 17px; font-weight: 700; font-variant-numeric: tabular-nums; }
.slide input { width: 100%; margin: 0; height: 26px; accent-color: var(--accent); cursor: pointer; }
.settings { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 6px; }
.settings li { display: flex; align-items: center; justify-content: center; gap: 7px; margin: 0; padding: 5px 4px; border: 2px solid; border-radius: 8px;
  background: var(--panel); font-size: 15px; }
.disc { display: inline-flex; align-items: center; justify-content: center; width: 26px; height: 26px; border-radius: 50%; color: #fff; font-weight: 800;
  font-size: 15px; flex: none; text-shadow: 0 0 2px #10151c, 0 0 2px #10151c, 0 1px 2px #10151c, 0 -1px 2px #10151c, 1px 0 2px #10151c, -1px 0 2px #10151c; }
.value { font-weight: 700; font-size: 18px; font-variant-numeric: tabular-nums; }
.unit { opacity: 0.8; font-size: 13px; }
.fold { margin-left: auto; }
.frame-viewer[data-folded="yes"] > :not(.bar), .frame-viewer[data-folded="yes"] .bar > :not(.fold) { display: none !important; }
.frame-viewer[data-empty="yes"] > :not(.bar, .empty), .frame-viewer[data-empty="yes"] .bar > :not(.fold) { display: none !important; }
.frame-viewer[data-folded="yes"] .fold { margin: 0; writing-mode: var(--hx-preview-writing, horizontal-tb); }
.frame-viewer[data-folded="yes"] { container-type: normal; overflow: visible; }
.empty { margin: 0; padding: 18px 14px; border: 1px solid var(--edge); border-radius: 6px; background: var(--panel); }
.notes { margin: 0; padding-left: 18px; font-size: 13px; }
.more summary { cursor: pointer; font-size: 13px; width: max-content; }
.more[open] summary { margin-bottom: 4px; }
.bar, .days, .settings, .notes, .more, .note, .empty { flex: none; }
.legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 3px 16px; font-size: 13px; }
.legend li { display: inline-flex; align-items: center; gap: 6px; margin: 0; font-size: 13px; }
.guess { opacity: 0.85; }
.swatch { flex: none; width: 14px; height: 14px; background: currentColor; border-radius: 3px; }
.swatch.faint { opacity: 0.6; }
.swatch.line { height: 3px; width: 18px; border-radius: 2px; }
.swatch.circle { background: none; border: 2px solid currentColor; border-radius: 50%; }
.swatch.dot { border-radius: 50%; }
.patch { box-shadow: inset 0 0 0 1px rgba(90, 100, 115, 0.55); }
.frame-viewer { container-type: inline-size; }
@container (max-width: 860px) {
  .settings { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
@container (max-width: 620px) {
  .frame-viewer .bar { gap: 6px 12px; }
  .frame-viewer .bar button { padding: 4px 9px; min-height: 34px; font-size: 14px; }
  .settings { gap: 4px; }
  .settings li { padding: 2px; gap: 5px; }
  .disc { width: 22px; height: 22px; font-size: 13px; }
  .value { font-size: 16px; }
  .play { min-width: 44px; font-size: 0 !important; gap: 0; }
  .frame-viewer .days { gap: 8px; }
  .structure { max-width: 110px; font-size: 12px; }
  .settings { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .limb { font-size: 15px; }
  .level { font-size: 14px; }
  .caption { font-size: 12px; }
  .direction { font-size: 11px; }
  .day { font-size: 15px; }
}
`;

/**
 * What makes rules known where an element lives: its shadow root or the document.
 * @type {(rules: string) => (node: Node) => void}
 */
export function sheetFor(rules) {
  /** @type {CSSStyleSheet | null} */
  let sheet = null;
  return (node) => {
    const place = /** @type {Document | ShadowRoot} */ (node.getRootNode());
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
    }
    if (!place.adoptedStyleSheets.includes(sheet)) place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
  };
}

/** @type {(node: Node) => void} */
export const adoptStyle = sheetFor(RULES);
