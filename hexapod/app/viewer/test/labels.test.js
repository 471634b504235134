// Words and numbers over the drawing: on the right side, beside one another, and none where it says something wrong.
import assert from "node:assert/strict";
import test from "node:test";

import { boxAround, freePlace, shared } from "../src/labels/boxes.js";
import { Compass } from "../src/labels/compass.js";
import { Labels } from "../src/labels/labels.js";
import { placeNumbers } from "../src/labels/label_places.js";
import { between } from "../src/scene/frames.js";
import { directions, viewAxes } from "../src/scene/views.js";
import { frame, level, page } from "./sample.js";

const SIZE = { width: 800, height: 520 };

/** A flat drawing, a pixel a millimetre, the origin in its middle. */
function drawingOf(scene, view, sight = 1, discs = []) {
  const axes = viewAxes(view, scene.lat);
  const along = (axis, point) => axis.reduce((sum, value, k) => sum + value * point[k], 0);
  return {
    size: SIZE, points: scene.outline(), sight, discs, seenAlong: () => axes, axes,
    toScreen: (point) => [SIZE.width / 2 + along(axes.right, point), SIZE.height / 2 - along(axes.up, point), 0],
  };
}

function labelled(scene, view) {
  const layer = page();
  const labels = new Labels(layer);
  const drawing = drawingOf(scene, view);
  labels.setScene(scene);
  labels.setAxes(drawing.axes, view === "Free");
  labels.place(drawing, 0);
  return { labels, layer, drawing };
}

const shown = (layer) => layer.children.filter(({ tag, hidden }) => tag === "span" && !hidden);
const edges = (layer) => Object.fromEntries(
  shown(layer).filter(({ dataset }) => dataset.edge).map(({ dataset, textContent }) => [dataset.edge, textContent]));
const placeOf = ({ style }) => /translate\(([-\d.]+)px, ([-\d.]+)px\)/.exec(style.transform).slice(1).map(Number);

test("the edges of the AP view tell medial and lateral by the side of the limb", () => {
  const right = { top: "PROXIMAL", bottom: "DISTAL", right: "MEDIAL", left: "LATERAL" };
  assert.deepEqual(edges(labelled(frame(), "AP").layer), right);
  assert.deepEqual(edges(labelled(frame({ side: "left" }), "AP").layer), { ...right, right: "LATERAL", left: "MEDIAL" });
});

test("a scene of the other side, put in the place of the first, turns the words round", () => {
  const { labels, layer } = labelled(frame(), "AP");
  const left = frame({ side: "left" });
  labels.setScene(left);
  labels.setAxes(viewAxes("AP", left.lat), false);
  assert.equal(edges(layer).left, "MEDIAL");
});

test("the free view has no words at its edges: its six arms have them", () => {
  const { layer } = labelled(frame(), "Free");
  assert.deepEqual(edges(layer), {});
  const arms = shown(layer).filter(({ attributes }) => attributes.class.includes("direction"));
  assert.ok(arms.length >= 3);
  const boxes = arms.map((arm) => [...placeOf(arm), parseFloat(arm.style.width)]);
  boxes.forEach(([x, y, width], i) => boxes.slice(i + 1).forEach(([x2, y2, width2]) => {
    assert.ok(Math.abs(y - y2) > 15 || x > x2 + width2 || x2 > x + width, "two words on one another");
  }));
});

test("of two arms in one line of sight the one in front has its word", () => {
  const layer = page();
  const { lat } = frame();
  const compass = new Compass(layer, directions(lat));
  const s = Math.SQRT1_2;
  // From the patient's left and behind: medial, in front, and anterior, behind, both point to the left of the screen.
  compass.place(directions(lat), { toward: [s, s, 0], right: [-s, s, 0], up: [0, 0, 1] }, SIZE);
  const words = layer.children.filter(({ tag }) => tag === "span");
  const told = Object.fromEntries(words.map((word) => [word.textContent, !word.hidden]));
  assert.deepEqual(told, { PROXIMAL: true, DISTAL: true, ANTERIOR: false, POSTERIOR: true, MEDIAL: true, LATERAL: false });
});

const STRUCTURES = [
  { name: "common peroneal nerve", p_mov_mm: [-45, 20, -20] }, { name: "anterior tibial artery", p_mov_mm: [-44, 10, -21] },
  { name: "tibial nerve", p_mov_mm: [30, 30, -22] },
];

