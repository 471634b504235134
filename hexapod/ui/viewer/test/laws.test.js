// Literal facts about what stands where on the screen: numbers a reader can check against a drawing.
import assert from "node:assert/strict";
import test from "node:test";

import { FrameScene } from "../src/frame_scene.js";
import { dot } from "../src/frames.js";
import { placeNumbers } from "../src/label_places.js";
import { directions, edgeOf, viewAxes } from "../src/views.js";
import { dayInWords, limbInWords, referenceInWords } from "../src/words.js";

const STILL = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
const at = (deg, radius, z) => [radius * Math.sin((deg * Math.PI) / 180), -radius * Math.cos((deg * Math.PI) / 180), z];
const PROXIMAL = [-4, 4, 116, 124, 236, 244].map((deg) => at(deg, 100, -10));
const DISTAL = [304, 56, 64, 176, 184, 296].map((deg) => at(deg, 100, 10));

function frame(changes = {}) {
  const settings_mm = [150, 150, 150, 150, 150, 150.5];
  return new FrameScene({
    fingerprint: "a", title: "", side: "right", bone: "tibia", reference: "proximal", level_name: "proximal tibia",
    days: [{ date: "2026-03-14", stage: "start", settings_mm }, { date: "2026-03-15", stage: "correct", settings_mm }],
    poses: [STILL, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -7]],
    T_ref_ring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 60], T_mov_mring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -80],
    proximal_joints_mm: PROXIMAL, distal_joints_mm: DISTAL, rings: {}, strut_colours: Array(6).fill("#808080"),
    bone_diameter_mm: 28, osteotomy_z_mm: -10, structures: [], ...changes,
  });
}

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
  const scene = frame({
    reference: "distal", poses: [STILL, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 7]],
    T_ref_ring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -80], T_mov_mring: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 60],
  });
  const [[proximal, distal]] = scene.struts(1);
  assert.ok(Math.abs(proximal[2] - 57) < 1e-12 && Math.abs(distal[2] + 70) < 1e-12);
});

test("a side or reference that is not one is refused", () => {
  assert.throws(() => frame({ side: "R" }), /side must be/);
  assert.throws(() => frame({ reference: undefined }), /reference must be/);
  assert.throws(() => frame({ poses: [STILL] }), /one pose for every day/);
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

test("a level that follows, a segment and an open gap are told by the payload alone", () => {
  const plain = frame();
  assert.equal(referenceInWords(plain), "proximal fragment: held still (reference)");
  assert.deepEqual([plain.newBone, plain.isSegment("proximal"), plain.isSegment("distal")], [true, false, false]);
  const follower = frame({ follows: true, new_bone: false, segments: { proximal: true, distal: false } });
  assert.equal(referenceInWords(follower), "proximal fragment: reference, drawn as if it stood still");
  assert.deepEqual([follower.newBone, follower.isSegment("proximal"), follower.isSegment("distal")], [false, true, false]);
});
