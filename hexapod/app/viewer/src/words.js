// @ts-check
// The sentences of the viewer. Dates are calendar dates: no time zone, no browser locale.
/** @import { FrameScene } from "./scene/frame_scene.js" */

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @type {(iso: string) => string} */
export function dateInWords(iso) {
  if (iso === last.iso) return last.words;
  const [year, month, day] = iso.split("-").map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  last = { iso, words: `${WEEKDAYS[weekday]} ${day} ${MONTHS[month - 1]} ${year}` };
  return last.words;
}

// Every day is told three times: on the screen, by the slider and by the picture.
/** @type {{ iso: string, words: string }} */
let last = { iso: "", words: "" };

/** @type {(limb: { side: string, bone: string }) => string} */
export const limbInWords = ({ side, bone }) => `${side} ${bone}`.toUpperCase();

/**
 * "Day 12 of 41 · Mon 14 Mar 2026 · correct"
 * @type {(scene: FrameScene, day: number) => string}
 */
export function dayInWords(scene, day) {
  const { date, stage } = scene.days[day];
  if (!scene.planned) return "As entered so far: no plan yet";
  return `Day ${day} of ${scene.lastDay} · ${dateInWords(date)} · ${stage}`;
}

/**
 * The six readings of a day, without the unit.
 * @type {(scene: FrameScene, day: number) => string[]}
 */
export const settingsInWords = (scene, day) =>
  scene.days[day].settings_mm.map((value) => Number(value).toFixed(scene.decimals));

/**
 * The reference of a level that follows the others moves with them: only the drawing holds it still.
 * @type {(scene: FrameScene) => string}
 */
export const referenceInWords = ({ inHand: { reference, given: { follows } } }) =>
  follows ? `${reference} fragment: reference, drawn as if it were fixed` : `${reference} fragment: reference (fixed)`;

/**
 * What is on the picture of a case with several levels; empty when there is one.
 * @type {(scene: FrameScene) => string}
 */
export function shownInWords({ joined, whole, inHand, payload: { others_unknown } }) {
  if (others_unknown) return "This hexapod alone: the case does not tell how its hexapods join.";
  if (!joined) return "";
  const told = `settings of “${inHand.given.name}”`;
  return whole ? `Whole construct, ${told}` : `This hexapod alone, ${told}`;
}

/**
 * "Struts 2 and 3", "Strut 1 and the limb", "The two rings"
 * @type {(bodies: string[]) => string}
 */
export function bodiesInWords(bodies) {
  if (!bodies.length) return "";
  const [first, second] = bodies;
  if (!second) return first.startsWith("strut ") ? capital(first) : `The ${first}`;
  const numbers = bodies.map((name) => /^strut (\d)$/.exec(name)?.[1]);
  if (numbers[0] && numbers[1]) return `Struts ${numbers[0]} and ${numbers[1]}`;
  if (bodies.every((name) => name.endsWith(" ring"))) return "The two rings";
  return `${numbers[0] ? capital(first) : `The ${first}`} and the ${second}`;
}

/**
 * What a person who cannot see the drawing is told; `readings` are the settings in words.
 * @type {(scene: FrameScene, day: number, viewName: string, readings: string[]) => string}
 */
export function pictureInWords(scene, day, viewName, readings) {
  const { side, bone, inHand, whole, payload: { title } } = scene;
  const settings = readings.length ? ` Settings in mm: ${readings.map((reading, k) => `strut ${k + 1} ${reading}`).join(", ")}.` : "";
  const shown = shownInWords(scene);
  const moves = whole
    ? "The two ends keep their place to one another, what lies between them moves. "
    : `The ${inHand.reference} fragment is ${inHand.given.follows ? "drawn as if it were fixed" : "fixed"}, ` +
      `the ${inHand.moving} fragment moves. `;
  return (
    `Drawing of the external fixator on the ${side} ${bone}${title ? `, ${title}` : ""}, ${viewName}. ` +
    (shown ? `${shown.replace(/\.$/, "")}. ` : "") +
    `${dayInWords(scene, day)}. ${moves.trimEnd()}${settings}`
  );
}

/** @type {(word: string) => string} */
export const capital = (word) => word[0].toUpperCase() + word.slice(1);
