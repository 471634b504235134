// Playing the days: one after the other, to the last, and never two timers at a time.
import assert from "node:assert/strict";
import test from "node:test";

import { Player } from "../src/player.js";

/** A player over the days 0 to `last`, with what it has told. */
function played(t, last, calm = false) {
  t.mock.timers.enable({ apis: ["setInterval"] });
  globalThis.window = { matchMedia: (asked) => ({ matches: calm && asked.includes("prefers-reduced-motion") }) };
  const told = [];
  let day = 0;
  const player = new Player(() => {
    day += 1;
    return day < last;
  }, (playing) => told.push(playing));
  return { player, told, day: () => day };
}

test("it shows a day every 150 ms and stops by itself at the last", (t) => {
  const { player, told, day } = played(t, 3);
  player.start();
  t.mock.timers.tick(149);
  assert.equal(day(), 0);
  t.mock.timers.tick(1);
  assert.equal(day(), 1);
  t.mock.timers.tick(10 * 150);
  assert.deepEqual([day(), player.playing, told], [3, false, [true, false]]);
});

test("started twice it goes no faster, and tells it once", (t) => {
  const { player, told, day } = played(t, 9);
  player.start();
  player.start();
  t.mock.timers.tick(300);
  assert.deepEqual([day(), told], [2, [true]]);
});

test("stopped it stays on its day, and stopping again tells nothing", (t) => {
  const { player, told, day } = played(t, 9);
  player.stop();
  player.start();
  t.mock.timers.tick(150);
  player.stop();
  player.stop();
  t.mock.timers.tick(1500);
  assert.deepEqual([day(), told], [1, [true, false]]);
  player.start();
  t.mock.timers.tick(150);
  assert.equal(day(), 2);
});

test("people who want little motion see a day every 700 ms", (t) => {
  const { player, day } = played(t, 9, true);
  player.start();
  t.mock.timers.tick(699);
  assert.equal(day(), 0);
  t.mock.timers.tick(1);
  assert.equal(day(), 1);
});

test("a browser that cannot be asked about motion plays at the usual pace", (t) => {
  const { player, day } = played(t, 9);
  globalThis.window = {};
  player.start();
  t.mock.timers.tick(150);
  assert.equal(day(), 1);
});
