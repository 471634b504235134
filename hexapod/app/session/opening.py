"""Which case is open and which step is shown: what an address leads to, and every way to another place.

An address leads to the list of cases, an empty case, a sample, or a case of the library, as a draft to be edited.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

import hexapod
from hexapod.about import folder_of_files
from hexapod.app.draft import clinic_defaults
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import draft_in
from hexapod.app.session import entries, library_access, session, unsaved
from hexapod.app.session.entries import action
from hexapod.app.session.session import FIRST, OpenCase
from hexapod.app.sign_in.user import actor
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.library import ClinicDefaults, LibraryError, Records, is_key, new_key

STEPS = {
    "limb": "Limb",
    "frame": "Frame",
    "radiographs": "Radiographs",
    "deformity": "Deformity",
    "mounting": "Mounting",
    "treatment": "Treatment",
    "check": "Check",
    "prescription": "Prescription",
    "follow-up": "Follow-up",
}
NEW, SAMPLE = "new", "sample-"
SAMPLES = folder_of_files() / "sample_cases"
# Among so many cases changed last one is looked for that says what is of the clinic.
LAST_CASES = 10
STAY = (
    "The last entries of this case are not saved, so it stays open: save them first, or leave them behind by the "
    "button above."
)
GONE = (
    "The entries that were not saved are no longer held: they were saved or given up in another window, or the "
    "program was started again. This is what the library has."
)


def start() -> None:
    """At the top of every run: go where the address leads, unless a button or an entry has just decided that.

    A message of the browser that was sent before it knew the new address still names the old one.
    """
    state = session.current()
    asked, step = session.asked()
    message, first = "", not state.started
    if first:
        state.started = True
        message = _take_up_unsaved(asked)
    place = state.names.get(asked, asked)
    follows = not state.decided and not (place != state.case.place and must_stay())
    if follows:
        state.step = step if step in STEPS else FIRST
        if place != state.case.place or (first and not place):
            state.case = opened(place)
            state.case.message = message or state.case.message
    if not follows or (state.case.place, state.held) != (asked, session.unsaved_asked()):
        session.show_address()
    state.decided = False


def must_stay() -> bool:
    """Whether the open case cannot be left, because its last entries are nowhere but on the page; that is told."""
    case = session.opened()
    if case.unsaved:
        case.message = STAY
    return bool(case.unsaved)


@action
def go(name: str) -> None:
    """Show a step.  A callback, so that an edit in flight is taken along."""
    session.current().step, session.current().to_top = name, new_key()
    session.opened().message, session.opened().refused = "", None


@action
def go_to_list() -> None:
    """Callback: show the list of cases."""
    if not must_stay():
        session.current().case = opened("")


@action
def leave_behind() -> None:
    """Callback: the case as the library has it; what could not be saved is given up."""
    case = session.opened()
    if case.unsaved and not session.is_of_before():
        session.current().case = opened(case.token or case.place)


@action
def open_place(place: str, step_name: str = FIRST, pressed: str = "") -> None:
    """Callback: open a case of the library by its key, a sample, or an empty case.

    `pressed` is the key of the button, beside which it is told when the case cannot be opened.
    """
    state = session.current()
    if must_stay():
        return
    state.names.pop(place, None)
    state.case, state.step = opened(place), step_name
    if state.case.trouble and pressed:
        state.case.refuse(pressed, state.case.trouble)


@action
def choose_level(uid: str) -> None:
    """Callback: edit another level."""
    session.opened().level = uid


def open_draft(new: d.Draft, message: str, step_name: str) -> None:
    """Open a draft that is not in the library yet, and save it.  For callbacks."""
    state = session.current()
    if must_stay():
        return
    state.names.pop(NEW, None)
    state.case, state.step = OpenCase(NEW, copy.deepcopy(new), message=message), step_name
    entries.save()


def open_case(case: Case, message: str, step_name: str = "check") -> None:
    """Open a case that was read from a file.  For callbacks."""
    open_draft(draft_of(case.document), message, step_name)


def _take_up_unsaved(asked: str) -> str:
    """Take up the entries that the address of a page loaded anew names as not saved; what to say if there are none."""
    key = session.unsaved_asked()
    if not key:
        return ""
    found = unsaved.held(key, actor().name)
    if found is None or found.place != asked:
        return GONE
    session.current().case, session.current().held = found, key
    return ""


def opened(place: str) -> OpenCase:
    """What an address leads to; the list, with the reason, when it leads nowhere."""
    session.current().clinic, defaults = _of_clinic(place)
    if place == NEW:
        return OpenCase(NEW, clinic_defaults.new_case(defaults))
    if place in {f"{SAMPLE}{stem}" for stem in samples()}:
        return _sample(place.removeprefix(SAMPLE))
    the_list = OpenCase(draft=d.blank_draft() | defaults)
    if not place:
        return the_list
    try:
        records = library_access.records()
        key = place if is_key(place) else records.cases.key_of(place)
        if key is None:
            return replace(the_list, trouble=f"The library has no case “{place}”: look for it in the list.")
        return _of_library(records, key)
    except HexapodError as error:
        return replace(the_list, trouble=str(error))


def _of_clinic(place: str) -> tuple[ClinicDefaults | None, d.Draft]:
    """What the library keeps as the clinic's defaults, and what a new case starts with.

    As long as none are kept, that is what the last cases say of the clinic; only list and new case ask for it.
    """
    try:
        records = library_access.records()
        kept = records.clinic.kept()
        if kept is not None:
            return kept, clinic_defaults.in_text(kept.text)
        return None, clinic_defaults.defaults_of(_last_drafts(records)) if place in ("", NEW) else {}
    except HexapodError:  # without the library there is an empty case, and the page says what is wrong with the library
        return None, {}


def _last_drafts(records: Records) -> Iterator[d.Draft]:
    """The drafts changed last, the newest first."""
    for one in records.cases.find(limit=LAST_CASES).cases:
        kept = records.drafts.load(one.case)
        if kept is not None:
            yield draft_in(kept.text)


def samples() -> list[str]:
    """The names of the sample cases."""
    return sorted(path.stem for path in SAMPLES.glob("*.json"))


def _sample(stem: str) -> OpenCase:
    name = f"{stem}.json"
    try:
        draft = draft_of(hexapod.load_case(SAMPLES / name).document)
    except HexapodError as error:
        return OpenCase(trouble=f"{name} was not opened. {error}")
    message = f"Sample opened: {name}. It enters the library with your first change."
    return OpenCase(f"{SAMPLE}{stem}", draft, message=message)


def _of_library(records: Records, key: str) -> OpenCase:
    kept = records.drafts.load(key)
    if kept is None:
        draft, revision = draft_of(hexapod.parse_case(records.versions.file(key)).document), 0
    else:
        draft, revision = draft_in(kept.text), kept.revision
    return OpenCase(key, draft, key, revision, warning=_warning(records, key))


def _warning(records: Records, key: str) -> str:
    """What has to be known of the signed plan of a case: that it is no longer made the same by this program."""
    try:
        signed = [plan for plan in records.plans.of(key) if plan.state == "signed"]
        again = records.plans.reproduce(key, signed[-1].number) if signed else None
    except LibraryError as error:
        return str(error)
    if again is None or again.same:
        return ""
    number = signed[-1].number
    return f"Plan {number} was signed, but is not made the same by this version of the program. {again.sentence}"