test("names of structures stand beside the drawing on their own side, none on another", () => {
  const { layer } = labelled(frame({}, level({ structures: STRUCTURES })), "AP");
  const names = Object.fromEntries(shown(layer).filter(({ attributes }) => attributes.class === "word structure")
    .map((node) => [node.textContent, placeOf(node)]));
  assert.deepEqual(Object.keys(names).sort(), STRUCTURES.map(({ name }) => name).sort());
  // Seen from the front a right limb has its lateral side on the left.
  assert.ok(names["common peroneal nerve"][0] < SIZE.width / 2 && names["anterior tibial artery"][0] < SIZE.width / 2);
  assert.ok(names["tibial nerve"][0] > SIZE.width / 2);
  assert.ok(Math.abs(names["common peroneal nerve"][1] - names["anterior tibial artery"][1]) >= 19 - 1e-9);
});

test("the name of a structure goes with its fragment", () => {
  const { labels, layer, drawing } = labelled(frame({}, level({ structures: [STRUCTURES[2]] })), "AP");
  const line = () => layer.children[0].children[0].attributes.d.match(/[-\d.]+/g).map(Number);
  const [x, y] = line();
  labels.place(drawing, 1);
  assert.deepEqual([line()[0] - x, line()[1] - y], [0, 7]);
});

test("names of a scene of before are gone with it", () => {
  const { labels, layer } = labelled(frame({}, level({ structures: STRUCTURES })), "AP");
  labels.setScene(frame());
  assert.equal(shown(layer).filter(({ attributes }) => attributes.class === "word structure").length, 0);
});

test("of a construct every level has its name, but not seen along the limb", () => {
  const both = () => frame({}, level(), level({ name: "ankle", segment_mm: [0, 0, -170] }));
  const names = (view) => shown(labelled(both(), view).layer)
    .filter(({ attributes }) => attributes.class === "word level-name").map(({ textContent }) => textContent);
  assert.deepEqual(names("AP"), ["proximal tibia", "ankle"]);
  assert.deepEqual(names("From proximal"), []);
});

test("numbers stay where they are as long as they keep clear, and stand on their own strut", () => {
  const struts = frame().struts(0);
  const toScreen = ([x, , z]) => [2 * x, -2 * z];
  const first = placeNumbers(struts, toScreen, 29, false);
  const current = first.map((t) => t + 0.01);
  assert.deepEqual(placeNumbers(struts, toScreen, 20, false, current), current);
  first.forEach((t, k) => {
    const [p, d] = struts[k];
    const on = between(p, d, t);
    assert.ok(t > 0 && t < 1 && on.every((value, i) => value >= Math.min(p[i], d[i]) - 1e-9 && value <= Math.max(p[i], d[i]) + 1e-9));
  });
  // Two struts in one line of sight: the second number moves along.
  const [a, b] = placeNumbers([struts[0], struts[0]], toScreen, 20, false);
  assert.notEqual(a, b);
});

const STAGE = { width: 300, height: 200 };

test("a name takes the nearest height at which it covers nothing", () => {
  const taken = [boxAround(50, 100, 14)];
  const at = freePlace([{ left: 20, cost: 0 }], 100, { width: 80, height: 16 }, taken, STAGE);
  assert.equal(shared(at, taken[0]), 0);
  assert.equal(at.left, 20);
  assert.ok(at.top > 100 && at.top < 125, `just below, not at ${at.top}`);
  assert.deepEqual(freePlace([{ left: 20, cost: 0 }], 40, { width: 80, height: 16 }, taken, STAGE),
    { left: 20, top: 32, right: 100, bottom: 48 });
});

test("where one side is full a name goes to the other, and where all is full it covers least", () => {
  const wall = [{ left: 0, top: 0, right: 150, bottom: 200 }];
  const lefts = [{ left: 20, cost: 0 }, { left: 180, cost: 90 }];
  assert.equal(freePlace(lefts, 100, { width: 80, height: 16 }, wall, STAGE).left, 180);
  const room = [{ left: 0, top: 0, right: 300, bottom: 150 }, { left: 0, top: 160, right: 300, bottom: 200 }];
  const squeezed = freePlace([{ left: 20, cost: 0 }], 20, { width: 80, height: 16 }, room, STAGE);
  assert.ok(squeezed.top > 130, "in the gap, as far as it goes");
  assert.ok(freePlace([{ left: 20, cost: 0 }], 0, { width: 80, height: 16 }, [], { width: 0, height: 0 }), "a place in no room");
  assert.ok(freePlace([{ left: 280, cost: 0 }], 198, { width: 80, height: 16 }, [], STAGE).right <= 296, "inside");
});
