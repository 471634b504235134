"""Bone transport before surgery: from what is measured on the limb to the hexapods that close a defect.

Everything lies along the bone, in mm distal of the most proximal ring; the fragments are aligned, without angulation
and rotation against each other.  An antegrade segment is cut off the proximal
fragment and travels distally, a retrograde one off the distal fragment and proximally; `both` (trifocal) sends one from
either side.  The hexapod at the docking site keeps the length of the limb (`keep-length`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.deformity import quantities as w
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Ring, Strut
from hexapod.stages.templates import DOCKING_MM_PER_DAY

Direction = Literal["antegrade", "retrograde", "both"]
Words = Mapping[str, float]
# Rates of two segments are written to this, mm a day, upwards, so that neither docks later than the defect allows.
RATE_STEP = 0.01
# Usual latency, days, and compression after docking, mm.  Source: docs/safety/README.md; both can be edited.
LATENCY_DAYS, COMPRESSION_MM = 7, 2.0
MM_PER_CM = 10.0
# Several steps a day are what a regenerate needs.  Source: Ilizarov 1989 part II.
ADJUSTMENTS = 4


@dataclass(frozen=True)
class TransportMeasures:
    """What a transport is derived from; lengths in mm along the bone, all above 0 unless said.

    Attributes:
        direction: which way the segment travels; `both` for two segments.
        defect_mm: how far apart the bone ends are.
        segments_mm: length of each segment, the proximal one first.
        rings_mm: distances between the rings' mid planes as measured on the limb, from proximal: one more than
            segments.
        osteotomy_mm: from the outermost ring on the side of the osteotomy to the osteotomy; the proximal for `both`.
        beside: where the distal end of the defect lies beside the proximal one, in words; {} in line.
        ring_offset: where the centre of the rings lies beside the axis of the bone, in words; {} on it.
        compression_mm: how far the docking site is compressed after docking, 0 or more.
        first_mm: of `both`, how far the proximal segment goes; half the defect when None.
        diameter_mm: of the bone.
        girth_mm: of the limb at its widest between the outermost rings; None: not measured.
        mm_per_day: at which the defect closes.
        latency_days: rest before it.
        index_days_per_cm: external fixation index, from which consolidation follows; None: no consolidation.
        ring, series: model of all rings, and series of all struts, in the catalogue.
        bone: its name, for the names of the hexapods.
    """

    direction: Direction
    defect_mm: float
    segments_mm: tuple[float, ...]
    rings_mm: tuple[float, ...]
    osteotomy_mm: float
    ring: str
    series: str
    diameter_mm: float
    beside: Words = field(default_factory=dict)
    ring_offset: Words = field(default_factory=dict)
    compression_mm: float = COMPRESSION_MM
    first_mm: float | None = None
    mm_per_day: float = 1.0
    latency_days: int = LATENCY_DAYS
    index_days_per_cm: float | None = None
    girth_mm: float | None = None
    bone: str = "bone"


@dataclass(frozen=True)
class BonePiece:
    """A piece of bone on day 0: its name, where it begins and ends, mm distal of the most proximal ring, and how far
    it travels distally (negative: proximally; 0: it stays).  The outer ends of limb fragments are open (None)."""

    name: str
    top_mm: float | None
    bottom_mm: float | None
    travel_mm: float = 0.0


@dataclass(frozen=True)
class Construct:
    """The hexapods of a transport as levels of a case file, and what they stand for, from proximal to distal.

    Each ring is fixed to the piece of the same number.  `rings_mm`, `osteotomies_mm`, the ends of the defect and the
    docking site `docks_at_mm` are distal of the most proximal ring; on the evening `docking_day` the gap is closed.
    """

    levels: list[dict[str, Any]]
    pieces: tuple[BonePiece, ...]
    rings_mm: tuple[float, ...]
    osteotomies_mm: tuple[float, ...]
    defect_mm: tuple[float, float]
    docks_at_mm: float
    docking_day: int

    def spans(self) -> list[tuple[str, float, float]]:
        """What has a length along the bone, from proximal: its name, where it begins and where it ends."""
        found = [("defect", *self.defect_mm)]
        found += [(one.name, one.top_mm or 0.0, one.bottom_mm or 0.0) for one in self.pieces if one.travel_mm]
        return sorted(found, key=lambda one: one[1])


def transport_construct(measured: TransportMeasures, catalogue: Catalogue | None = None) -> Construct:
    """The hexapods of a bone transport: their points, `segment`, deformity of the docking side, stages and settings.

    The rings stand parallel and in line on day 0, as far apart as measured; settings are the nearest marks.

    Raises:
        HexapodError: a ring that would not be fixed to the piece of bone it belongs to, no strut for a distance, or a
            measurement that makes no sense, and what to check.
    """
    catalogue = catalogue or load_catalogue()
    _check(measured)
    pieces, rings = _pieces(measured), tuple(np.cumsum([0.0, *measured.rings_mm]).tolist())
    for number, (ring, piece) in enumerate(zip(rings, pieces, strict=True), start=1):
        _check_ring(number, ring, piece)
    transports = {transport.index: transport for transport in _transports(measured)}
    levels = []
    for index in range(len(pieces) - 1):
        above, below = pieces[index], pieces[index + 1]
        docking = index == _docking(measured)
        reference: w.Fragment = "distal" if not docking and below.travel_mm == 0.0 else "proximal"
        origin = above.bottom_mm if reference == "proximal" else below.top_mm
        assert origin is not None
        ring = rings[index] if reference == "proximal" else rings[index + 1]
        level: dict[str, Any] = {
            "name": "docking site" if docking else f"{'distal' if index else 'proximal'} {measured.bone}",
            "reference": reference,
            "frame": _frame(measured, index, catalogue, longer=not docking),
            "mounting": {**_offset(measured, beyond_docking=reference == "distal"), **_along(origin - ring)},
            "deformity": {**measured.beside, "long_mm": measured.defect_mm} if docking else {},
            "bone": {"diameter_mm": measured.diameter_mm, "osteotomy": {"distal_mm": 0}},
            "limits": {"mm_per_day": measured.mm_per_day if docking else transports[index].mm_per_day},
            "adjustments_per_day": ADJUSTMENTS,
        }
        if measured.girth_mm is not None:
            level["limb_girth_mm"] = {"proximal": measured.girth_mm, "distal": measured.girth_mm}
        if index:
            level["segment"] = {"distal_mm": measured.segments_mm[index - 1], "ring": "shared"}
        if docking:
            level["couple"] = "keep-length"
        else:
            level["stages"] = _stages(measured, transports[index])
            if measured.index_days_per_cm is not None:
                level["index_days_per_cm"] = measured.index_days_per_cm
        levels.append(level)
    ends = [(above.bottom_mm or 0.0, below.top_mm or 0.0) for above, below in itertools.pairwise(pieces)]
    site = _docking(measured)
    return Construct(
        levels,
        pieces,
        rings,
        osteotomies_mm=tuple(top for index, (top, _) in enumerate(ends) if index != site),
        defect_mm=ends[site],
        docks_at_mm=ends[site][0] + max(pieces[site].travel_mm, 0.0),
        docking_day=measured.latency_days + max(transport.days for transport in transports.values()),
    )


def _check(measured: TransportMeasures) -> None:
    count = 2 if measured.direction == "both" else 1
    if (len(measured.segments_mm), len(measured.rings_mm)) != (count, count + 1):
        raise HexapodError(
            f"A transport {measured.direction} has {count} segment{'s' * (count - 1)} and {count + 2} rings: give "
            f"{count} segment length{'s' * (count - 1)} and {count + 1} distances between rings."
        )
    for name, sizes in (
        ("The defect", (measured.defect_mm,)),
        ("The length of a segment", measured.segments_mm),
        ("The distance between two rings", measured.rings_mm),
        ("The distance from ring to osteotomy", (measured.osteotomy_mm,)),
        ("The diameter of the bone", (measured.diameter_mm,)),
        ("The rate", (measured.mm_per_day,)),
        ("The girth of the limb", () if measured.girth_mm is None else (measured.girth_mm,)),
    ):
        if not all(0.0 < size <= w.ALONG_BONE.limit for size in sizes):
            raise HexapodError(f"{name} must be above 0 and at most {w.ALONG_BONE.limit:g}.")
    if not 0.0 <= measured.compression_mm <= w.ALONG_BONE.limit:
        raise HexapodError("The docking compression must be 0 mm or more.")
    if count == 2 and not 0.0 < _first_mm(measured) < measured.defect_mm:
        raise HexapodError(
            f"The proximal segment must travel above 0 and less than the defect, {measured.defect_mm:g} mm."
        )
    for words in (measured.beside, measured.ring_offset):
        w.check_words(words, w.PLACE[:2])


def _first_mm(measured: TransportMeasures) -> float:
    """How far the proximal segment of two goes."""
    return measured.defect_mm / 2.0 if measured.first_mm is None else measured.first_mm


def _pieces(measured: TransportMeasures) -> tuple[BonePiece, ...]:
    """The pieces of bone from proximal to distal."""
    defect, segments = measured.defect_mm, measured.segments_mm
    if measured.direction == "antegrade":
        osteotomy = measured.osteotomy_mm
        end = osteotomy + segments[0]
        return (
            BonePiece("proximal fragment", None, osteotomy),
            BonePiece("segment", osteotomy, end, defect),
            BonePiece("distal fragment", end + defect, None),
        )
    if measured.direction == "retrograde":
        osteotomy = sum(measured.rings_mm) - measured.osteotomy_mm
        end = osteotomy - segments[0]
        return (
            BonePiece("proximal fragment", None, end - defect),
            BonePiece("segment", end, osteotomy, -defect),
            BonePiece("distal fragment", osteotomy, None),
        )
    osteotomy, first = measured.osteotomy_mm, _first_mm(measured)
    end = osteotomy + segments[0]
    start = end + defect
    return (
        BonePiece("proximal fragment", None, osteotomy),
        BonePiece("proximal segment", osteotomy, end, first),
        BonePiece("distal segment", start, start + segments[1], first - defect),
        BonePiece("distal fragment", start + segments[1], None),
    )


def _check_ring(number: int, ring_mm: float, piece: BonePiece) -> None:
    beyond = {
        "proximal": 0.0 if piece.top_mm is None else piece.top_mm - ring_mm,
        "distal": 0.0 if piece.bottom_mm is None else ring_mm - piece.bottom_mm,
    }
    for side, mm in beyond.items():
        if mm > 0.0:
            raise HexapodError(
                f"Ring {number} (counted from proximal) would stand {mm:g} mm {side} of the {piece.name}, which it is "
                f"fixed to. Check the distances between the rings, from ring to osteotomy, and the lengths of segment "
                f"and defect."
            )


def _docking(measured: TransportMeasures) -> int:
    """The hexapod at the docking site, from 0."""
    return 0 if measured.direction == "retrograde" else 1


def _offset(measured: TransportMeasures, *, beyond_docking: bool) -> dict[str, float]:
    """Where the rings, which stand in line, lie beside the bone: beyond the docking site its axis lies beside, too."""
    words: dict[str, float] = {}
    for pair in w.PLACE[:2]:
        beside = pair.signed(measured.beside) if beyond_docking else 0.0
        words.update(pair.say(pair.signed(measured.ring_offset) - beside))
    return words


def _along(distal_mm: float) -> dict[str, float]:
    """The axial frame offset of a ring that stands so far proximal of its origin (negative: distal)."""
    return {"proximal_mm": distal_mm} if distal_mm >= 0.0 else {"distal_mm": -distal_mm}


def _frame(measured: TransportMeasures, index: int, catalogue: Catalogue, *, longer: bool) -> dict[str, Any]:
    """Rings, struts and settings of parallel rings in line, by the nearest marks."""
    ring, apart = catalogue.ring(measured.ring), measured.rings_mm[index]
    lengths = neutral_lengths(ring, apart)
    strut = _strut(catalogue, measured.series, lengths, apart, longer=longer)
    return {
        "proximal_ring": {"model": ring.name},
        "distal_ring": {"model": ring.name},
        "struts": [strut.name] * len(lengths),
        "settings_mm": [strut.nearest_mark(strut.setting(length)) for length in lengths],
        "settings_at": "start",
    }


def neutral_lengths(ring: Ring, apart_mm: float) -> list[float]:
    """The six strut lengths, mm, of two such rings parallel and in line, so far apart between their mid planes."""
    distal = ring.distal_joints_mm - [0.0, 0.0, apart_mm]
    found: list[float] = np.linalg.norm(distal - ring.proximal_joints_mm, axis=1).tolist()
    return found


def _strut(catalogue: Catalogue, series: str, lengths: Sequence[float], apart_mm: float, *, longer: bool) -> Strut:
    """The model of a series that reads all lengths and has the most travel in the direction it is needed in."""
    models = catalogue.of_series(series)
    if not models:
        raise HexapodError(f"The catalogue has no struts of the series {series}.")
    able = [one for one in models if all(one.reads(one.nearest_mark(one.setting(length))) for length in lengths)]
    if not able:
        ends = [one.length(reading) for one in models for reading in (one.min_mm, one.max_mm)]
        raise HexapodError(
            f"Rings {apart_mm:g} mm apart need struts {min(lengths):.0f} to {max(lengths):.0f} mm long; those chosen "
            f"are {min(ends):g} to {max(ends):g} mm. Measure again from mid plane to mid plane, or choose other struts."
        )

    def travel(strut: Strut) -> float:
        ends = sorted(strut.length(reading) for reading in (strut.min_mm, strut.max_mm))
        return ends[1] - max(lengths) if longer else min(lengths) - ends[0]

    return max(able, key=travel)


@dataclass(frozen=True)
class _SegmentTransport:
    """How one segment travels: its hexapod from 0, words and size along the bone, across it, mm a day, compression."""

    index: int
    word: str
    along_mm: float
    across: Words
    mm_per_day: float
    compression_mm: float

    @property
    def days(self) -> int:
        """Days from the first adjustment to docking."""
        length = math.hypot(self.along_mm, *self.across.values())
        return math.ceil(length / self.mm_per_day - 1e-9)

    @property
    def compression_days(self) -> int:
        """Days of the compression that follows."""
        return math.ceil(self.compression_mm / DOCKING_MM_PER_DAY - 1e-9)


def _transports(measured: TransportMeasures) -> list[_SegmentTransport]:
    """The transports of all segments, from proximal.

    What lies beside is made up for, and the docking site compressed, by the only segment, or the proximal one of two.
    """
    if measured.direction == "antegrade":
        transports = [(0, "distal_mm", measured.defect_mm)]
    elif measured.direction == "retrograde":
        transports = [(1, "proximal_mm", measured.defect_mm)]
    else:
        first = _first_mm(measured)
        transports = [(0, "distal_mm", first), (2, "proximal_mm", measured.defect_mm - first)]
    found = []
    for number, (index, word, along) in enumerate(transports):
        share = along / measured.defect_mm * measured.mm_per_day
        rate = share if len(transports) == 1 else round(math.ceil(share / RATE_STEP - 1e-9) * RATE_STEP, 2)
        mine = number == 0
        across = _across(measured) if mine else {}
        found.append(_SegmentTransport(index, word, along, across, rate, measured.compression_mm if mine else 0.0))
    return found


def _across(measured: TransportMeasures) -> dict[str, float]:
    """The part of the transport across the bone: to the other end, which lies beside by so much."""
    way = -1.0 if measured.direction == "retrograde" else 1.0
    return w.words_of((way * pair.signed(measured.beside) for pair in w.PLACE[:2]), w.PLACE[:2])


def _stages(measured: TransportMeasures, transport: _SegmentTransport) -> list[dict[str, Any]]:
    """The stages of the hexapod that drives a segment."""
    stages: list[dict[str, Any]] = []
    if measured.latency_days:
        stages.append({"name": "latency", "hold_days": measured.latency_days})
    stages.append({"name": "transport", "transport": {transport.word: transport.along_mm, **transport.across}})
    if transport.compression_mm:
        slow = {"mm_per_day": DOCKING_MM_PER_DAY}
        stages.append(
            {"name": "docking compression", "transport": {transport.word: transport.compression_mm}, "limits": slow}
        )
    rest = _days_in_frame(measured) - measured.latency_days - transport.days - transport.compression_days
    if rest > LONGEST_STAGE_DAYS:
        raise HexapodError(
            f"The index makes {_days_in_frame(measured)} days in the frame likely; a stage has at most "
            f"{LONGEST_STAGE_DAYS} days: check the index, or leave it empty."
        )
    return [*stages, {"name": "consolidation", "hold_days": rest}] if rest > 0 else stages


def _days_in_frame(measured: TransportMeasures) -> int:
    """What the index makes likely for the longest regenerate; 0 without an index."""
    longest = max(transport.along_mm + transport.compression_mm for transport in _transports(measured))
    return math.ceil(longest / MM_PER_CM * (measured.index_days_per_cm or 0.0) - 1e-9)
