"""The page at home as the clinic has it: its link in Prescription, what is due in the list, readings beside the plan."""

from __future__ import annotations

import datetime
import io
import json
import re
import uuid
from typing import Any

import pytest
from pypdf import PdfReader

from hexapod.app.steps.follow_up.estimates import read_at_home
from hexapod.estimation.follow_up_estimate import estimate_visits
from hexapod.estimation.observations import FORMAT, read_visits
from hexapod.hardware.catalogue import load_catalogue
from hexapod.home.due import due_from_home
from hexapod.home.judge import judge
from hexapod.home.messages import read_post
from hexapod.library import ANYONE, HOME, Library, Records, Visit, open_library
from hexapod.preoperative.end_error import Goal
from tests.app.driver import Form
from tests.home.treatment import ADDRESS, TIBIA, Clock, opened, plan_of, signed

pytestmark = pytest.mark.hazard("H-35")
EVENING_7 = [155.0, 159.0, 121.0, 137.0, 151.0, 164.0]
DAY_9 = datetime.date(2026, 3, 11)


@pytest.fixture
def library() -> Library:
    return open_library(clock=Clock())


@pytest.fixture
def records(library: Library) -> Records:
    return library.as_user(ANYONE)


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_HOME_ADDRESS", ADDRESS)


def post(library: Library, link: str, **said: Any) -> None:
    message = read_post(json.dumps({"id": str(uuid.uuid4()), "at": "2026-03-10T07:30"} | said).encode())
    library.as_user(HOME).home.add(link, message.id, judge(plan_of(TIBIA), message))


def readings(library: Library, link: str, six: list[float], at: str = "2026-03-10T07:30") -> None:
    post(library, link, kind="readings", level=0, settings_mm=six, at=at)


def answers(library: Library, link: str, at: str, pain: int, *signs: int, note: str = "") -> None:
    post(library, link, kind="answers", at=at, pain=pain, signs=[k in signs for k in range(5)], note=note)


def due(records: Records, today: datetime.date = DAY_9) -> list[str]:
    return [line for one in due_from_home(records, today) for line in one.lines]


@pytest.mark.slow
def test_a_link_is_made_and_printed_on_the_sheet(records: Records) -> None:
    case = signed(records)
    form = Form(case=case, step="prescription")
    assert "Page at home: none." in form.html
    form.press("home-link")
    page = form.case.choices.home[1]
    assert re.fullmatch(re.escape(ADDRESS) + "/#[A-Za-z0-9_-]{27}", page)
    link = page.partition("#")[2]
    assert records.home.find(link).standing.state == "in force"
    made = form.case.plan_documents
    assert made is not None
    sheet = next(one for one in made.made if one.document.kind == "sheet")
    assert sheet.content is not None
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(sheet.content)).pages)
    assert "This plan on your phone" in text
    assert link not in text
    form.press("home-close")
    assert form.case.choices.home == ("", "")
    assert records.home.opened(case, 1) is None


