// Literal facts about what stands where on the screen: numbers a reader can check against a drawing.
import assert from "node:assert/strict";
import test from "node:test";

import { apply, compose, distance, dot, inverse, originOf } from "../src/scene/frames.js";
import { placeNumbers } from "../src/labels/label_places.js";
import { nearestPoints, ontoLimb, segmentToSegment } from "../src/scene/near.js";
import { unpackDays, unpackPoses } from "../src/unpack.js";
import { directions, edgeOf, viewAxes } from "../src/scene/views.js";
import { frame, level, SETTINGS } from "./sample.js";
import { bodiesInWords, dayInWords, limbInWords, referenceInWords } from "../src/words.js";

const words = (view, lat) => {
  const axes = viewAxes(view, lat);
  return Object.fromEntries(directions(lat).map(({ word, along }) => [edgeOf(along, axes), word]));
};

test("AP: the patient's left is on the right of the screen, medial of a right limb too", () => {
  assert.ok(dot(viewAxes("AP", -1).right, [1, 0, 0]) > 0.999);
  const right = words("AP", -1);
  assert.deepEqual([right.right, right.left, right.top, right.bottom], ["MEDIAL", "LATERAL", "PROXIMAL", "DISTAL"]);
  const left = words("AP", 1);
  assert.deepEqual([left.right, left.left, left.top, left.bottom], ["LATERAL", "MEDIAL", "PROXIMAL", "DISTAL"]);
});

test("lateral: a right limb is seen from its right with the front on the right, a left limb the other way round", () => {
  assert.deepEqual([words("Lateral", -1).right, words("Lateral", 1).right], ["ANTERIOR", "POSTERIOR"]);
  assert.deepEqual(viewAxes("Lateral", -1).toward, [-1, 0, 0]);
});

test("from proximal: front at the bottom, strut 1 left of the tab, strut 2 right of it, the rest counter-clockwise", () => {
  const axes = viewAxes("From proximal", -1);
  assert.equal(words("From proximal", -1).bottom, "ANTERIOR");
  const seen = frame().struts(0).map(([p]) => [dot(p, axes.right), dot(p, axes.up)]);
  assert.ok(seen[0][0] < 0 && seen[0][1] < -90, "strut 1");
  assert.ok(seen[1][0] > 0 && seen[1][1] < -90, "strut 2");
  const turns = seen.map(([x, y]) => (Math.atan2(x, -y) * 180) / Math.PI).map((a) => (a < -10 ? a + 360 : a));
  assert.deepEqual(turns.map(Math.round), [-4, 4, 116, 124, 236, 244]);
});

test("distraction of 7 mm moves the distal joints 7 mm away from the trunk and leaves the proximal ones", () => {
  const scene = frame();
  scene.struts(1).forEach(([proximal, distal], k) => {
    const [before, beforeDistal] = scene.struts(0)[k];
    assert.deepEqual(proximal, before);
    assert.ok(Math.abs(distal[2] - beforeDistal[2] + 7) < 1e-12);
  });
});

test("with the distal fragment as reference the proximal ring moves", () => {
  const scene = frame({}, level({
    reference: "distal", poses: [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 7000]],
    T_ref_ring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -80], T_mov_mring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 60],
  }));
  const [[proximal, distal]] = scene.struts(1);
  assert.ok(Math.abs(proximal[2] - 57) < 1e-12 && Math.abs(distal[2] + 70) < 1e-12);
});

test("six whole numbers are a pose: a quarter turn about z takes +x to +y; null is the day before", () => {
  const [first, second] = unpackPoses([[0, 0, 1570796, 1500, 0, -2000], null]);
  const [x, y, z] = apply(first, [10, 0, 0]);
  assert.ok(Math.abs(x - 1.5) < 1e-4 && Math.abs(y - 10) < 1e-4 && Math.abs(z + 2) < 1e-4);
  assert.equal(first, second);
});

