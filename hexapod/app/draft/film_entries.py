"""The entries of a level that a size measured on a radiograph can be taken into, from the table of fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hexapod.app.draft.draft_model import Draft, Path
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.text.case_fields import LEVEL, STRUCTURE
from hexapod.text.field_kinds import CaseField, word_name, words_of

# Entries of these steps are measured; what a treatment does is decided.
MEASURED_IN = ("frame", "mounting", "deformity")
_SDS = {
    (part, one.pair.quantity): (f"{part}_sd", one.key)
    for part, table in (("deformity", DEFORMITY_SD), ("mounting", MOUNTING_SD))
    for one in table
}


@dataclass(frozen=True)
class FilmEntry:
    """One entry, with its direction where it has one.

    `word` is how results name it, such as `mounting.lateral_mm`; `path` leads to it inside the level; `direction` is
    the direction word, empty for a plain number; `sd` names the SDs of the level and the key there, where it has one.
    """

    word: str
    path: Path
    direction: str
    label: str
    unit: str
    sd: tuple[str, str] | None = None


def film_entries(level: Draft) -> list[FilmEntry]:
    """Every entry of the level that is a length or an angle and can be measured, in the order of the page."""
    found = [entry for row in LEVEL if row.step in MEASURED_IN or row.drawing for entry in _of_row(row)]
    place = next(row for row in STRUCTURE if row.pairs)
    for count, structure in enumerate(level["structures_at_risk"]):
        name = structure["name"].strip() or f"structure {count + 1}"
        prefix, path = f"structures_at_risk[{count}].at", ("structures_at_risk", structure["uid"], "at")
        found += _of_words(place, prefix, path, f"{name}: ")
    return found


def entry_of(level: Draft, word: str) -> FilmEntry | None:
    """The entry that a result's word names; None where it is none of this level."""
    return next((entry for entry in film_entries(level) if entry.word == word), None)


def _of_row(row: CaseField) -> Iterator[FilmEntry]:
    if row.kind == "size" and (row.key.endswith("_mm") or row.path[0].endswith("_mm")):
        yield FilmEntry(row.key, row.path, "", row.name, "mm")
    elif row.kind in ("words", "said"):
        yield from _of_words(row, row.key, row.path, f"{row.name}: ")


def _of_words(row: CaseField, prefix: str, path: Path, before: str) -> Iterator[FilmEntry]:
    for pair in row.pairs:
        for word in words_of(pair):
            label = f"{before}{word_name(word)} ({pair.quantity})"
            yield FilmEntry(
                f"{prefix}.{word}", (*path, pair.quantity), word, label, pair.unit, _SDS.get((prefix, pair.quantity))
            )