def test_without_an_address_nothing_is_offered(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEXAPOD_HOME_ADDRESS")
    form = Form(case=signed(records), step="prescription")
    assert "Page at home" not in form.html
    assert "home-link" not in {button.key for button in form.at.button}


def test_what_is_due_is_settled_by_what_is_right_again_and_by_a_visit(library: Library, records: Records) -> None:
    case, link = opened(library)
    assert due(records, datetime.date(2026, 3, 3)) == []
    readings(library, link, EVENING_7)
    assert due(records) == []
    wrong = [EVENING_7[0] - 1.0, *[one + 1.0 for one in EVENING_7[1:]]]
    readings(library, link, wrong, "2026-03-10T21:00")
    assert due(records) == ["turned the wrong way (strut 1) on 2026-03-10"]
    readings(library, link, [one + 1.0 for one in EVENING_7], "2026-03-10T21:30")
    assert due(records) == []
    readings(library, link, EVENING_7, "2026-03-11T21:30")
    assert due(records) == ["behind the plan on 2026-03-11"]
    records.visits.add(case, 1, Visit(DAY_9, (), "seen"))
    assert due(records) == []
    assert due(records, datetime.date(2026, 3, 13)) == ["silent for 2 days"]
    records.home.close(case, 1)
    assert due(records, datetime.date(2026, 3, 13)) == []


def test_pin_sites_and_pain_are_due(library: Library, records: Records) -> None:
    case, link = opened(library)
    answers(library, link, "2026-03-09T20:00", 3)
    assert due(records) == []
    answers(library, link, "2026-03-10T20:00", 4)
    assert due(records) == []
    answers(library, link, "2026-03-11T20:00", 5, 0, 4)
    assert due(records) == [
        "redness or swelling, NUMB, COLD OR BLUE FINGERS OR TOES on 2026-03-11",
        "pain rising, 3 to 5",
    ]
    # A later answer settles redness, but not what cannot wait: perhaps nobody has looked between the two.
    answers(library, link, "2026-03-11T21:00", 3)
    assert due(records) == ["NUMB, COLD OR BLUE FINGERS OR TOES on 2026-03-11, no longer by the last answer"]
    records.visits.add(case, 1, Visit(DAY_9, (), "seen"))
    assert due(records) == []


def test_the_list_and_the_case_show_it_as_text(
    library: Library, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hexapod.app.draft.typed_text.today", lambda: DAY_9)
    case, link = opened(library)
    readings(library, link, [EVENING_7[0] - 1.0, *[one + 1.0 for one in EVENING_7[1:]]], "2026-03-10T21:00")
    answers(library, link, "2026-03-10T21:10", 6, 1, note="<b>pus</b>")
    form = Form()
    button = form.at.button(key=f"home-{case}")
    assert "discharge on 2026-03-10; turned the wrong way (strut 1) on 2026-03-10" in button.label
    form.press(f"home-{case}")
    table = form.html.partition("From home")[2]
    assert "turned the wrong way (strut 1)" in table
    assert "<b>154</b>, 160, 122, 138, 152, 165" in table
    assert "told to stop and call" in table
    assert "&lt;b&gt;pus&lt;/b&gt;" in table


@pytest.mark.hazard("H-14")
def test_the_calendar_of_a_stopped_plan_cancels_its_reminders(records: Records) -> None:
    case = signed(records)
    records.plans.stop(case, 1, "fever")
    form = Form(case=case, step="prescription")
    made = form.case.plan_documents
    assert made is not None
    found = next(one for one in made.made if one.document.kind == "calendar")
    assert found.document.title == "Calendar that cancels the reminders"
    assert found.content is not None
    assert b"STATUS:CANCELLED" in found.content
    assert b"STATUS:CONFIRMED" not in found.content


@pytest.mark.hazard("H-06")
@pytest.mark.slow
def test_readings_from_home_are_observations_of_the_fit_and_move_nothing_by_themselves(
    library: Library, records: Records
) -> None:
    case, link = opened(library)
    readings(library, link, EVENING_7)
    readings(library, link, [one + 1.0 for one in EVENING_7], "2026-03-10T21:30")
    readings(library, link, EVENING_7, "2026-03-11T21:30")
    plan = plan_of(TIBIA)
    found = read_at_home(plan, 0, records.home.of(case), datetime.date(2026, 3, 20))
    assert found == [
        {
            "date": "2026-03-10",
            "settings_mm": [156.0, 160.0, 122.0, 138.0, 152.0, 165.0],
            "struts": ["generic-medium"] * 6,
        }
    ]
    assert read_at_home(plan, 0, records.home.of(case), datetime.date(2026, 3, 10)) == []
    row = plan.levels[0].rows[18]
    visit = {"date": "2026-03-20", "settings_mm": list(row.settings_mm), "deformity": {"varus_deg": 9.0}}
    both = [
        estimate_visits(
            plan, 0, read_visits({"format": FORMAT, "visits": visits}), "all", Goal(5.0, 5.0), load_catalogue()
        )
        for visits in ([visit], [*found, visit])
    ]
    assert both[0].estimate.quantities.tolist() == both[1].estimate.quantities.tolist()
    assert len(both[1].visits.visits) == 2
