// The sentences of the viewer. Dates are calendar dates: no time zone, no browser locale.

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function dateInWords(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return `${WEEKDAYS[weekday]} ${day} ${MONTHS[month - 1]} ${year}`;
}

export const limbInWords = ({ side, bone }) => `${side} ${bone}`.toUpperCase();

/** "Day 12 of 41 · Mon 14 Mar 2026 · correct" */
export function dayInWords(scene, day) {
  const { date, stage } = scene.payload.days[day];
  return `Day ${day} of ${scene.lastDay} · ${dateInWords(date)} · ${stage}`;
}

export const settingInWords = (scene, value) => Number(value).toFixed(scene.decimals);

/** The reference of a level that follows the others moves with them: only the drawing holds it still. */
export const referenceInWords = ({ payload: { reference, follows } }) =>
  follows ? `${reference} fragment: reference, drawn as if it stood still` : `${reference} fragment: held still (reference)`;

/** What a person who cannot see the drawing is told. */
export function pictureInWords(scene, day, viewName) {
  const { side, bone, reference, follows, days, title } = scene.payload;
  const settings = days[day].settings_mm
    .map((value, k) => `strut ${k + 1} ${settingInWords(scene, value)}`)
    .join(", ");
  return (
    `Drawing of the external fixator on the ${side} ${bone}${title ? `, ${title}` : ""}, ${viewName}. ` +
    `${dayInWords(scene, day)}. The ${reference} fragment is ${follows ? "drawn as if it stood still" : "held still"}, ` +
    `the ${scene.moving} fragment moves. ` +
    `Settings in mm: ${settings}.`
  );
}
