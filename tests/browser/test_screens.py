"""Every step as a clinic sees it, on four screens, light and dark, in every state of a case.

The pictures are kept in `test-artefacts/screens` (not in the repository; the hosted workflow keeps them): of every page
its first screen in each size and colour scheme, and the whole of it once.  While they are taken it is judged what can
be: nothing is wider than the screen, the banner is in view and whole, and with its steps at most `TOP_PX` high.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

import hexapod
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import text_of
from hexapod.case.files import case_text
from hexapod.library import Readings, Records, Visit, new_key
from tests.browser.screen import ROOT, Screen, sample
from tests.browser.server import Server

pytestmark = pytest.mark.browser
SCREENS = ROOT / "test-artefacts" / "screens"
SIZES = ((1280, 800), (1024, 768), (820, 1180), (390, 844))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STEPS = ("limb", "frame", "deformity", "mounting", "treatment", "check", "prescription", "follow-up")
# Banner and steps together, on every screen.
TOP_PX = 110
LONGEST_PX = 6000
# What has a size of its own, such as the preview, is drawn anew a little after the window has another.
RESIZED_MS = 120
CUT_PX = "element => element.scrollWidth - element.clientWidth"
PHONE_PX = SIZES[-1][0]
# A phone shows a day's six settings side by side: nothing of the schedule has to be scrolled to the side.
SCHEDULE_CUT = """() => [...document.querySelectorAll('.hx-scroll:has(.hx-schedule)')]
  .some(one => one.scrollWidth > one.clientWidth)"""
CUT_CELLS = """() => [...document.querySelectorAll('.hx-case span')]
  .filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"""
LENGTH = "document.querySelector('[data-testid=stMain]').scrollHeight"
SCROLL = "px => document.querySelector('[data-testid=stMain]').scrollTo(0, px)"
# What of the banner stays in sight, whatever it says.
PARTS = ("limb", "id", "level", "state", "print", "kept")
STEP_SEEN = """() => {
  const line = document.querySelector('.st-key-steps').getBoundingClientRect();
  const step = document.querySelector('.st-key-steps button[kind=primary]').getBoundingClientRect();
  return step.left >= line.left - 1 && step.right <= line.right + 1;
}"""
TOP = "document.querySelector('.st-key-banner').getBoundingClientRect().height"


def _faults(tab: Screen, width: int, name: str) -> Iterator[str]:
    """What is embarrassing on the page as it is now."""
    if tab.over_px > 0:
        yield f"{name}, {width}: wider than the screen"
    yield from (f"{name}, {width}: {cell} is cut" for cell in tab.page.evaluate(CUT_CELLS))
    if width == PHONE_PX and tab.page.evaluate(SCHEDULE_CUT):
        yield f"{name}, {width}: the schedule is wider than the screen"
    if tab.page.locator(".hx-banner").count() == 0:
        return
    for part in PARTS:
        shown = tab.page.locator(f".hx-{part}")
        expect(shown).to_be_in_viewport(ratio=1)
        if shown.evaluate(CUT_PX) > 0:
            yield f"{name}, {width}: the banner's {part} is cut"
    if (high := tab.page.evaluate(TOP)) > TOP_PX:
        yield f"{name}, {width}: banner and steps are {high} px high"
    if not tab.page.evaluate(STEP_SEEN):
        yield f"{name}, {width}: the step is not in sight in the line of steps"


def _keep(tab: Screen, name: str, sizes: tuple[tuple[int, int], ...] = SIZES) -> list[str]:
    """The page as it is now, on every screen and in both schemes; the whole of it once for a desk and a phone.

    What comes back are the faults that were seen.
    """
    faults = []
    for width, height in sizes:
        tab.page.set_viewport_size({"width": width, "height": height})
        tab.page.wait_for_timeout(RESIZED_MS)
        faults += _faults(tab, width, name)
        for scheme in SCHEMES:
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.screenshot(path=SCREENS / f"{name}-{width}-{scheme}.jpg", type="jpeg", quality=70)
        tab.page.emulate_media(color_scheme="light")
        if width in (SIZES[0][0], SIZES[-1][0]):
            whole = min(LONGEST_PX, max(height, tab.page.evaluate(LENGTH)))
            tab.page.set_viewport_size({"width": width, "height": whole})
            tab.page.wait_for_timeout(RESIZED_MS)
            tab.page.screenshot(path=SCREENS / f"{name}-{width}-whole.jpg", type="jpeg", quality=60)
    width, height = sizes[0]
    tab.page.set_viewport_size({"width": width, "height": height})
    return faults


def _signed(records: Records, document: dict[str, Any], key: str = "") -> tuple[str, hexapod.Case]:
    """A case of the library with a plan signed."""
    case, plans = hexapod.read_case(document), records.plans
    revision, base = (records.drafts.revision(key), len(records.versions.of(key))) if key else (0, 0)
    key = key or new_key()
    records.drafts.save(key, revision, text_of(draft_of(case.document)), confirmed=True)
    version = records.versions.save(key, base, case_text(case).encode("utf-8"))
    issued = plans.issue(key, version.number, hexapod.make_plan(case))
    for caution in issued.cautions:
        plans.acknowledge(key, issued.number, caution.code, caution.level, "seen")
    plans.sign(key, issued.number, issued.plan_sha256, "Dr A. B.")
    return key, case


def _states(records: Records) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """State, address and the steps looked at in it."""
    today = datetime.date.today()
    tibia = sample("tibia_varus") | {"start_date": (today - datetime.timedelta(days=12)).isoformat()}
    yield "empty", "new", ("limb", "frame", "deformity", "mounting", "treatment", "check", "follow-up")

    half = draft_of(hexapod.read_case(tibia | {"id": "screens-half"}).document)
    half["levels"][0]["stages"] = []
    half["levels"][0]["deformity"]["varus_deg"] = half["levels"][0]["deformity"].get("varus_deg", "")
    half["levels"][0]["frame"]["settings_mm"] = {str(k): "" for k in range(6)}
    key = new_key()
    records.drafts.save(key, 0, text_of(half))
    yield "half", key, ("frame", "treatment", "check", "prescription")

    yield "refused", "sample-refused_strut_travel", ("limb", "treatment", "check", "prescription", "follow-up")

    yield "caution", "sample-tibia_stacked_transport", ("treatment", "check")

    key, case = _signed(records, tibia | {"id": "screens-signed"})
    six = hexapod.make_plan(case).levels[0].rows[9].settings_mm
    records.visits.add(key, 1, Visit(today, (Readings(0, six),), "Three days behind.\n\nNothing else."))
    yield "signed", key, STEPS

    # Plan 2 is followed; the page has the entries of plan 1 again.
    key, case = _signed(records, tibia | {"id": "screens-replaced"})
    _signed(records, tibia | {"id": "screens-replaced", "title": "again"}, key)
    records.drafts.save(
        key, records.drafts.revision(key), text_of(draft_of(case.document) | {"revises": 2}), confirmed=True
    )
    yield "replaced", key, ("limb", "check", "prescription", "follow-up")

    key, _ = _signed(records, tibia | {"id": "screens-stopped"})
    records.plans.stop(key, 1, "pin infection")
    yield "stopped", key, ("check", "prescription", "follow-up")

    key, _ = _signed(records, tibia | {"id": "screens-archived"})
    records.cases.archive(key, "healed")
    yield "archived", key, ("limb", "frame", "treatment", "check", "prescription", "follow-up")


@pytest.mark.hazard("H-01")
@pytest.mark.slow
def test_every_step_fits_its_screen_and_keeps_the_banner(tab: Screen) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    desk = SIZES[:1]
    faults = _keep(tab.open(""), "list", desk)
    expect(tab.page.locator(".st-key-library .hx-notice")).to_be_in_viewport(ratio=1)
    tab.open("?case=sample-tibia_stacked_transport&step=limb")
    for step in STEPS:
        faults += _keep(tab.step(step), f"stacked-{step}", desk)
        tab.page.evaluate(SCROLL, LONGEST_PX)
        faults += _faults(tab, desk[0][0], f"{step}, scrolled")
    assert not faults


@pytest.mark.hazard("H-01")
@pytest.mark.slow
def test_every_state_of_a_case_on_every_screen(tab: Screen, server: Server) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    faults = []
    for state, place, steps in _states(server.records()):
        tab.open(f"?case={place}&step={steps[0]}")
        for step in steps:
            faults += _keep(tab.step(step), f"{state}-{step}")
    faults += _keep(tab.open(""), "list")
    assert not faults
