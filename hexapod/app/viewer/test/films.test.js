// Where a radiograph lies on the screen, and its points with the way back: literal facts.
import assert from "node:assert/strict";
import test from "node:test";

import { FilmView } from "../src/films/film_view.js";
import { PlacedPoints } from "../src/films/placed_points.js";
import { edgeNear } from "../src/films/snap.js";

function near(got, wanted) {
  got.forEach((value, k) => assert.ok(Math.abs(value - wanted[k]) < 1e-9, `${got} is not ${wanted}`));
}

test("fitted, a radiograph fills the height and stands in the middle", () => {
  const view = new FilmView(1000, 2000, false);
  view.fit(800, 600);
  assert.equal(view.scale, 0.3);
  near(view.toScreen([0, 0]), [250, 0]);
  near(view.toScreen([1000, 2000]), [550, 600]);
  near(view.toFilm([250, 600]), [0, 2000]);
});

test("mirrored, stored column 0 is at the right edge", () => {
  const view = new FilmView(1000, 2000, true);
  view.fit(800, 600);
  near(view.toScreen([0, 0]), [550, 0]);
  near(view.toFilm([550, 300]), [0, 1000]);
});

test("what is under the pointer stays there while it is zoomed, to 0.001 px of the radiograph", () => {
  for (const mirrored of [false, true]) {
    const view = new FilmView(3000, 4000, mirrored);
    view.fit(700, 620);
    const at = view.toFilm([333, 222]);
    for (const factor of [1.25, 7, 0.4, 3]) view.zoom([333, 222], factor);
    view.pan(17, -9);
    near(view.toFilm([350, 213]), at);
  }
});

test("turned left to right and resized, the middle stays the middle", () => {
  const view = new FilmView(1000, 1000, false);
  view.fit(400, 400);
  view.zoom([100, 100], 3);
  const middle = view.toFilm([200, 200]);
  view.mirror();
  near(view.toFilm([200, 200]), middle);
  view.resize(800, 600);
  near(view.toFilm([400, 300]), middle);
});

test("every step can be gone back and forth, and a moved point is no longer one that was snapped", () => {
  const points = new PlacedPoints();
  points.take([{ is: "origin", at_px: [1, 2], snapped: true }]);
  points.put("origin", [3, 4]);
  points.put("corresponding", [5, 6]);
  points.remove("origin");
  assert.deepEqual(points.list, [{ is: "corresponding", at_px: [5, 6] }]);
  points.undo();
  points.undo();
  assert.deepEqual(points.list, [{ is: "origin", at_px: [3, 4] }]);
  points.undo();
  assert.deepEqual(points.list, [{ is: "origin", at_px: [1, 2], snapped: true }]);
  assert.equal(points.undo(), false);
  points.redo();
  points.put("osteotomy", [7, 8]);
  assert.equal(points.redo(), false);
  assert.equal(points.nearest([7, 9], 2, (at) => at)?.is, "osteotomy");
  assert.equal(points.nearest([70, 9], 2, (at) => at), undefined);
});

// A bone as film shows it: `outer` and `inner` are the edges of its cortex, across the line that leans by `lean`.
function patch(at, { lean = 0, outer = 40.3, noise = 0, flat = false } = {}) {
  const side = 81, grey = new Float32Array(side * side);
  let seed = 7;
  const random = () => ((seed = (seed * 16807) % 2147483647) / 2147483647) - 0.5;
  const soft = (x) => 1 / (1 + Math.exp(-x / 0.7));
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const apart = (x + 0.5 - outer) * Math.cos(lean) + (y + 0.5 - 40.5) * Math.sin(lean);
      grey[y * side + x] = (flat ? 90 : 60 + 130 * soft(-apart) - 50 * soft(-apart - 14)) + noise * random();
    }
  }
  return { grey, side, at, reach: 10 };
}

test("the edge of the bone is found to a tenth of a pixel, from either side, with noise, leaning", () => {
  for (const x of [34, 40, 46]) {
    const found = edgeNear(patch([x, 40.5], { noise: 6 }), [1, 0]);
    assert.ok(Math.abs(found[0] - 40.3) < 0.1, `${found}`);
    assert.equal(found[1], 40.5);
  }
  // Without the other edge of the pair the grey itself tells which way is across.
  const lean = 0.3, [x, y] = edgeNear(patch([44, 42], { lean }));
  assert.ok(Math.abs((x - 40.3) * Math.cos(lean) + (y - 40.5) * Math.sin(lean)) < 0.1, `${[x, y]}`);
});

test("where the grey does not fall there is no proposal, and none from beyond the reach", () => {
  assert.equal(edgeNear(patch([40, 40], { flat: true, noise: 2 }), [1, 0]), undefined);
  assert.equal(edgeNear(patch([62, 40.5]), [1, 0]), undefined);
});

test("a proposal that is taken is snapped; moved by hand afterwards it is not", () => {
  const points = new PlacedPoints();
  points.put("moving.cortex.1.medial", [5, 6], true);
  assert.deepEqual(points.list, [{ is: "moving.cortex.1.medial", at_px: [5, 6], snapped: true }]);
  points.put("moving.cortex.1.medial", [5, 7]);
  assert.deepEqual(points.list, [{ is: "moving.cortex.1.medial", at_px: [5, 7] }]);
});
