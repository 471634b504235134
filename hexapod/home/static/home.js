// The page of a plan at home.  What it shows comes from the server once and is kept on the phone; what is entered is
// kept there until it was sent.  It never works out a setting: numbers and arrows are those of the plan.
"use strict";

const DAY_MS = 86_400_000;
// Clocks of phones differ from the server's by less than this; a larger step back was made by a person.
const CLOCK_MS = 300_000;
const RETRY_MS = 30_000;
// How old may be what an open page knows of its plan.
const NEW_MS = 600_000;
const NUMBER = /^\d{1,4}([.,]\d{1,3})?$/;
const UP = "▲", DOWN = "▼";

const link = location.hash.slice(1) || localStorage.getItem("hexapod-link") || "";
if (link) localStorage.setItem("hexapod-link", link);
const KEY = `hexapod-${link}`;
const kept = JSON.parse(localStorage.getItem(KEY) || "null") || { plan: null, contact: 0, queue: [], done: {}, held: [] };
let words = null;
let sending = false;

const save = () => localStorage.setItem(KEY, JSON.stringify(kept));
const $ = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

// ---- time, by the phone's own clock ----
const two = (number) => String(number).padStart(2, "0");
function now() {
  const time = new Date();
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return { date, clock: `${two(time.getHours())}:${two(time.getMinutes())}`, minutes: time.getHours() * 60 + time.getMinutes() };
}
const minutesOf = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
function shown(date, style) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric", ...style };
  return new Intl.DateTimeFormat(words.code === "en" ? "en-GB" : words.code, options).format(new Date(`${date}T12:00`));
}
// How many adjustments must be done now, and how many may be: as hexapod/home/judge.py has it.
function due(times, minutes) {
  const at = times.map(minutesOf);
  if (!at.length) return [0, 0];
  const later = at.slice(1);
  const halfWays = later.map((mine, k) => (at[k] + mine) / 2);
  return [later.filter((one) => minutes >= one).length, 1 + halfWays.filter((one) => minutes >= one).length];
}

// ---- the plan on the phone ----
const dayOf = (level, date) => kept.plan.levels[level].days.find((one) => one.date === date);
const doneKey = (level, date) => `${level} ${date}`;
// The adjustments up to the clinic's time of a visit are done there.
function doneThere(level, date) {
  const at = kept.plan.visit_at;
  return at && dayOf(level, date)?.visit ? kept.plan.levels[level].times.filter((one) => one <= at).length : 0;
}
const doneOn = (level, date) => Math.max(kept.done[doneKey(level, date)] ?? 0, doneThere(level, date));
function setDone(level, date, count) {
  kept.done[doneKey(level, date)] = Math.max(count, doneOn(level, date));
}
function hold(level, held) {
  kept.held = kept.held.filter((one) => one !== level).concat(held ? [level] : []);
}
function near(scales, read, planned) {
  return read.every((one, k) => Math.abs(one - planned[k]) <= scales[k][2] / 2 + 1e-9);
}
function reading(scales, k, value) {
  const places = Math.max(scales[k][3], (String(value).split(".")[1] || "").length);
  return value.toFixed(places).replace(".", words.mark);
}

