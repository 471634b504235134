// @ts-check
// A small drawing of where a point lies: two fragments, or a whole leg for a joint, with a dot.
import { svg } from "../dom.js";

const WIDE = 64, HIGH = 112, MIDDLE = WIDE / 2, BONE = 9;
// Heights of the joints on the drawing of a leg, and how far its ends of a joint line lie aside.
/** @type {Record<string, number>} */
const JOINTS = { hip: 8, trochanter: 15, distal_femur: 52, knee: 56, proximal_tibia: 60, ankle: 104 };
const LINE_END = 9, TROCHANTER_ASIDE = 12;

/**
 * Where the dot of a point is drawn, and on what; undefined for points without a place of their own.
 * `right` is the edge on the right of the picture, `upper` the fragment on top.
 * @type {(is: string, right: string, upper: string) => { x: number, y: number, leg: boolean } | undefined}
 */
export function placeOf(is, right, upper) {
  const [head, second, third, fourth] = is.split(".");
  const aside = (/** @type {string} */ edge) => (edge === right ? 1 : -1);
  if (head === "joint") {
    const y = JOINTS[second];
    if (y === undefined) return undefined;
    // The trochanter lies laterally; where medial is on the right, to the left.
    const out = second === "trochanter" ? (right === "lateral" ? 1 : -1) * TROCHANTER_ASIDE : third === "centre" ? 0 : aside(third) * LINE_END;
    return { x: MIDDLE + out, y, leg: true };
  }
  if (second === "cortex") {
    const far = 12 + 9 * (Number(third) - 1);
    return { x: MIDDLE + aside(fourth) * BONE, y: HIGH / 2 + (head === upper ? -far : far), leg: false };
  }
  const end = { origin: upper === "reference" ? -4 : 4, corresponding: upper === "reference" ? 4 : -4, osteotomy: 0 }[is];
  return end === undefined ? undefined : { x: MIDDLE, y: HIGH / 2 + end, leg: false };
}

/** @type {(is: string, right: string, upper: string) => SVGSVGElement | undefined} */
export function sketch(is, right, upper) {
  const place = placeOf(is, right, upper);
  if (!place) return undefined;
  const bone = { fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
  const limb = place.leg
    ? [svg("circle", { ...bone, cx: MIDDLE, cy: JOINTS.hip, r: 6 }),
      svg("path", { ...bone, d: `M${MIDDLE} 14V50M${MIDDLE - 9} 52H${MIDDLE + 9}M${MIDDLE - 9} 60H${MIDDLE + 9}M${MIDDLE} 62V102M${MIDDLE - 9} 104H${MIDDLE + 9}` })]
    : [svg("rect", { ...bone, x: MIDDLE - BONE, y: 2, width: 2 * BONE, height: HIGH / 2 - 4 }),
      svg("rect", { ...bone, x: MIDDLE - BONE, y: HIGH / 2 + 2, width: 2 * BONE, height: HIGH / 2 - 4 })];
  return svg("svg", { class: "film-sketch", viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true" },
    ...limb, svg("circle", { cx: place.x, cy: place.y, r: 5, fill: "#ff5a9d", stroke: "#000", "stroke-width": 1 }));
}
