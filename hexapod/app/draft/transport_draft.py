"""Bone transport in the draft: what was typed, the hexapods that follow, how they are put in, earlier ones restored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hexapod import load_catalogue
from hexapod.app.draft import clinic_defaults, typed_text
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.typed_text import EntryReader, Reading, Trouble
from hexapod.case.model import FORMAT
from hexapod.errors import HexapodError
from hexapod.preoperative.bone_transport import Construct, TransportMeasures, transport_construct

HERE = "transport"
# Which way the two fragments of the defect stand to each other, and why those that are not aligned are not derived.
ALIGNED = {"yes": "aligned", "no": "angulated or rotated"}
NOT_ALIGNED = (
    "the segment only travels: correct the alignment first, at surgery or with a hexapod of its own, or enter the "
    "hexapods one by one."
)
# Numbers that have to be typed whatever the direction, as they are called in `TransportMeasures`.
REQUIRED = ("defect_mm", "osteotomy_mm", "diameter_mm")


@dataclass(frozen=True)
class Derived:
    """The hexapods that the entries make, or None with the troubles that prevent them."""

    construct: Construct | None
    troubles: tuple[Trouble, ...]


def segments_of(draft: d.Draft) -> int:
    """How many segments travel."""
    return 2 if draft[HERE]["direction"] == "both" else 1


def made(draft: d.Draft) -> Derived:
    """What the entries make; nothing while no direction is chosen."""
    typed, reading = draft[HERE], Reading()
    if typed["direction"] is None:
        return Derived(None, ())
    reader, count = EntryReader(draft, reading), segments_of(draft)
    values: dict[str, Any] = {name: _number(reader, (HERE, name), required=True) for name in REQUIRED}
    for name, many in (("segments_mm", count), ("rings_mm", count + 1)):
        values[name] = tuple(_number(reader, (HERE, name, str(k)), required=True) for k in range(many))
    for name in ("girth_mm", "compression_mm", "mm_per_day", "index_days_per_cm", *(["first_mm"] if count > 1 else [])):
        values[name] = _number(reader, (HERE, name))
    values["latency_days"] = _number(reader, (HERE, "latency_days"), typed_text.whole)
    for name in ("beside", "ring_offset"):
        values[name] = reader.words((HERE, name), name, d.PLACE[:2], required=True)
    for name in ("aligned", "ring", "series"):
        if typed[name] is None:
            reader.say((HERE, name), name, "still to be chosen.", missing=True)
    if typed["aligned"] == "no":
        reader.say((HERE, "aligned"), "aligned", NOT_ALIGNED)
    if reading.troubles:
        return Derived(None, tuple(reading.troubles))
    measured = TransportMeasures(
        direction=typed["direction"],
        ring=typed["ring"],
        series=typed["series"],
        bone=draft["limb"]["bone"] or "bone",
        **{name: value for name, value in values.items() if value is not None},  # what is left empty is as usual
    )
    try:
        return Derived(transport_construct(measured, load_catalogue()), ())
    except HexapodError as error:
        return Derived(None, (Trouble((HERE,), HERE, str(error), missing=False),))


def _number(reader: EntryReader, path: d.Path, read: Any = typed_text.size, *, required: bool = False) -> float | None:
    key, known = ".".join(path[1:]), len(reader.reading.troubles)
    value = reader.number(path, key, read)
    if required and value is None and len(reader.reading.troubles) == known:
        reader.say(path, key, "still to be entered.", missing=True)
    return value


def put_in(draft: d.Draft, construct: Construct) -> None:
    """The hexapods take the place of those of the draft, which can be taken back."""
    limb = {"side": "right", "bone": "tibia"}  # of no effect on a level
    document = {"format": FORMAT, "id": HERE, "limb": limb, "start_date": "2026-01-01", "levels": construct.levels}
    new = draft_of(document)
    draft[HERE]["before"], draft["levels"] = draft["levels"], new["levels"]
    draft["exact"].update(new["exact"])
    for level in new["levels"]:
        clinic_defaults.use_usual_times(draft, level["uid"])


def swap(draft: d.Draft) -> None:
    """Take back the hexapods of before, or put those of the transport in once more: nothing is lost on either side."""
    if draft[HERE]["before"]:
        draft[HERE]["before"], draft["levels"] = draft["levels"], draft[HERE]["before"]