test("days are calendar days across a month, a leap day and a year", () => {
  const days = (first_date) => unpackDays({ first_date, stages: [["a", 1], ["b", 1]], settings_mm: [SETTINGS, null] });
  assert.equal(days("2028-02-28")[1].date, "2028-02-29");
  assert.equal(days("2026-12-31")[1].date, "2027-01-01");
  assert.deepEqual(days("2026-12-31").map(({ stage }) => stage), ["a", "b"]);
  assert.deepEqual(days("2026-12-31")[1].settings_mm, SETTINGS);
  assert.throws(() => unpackDays({ first_date: "2026-12-31", stages: [], settings_mm: [SETTINGS] }), /stage for every day/);
});

test("a side or reference that is not one is refused", () => {
  assert.throws(() => frame({ side: "R" }), /side must be/);
  assert.throws(() => frame({}, level({ reference: undefined })), /reference must be/);
  assert.throws(() => frame({}, level({ poses: [[0, 0, 0, 0, 0, 0]] })), /one pose for every day/);
});

test("numbers keep apart, words are calendar words", () => {
  const toScreen = ([x, , z]) => [2 * x, -2 * z];
  const struts = frame().struts(0);
  const spots = placeNumbers(struts, toScreen, 29, false).map((t, k) =>
    toScreen(struts[k][0].map((value, i) => value + t * (struts[k][1][i] - value))));
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < i; j++) assert.ok(Math.hypot(spots[i][0] - spots[j][0], spots[i][1] - spots[j][1]) >= 29);
  }
  assert.equal(dayInWords(frame(), 1), "Day 1 of 1 · Sun 15 Mar 2026 · correct");
  assert.equal(limbInWords({ side: "left", bone: "tibia" }), "LEFT TIBIA");
});

test("a level that follows and an open gap are told by the payload alone", () => {
  const plain = frame();
  assert.equal(referenceInWords(plain), "proximal fragment: reference (fixed)");
  const { newBone } = plain.inHand;
  assert.deepEqual([newBone, plain.inHand.isSegment("proximal"), plain.inHand.isSegment("distal")], [true, false, false]);
  const follower = frame({}, level({ follows: true, new_bone: false, travels: true }));
  assert.equal(referenceInWords(follower), "proximal fragment: reference, drawn as if it were fixed");
  assert.deepEqual([follower.inHand.newBone, follower.inHand.isSegment("distal")], [false, true]);
});

test("transport: the segment goes 7 mm distally, the ends of the construct stay, the second level closes", () => {
  const scene = frame({}, level(), level({
    name: "docking site", poses: [[0, 0, 0, 0, 0, -60000], [0, 0, 0, 0, 0, -53000]], segment_mm: [0, 0, -70], new_bone: false,
    osteotomy_z_mm: 0, reference_end: [0, 0, 0], T_ref_ring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 15],
  }));
  assert.equal(scene.whole, true);
  const [first, second] = scene.levels;
  assert.deepEqual(originOf(scene.T_world_ref(second, 0)), [0, 0, -70]);
  assert.deepEqual(originOf(scene.T_world_ref(second, 1)), [0, 0, -77]);
  for (const day of [0, 1]) assert.ok(Math.abs(scene.inWorld(second, day, originOf(second.T_ref_mov(day)))[2] + 130) < 1e-9);
  assert.deepEqual([first.isSegment("distal"), second.isSegment("proximal"), first.isSegment("proximal")], [true, true, false]);
  assert.deepEqual(scene.paths(), [[[0, 0, -70], [0, 0, -77]]]);
  scene.whole = false;
  assert.deepEqual(scene.drawn, [first]);
  assert.equal(scene.struts(0).length, 6);
});

test("a distal reference in a construct: the level's axes ride on its distal fragment", () => {
  const scene = frame({}, level(), level({
    reference: "distal", poses: [[0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 7000]], segment_mm: [0, 0, -70],
  }));
  assert.deepEqual([0, 1].map((day) => originOf(scene.T_world_ref(scene.levels[1], day))[2]), [-70, -84]);
});