// ---- the server ----
async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, cache: "no-store", headers: { ...options.headers, Authorization: `Bearer ${link}` } });
  if (answer.status === 404 || answer.status === 410) {
    Object.assign(kept, { plan: null, stopped: true, queue: [], contact: Date.now() });
    save();
  }
  return answer;
}
async function load() {
  try {
    const answer = await ask("/plan");
    if (answer.ok) {
      const plan = await answer.json();
      Object.assign(kept, { plan, stopped: false, contact: Date.now() });
      for (const [level, date, count] of plan.done) setDone(level, date, count);
      if (!kept.queue.length) kept.held = plan.held;
      save();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // a TypeError is the browser's word for: no network
  }
}
async function send() {
  if (sending) return;
  sending = true;
  try {
    while (kept.queue.length && !kept.stopped) {
      const post = kept.queue[0];
      const answer = await ask("/posts", { method: "POST", body: JSON.stringify(post), headers: { "Content-Type": "application/json" } });
      if (answer.status === 429 || answer.status >= 500) break;
      if (kept.stopped) break;
      kept.queue.shift();
      kept.contact = Date.now();
      if (answer.ok) judged(post, await answer.json());
      else if (post.kind !== "answers") hold(post.level, true);
      save();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  } finally {
    sending = false;
  }
}
function judged(post, answer) {
  if (answer.told === "right") setDone(answer.level, post.at.slice(0, 10), answer.done ?? 0);
  const last = !kept.queue.some((one) => one.level === post.level && one.kind !== "answers");
  if (last && (answer.told === "right" || answer.told === "stop")) hold(answer.level, answer.told === "stop");
}
// What the phone itself can tell at once: the same rule as the server's, on the plan's own numbers.
function judgeHere(level, read) {
  const time = now(), day = dayOf(level, time.date);
  const [must, may] = due(day.moments.length > 1 ? kept.plan.levels[level].times : [], time.minutes);
  const right = day.moments.map((_, k) => k).filter((k) => near(day.scales, read, day.moments[k]) && must <= k && k <= may);
  if (right.length) setDone(level, time.date, right[right.length - 1]);
  hold(level, !right.length);
  return right.length > 0;
}
async function enter(post) {
  const time = now();
  kept.queue.push({ ...post, id: crypto.randomUUID(), at: `${time.date}T${time.clock}` });
  save();
  await send();
}

// ---- screens ----
function element(name, more = {}, ...inside) {
  const { text, on, ...rest } = more;
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(rest)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  if (on) made.addEventListener("click", on);
  made.append(...inside.filter(Boolean));
  return made;
}
const p = (text, more = {}) => element("p", { text, ...more });
const h1 = (text) => element("h1", { text });
const button = (text, on, more = {}) => element("button", { type: "button", text, on, ...more });
const first = (text, on) => button(text, on, { class: "first" });
function show(...inside) {
  $("screen").replaceChildren(...inside.flat().filter(Boolean));
  $("screen").focus();
  scrollTo(0, 0);
}
function disc(k) {
  const made = element("span", { class: "disc", text: String(k + 1) });
  made.style.background = words.struts[k].shade;
  made.style.color = words.struts[k].ink;
  return made;
}
function call() {
  const contact = kept.plan?.contact || kept.contactLine || "";
  if (kept.plan?.contact) kept.contactLine = kept.plan.contact;
  const digits = contact.match(/\+?\d[\d ()/-]{4,}\d/);
  if (digits) return p("", {}).appendChild(element("a", { href: `tel:${digits[0].replace(/[^+\d]/g, "")}`, text: contact })).parentElement;
  return contact ? p(contact) : null;
}
const alarm = (text) => [p(text, { class: "alarm", role: "alert" }), call()];
const waiting = () => (kept.queue.length ? p(words.kept, { role: "status" }) : null);

function stopped() {
  if (!link) return [p(words.no_link)];
  if (kept.stopped) return alarm(words.stopped);
  if (!kept.plan) return [p(words.no_network)];
  const since = Date.now() - kept.contact;
  if (since > DAY_MS || since < -CLOCK_MS) return [...alarm(words.stopped), p(words.alone)];
  return null;
}
function home() {
  if (stopped()) return show(h1(words.title), stopped());
  const time = now(), plan = kept.plan, parts = [h1(words.title)];
  if (time.date > plan.last) parts.push(p(words.ended, { class: "good" }));
  else if (time.date < plan.first) parts.push(p(fill(words.begins, { date: shown(plan.first) })));
  else plan.levels.forEach((level, k) => parts.push(...part(level, k, time)));
  const within = time.date >= plan.first && time.date <= plan.last;
  if (within) parts.push(button(words.pins, pins));
  parts.push(waiting(), p(words.missed, { class: "small" }), p(plan.missed[words.code]), call());
  show(...parts);
}
function part(level, k, time) {
  const parts = [];
  if (kept.plan.levels.length > 1) parts.push(element("h2", { text: fill(words.part, { n: k + 1, all: kept.plan.levels.length, name: level.name }) }));
  const day = dayOf(k, time.date);
  if (day) parts.push(p(fill(words.day, { day: day.day })));
  if (kept.held.includes(k)) return [...parts, ...alarm(words.stop), day && button(words.again, () => six(k))];
  if (day?.visit && kept.plan.visit_at > time.clock) return [...parts, p(fill(words.visit_at, { time: kept.plan.visit_at }), { class: "alarm" })];
  if (!day || day.moments.length === 1) return [...parts, p(words.nothing, { class: "good" }), day && button(words.read_all, () => six(k))];
  const [must, may] = due(level.times, time.minutes), turning = day.ways.map((one) => one.some(Boolean));
  const done = doneOn(k, time.date);
  const missed = turning.some((turns, n) => turns && n >= done && n < must);
  if (missed) return [...parts, p(words.not_reported), first(words.read_all, () => six(k))];
  const next = turning.findIndex((turns, n) => turns && n >= done);
  if (next < 0) parts.push(p(words.all_done, { class: "good" }));
  else if (next < may) parts.push(first(fill(words.turn_at, { time: level.times[next] }), () => before(k, day, next)));
  else parts.push(p(fill(words.next_at, { time: level.times[next] })));
  return [...parts, button(words.read_all, () => six(k))];
}
function before(k, day, number) {
  if (day.visit && !kept.done[`visit ${day.date}`]) {
    const changed = () => { kept.done[`visit ${day.date}`] = 1; save(); before(k, day, number); };
    return show(p(words.visit, { class: "alarm" }), button(words.changed, changed), button(words.back, home));
  }
  const list = element("ul", { class: "six" }, ...day.moments[number].map((one, n) => element("li", {}, disc(n), reading(day.scales, n, one))));
  const struts = day.ways[number].map((way, n) => (way ? n : -1)).filter((n) => n >= 0);
  return show(h1(words.before), list, first(words.they_do, () => strut(k, day, number, struts, 0, [])), button(words.otherwise, () => six(k)), button(words.back, home));
}
function strut(k, day, number, struts, at, said) {
  if (at === struts.length) return finish(k, day, number, said);
  const n = struts[at], target = day.moments[number + 1][n], longer = day.ways[number][n] > 0;
  const go = (answer) => strut(k, day, number, struts, at + 1, [...said, { strut: n + 1, reads_mm: null, ...answer }]);
  const name = element("h1", {}, disc(n), " ", words.struts[n].name);
  return show(
    p(`${at + 1} / ${struts.length}`), name, p(words.until), p(`${reading(day.scales, n, target)} mm`, { class: "target" }),
    p(`${longer ? UP : DOWN} ${longer ? words.longer : words.shorter}`, { class: "way" }),
    p(fill(words.was, { reading: `${reading(day.scales, n, day.moments[number][n])} mm` })),
    first(words.done, () => go({ said: "done" })), button(words.later, () => go({ said: "later" })),
    button(words.my_scale, () => typed(day, n, name, (value) => go({ said: "reads", reads_mm: value }), () => strut(k, day, number, struts, at, said))),
  );
}
function typed(day, n, name, take, back) {
  const field = element("input", { inputmode: "decimal", autocomplete: "off", id: "reading", "aria-describedby": "between" });
  const between = p(range(day, n), { id: "between" });
  const send = () => {
    const value = numberIn(day, n, field);
    if (value !== null) take(value);
  };
  show(element("h1", {}, element("label", { for: "reading" }, disc(n), " ", words.struts[n].name)), between, field, first(words.send, send), button(words.back, back));
  field.focus();
}
const range = (day, n) => fill(words.between, { low: reading(day.scales, n, day.scales[n][0]), high: reading(day.scales, n, day.scales[n][1]) });
function numberIn(day, n, field) {
  const text = field.value.trim(), value = Number(text.replace(",", "."));
  const good = NUMBER.test(text) && value >= day.scales[n][0] && value <= day.scales[n][1];
  field.toggleAttribute("aria-invalid", !good);
  if (!good) {
    $("wrong")?.remove();
    field.closest("main").append(p(`${n + 1}: ${range(day, n)}`, { class: "wrong", id: "wrong", role: "alert" }));
    field.focus();
  }
  return good ? value : null;
}
function six(k) {
  const day = dayOf(k, now().date);
  const fields = day.scales.map((_, n) => element("input", { inputmode: "decimal", autocomplete: "off", "aria-label": words.struts[n].name }));
  const list = element("div", { class: "six" }, ...fields.map((field, n) => element("label", {}, disc(n), field)));
  const go = async () => {
    const read = [];
    for (const [n, field] of fields.entries()) {
      const value = numberIn(day, n, field);
      if (value === null) return;
      read.push(value);
    }
    judgeHere(k, read);
    await enter({ kind: "readings", level: k, settings_mm: read });
    answer(k);
  };
  show(h1(words.read_all), list, first(words.send, go), button(words.back, home));
}
async function finish(k, day, number, said) {
  const read = [...day.moments[number]];
  for (const one of said) {
    if (one.said === "done") read[one.strut - 1] = day.moments[number + 1][one.strut - 1];
    if (one.said === "reads") read[one.strut - 1] = one.reads_mm;
  }
  const later = said.some((one) => one.said === "later");
  const asSaid = said.every((one) => one.said !== "reads" || near([day.scales[one.strut - 1]], [one.reads_mm], [day.moments[number + 1][one.strut - 1]]));
  if (!asSaid) hold(k, true);
  else if (!later) judgeHere(k, read);
  await enter({ kind: "dose", level: k, number: number + 1, struts: said });
  answer(k, later && asSaid);
}
function answer(k, later = false) {
  if (stopped()) return home();
  const told = kept.held.includes(k) ? alarm(words.stop) : [p(later ? words.left : words.right, { class: "good", role: "status" })];
  return show(told, waiting(), button(words.back, home));
}
function pins() {
  const said = words.questions.map(() => null);
  let pain = null;
  const choice = (label, options, take) => {
    const keys = options.map(([text, value]) => button(text, (event) => {
      take(value);
      for (const one of keys) one.setAttribute("aria-pressed", String(one === event.currentTarget));
    }, { "aria-pressed": "false" }));
    return element("fieldset", {}, element("legend", { text: label }), element("div", { class: "choice" }, ...keys));
  };
  const asked = words.questions.map((text, n) => choice(text, [[words.yes, true], [words.no, false]], (value) => { said[n] = value; }));
  const worst = choice(words.pain, [...Array(11).keys()].map((one) => [String(one), one]), (value) => { pain = value; });
  const note = element("textarea", { id: "note", maxlength: words.longest_note });
  const go = async () => {
    if (said.includes(null) || pain === null) {
      $("wrong")?.remove();
      return $("screen").append(p(words.answer_all, { class: "wrong", id: "wrong", role: "alert" }));
    }
    await enter({ kind: "answers", signs: said, pain, note: note.value.trim() });
    const urgent = said[said.length - 1] ? [p(kept.plan?.danger || words.at_once, { class: "alarm", role: "alert" })] : [];
    const soon = said.slice(0, -1).some(Boolean) ? [p(kept.plan?.danger || words.same_day, { class: "alarm", role: "alert" })] : [];
    return show(urgent, soon, said.some(Boolean) ? call() : null, p(words.thanks), waiting(), button(words.back, home));
  };
  show(h1(words.pins), asked, worst, element("label", { for: "note", text: words.note }), note, first(words.send, go), button(words.back, home));
}

// ---- begin ----
async function speak(code) {
  const answer = await fetch(`/words/${code}.json`);
  words = await answer.json();
  localStorage.setItem("hexapod-language", code);
  document.documentElement.lang = code;
  document.title = words.title;
  $("date").textContent = shown(now().date);
  $("language-label").textContent = words.language;
  $("foot").replaceChildren(...[words.unreviewed, words.notice].filter(Boolean).map((one) => p(one)));
  if (!$("language").options.length) {
    for (const [one, name] of Object.entries(words.languages)) $("language").append(element("option", { value: one, text: name, lang: one }));
  }
  $("language").value = code;
}
async function refresh() {
  await send();
  await load();
}
async function begin() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js");
  const known = ["en", "es", "fr", "de", "pt"], mine = navigator.languages.map((one) => one.slice(0, 2)).find((one) => known.includes(one));
  await speak(localStorage.getItem("hexapod-language") || mine || "en");
  if (link && !kept.stopped) await refresh();
  home();
  let seen = now().date;
  $("language").addEventListener("change", async (event) => { await speak(event.target.value); home(); });
  addEventListener("online", async () => { await refresh(); if (!$("reading") && $("screen").querySelector("h1")?.textContent === words.title) home(); });
  setInterval(async () => {
    const turned = seen !== now().date, before = Boolean(stopped());
    seen = now().date;
    if (kept.queue.length || before || Date.now() - kept.contact > NEW_MS) await refresh();
    // A page left open shows no plan of yesterday, and none that has ended in the meantime.
    if (turned || before !== Boolean(stopped())) { $("date").textContent = shown(seen); home(); }
  }, RETRY_MS);
  addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible") return;
    await refresh();
    if (stopped() || seen !== now().date) { await speak(words.code); home(); }
  });
}
begin();
