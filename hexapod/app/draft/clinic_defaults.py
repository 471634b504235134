"""What is of the clinic and not of the patient: asked once, and what every new case starts with."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import work_out
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.draft.typed_text import Trouble, times_listed, typed_goal
from hexapod.text.case_fields import CASE
from hexapod.text.field_kinds import DATES_TYPED, PAPERS, WEEKDAY_NAMES
from hexapod.text.languages import LANGUAGES

SECTION = "Clinic"
# The goal of a correction is the clinic's, too; it is entered at a visit.
KEYS = (*dict.fromkeys(row.path[0] for row in CASE if row.section == SECTION), "goal")


def in_text(text: str) -> d.Draft:
    """The entries of the clinic in a text that the library keeps.  Raises HexapodError when it cannot be read."""
    return _of_clinic(draft_in(text))


def text_for(draft: d.Draft) -> str:
    """What a draft says of the clinic, and nothing else of it, as the library keeps it."""
    return text_of(d.blank_draft() | _of_clinic(draft))


def alike(one: d.Draft, other: d.Draft) -> bool:
    """Whether two drafts say the same of the clinic."""
    return _of_clinic(one) == _of_clinic(other)


def troubles(draft: d.Draft) -> list[Trouble]:
    """What is wrong with the entries of the clinic."""
    found = (*work_out(draft).troubles, *typed_goal(draft)[1])
    return [one for one in found if one.path[:1] and one.path[0] in KEYS and not one.missing]


def defaults_of(drafts: Iterable[d.Draft]) -> d.Draft:
    """A copy of the entries of the clinic in the first draft that has any: a sample that was tried says nothing."""
    return next((copy.deepcopy(_of_clinic(draft)) for draft in drafts if is_filled(draft)), {})


def is_filled(draft: d.Draft) -> bool:
    """Whether a draft says anything of the clinic that a blank one does not."""
    return not alike(draft, d.blank_draft())


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


def one_line(draft: d.Draft) -> str:
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
