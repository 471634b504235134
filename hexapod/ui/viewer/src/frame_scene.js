// What the payload says about the frame on a day. The only place where poses meet joints:
// the 3D drawing and the still drawing both ask here.
// World axes are those of the reference fragment: +x patient's left, +y posterior, +z proximal.
import { apply, compose, distance, originOf } from "./frames.js";

const USUAL_DIAMETER_MM = { tibia: 28, femur: 30, humerus: 24, forearm: 14, foot: 30 };
const BEYOND_RING_MM = { proximal: 48, distal: 62 };
const SHORTEST_FRAGMENT_MM = 78;
const PAST_THE_END_MM = 16;
// What sticks out of the frame sideways: heel and toes, in the distal fragment's axes from the cut.
const HEEL_AND_TOES_MM = [[0, 62, -56], [0, -124, -56]];

/** x of lateral: +1 for a left limb, -1 for a right limb (the one place of the viewer that turns a side into a sign). */
export function lateralX(side) {
  if (side === "left") return 1;
  if (side === "right") return -1;
  throw new Error(`side must be "left" or "right", not ${JSON.stringify(side)}`);
}

export class FrameScene {
  constructor(payload) {
    this.payload = payload;
    this.lat = lateralX(payload.side);
    if (payload.reference !== "proximal" && payload.reference !== "distal") {
      throw new Error(`reference must be "proximal" or "distal", not ${JSON.stringify(payload.reference)}`);
    }
    if (!payload.days?.length || payload.days.length !== payload.poses?.length) {
      throw new Error("the scene needs one pose for every day");
    }
    this.moving = payload.reference === "proximal" ? "distal" : "proximal";
    this.far = payload.reference === "proximal" ? -1 : 1;
    this.lastDay = payload.days.length - 1;
    this.diameter = payload.bone_diameter_mm ?? USUAL_DIAMETER_MM[payload.bone] ?? 28;
    this.cutZ = payload.osteotomy_z_mm ?? 0;
    this.newBone = payload.new_bone ?? true;
    this.decimals = mostDecimals(payload.days);
  }

  /** Whether a fragment ends in no joint because another level goes on from it. */
  isSegment(which) {
    return Boolean(this.payload.segments?.[which]);
  }

  clampDay(day) {
    return Math.min(Math.max(Math.round(Number(day)) || 0, 0), this.lastDay);
  }

  T_ref_mov(day) {
    return this.payload.poses[day];
  }

  /** Pose of the proximal or distal ring in the world on a day. */
  ringPose(which, day) {
    const { reference, T_ref_ring, T_mov_mring } = this.payload;
    return which === reference ? T_ref_ring : compose(this.T_ref_mov(day), T_mov_mring);
  }

  /** Pose of a ring in its own fragment's axes. */
  ringInFragment(which) {
    return which === this.payload.reference ? this.payload.T_ref_ring : this.payload.T_mov_mring;
  }

  /** The two joint centres of each strut in the world, struts 1 to 6: [[proximal, distal], ...]. */
  struts(day) {
    const T_ref_prox = this.ringPose("proximal", day);
    const T_ref_dist = this.ringPose("distal", day);
    return this.payload.proximal_joints_mm.map((joint, k) => [
      apply(T_ref_prox, joint),
      apply(T_ref_dist, this.payload.distal_joints_mm[k]),
    ]);
  }

  lengths(day) {
    return this.struts(day).map(([proximal, distal]) => distance(proximal, distal));
  }

  /** Path of the corresponding point, one point a day. */
  path() {
    return this.payload.poses.map(originOf);
  }

  /** Heights of the cut and of the drawn bone end, in the axes of the proximal or distal fragment. */
  fragmentSpan(which) {
    const up = which === "proximal" ? 1 : -1;
    const ringZ = this.ringInFragment(which)[11];
    const beyond = ringZ * up + BEYOND_RING_MM[which];
    const shortest = this.cutZ * up + SHORTEST_FRAGMENT_MM;
    return { cut: this.cutZ, end: up * Math.max(beyond, shortest) };
  }

  /** Body of a ring; a ring given by joints only gets a band round its joints. */
  ringBody(which) {
    const given = this.payload.rings?.[which];
    if (given) return given;
    const radii = this.payload[`${which}_joints_mm`].map(([x, y]) => Math.hypot(x, y));
    const mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length;
    return { inner_radius_mm: mean - 10, outer_radius_mm: mean + 6, thickness_mm: 8 };
  }

  /** Points that enclose everything drawn on any day: what the camera has to take in. */
  outline() {
    const points = [];
    const days = [...new Set([0, Math.round(this.lastDay / 2), this.lastDay])];
    for (const day of days) {
      for (const which of ["proximal", "distal"]) {
        const radius = this.ringBody(which).outer_radius_mm + 12;
        const T_ref_ring = this.ringPose(which, day);
        for (let a = 0; a < 360; a += 30) {
          const rad = (a * Math.PI) / 180;
          points.push(apply(T_ref_ring, [radius * Math.sin(rad), -radius * Math.cos(rad), 0]));
        }
        const T_ref_fragment = which === this.moving ? this.T_ref_mov(day) : null;
        for (const tip of this.#tips(which)) points.push(T_ref_fragment ? apply(T_ref_fragment, tip) : tip);
      }
    }
    return points;
  }

  #tips(which) {
    const { cut, end } = this.fragmentSpan(which);
    if (this.payload.bone === "foot" && which === "distal") return HEEL_AND_TOES_MM.map(([x, y, z]) => [x, y, z + cut]);
    return [[0, 0, end + (which === "proximal" ? 1 : -1) * PAST_THE_END_MM]];
  }
}

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
