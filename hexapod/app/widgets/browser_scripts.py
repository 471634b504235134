"""What Streamlit leaves out, done in the browser by small scripts: SVG, places to scroll to, a question before leaving.

`st.html` takes every SVG out; the component here shows one in the colours of the page, light or dark.

Enter in a field goes on to the next one.

A field that is still being typed in when the page is left sends its text first; where the page goes before that has
happened, the browser's tab keeps the text, and the page that is loaded next in it puts it back into its field: once
nobody types in another, and not where that field has been entered meanwhile.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from hexapod.app.draft.draft_model import Path, entry
from hexapod.app.draft.typed_text import is_date
from hexapod.app.session import entries, session
from hexapod.library import new_key

# Streamlit's PDF scrolls, but only for those who have a mouse, and its pages are as wide as paper, however narrow their
# column.  It stands in a shadow tree of its own and is drawn late, so it is looked for twice a second as long as it is
# on the page.
_REACH = """const sheet = new CSSStyleSheet();
sheet.replaceSync(`[data-index] { width: calc(100% - 32px) !important; }
  .react-pdf__Page { min-width: 0 !important; }
  .react-pdf__Page canvas { width: 100% !important; height: auto !important; }`);
export default () => {
  const mark = () => {
    for (const { shadowRoot: root } of document.querySelectorAll("*"))
      root?.querySelectorAll('[data-testid="pdf-content"]').forEach((box) => {
        box.tabIndex = 0;
        if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      });
  };
  const watch = setInterval(mark, 500);
  mark();
  return () => clearInterval(watch);
}"""
_SHOW = "export default ({ data, parentElement }) => { parentElement.innerHTML = data.svg; }"


def show_svg(svg: str, *, key: str) -> None:
    """An SVG in the colours of the page.  It must come from our own code: it is put on the page as it stands."""
    _svg()(key=key, data={"svg": svg})


def reach_by_keys() -> None:
    """Let the keyboard reach and scroll the PDF on the page, and its pages take the width of their column."""
    _reach()(key="reach-by-keys")


@st.cache_resource(show_spinner=False)
def _reach() -> Any:
    return st.components.v2.component("hexapod_reach", js=_REACH, isolate_styles=False)


@st.cache_resource(show_spinner=False)
def _svg() -> Any:
    return st.components.v2.component("hexapod_svg", js=_SHOW, isolate_styles=False)


# The day that the preview shows is that of the schedule's row and of the charts; a click on a row, or the arrow keys
# in the schedule, ask the preview for another.  What is drawn anew is found anew.
_ONE_DAY = """const TABLE = ".hx-schedule", CHARTS = ".hx-charts";
const go = (day) => window.dispatchEvent(new CustomEvent("hexapod-go-to-day", { detail: { day } }));
let shown = 0;
// Only what differs is written: a page that was written to is looked through again.
const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
const show = () => {
  const row = document.querySelector(`${TABLE} tr[data-day="${shown}"]`);
  for (const old of document.querySelectorAll(`${TABLE} tr.hx-chosen`)) if (old !== row) {
    old.classList.remove("hx-chosen");
    old.removeAttribute("aria-current");
  }
  const box = row?.closest(".hx-scroll");
  if (row && !row.classList.contains("hx-chosen")) {
    row.classList.add("hx-chosen");
    row.setAttribute("aria-current", "date");
    const head = box.querySelector("thead").offsetHeight, top = row.offsetTop - head - row.offsetHeight;
    if (box.scrollTop > top) box.scrollTop = top;
    const bottom = row.offsetTop + 2 * row.offsetHeight - box.clientHeight;
    if (box.scrollTop < bottom) box.scrollTop = bottom;
  }
  for (const figure of document.querySelectorAll(`${CHARTS} figure`)) {
    for (const mark of figure.querySelectorAll("g[data-day]")) {
      mark.setAttribute("transform", `translate(${(shown - mark.dataset.day) * mark.dataset.mmADay} 0)`);
      put(mark.querySelector("text"), String(shown));
    }
    const told = JSON.parse(figure.dataset.days), words = figure.querySelector("figcaption");
    let day = Math.min(shown, told.length - 1);
    put(words.querySelector("b"), `Day ${day}:`);
    while (told[day] === null) day -= 1;
    put(words.querySelector("span"), told[day]);
  }
};
const page = (globalThis.hexapodOneDay ??= { listens: false });
page.show = show;
page.day = (day) => { shown = day; };
if (!page.listens) {
  page.listens = true;
  window.addEventListener("hexapod-day", ({ detail }) => {
    page.last = detail.day;
    page.day(detail.day);
    page.show();
  });
  document.addEventListener("click", ({ target }) => {
    const row = target.closest?.(`${TABLE} tr[data-day]`);
    if (row) go(Number(row.dataset.day));
  });
  document.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.target.matches?.(".hx-scroll:has(.hx-schedule)")) return;
    event.preventDefault();
    go(Math.max(0, (page.last ?? 0) + by));
  });
}
export default () => {
  page.day(page.last ?? 0);
  const look = new MutationObserver(show);
  const step = document.querySelector(".st-key-page");
  if (step) look.observe(step, { childList: true, subtree: true });
  show();
  return () => look.disconnect();
};"""


def one_day() -> None:
    """Let the schedule and the charts on the page follow the day of the preview, and lead it."""
    _one_day()(key="one-day")


@st.cache_resource(show_spinner=False)
def _one_day() -> Any:
    return st.components.v2.component("hexapod_one_day", js=_ONE_DAY, isolate_styles=False)


# What stands above the place is drawn a little later, too: it is looked for a few times.  A number that is new counts.
_INTO_VIEW = """const LOOKS_MS = [0, 300, 900];
export default ({ data, parentElement }) => {
  if (globalThis.hexapodIntoView === data.number) return;
  globalThis.hexapodIntoView = data.number;
  const place = parentElement.closest?.("[data-testid]") ?? parentElement.host ?? parentElement;
  const bring = () => {
    const banner = document.querySelector(".st-key-banner");
    place.style.scrollMarginTop = `${banner ? banner.getBoundingClientRect().height + 16 : 0}px`;
    place.scrollIntoView({ block: "start" });
  };
  for (const ms of LOOKS_MS) setTimeout(bring, ms);
}"""


def ask_for(place: str) -> None:
    """For callbacks: the next page that has this place shows it."""
    session.current().scroll_to = (place, new_key())


def place_to_show(place: str) -> None:
    """The place, on the page."""
    asked = session.current().scroll_to
    if asked is not None and asked[0] == place:
        _into_view()(key=f"into-view-{place}", data={"number": asked[1]})


@st.cache_resource(show_spinner=False)
def _into_view() -> Any:
    return st.components.v2.component("hexapod_into_view", js=_INTO_VIEW, isolate_styles=False)


# A button that opens the browser's own calendar; the day chosen in it is sent once, as 2026-12-07.
_PICK = """export default ({ data, parentElement, setTriggerValue }) => {
  parentElement.innerHTML = "";
  const button = document.createElement("button"), field = document.createElement("input");
  button.type = "button"; button.className = "hx-pick"; button.title = button.ariaLabel = data.label;
  button.textContent = "Calendar";
  field.type = "date"; field.tabIndex = -1; field.ariaHidden = "true"; field.className = "hx-pick-date";
  button.onclick = () => { field.value = data.date; field.showPicker(); };
  field.onchange = () => { if (field.value) setTriggerValue("picked", field.value); };
  parentElement.append(button, field);
}"""


def pick_date(path: Path, label: str) -> None:
    """The button of the calendar for the date at `path`."""
    key = f"calendar-{session.widget_key(path)}"
    typed = entry(session.draft(), path)
    _pick()(
        key=key,
        data={"label": label, "date": typed if is_date(typed) else ""},
        on_picked_change=partial(_picked, path, key),
    )


@entries.action
def _picked(path: Path, key: str) -> None:
    sent = session.typed(key) or {}
    if is_date(sent.get("picked") or ""):
        entries.put(path, sent["picked"])


@st.cache_resource(show_spinner=False)
def _pick() -> Any:
    return st.components.v2.component("hexapod_pick_date", js=_PICK, isolate_styles=False)


# On a phone the line of steps is wider than the screen: the step of the page stands in its middle.
_STEP_IN_SIGHT = """const show = () => {
  const line = document.querySelector(".st-key-steps"), step = line?.querySelector("button[kind=primary]");
  if (!step) return;
  const seen = line.getBoundingClientRect(), box = step.getBoundingClientRect();
  line.scrollLeft += box.left + box.width / 2 - seen.left - seen.width / 2;
};
export default () => {
  show();
  window.addEventListener("resize", show);
  return () => window.removeEventListener("resize", show);
};"""


def step_in_sight() -> None:
    """Scroll the line of steps, where it is too long for the screen, to the step of the page."""
    _steps()(key="step-in-sight", data={"step": session.step()})


@st.cache_resource(show_spinner=False)
def _steps() -> Any:
    return st.components.v2.component("hexapod_step_in_sight", js=_STEP_IN_SIGHT, isolate_styles=False)


# The page stands where the button of the step before was; a number that is new brings it to the top, once.
_TO_TOP = """export default ({ data, parentElement }) => {
  if (globalThis.hexapodTop === data.number) return;
  globalThis.hexapodTop = data.number;
  for (let box = parentElement; box; box = box.parentElement ?? box.getRootNode().host) box.scrollTop = 0;
}"""


def to_top() -> None:
    """For callbacks: the next page begins at its top."""
    session.current().to_top = new_key()


def at_top() -> None:
    """Bring the page to its top, once for each `to_top`."""
    if number := session.current().to_top:
        _top()(key="to-top", data={"number": number})


@st.cache_resource(show_spinner=False)
def _top() -> Any:
    return st.components.v2.component("hexapod_to_top", js=_TO_TOP, isolate_styles=False)


# What a field said when it was entered, or when Enter sent it, is known to the server; anything else is not.
# The browser's page is listened to once, whatever Streamlit draws anew while somebody types.  Where the page is not
# left after all, the tab forgets the text with the next field that is entered or the next time of leaving; a timer
# would run before a slow server has answered.
_ASK = """const page = (window.__hexapodLeaving ??= { known: null, unsaved: false, open: false, listens: false });
const TYPED = "hexapod-typed", FIELDS = "input[aria-label], textarea[aria-label]", LOOK_MS = 200, LOOKS = 75;
const place = () => new URLSearchParams(location.search).get("case");
const alike = (label) => [...document.querySelectorAll(FIELDS)].filter((one) => one.ariaLabel === label);
const entered = ({ target }) => {
  sessionStorage.removeItem(TYPED);
  if (target?.matches?.(FIELDS)) page.known = { target, text: target.value };
};
// Enter also goes on: to the next field of the step, or to the button that follows the last.
const FIELD = "input[type=text]:not(:disabled, [role=combobox])";
const ONWARD = [FIELD, "button[kind=primary]:not(:disabled)", ".st-key-next button"];
const onward = (field) => {
  const stops = [...document.querySelectorAll(`.st-key-page :is(${ONWARD})`)];
  if (stops.includes(field)) setTimeout(() => stops[stops.indexOf(field) + 1]?.focus());
};
const sent = ({ key, target, isComposing }) => {
  if (key !== "Enter" || isComposing || !target.matches?.("input")) return;
  entered({ target });
  onward(target);
};
const leave = (event) => {
  sessionStorage.removeItem(TYPED);
  const field = document.activeElement;
  const typed = page.open && field && page.known?.target === field && page.known.text !== field.value;
  if (typed) {
    const label = field.ariaLabel;
    const kept = { place: place(), label, number: alike(label).indexOf(field), text: field.value };
    sessionStorage.setItem(TYPED, JSON.stringify(kept));
    field.blur();
  }
  if (typed || page.unsaved) event.preventDefault();
};
const putBack = (kept) => {
  if (!kept || kept.place !== place()) return;
  let looks = 0;
  const looking = setInterval(() => {
    const field = alike(kept.label)[kept.number], entered = document.activeElement;
    const waits = !field || (entered !== field && entered?.matches(FIELDS));
    if (!waits || ++looks === LOOKS) clearInterval(looking);
    if (waits || entered === field || field.value === kept.text) return;
    field.focus();
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, kept.text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.blur();
  }, LOOK_MS);
};
export default ({ data }) => {
  Object.assign(page, { unsaved: data.unsaved, open: true });
  if (!page.listens) {
    page.listens = true;
    const kept = sessionStorage.getItem(TYPED);
    entered({ target: document.activeElement });
    document.addEventListener("focusin", entered);
    document.addEventListener("keydown", sent);
    window.addEventListener("beforeunload", leave);
    putBack(JSON.parse(kept));
  }
  return () => Object.assign(page, { unsaved: false, open: false });
};"""


def ask_before_leaving(*, unsaved: bool) -> None:
    """Let the browser ask before the page is left, when entries on it are not saved or a field was not left yet."""
    _leaving()(key="leaving", data={"unsaved": unsaved})


@st.cache_resource(show_spinner=False)
def _leaving() -> Any:
    return st.components.v2.component("hexapod_leaving", js=_ASK, isolate_styles=False)
