// @ts-check
// What is drawn: the level in hand alone, or the whole construct where it is known how its levels join.
// World axes: alone, those of the level's reference fragment; of the whole construct, those of its most proximal
// fragment, which is held still (level i joins fragments i and i + 1; docs/kinematics.md).
/** @import { Day, Payload, Pose, Segment, Side, Vec } from "../types.js" */
import { apply, compose, IDENTITY, inverse, shift } from "./frames.js";
import { LevelScene } from "./level_scene.js";
import { unpackDays } from "../unpack.js";

/**
 * x of lateral: +1 for a left limb, -1 for a right limb (the one place of the viewer that turns a side into a sign).
 * @type {(side: Side) => 1 | -1}
 */
export function lateralX(side) {
  if (side === "left") return 1;
  if (side === "right") return -1;
  throw new Error(`side must be "left" or "right", not ${JSON.stringify(side)}`);
}

export class FrameScene {
  /** @type {{ day: number, whole: boolean, struts: Segment[] } | undefined} */
  standing;

  /** @param {Payload} payload */
  constructor(payload) {
    const { side, bone, levels, in_hand } = payload;
    this.payload = payload;
    this.side = side;
    this.bone = bone;
    this.lat = lateralX(side);
    this.planned = payload.planned ?? true;
    this.days = unpackDays(payload);
    this.lastDay = this.days.length - 1;
    this.decimals = mostDecimals(this.days);
    this.levels = levels.map((level) => new LevelScene(level, this));
    this.inHand = this.levels[in_hand];
    if (this.inHand.poses.length !== this.days.length) throw new Error("the scene needs one pose for every day");
    this.levels.forEach((level, i) => {
      level.before = this.levels[i - 1] ?? null;
      level.after = this.levels[i + 1] ?? null;
    });
    this.joined = this.levels.length > 1;
    this.whole = this.joined;
    this.#join();
  }

  /** The levels to draw. */
  get drawn() {
    return this.whole ? this.levels : [this.inHand];
  }

  /** @type {(day: unknown) => number} */
  clampDay(day) {
    return Math.min(Math.max(Math.round(Number(day)) || 0, 0), this.lastDay);
  }

  /**
   * Pose of a level's reference fragment in the world.
   * @type {(level: LevelScene, day: number) => Pose}
   */
  T_world_ref(level, day) {
    return this.whole ? level.placed[day] : IDENTITY;
  }

  /**
   * A point given in a level's reference axes, in the world.
   * @type {(level: LevelScene, day: number, point: Vec) => Vec}
   */
  inWorld(level, day, point) {
    return this.whole ? apply(this.T_world_ref(level, day), point) : point;
  }

  /**
   * The joints of all struts that are drawn, in the world, level by level: [[proximal, distal], ...].
   * @type {(day: number) => Segment[]}
   */
  struts(day) {
    const { standing, whole } = this;
    if (standing?.day === day && standing.whole === whole) return standing.struts;
    const struts = this.drawn.flatMap((level) =>
      level.struts(day).map(([p, d]) => /** @type {Segment} */ ([this.inWorld(level, day, p), this.inWorld(level, day, d)])));
    this.standing = { day, whole, struts };
    return struts;
  }

  /**
   * What travels, one point a day in the world: the corresponding point, or the leading end of every segment.
   * @type {() => Vec[][]}
   */
  paths() {
    if (!this.whole) return [this.inHand.path()];
    return this.levels.slice(0, -1).map((level, i) => {
      const next = this.levels[i + 1];
      // The end that goes ahead is the one towards the gap that closes; with no such gap, the end at the cut.
      const ahead = level.newBone && !next.newBone;
      const end = ahead ? apply(shift(next.segment), [0, 0, next.face("proximal").z]) : [0, 0, level.face("distal").z];
      return this.days.map((_, day) => apply(level.distalFragment[day], end));
    });
  }

  /**
   * Points that enclose everything drawn on any day: what the camera has to take in.
   * @type {() => Vec[]}
   */
  outline() {
    const days = [...new Set([0, Math.round(this.lastDay / 2), this.lastDay])];
    return days.flatMap((day) => this.drawn.flatMap((level) =>
      level.outline(day, this.whole).map((point) => this.inWorld(level, day, point))));
  }

  #join() {
    let proximal = this.days.map(() => IDENTITY);
    for (const level of this.levels) {
      const own = this.days.map((_, day) => level.T_ref_mov(day));
      const towards = level.reference === "proximal";
      if (level.before) {
        const step = shift(level.segment);
        proximal = level.before.distalFragment.map((T) => compose(T, step));
      }
      const distal = own.map((T, day) => compose(proximal[day], towards ? T : inverse(T)));
      level.placed = towards ? proximal : distal;
      level.distalFragment = distal;
    }
  }
}

/** @type {(days: Day[]) => number} */
function mostDecimals(days) {
  let most = 0;
  for (const { settings_mm } of days) {
    for (const value of settings_mm) {
      const text = String(Math.round(value * 100) / 100);
      most = Math.max(most, text.includes(".") ? text.split(".")[1].length : 0);
    }
  }
  return most;
}