test("the inverse of a pose undoes it", () => {
  const [T] = unpackPoses([[300000, -200000, 900000, 12000, -5000, 40000]]);
  compose(T, inverse(T)).forEach((value, k) => assert.ok(Math.abs(value - (k % 5 === 0 ? 1 : 0)) < 1e-12));
});

test("a bone cut while 40 mm short: the reference fragment ends 40 mm higher, a leaning cut is a leaning face", () => {
  const short = frame({}, level({ reference_end: [30, 0.1, 0] })).inHand;
  assert.deepEqual([short.face("proximal").z, short.face("distal").z], [30, -10]);
  assert.ok(Math.abs(short.face("proximal").at(10, 5) - 31) < 1e-12);
});

test("a strut is drawn as the model that stands there on the day", () => {
  const models = [{ from_day: 0, shortest_mm: 95, longest_mm: 130, diameter_mm: 12 }, { from_day: 1, shortest_mm: 120, longest_mm: 180, diameter_mm: null }];
  const own = frame({}, level({ struts: Array(6).fill(models) })).inHand;
  assert.deepEqual([own.strutBody(0, 0).shortest_mm, own.strutBody(5, 1).shortest_mm, own.strutBody(5, 1).diameter_mm], [95, 120, 12]);
});

test("nearest points: crossing segments, parallel ones, and a point beside, beyond and inside a cone", () => {
  assert.deepEqual(segmentToSegment([[0, 0, 0], [10, 0, 0]], [[5, -5, 5], [5, 5, 5]]), [[5, 0, 0], [5, 0, 5]]);
  const [a, b] = segmentToSegment([[0, 0, 0], [10, 0, 0]], [[20, 3, 0], [12, 3, 0]]);
  assert.deepEqual([a, b], [[10, 0, 0], [12, 3, 0]]);
  const limb = { ends: [[0, 0, 0], [0, 0, -100]], radii: [40, 40] };
  assert.deepEqual([ontoLimb(limb, [60, 0, -50]).gap, ontoLimb(limb, [60, 0, -50]).at], [20, [40, 0, -50]]);
  assert.ok(Math.abs(ontoLimb(limb, [0, 45, -120]).gap - 5) < 1e-9);
  assert.ok(Math.abs(ontoLimb(limb, [0, 30, -50]).gap + 10) < 1e-9);
});

test("a pair has its nearest points on both bodies, whichever is named first", () => {
  const scene = frame({}, level({
    limb: { proximal_mm: [0, 0, 0], distal_mm: [0, 0, 0], proximal_radius_mm: 50, distal_radius_mm: 50 },
    rings: { proximal: { inner_radius_mm: 90, outer_radius_mm: 106, thickness_mm: 8 }, distal: { inner_radius_mm: 90, outer_radius_mm: 106, thickness_mm: 8 } },
  }));
  const gap = (names) => {
    const pair = nearestPoints(scene.inHand, names, 0);
    return distance(...pair);
  };
  assert.ok(Math.abs(gap(["proximal ring", "limb"]) - 40) < 1e-6);
  assert.ok(Math.abs(gap(["limb", "proximal ring"]) - 40) < 1e-6);
  assert.ok(Math.abs(gap(["proximal ring", "distal ring"]) - 132) < 1e-6);
  assert.equal(nearestPoints(scene.inHand, ["strut 1"], 0), null);
  assert.equal(nearestPoints(scene.inHand, ["strut 1", "something else"], 0), null);
});

test("what stands out is named in words", () => {
  assert.equal(bodiesInWords(["strut 2", "strut 3"]), "Struts 2 and 3");
  assert.equal(bodiesInWords(["strut 1", "limb"]), "Strut 1 and the limb");
  assert.equal(bodiesInWords(["distal ring", "limb"]), "The distal ring and the limb");
  assert.equal(bodiesInWords(["proximal ring", "distal ring"]), "The two rings");
  assert.equal(bodiesInWords(["strut 4"]), "Strut 4");
  assert.equal(bodiesInWords(["bone"]), "The bone");
  assert.equal(bodiesInWords([]), "");
});
