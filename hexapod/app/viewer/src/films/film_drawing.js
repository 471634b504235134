// @ts-check
// What is drawn over a radiograph: lines, arcs, points, a proposal, the loupe.  Dark below bright, so that all is seen on
// bone and on air.
/** @import { Point } from "./film_view.js" */
/** @import { FilmView } from "./film_view.js" */
/** @import { FilmPoint } from "./placed_points.js" */

/**
 * @typedef {object} Line A line or an arc through places in stored pixels, with a word at its end.
 * @property {Point[]} path
 * @property {string} word
 * @property {boolean} faint whether it only explains another one
 */

export const LOUPE_PX = 150;
const LOUPE_TIMES = 4;
export const COLOURS = { reference: "#ffd24a", moving: "#59c8ff", other: "#8dff8a", chosen: "#ff5a9d", line: "#ffffff" };
const SHADE = "rgba(0, 0, 0, 0.65)";

/** @type {(context: CanvasRenderingContext2D, colour: string, width: number, dash: number[], trace: () => void) => void} */
function stroke(context, colour, width, dash, trace) {
  for (const [shade, wide] of /** @type {[string, number][]} */ ([[SHADE, width + 2.5], [colour, width]])) {
    context.strokeStyle = shade;
    context.lineWidth = wide;
    context.setLineDash(dash);
    context.beginPath();
    trace();
    context.stroke();
  }
  context.setLineDash([]);
}

/** @type {(context: CanvasRenderingContext2D, view: FilmView, line: Line) => void} */
export function drawLine(context, view, { path, word, faint }) {
  const places = path.map((at) => view.toScreen(at));
  const colour = word.startsWith("reference") ? COLOURS.reference : word.startsWith("moving") ? COLOURS.moving : COLOURS.line;
  stroke(context, colour, faint ? 1 : 1.5, faint ? [7, 6] : [], () => {
    places.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  });
  if (!word) return;
  // Of an arc the word stands at its middle, of a line at its end, inside the picture.
  const at = places[places.length > 2 ? Math.floor(places.length / 2) : places.length - 1];
  context.font = FONT;
  const wide = context.measureText(word).width;
  const x = Math.min(Math.max(at[0] + 8, 4), view.width - wide - 4), y = Math.min(Math.max(at[1] + 18, 18), view.height - 34);
  write(context, word, [x, y], colour);
}

const FONT = "600 13px system-ui, sans-serif";

/** @type {(context: CanvasRenderingContext2D, words: string, at: Point, colour: string) => void} */
export function write(context, words, at, colour) {
  context.font = FONT;
  context.lineJoin = "round";
  context.strokeStyle = "rgba(0, 0, 0, 0.75)";
  context.lineWidth = 4;
  context.strokeText(words, ...at);
  context.fillStyle = colour;
  context.fillText(words, ...at);
}

/** @type {(context: CanvasRenderingContext2D, view: FilmView, point: FilmPoint, short: string, chosen: boolean) => void} */
export function drawPoint(context, view, { is, at_px, snapped }, short, chosen) {
  const [x, y] = view.toScreen(at_px);
  const part = is.startsWith("reference") ? "reference" : is.startsWith("moving") ? "moving" : "other";
  const colour = chosen ? COLOURS.chosen : COLOURS[part];
  stroke(context, colour, 2, [], () => {
    if (snapped) diamond(context, x, y, 7);
    else context.arc(x, y, 7, 0, 2 * Math.PI);
    for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 3 * right, y + 3 * down);
      context.lineTo(x + 11 * right, y + 11 * down);
    }
  });
  if (short) write(context, short, [x + 12, y - 6], colour);
}

/** The edge that was found beside a point, joined to it. @type {(context: CanvasRenderingContext2D, view: FilmView, at: Point, from: Point) => void} */
export function drawProposal(context, view, at, from) {
  const [x, y] = view.toScreen(at), [a, b] = view.toScreen(from);
  stroke(context, COLOURS.chosen, 1.5, [3, 3], () => {
    context.moveTo(a, b);
    context.lineTo(x, y);
  });
  stroke(context, COLOURS.chosen, 1.5, [], () => diamond(context, x, y, 6));
}

/** @type {(context: CanvasRenderingContext2D, x: number, y: number, r: number) => void} */
function diamond(context, x, y, r) {
  context.moveTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.lineTo(x - r, y);
  context.closePath();
}

/** A box from one corner to the other, in screen pixels. @type {(context: CanvasRenderingContext2D, one: Point, other: Point) => void} */
export function drawBox(context, one, other) {
  context.fillStyle = "rgba(0, 0, 0, 0.8)";
  context.fillRect(one[0], one[1], other[0] - one[0], other[1] - one[1]);
  context.strokeStyle = COLOURS.chosen;
  context.lineWidth = 2;
  context.strokeRect(one[0], one[1], other[0] - one[0], other[1] - one[1]);
}

/** The picture as a view has it. @type {(context: CanvasRenderingContext2D, bitmap: ImageBitmap, view: FilmView) => void} */
export function lay(context, bitmap, view) {
  context.save();
  context.translate(view.left, view.top);
  context.scale(view.scale, view.scale);
  if (view.mirrored) {
    context.translate(view.columns, 0);
    context.scale(-1, 1);
  }
  context.drawImage(bitmap, 0, 0);
  context.restore();
}

/** The picture round a place of the screen, enlarged, with a cross. @type {(loupe: HTMLCanvasElement, bitmap: ImageBitmap, view: FilmView, at: Point) => void} */
export function drawLoupe(loupe, bitmap, view, at) {
  // On the side where the finger is not.
  loupe.dataset.side = at[0] < view.width / 2 && at[1] < LOUPE_PX + 40 ? "right" : "left";
  const context = /** @type {CanvasRenderingContext2D} */ (loupe.getContext("2d"));
  context.fillStyle = "#000";
  context.fillRect(0, 0, LOUPE_PX, LOUPE_PX);
  // Only what the loupe shows: the whole picture enlarged would take longer than a frame.
  const side = LOUPE_PX / (LOUPE_TIMES * view.scale), [x, y] = view.toFilm(at);
  context.save();
  if (view.mirrored) {
    context.translate(LOUPE_PX, 0);
    context.scale(-1, 1);
  }
  context.drawImage(bitmap, x - side / 2, y - side / 2, side, side, 0, 0, LOUPE_PX, LOUPE_PX);
  context.restore();
  context.strokeStyle = COLOURS.chosen;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(LOUPE_PX / 2, 0);
  context.lineTo(LOUPE_PX / 2, LOUPE_PX);
  context.moveTo(0, LOUPE_PX / 2);
  context.lineTo(LOUPE_PX, LOUPE_PX / 2);
  context.stroke();
}
