// @ts-check
// What the Python side sends (README.md tells what every key means), and what the parts of the viewer hand to one another.
/** @import { BufferGeometry } from "three" */

/** @typedef {number[]} Vec A point or a direction: x, y, z; lengths in mm. */
/** @typedef {number[]} Pose Twelve numbers: the first three rows of a 4x4 matrix, row by row. */
/** @typedef {[Vec, Vec]} Segment Two ends; of a strut the proximal joint and the distal one. */
/** @typedef {"left" | "right"} Side */
/** @typedef {"proximal" | "distal"} End */
/** @typedef {"AP" | "Lateral" | "From proximal" | "Free"} ViewName */
/** @typedef {"Off" | "Faint" | "Solid"} LimbState */

/** @typedef {{ inner_radius_mm: number, outer_radius_mm: number, thickness_mm: number, edges_mm?: [Vec[], Vec[]] }} RingBody */
/** @typedef {{ shortest_mm: number | null, longest_mm: number | null, diameter_mm: number }} StrutBody */
/**
 * @typedef {object} StrutModel
 * @property {number} from_day
 * @property {string} [model]
 * @property {number} shortest_mm
 * @property {number} longest_mm
 * @property {number | null} diameter_mm
 */
/**
 * @typedef {object} GivenLimb
 * @property {Vec} proximal_mm
 * @property {Vec} distal_mm
 * @property {number} proximal_radius_mm
 * @property {number} distal_radius_mm
 */
/**
 * A level as it is sent.
 * @typedef {object} GivenLevel
 * @property {string} [name]
 * @property {End} reference
 * @property {boolean} [follows]
 * @property {Vec | null} [segment_mm]
 * @property {boolean} [new_bone]
 * @property {(number[] | null)[]} poses
 * @property {Pose | null} T_ref_ring Null, as all of a ring, where it is not known yet.
 * @property {Pose | null} T_mov_mring
 * @property {Vec[] | null} proximal_joints_mm
 * @property {Vec[] | null} distal_joints_mm
 * @property {{ proximal?: RingBody | null, distal?: RingBody | null }} [rings]
 * @property {(StrutModel[] | null)[]} [struts]
 * @property {number | null} [bone_diameter_mm]
 * @property {number | null} [osteotomy_z_mm]
 * @property {number[] | null} [reference_end]
 * @property {boolean} [travels]
 * @property {{ name: string, p_mov_mm: Vec }[]} [structures]
 * @property {GivenLimb | null} [limb]
 */
/**
 * The scene as it is sent.
 * @typedef {object} Payload
 * @property {string} fingerprint
 * @property {string} [title]
 * @property {Side} side
 * @property {string} bone
 * @property {boolean} [planned] False of entries that make no plan yet: one day, without a date.
 * @property {string[]} [notes] What of them is not drawn, and why.
 * @property {string | null} first_date
 * @property {[string, number][]} stages
 * @property {(number[] | null)[]} settings_mm
 * @property {string[]} strut_colours
 * @property {number} in_hand
 * @property {boolean} [others_unknown]
 * @property {GivenLevel[]} levels
 */
/** @typedef {{ day: number, bodies?: string[], number: number }} Jump */

/** @typedef {{ date: string, stage: string, settings_mm: number[] }} Day */
/** @typedef {{ ends: Segment, radii: number[] }} LimbCone */
/** @typedef {{ right: Vec, up: Vec, toward: Vec }} Axes */
/** @typedef {{ word: string, along: Vec }} Direction */
/** @typedef {{ offset: Vec, target: Vec }} FreeCamera */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box Pixels from the top left corner. */
/** @typedef {typeof import("./theme.js").LIGHT} Palette */
/** @typedef {Exclude<keyof Palette, "dark"> | "white"} Tone A colour by its name in the palette. */
/** @typedef {[Tone, BufferGeometry]} Part A shape with the name of its colour. */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */
/** @typedef {{ canvas: HTMLCanvasElement, context: WebGL2RenderingContext }} Surface */

/**
 * A fragment for the shapes of bones: `lat` is the x of lateral, `r` the radius of the shaft, `s` the size.
 * @typedef {{ cut: number, end: number, r: number, s: number, lat: number, onUlna: boolean }} Fragment
 */
/**
 * What a drawing tells the viewer.
 * @typedef {object} Hooks
 * @property {(drawing: Drawing) => void} beforeDraw
 * @property {(ms: number) => void} afterDraw
 * @property {() => void} moved
 * @property {(size: Size) => Box[]} words Words at the edges of a picture of this size, which no number may cover.
 */
/**
 * What words over the drawing ask of it; by WebGL or by SVG.
 * @typedef {object} Drawing
 * @property {Size} size
 * @property {Vec[]} points
 * @property {number} [sight]
 * @property {(point: Vec) => number[]} toScreen
 * @property {() => Axes} seenAlong
 * @property {Box[]} discs The numbers of the struts, as last placed.
 */
/**
 * What the panel's buttons call.
 * @typedef {object} PanelCalls
 * @property {(name: ViewName) => void} view
 * @property {(state: LimbState) => void} limb
 * @property {(yes: boolean) => void} whole
 * @property {() => void} plain
 * @property {(factor: number) => void} zoom
 * @property {() => void} play
 * @property {(day: number) => void} slide
 * @property {(yes: boolean) => void} fold
 */

export {};
