// What is drawn, on which day and where: the scene before any drawing is made of it.
import assert from "node:assert/strict";
import test from "node:test";

import { apply } from "../src/scene/frames.js";
import { dayInWords, pictureInWords, settingsInWords, shownInWords } from "../src/words.js";
import { extent, viewAxes } from "../src/scene/views.js";
import { middleLine, reachesFront } from "../src/scene/ring_edges.js";
import { ringParts } from "../src/meshes/rings.js";
import { frame, level } from "./sample.js";

const near = (a, b) => a.forEach((value, k) => assert.ok(Math.abs(value - b[k]) < 1e-9, `${a} is not ${b}`));

test("a day that is none is the nearest that is one", () => {
  const scene = frame();
  assert.deepEqual([-3, 0, 0.4, 0.6, 1, 7, "1", undefined, NaN].map((day) => scene.clampDay(day)), [0, 0, 0, 1, 1, 1, 1, 0, 0]);
});

test("readings are told with the decimals of the finest mark, on every day alike", () => {
  assert.deepEqual(settingsInWords(frame(), 1), ["150.0", "150.0", "150.0", "150.0", "150.0", "150.5"]);
  const quarters = frame({ settings_mm: [[150, 150.25, 150, 150, 150, 150], null] });
  assert.equal(settingsInWords(quarters, 0)[0], "150.00");
  const whole = frame({ settings_mm: [[150, 151, 150, 150, 150, 150], null] });
  assert.equal(settingsInWords(whole, 0)[1], "151");
});

test("a level that is done stays as it is while another goes on", () => {
  const scene = frame({}, level(), level({ poses: [[0, 0, 0, 0, 0, 0]], segment_mm: [0, 0, -70] }));
  assert.deepEqual(scene.levels[1].T_ref_mov(1), scene.levels[1].T_ref_mov(0));
});

test("a construct without the segment between two levels is refused", () => {
  assert.throws(() => frame({}, level(), level({ segment_mm: null })), /segment between two levels/);
});

test("the lengths of the struts are those from joint to joint", () => {
  const [first, second] = [0, 1].map((day) => frame().inHand.lengths(day));
  assert.equal(first.length, 6);
  // 140 mm from ring to ring, each joint 10 mm inside its ring; from joint to joint 52 deg of a circle of 100 mm.
  near(first, Array(6).fill(Math.hypot(120, 200 * Math.sin((26 * Math.PI) / 180))));
  second.forEach((value, k) => assert.ok(value > first[k]));
});

test("the camera takes in every joint of every day, in every view", () => {
  const scene = frame();
  for (const view of ["AP", "Lateral", "From proximal", "Free"]) {
    const axes = viewAxes(view, scene.lat);
    const { middle, halfWidth, halfHeight } = extent(scene.outline(), axes);
    const along = (axis, point) => axis.reduce((sum, value, k) => sum + value * (point[k] - middle[k]), 0);
    for (const day of [0, 1]) {
      for (const point of scene.struts(day).flat()) {
        assert.ok(Math.abs(along(axes.right, point)) <= halfWidth && Math.abs(along(axes.up, point)) <= halfHeight, view);
      }
    }
  }
});

test("a ring that was not given is a band round its joints, one that was given is itself", () => {
  near(Object.values(frame().inHand.ringBody("proximal")), [90, 106, 8]);
  const given = { inner_radius_mm: 77.5, outer_radius_mm: 92, thickness_mm: 6 };
  assert.equal(frame({}, level({ rings: { proximal: given } })).inHand.ringBody("proximal"), given);
});

test("the limb rides on both rings, and is not drawn when its girth was not given", () => {
  const limb = { proximal_mm: [0, 0, 0], distal_mm: [0, 0, 0], proximal_radius_mm: 60, distal_radius_mm: 50 };
  const { inHand } = frame({}, level({ limb }));
  near(inHand.limb(0).ends.flat(), [0, 0, 60, 0, 0, -80]);
  near(inHand.limb(1).ends.flat(), [0, 0, 60, 0, 0, -87]);
  assert.equal(frame().inHand.limb(0), null);
});

test("what lies where on a day is asked of the level, not remembered from the day before", () => {
  const { inHand } = frame();
  const before = inHand.struts(0)[0][1][2];
  assert.equal(inHand.struts(1)[0][1][2], before - 7);
  assert.equal(inHand.struts(0)[0][1][2], before);
});

test("a point of the moving fragment goes with it", () => {
  const { inHand } = frame();
  near(apply(inHand.fragmentPose("distal", 1), [1, 2, 3]), [1, 2, -4]);
  near(apply(inHand.fragmentPose("proximal", 1), [1, 2, 3]), [1, 2, 3]);
});

test("the picture tells side, bone, day, what moves and every reading", () => {
  const told = pictureInWords(frame(), 1, "AP view, facing the patient", settingsInWords(frame(), 1));
  assert.equal(
    told,
    "Drawing of the external fixator on the right tibia, AP view, facing the patient. Day 1 of 1 · Sun 15 Mar 2026 · correct. " +
      "The proximal fragment is fixed, the distal fragment moves. " +
      "Settings in mm: strut 1 150.0, strut 2 150.0, strut 3 150.0, strut 4 150.0, strut 5 150.0, strut 6 150.5.",
  );
  assert.equal(dayInWords(frame(), 0), "Day 0 of 1 · Sat 14 Mar 2026 · start");
});

test("of several levels it is told which are drawn", () => {
  assert.equal(shownInWords(frame()), "");
  assert.match(shownInWords(frame({ others_unknown: true })), /does not tell how its hexapods join/);
  const both = frame({}, level(), level({ segment_mm: [0, 0, -70] }));
  assert.equal(shownInWords(both), "Whole construct, settings of “proximal tibia”");
  both.whole = false;
  assert.equal(shownInWords(both), "This hexapod alone, settings of “proximal tibia”");
});

test("an open ring is drawn as far as its body goes, with no tab where it has its opening", () => {
  const body = { inner_radius_mm: 80, outer_radius_mm: 96, thickness_mm: 8 };
  // A half ring round the heel, which opens anteriorly (-y): from the right (-x) by posterior (+y) to the left.
  const edge = (radius) => Array.from({ length: 13 }, (_, i) => [-radius * Math.cos((i * Math.PI) / 12), radius * Math.sin((i * Math.PI) / 12)]);
  const open = { ...body, edges_mm: [edge(80), edge(96)] };
  near(middleLine(open)[0], [-88, 0, 0]);
  near(middleLine(open)[6], [0, 88, 0]);
  near(middleLine(body)[0], [0, -88, 0]);
  assert.deepEqual([reachesFront(open), reachesFront(body)], [false, true]);
  const heights = (given) => {
    const [[name, band], [second]] = ringParts(given, [[0, 0, 10]]);
    band.computeBoundingBox();
    return [name, second, band.boundingBox.min.y];
  };
  assert.deepEqual(heights(body).slice(0, 2), ["ring", "tab"]);
  assert.ok(heights(body)[2] < -94);
  assert.deepEqual(heights(open).slice(0, 2), ["ring", "joint"]);
  assert.ok(heights(open)[2] > -2);
});
