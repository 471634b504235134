"""A ring measured with a calliper in the draft: distances typed, joints found, and a measured ring put into a frame."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass

from hexapod.app.draft import draft_model as d
from hexapod.app.draft.typed_text import EntryReader, Reading, Trouble, coordinate
from hexapod.errors import CaseError
from hexapod.hardware.measured_rings import NAME, NAME_SAID, RingMeasurement
from hexapod.preoperative.ring_calibration import FORMAT, Calibration, MeasuredRing, calibrate, calibration_of

HERE = "calibration"
PAIRS = tuple(itertools.combinations(range(1, 7), 2))
# SD of a distance taken with a calliper, mm, while nothing else is typed.  Source: the example of docs/hardware.md.
USUAL_SD_MM = 0.3
# Joints are kept to this many decimals of a mm: a calliper tells a hundredth at best.
DECIMALS = 3


@dataclass(frozen=True)
class RingTyped:
    """What the typed distances say: the file's values and the ring found, or None with what is missing or wrong."""

    given: Calibration | None
    ring: MeasuredRing | None
    troubles: tuple[Trouble, ...]


def key_of(a: int, b: int) -> str:
    """The key of a distance in the draft.

    >>> key_of(1, 2)
    '1-2'
    """
    return f"{a}-{b}"


def made(draft: d.Draft) -> RingTyped:
    """The ring of the distances typed so far; nothing while none is typed."""
    typed, reading = draft[HERE], Reading()
    if not any(text.strip() for text in typed["distances_mm"].values()):
        return RingTyped(None, None, ())
    reader = EntryReader(draft, reading)
    bolt = reader.number((HERE, "bolt_mm"), "bolt_mm") or 0.0
    height = reader.number((HERE, "height_mm"), "height_mm", coordinate)
    sd = reader.number((HERE, "sd_mm"), "sd_mm")
    distances = []
    for a, b in PAIRS:
        mm = reader.number((HERE, "distances_mm", key_of(a, b)), key_of(a, b))
        if mm is not None:
            distances.append([a, b, mm - bolt])
    if typed["ring"] is None:
        reader.say((HERE, "ring"), "ring", "still to be chosen.", missing=True)
    if reading.troubles:
        return RingTyped(None, None, tuple(reading.troubles))
    file = {
        "format": FORMAT,
        "ring": typed["ring"],
        "distances_mm": distances,
        "sd_mm": USUAL_SD_MM if sd is None else sd,
        "height_mm": height or 0.0,
    }
    try:
        given = calibration_of(file)
        return RingTyped(given, calibrate(given), ())
    except CaseError as error:
        reasons = "; ".join(problem.message for problem in error.problems)
        return RingTyped(None, None, (Trouble((HERE,), HERE, reasons, missing=False),))


def name_trouble(name: str) -> str:
    """Why a name cannot be that of a ring; empty for one that can."""
    return "" if NAME.fullmatch(name.strip()) else f"The name of the ring {NAME_SAID}"


def to_keep(name: str, found: RingTyped, on: datetime.date) -> RingMeasurement | None:
    """The ring as the clinic's catalogue keeps it; None while the distances give none that may be used."""
    if found.given is None or found.ring is None or not found.ring.agrees:
        return None
    joints = [[round(mm, DECIMALS) + 0.0 for mm in point] for point in found.ring.joints_mm.tolist()]
    return RingMeasurement(
        name=name.strip(),
        used_as=found.given.ring,
        measured_on=on,
        joints_mm=tuple((x, y, z) for x, y, z in joints),
        sd_mm=tuple(round(sd, DECIMALS) for sd in found.ring.sd_mm),
        distances_mm=found.given.distances_mm,
        distance_sd_mm=found.given.sd_mm,
    )


def use(draft: d.Draft, path: d.Path, ring: RingMeasurement) -> None:
    """A ring of the frame becomes a measured one, with its numbers.  KeyError: the draft has no such ring."""
    held, name = d.holder(draft, path)
    joints = "\n".join(" ".join(f"{mm:g}" if mm == int(mm) else repr(mm) for mm in point) for point in ring.joints_mm)
    source = {"ring": ring.name, "on": ring.measured_on.isoformat(), "joints": joints}
    held[name] = d.blank_ring() | {"kind": "joints", "joints": joints, "measured": source}
