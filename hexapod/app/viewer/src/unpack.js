// @ts-check
// The payload's short forms written out: a pose and a row for every day. No meaning is added here.
/** @import { Day, Payload, Pose } from "./types.js" */

/**
 * Poses as 12 numbers, from six whole numbers each: rotation vector in microradians, shift in micrometres.
 * @type {(compact: (number[] | null)[]) => Pose[]}
 */
export function unpackPoses(compact) {
  /** @type {Pose[]} */
  const poses = [];
  for (const row of compact) poses.push(row === null ? poses[poses.length - 1] : pose(row));
  return poses;
}

// Rodrigues' formula, as `rotation_from_vector` of the Python core.
/** @type {(row: number[]) => Pose} */
function pose([a, b, c, x, y, z]) {
  const v = [a * 1e-6, b * 1e-6, c * 1e-6];
  const angle = Math.hypot(...v);
  const sine = angle < 1e-9 ? 1 : Math.sin(angle) / angle;
  const versine = angle < 1e-9 ? 0.5 : (1 - Math.cos(angle)) / (angle * angle);
  /** @type {(i: number, j: number) => number} */
  const R = (i, j) => versine * v[i] * v[j] + (i === j ? Math.cos(angle) : 0);
  const [s, t, u] = v.map((value) => sine * value);
  return [
    R(0, 0), R(0, 1) - u, R(0, 2) + t, x / 1000,
    R(1, 0) + u, R(1, 1), R(1, 2) - s, y / 1000,
    R(2, 0) - t, R(2, 1) + s, R(2, 2), z / 1000,
  ];
}

/**
 * Date, stage and settings of every day, day 0 first.
 * @type {(payload: Pick<Payload, "planned" | "first_date" | "stages" | "settings_mm">) => Day[]}
 */
export function unpackDays({ planned, first_date, stages, settings_mm }) {
  if (planned === false || !first_date) return [{ date: "", stage: "", settings_mm: settings_mm[0] ?? [] }];
  /** @type {string[]} */
  const names = stages.flatMap(([name, count]) => Array(count).fill(name));
  if (names.length !== settings_mm.length) throw new Error("the scene needs a stage for every day");
  /** @type {number[]} */
  let settings = [];
  return settings_mm.map((given, day) => {
    settings = given ?? settings;
    return { date: laterBy(first_date, day), stage: names[day], settings_mm: settings };
  });
}

/**
 * Calendar dates have no time zone: counted in UTC.
 * @type {(iso: string, days: number) => string}
 */
function laterBy(iso, days) {
  const [year, month, day] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}
