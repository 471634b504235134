// Which point is asked for next: literal facts, without a page.
import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { createElement: () => ({ setAttribute() {}, append() {} }) };
const { PointList } = await import("../src/films/point_list.js");
const { placeOf } = await import("../src/films/point_sketch.js");
const { PlacedPoints } = await import("../src/films/placed_points.js");

function list() {
  const points = new PlacedPoints(), found = new PointList(points, () => {});
  const wanted = (is, group, asked) => ({ is, label: is, short: "", help: "", group, asked });
  found.wanted = [wanted("free.200", "Ruler", true), wanted("free.201", "Ruler", true), wanted("origin", "", true),
    wanted("osteotomy", "", true), wanted("joint.ankle.medial", "Joints", false), wanted("joint.ankle.lateral", "Joints", false)];
  return { points, found };
}

test("what the page asks for comes in its order, and joints only when somebody chose one", () => {
  const { points, found } = list();
  const order = [];
  while (found.placing) {
    const { is } = found.placing;
    order.push(is);
    points.put(is, [0, 0]);
    found.placed(is);
  }
  assert.deepEqual(order, ["free.200", "free.201", "origin", "osteotomy"]);
  found.next = "joint.ankle.medial";
  points.put(found.placing.is, [0, 0]);
  found.placed("joint.ankle.medial");
  assert.equal(found.placing.is, "joint.ankle.lateral");
  points.put("joint.ankle.lateral", [0, 0]);
  found.placed("joint.ankle.lateral");
  assert.equal(found.placing, undefined);
});

test("a point that was skipped is asked for no more, unless somebody chooses it", () => {
  const { points, found } = list();
  points.take([{ is: "free.200", at_px: [0, 0] }, { is: "free.201", at_px: [0, 0] }]);
  found.skip();
  assert.equal(found.placing.is, "osteotomy");
  found.skip();
  assert.equal(found.placing, undefined);
  found.next = "origin";
  assert.equal(found.placing.is, "origin");
});

test("the drawing has a point where it lies on the picture: upper fragment on top, the edge of the right on the right", () => {
  const upper = placeOf("reference.cortex.2.medial", "medial", "reference"), lower = placeOf("moving.cortex.2.lateral", "medial", "reference");
  assert.ok(upper.x > 32 && upper.y < 56 && !upper.leg);
  assert.ok(lower.x < 32 && lower.y > 56);
  // With the distal fragment as the reference it is the lower one.
  assert.ok(placeOf("reference.cortex.2.medial", "medial", "moving").y > 56);
  assert.ok(placeOf("joint.ankle.lateral", "lateral", "reference").x > 32);
  assert.ok(placeOf("joint.trochanter.centre", "medial", "reference").x < 32);
  assert.ok(placeOf("joint.ankle.medial", "medial", "reference").y > placeOf("joint.knee.centre", "medial", "reference").y);
  assert.equal(placeOf("free.200", "medial", "reference"), undefined);
});
