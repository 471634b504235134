"""A table of a hardware file, read strictly: every value checked, every mistake told with file, family, model, key."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from hexapod.errors import CatalogueError
from hexapod.hardware.models import Provenance, Status

# No ring, strut or offset of a hexapod is larger than this, mm (the same as in a case file).
LARGEST_MM = 1000.0
LONGEST_SHOWN = 60
STATUSES = get_args(Status)


@dataclass(frozen=True)
class TomlTable:
    """A table of a hardware file, and its place in words: file, family, model, table."""

    values: Mapping[str, Any]
    place: str

    def refuse(self, key: str, message: str) -> CatalogueError:
        """The error about one of its keys."""
        shown = f" = {_shown(self.values[key])}" if key in self.values else ""
        return CatalogueError(f"{self.place}, {key}{shown}: {message} docs/hardware.md shows the form.")

    def of(self, model: str) -> TomlTable:
        """The same table where it tells of one model."""
        return TomlTable(self.values, f"{self.place}, {model}")

    def only(self, keys: Collection[str]) -> None:
        """Raises CatalogueError for a key that is none of these."""
        for key in self.values:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(keys)}."
                raise self.refuse(key, f"is not a key of this table; {hint}")

    def value(self, key: str) -> Any:
        """A value that has to be there."""
        if key not in self.values:
            raise self.refuse(key, "is required and has no default: add it.")
        return self.values[key]

    def text(self, key: str) -> str:
        """Text that is not empty."""
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, "must be text in quotes that is not empty.")
        return value

    def name(self, key: str, mark: str) -> str:
        """A model's name, in which `{mark}` may stand and no other brace."""
        value = self.text(key)
        if {"{", "}"} & set(value.replace(f"{{{mark}}}", "")):
            raise self.refuse(key, f"must be text in quotes with {{{mark}}} as its only braces.")
        return value

    def label(self, mark: str, words: str, name: str) -> str:
        """The name under which people buy a model, `words` for its mark; without one the model's own `name`."""
        return self.name("label", mark).replace(f"{{{mark}}}", words) if "label" in self.values else name

    def number(self, key: str, least: float = -LARGEST_MM, most: float = LARGEST_MM, above: bool = False) -> float:
        """A finite number from `least` (or, with `above`, from above it) to `most`."""
        return self.checked(key, self.value(key), least, most, above)

    def checked(self, key: str, value: Any, least: float, most: float, above: bool = False) -> float:
        """`value`, as one of a key's, if it is such a number."""
        right = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        if not right or (above and value == least):  # NaN is not right
            bound = f"above {least:g}" if above else f"from {least:g}"
            raise self.refuse(key, f"must be a number {bound} to {most:g}, without quotes.")
        return float(value)

    def list(self, key: str) -> list[Any]:
        """A list with at least one entry."""
        value = self.value(key)
        if not isinstance(value, list) or not value:
            raise self.refuse(key, "must be a list in brackets [ ] with at least one entry.")
        return value

    def table(self, key: str, required: bool = True) -> TomlTable:
        """The table of a key; an empty one when it need not be there."""
        value = self.value(key) if required else self.values.get(key, {})
        return TomlTable(self.is_table(key, value), f"{self.place}, {key}")

    def is_table(self, key: str, value: Any) -> Mapping[str, Any]:
        """`value`, as one of a key's, if it is a table."""
        if not isinstance(value, dict):
            raise self.refuse(key, "must be a table.")
        return value

    def one_of(self, first: str, second: str) -> str:
        """Whichever of two keys is there; both or none is an error."""
        if (first in self.values) == (second in self.values):
            raise self.refuse(first, f"give either {first} or {second}.")
        return first if first in self.values else second


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else "nan" if value != value else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"


def family_label(family: TomlTable) -> str:
    """The name under which people buy a family, else the name that files have."""
    return str(family.values.get("label", family.values["family"]))


def check_status(part: TomlTable) -> None:
    """Raises CatalogueError where a status is none."""
    status = part.text("status")
    if status not in STATUSES:
        raise part.refuse("status", f"must be one of {', '.join(STATUSES)}.")


def provenance(family: TomlTable, values: TomlTable, keys: Sequence[str]) -> dict[str, Provenance]:
    """Where the values of these keys come from: by the family, or a note of their own."""
    notes = values.table("notes", required=False)
    notes.only(keys)
    notes_of = {key: notes.table(key) if key in notes.values else family for key in keys}
    for note in notes_of.values():
        if note is not family:
            note.only(("status", "source"))
            check_status(note)
    return {key: Provenance(note.values["status"], note.text("source")) for key, note in notes_of.items()}
