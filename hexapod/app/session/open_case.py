"""What an address leads to: an empty case, a sample, or a case of the library, as a draft to be edited."""

from __future__ import annotations

from dataclasses import dataclass

import hexapod
from hexapod.about import folder_of_files
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.storage import draft_in
from hexapod.app.session import library_access
from hexapod.errors import HexapodError
from hexapod.library import LibraryError, Records, is_key

NEW, SAMPLE = "new", "sample-"
SAMPLES = folder_of_files() / "sample_cases"


@dataclass(frozen=True)
class Opened:
    """A draft to be edited; `key` and `revision` are those of the library, empty and 0 for what is not in it yet.

    `trouble` says why the case could not be opened; `warning` is to be read before anything is printed.
    """

    place: str
    draft: d.Draft
    key: str = ""
    revision: int = 0
    said: str = ""
    trouble: str = ""
    warning: str = ""


def opened(place: str) -> Opened:
    """What an address leads to; the list, with the reason, when it leads nowhere."""
    if place == NEW:
        return Opened(NEW, d.blank_draft())
    if place in {f"{SAMPLE}{stem}" for stem in samples()}:
        return _sample(place.removeprefix(SAMPLE))
    if not place:
        return Opened("", d.blank_draft())
    try:
        records = library_access.records()
        key = place if is_key(place) else records.cases.key_of(place)
        if key is None:
            return _nothing(f"The library has no case “{place}”: look for it in the list.")
        return _of_library(records, key)
    except HexapodError as error:
        return _nothing(str(error))


def samples() -> list[str]:
    """The names of the sample cases."""
    return sorted(path.stem for path in SAMPLES.glob("*.json"))


def _sample(stem: str) -> Opened:
    name = f"{stem}.json"
    try:
        draft = draft_of(hexapod.load_case(SAMPLES / name).document)
    except HexapodError as error:
        return _nothing(f"{name} was not opened. {error}")
    said = f"Sample opened: {name}. It enters the library with your first change."
    return Opened(f"{SAMPLE}{stem}", draft, said=said)


def _of_library(records: Records, key: str) -> Opened:
    kept = records.drafts.load(key)
    if kept is None:
        draft, revision = draft_of(hexapod.parse_case(records.versions.file(key)).document), 0
    else:
        draft, revision = draft_in(kept.text), kept.revision
    return Opened(key, draft, key, revision, warning=_warning(records, key))


def _warning(records: Records, key: str) -> str:
    """What has to be known of the signed plan of a case: that it is no longer made the same by this program."""
    try:
        signed = [plan for plan in records.plans.of(key) if plan.state == "signed"]
        again = records.plans.reproduce(key, signed[-1].number) if signed else None
    except LibraryError as error:
        return str(error)
    if again is None or again.same:
        return ""
    return f"Plan {signed[-1].number} was signed, but is not made the same by this version of the program. {again.told}"


def _nothing(trouble: str) -> Opened:
    return Opened("", d.blank_draft(), trouble=trouble)
