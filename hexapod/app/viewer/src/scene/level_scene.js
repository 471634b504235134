// @ts-check
// What the payload says about one level on a day, in the axes of its reference fragment:
// +x patient's left, +y posterior, +z proximal. The only place where poses meet joints.
/** @import { End, GivenLevel, LimbCone, Pose, RingBody, Segment, StrutBody, Vec } from "../types.js" */
import { apply, compose, distance, IDENTITY, originOf } from "./frames.js";
import { unpackPoses } from "../unpack.js";

/** @type {Record<string, number>} */
const USUAL_DIAMETER_MM = { tibia: 28, femur: 30, humerus: 24, forearm: 14, foot: 30 };
/** @type {StrutBody} */
const UNKNOWN_STRUT = { shortest_mm: null, longest_mm: null, diameter_mm: 12 };
const BEYOND_RING_MM = { proximal: 48, distal: 62 };
const SHORTEST_FRAGMENT_MM = 78;
const PAST_THE_END_MM = 16;
// What sticks out of the frame sideways: heel and toes, in the distal fragment's axes from the cut.
const HEEL_AND_TOES_MM = [[0, 62, -56], [0, -124, -56]];

/** @type {End[]} */
export const BOTH_ENDS = ["proximal", "distal"];

export class LevelScene {
  /** @type {{ day: number, T_ref_mring: Pose } | undefined} */
  carried;
  /** @type {{ day: number, struts: Segment[] } | undefined} */
  standing;

  /**
   * @param {GivenLevel} given
   * @param {{ bone: string, lat: number }} limb
   */
  constructor(given, { bone, lat }) {
    if (given.reference !== "proximal" && given.reference !== "distal") {
      throw new Error(`reference must be "proximal" or "distal", not ${JSON.stringify(given.reference)}`);
    }
    this.given = given;
    this.bone = bone;
    this.lat = lat;
    this.reference = given.reference;
    /** @type {End} */
    this.moving = given.reference === "proximal" ? "distal" : "proximal";
    this.far = given.reference === "proximal" ? -1 : 1;
    this.poses = unpackPoses(given.poses);
    this.diameter = given.bone_diameter_mm ?? USUAL_DIAMETER_MM[bone] ?? 28;
    this.cutZ = given.osteotomy_z_mm ?? 0;
    this.newBone = given.new_bone ?? true;
    this.onUlna = /ulna/i.test(given.name ?? "");
    this.structures = given.structures ?? [];
    this.strutBodies = (given.struts ?? []).map((models) => (models ?? []).map((model) => (
      { ...UNKNOWN_STRUT, ...model, diameter_mm: model.diameter_mm ?? UNKNOWN_STRUT.diameter_mm })));
    /** @type {LevelScene | null} */
    this.before = null;
    /** @type {LevelScene | null} */
    this.after = null;
    /**
     * Of a whole construct, a day each, in the world: the reference fragment, and the distal one.
     * @type {Pose[]}
     */
    this.placed = [];
    /** @type {Pose[]} */
    this.distalFragment = [];
  }

  /**
   * Pose of the moving fragment; a level that is done stays as it is.
   * @type {(day: number) => Pose}
   */
  T_ref_mov(day) {
    return this.poses[Math.min(day, this.poses.length - 1)];
  }

  /**
   * Pose of the proximal or distal fragment.
   * @type {(which: End, day: number) => Pose}
   */
  fragmentPose(which, day) {
    return which === this.moving ? this.T_ref_mov(day) : IDENTITY;
  }

  /**
   * Pose of the proximal or distal ring.
   * @type {(which: End, day: number) => Pose}
   */
  ringPose(which, day) {
    const T_frag_ring = this.ringInFragment(which);
    if (which === this.reference) return T_frag_ring;
    if (this.carried?.day !== day) this.carried = { day, T_ref_mring: compose(this.T_ref_mov(day), T_frag_ring) };
    return this.carried.T_ref_mring;
  }

  /**
   * Pose of a ring in its own fragment's axes.
   * @type {(which: End) => Pose}
   */
  ringInFragment(which) {
    const T_frag_ring = which === this.reference ? this.given.T_ref_ring : this.given.T_mov_mring;
    if (!T_frag_ring) throw new Error(`the ${which} ring is not known`);
    return T_frag_ring;
  }

  /**
   * Whether a ring is known: with its joints and its place on its fragment.
   * @type {(which: End) => boolean}
   */
  hasRing(which) {
    const { T_ref_ring, T_mov_mring, proximal_joints_mm, distal_joints_mm } = this.given;
    return Boolean((which === this.reference ? T_ref_ring : T_mov_mring) && (which === "proximal" ? proximal_joints_mm : distal_joints_mm));
  }

  /** Whether both rings are known, and so the struts. */
  get hasStruts() {
    return BOTH_ENDS.every((which) => this.hasRing(which));
  }

  /**
   * The two joint centres of each strut, struts 1 to 6: [[proximal, distal], ...].
   * @type {(day: number) => Segment[]}
   */
  struts(day) {
    if (this.standing?.day === day) return this.standing.struts;
    if (!this.hasStruts) return [];
    const T_ref_prox = this.ringPose("proximal", day);
    const T_ref_dist = this.ringPose("distal", day);
    const distal = this.joints("distal");
    const struts = this.joints("proximal").map((joint, k) => /** @type {Segment} */ ([
      apply(T_ref_prox, joint),
      apply(T_ref_dist, distal[k]),
    ]));
    this.standing = { day, struts };
    return struts;
  }

