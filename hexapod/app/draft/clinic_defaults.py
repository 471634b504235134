"""What is of the clinic and not of the patient: asked once, and what every new case starts with."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.typed_text import times_listed
from hexapod.text.case_fields import CASE
from hexapod.text.field_kinds import DATES_TYPED, PAPERS, WEEKDAY_NAMES
from hexapod.text.languages import LANGUAGES

SECTION = "Clinic"
# The goal of a correction is the clinic's, too; it is entered at a visit.
KEYS = (*dict.fromkeys(row.path[0] for row in CASE if row.section == SECTION), "goal")


def defaults_of(drafts: Iterable[d.Draft]) -> d.Draft:
    """A copy of the entries of the clinic in the first draft that has any: a sample that was tried says nothing."""
    return next((copy.deepcopy(_of_clinic(draft)) for draft in drafts if is_said(draft)), {})


def is_said(draft: d.Draft) -> bool:
    """Whether a draft says anything of the clinic that a blank one does not."""
    return _of_clinic(draft) != _of_clinic(d.blank_draft())


def new_case(defaults: d.Draft) -> d.Draft:
    """An empty case of this clinic."""
    draft = d.blank_draft() | defaults
    draft["levels"] = [new_level(draft)]
    return draft


def new_level(draft: d.Draft) -> d.Draft:
    """A level in which nothing is chosen but the clinic's times of the day."""
    return d.blank_level() | _usual_times(draft)


def use_usual_times(draft: d.Draft, uid: str) -> None:
    """Adjust a level at the clinic's usual times."""
    d.entry(draft, ("levels", uid)).update(_usual_times(draft))


def _usual_times(draft: d.Draft) -> d.Draft:
    times = times_listed(draft["usual_times"])
    return {"adjustments_per_day": str(len(times)), "adjustment_times": " ".join(times)} if times else {}


def told(draft: d.Draft) -> str:
    """The entries of the clinic in one line."""
    clinic = draft["clinic"]
    days = [name[:3] for day, name in WEEKDAY_NAMES.items() if draft["clinic_days"][day]]
    parts = [clinic["name"], clinic["contact"], "Clinic days: " + (" ".join(days) or "any day, Sundays too")]
    if times := times_listed(draft["usual_times"]):
        parts.append(f"adjustments {' '.join(times)}")
    parts += [draft["time_zone"], LANGUAGES[draft["language"]], PAPERS[draft["paper"]]]
    if draft["dates_typed"] != next(iter(DATES_TYPED)):
        parts.append("dates with the month first")
    return " · ".join(part.strip() for part in parts if part.strip())


def _of_clinic(draft: d.Draft) -> d.Draft:
    return {key: draft[key] for key in KEYS}