  /**
   * Joint centres of a ring in its own axes, struts 1 to 6.
   * @type {(which: End) => Vec[]}
   */
  joints(which) {
    return (which === "proximal" ? this.given.proximal_joints_mm : this.given.distal_joints_mm) ?? [];
  }

  /** Where the level's point lies from that of the level before, on the fragment they share. */
  get segment() {
    const { segment_mm } = this.given;
    if (!segment_mm) throw new Error("the scene needs a segment between two levels of a construct");
    return segment_mm;
  }

  /** @type {(day: number) => number[]} */
  lengths(day) {
    return this.struts(day).map(([proximal, distal]) => distance(proximal, distal));
  }

  /**
   * The model that stands in a strut's place on a day: its shortest and longest length and its thickness.
   * @type {(k: number, day: number) => StrutBody}
   */
  strutBody(k, day) {
    const models = this.strutBodies[k] ?? [];
    for (let i = models.length - 1; i >= 0; i--) if (models[i].from_day <= day) return models[i];
    return UNKNOWN_STRUT;
  }

  /**
   * Path of the corresponding point, one point a day.
   * @type {() => Vec[]}
   */
  path() {
    return this.poses.map(originOf);
  }

  /**
   * The limb as the clearance checks take it: its two ends and radii; null when it is not known.
   * @type {(day: number) => LimbCone | null}
   */
  limb(day) {
    const { limb } = this.given;
    if (!limb) return null;
    return {
      ends: [apply(this.ringPose("proximal", day), limb.proximal_mm), apply(this.ringPose("distal", day), limb.distal_mm)],
      radii: [limb.proximal_radius_mm, limb.distal_radius_mm],
    };
  }

  /**
   * The level that goes on from a fragment, where it is known.
   * @type {(which: End) => LevelScene | null}
   */
  neighbour(which) {
    return which === "proximal" ? this.before : this.after;
  }

  /**
   * Whether a fragment ends in no joint: another level goes on from it, or it travels towards a docking site.
   * @type {(which: End) => boolean}
   */
  isSegment(which) {
    return Boolean(this.neighbour(which)) || (which === this.moving && Boolean(this.given.travels));
  }

  /**
   * The face of a fragment at the cut, in its own axes: height on the axis, rise per mm along x and y.
   * @type {(which: End) => { z: number, at: (x: number, y: number) => number }}
   */
  face(which) {
    const given = which === this.reference ? this.given.reference_end : null;
    const [z, alongX, alongY] = given ?? [this.cutZ, 0, 0];
    return { z, at: (x, y) => z + alongX * x + alongY * y };
  }

  /**
   * Heights of the cut and of the drawn bone end, in the axes of the proximal or distal fragment.
   * @type {(which: End) => { cut: number, end: number }}
   */
  fragmentSpan(which) {
    const up = which === "proximal" ? 1 : -1;
    const beyond = this.hasRing(which) ? this.ringInFragment(which)[11] * up + BEYOND_RING_MM[which] : -Infinity;
    const cut = this.face(which).z;
    return { cut, end: up * Math.max(beyond, cut * up + SHORTEST_FRAGMENT_MM) };
  }

  /**
   * Body of a ring; a ring given by joints only gets a band round its joints.
   * @type {(which: End) => RingBody}
   */
  ringBody(which) {
    const given = this.given.rings?.[which];
    if (given) return given;
    const radii = this.joints(which).map(([x, y]) => Math.hypot(x, y));
    const mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length;
    return { inner_radius_mm: mean - 10, outer_radius_mm: mean + 6, thickness_mm: 8 };
  }

  /**
   * Points that enclose what is drawn of the level on a day; `whole` when its neighbours are drawn, too.
   * @type {(day: number, whole: boolean) => Vec[]}
   */
  outline(day, whole) {
    /** @type {Vec[]} */
    const points = [];
    for (const which of BOTH_ENDS) {
      if (this.hasRing(which)) points.push(...this.#rim(which, day));
      if (whole && this.neighbour(which)) continue;
      for (const tip of this.#tips(which)) points.push(apply(this.fragmentPose(which, day), tip));
    }
    return points;
  }

  /** @type {(which: End, day: number) => Vec[]} */
  #rim(which, day) {
    const radius = this.ringBody(which).outer_radius_mm + 12;
    const T_ref_ring = this.ringPose(which, day);
    return Array.from({ length: 12 }, (_, k) => {
      const turn = (k * Math.PI) / 6;
      return apply(T_ref_ring, [radius * Math.sin(turn), -radius * Math.cos(turn), 0]);
    });
  }

  /** @type {(which: End) => Vec[]} */
  #tips(which) {
    const { cut, end } = this.fragmentSpan(which);
    if (this.bone === "foot" && which === "distal") return HEEL_AND_TOES_MM.map(([x, y, z]) => [x, y, z + cut]);
    return [[0, 0, end + (which === "proximal" ? 1 : -1) * PAST_THE_END_MM]];
  }
}
