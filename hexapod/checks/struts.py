"""H-08: a strut that runs out of travel; H-09, H-10: one more oblique than its joint can follow, or a frame bears."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence

import numpy as np

from hexapod.checks import limits
from hexapod.checks.findings import RELATIVE_TOLERANCE, Finding
from hexapod.geometry.transforms import Array, transform_points
from hexapod.hardware.models import RANGE_TOLERANCE_MM, Strut, shown_name
from hexapod.schedule.strut_exchanges import Exchange, keeps_reserve
from hexapod.schedule.strut_settings import Schedule
from hexapod.trajectory.frame_trajectory import FrameCourse
from hexapod.trajectory.level_setup import LevelSetup

TRAVEL = "strut.travel"


def check_given_readings(setup: LevelSetup, readings_mm: tuple[float, ...]) -> list[Finding]:
    """A reading outside its own strut's range cannot be true."""
    found = []
    for number, (strut, reading) in enumerate(zip(setup.struts, readings_mm, strict=True), 1):
        if not strut.reads(reading):
            found.append(
                Finding(
                    TRAVEL,
                    "refused",
                    setup.index,
                    f"Strut {number} cannot read {reading:g} mm: {strut.range_text()}. Check reading and model.",
                    strut=number,
                    value=reading,
                    limit=_nearest_end(strut.min_mm, strut.max_mm, reading),
                    unit="mm",
                )
            )
    return found


def check_travel(
    schedule: Schedule, already: Collection[int | None], choices: Callable[[Strut], Sequence[Strut]]
) -> list[Finding]:
    """A setting or dose outside the range of the strut fitted that day, where no exchange can help.

    Struts in `already` (1 to 6) have been found out of range by their given reading; `choices` are the models that a
    strut can be exchanged for.
    """
    found = []
    closed = {exchange.strut: exchange for exchange in reversed(schedule.closed)}
    for number in sorted(set(schedule.out_of_travel).difference(already)):
        fitted, days = schedule.models[0][number - 1], list(range(len(schedule.models)))
        readings = schedule.doses_mm[:, :, number - 1]
        lengths = fitted.scale_direction * readings + fitted.scale_offset_mm
        strut = fitted
        if number in closed:  # the model that stays on, because the clinic is not open for its exchange
            strut, days = closed[number].old, days[closed[number].first_day :]
        else:
            lost = _lost(lengths, fitted, choices(fitted), schedule.frame.setup.known == -1)
            if lost is not None:
                strut, days = lost
        readings = strut.nearest_marks(strut.settings(lengths))
        excess = _excess(strut, readings).max(axis=1)
        first = next((day for day in days if excess[day] > RANGE_TOLERANCE_MM), None)
        if first is None:  # its own range holds everything; only the exchange chain was in the way
            continue
        day = first if number in closed else max(days, key=lambda day: excess[day])
        reading = float(readings[day, int(np.argmax(_excess(strut, readings[day])))])
        since = f" (out of range from day {first})" if first != day else ""
        length = strut.length(reading)
        advice = (
            f"no sequence of models of its family reaches every day. Build the frame with a "
            f"{_advice(reading, strut.max_mm)} ring separation, use another family of struts, or choose a "
            f"slower or staged path."
        )
        if number in closed:
            exchange = closed[number]
            advice = (
                f"a change-out to {shown_name(exchange.new)} on the morning of "
                f"{_days(exchange.first_day, exchange.last_day)} would do, but the clinic is not open then. "
                f"Add a clinic day."
            )
        found.append(
            Finding(
                TRAVEL,
                "refused",
                schedule.frame.setup.index,
                f"Strut {number} would have to read {reading:g} mm (joint to joint {length:.1f} mm) on day "
                f"{day}{since}; {strut.range_text()}, and {advice}",
                day=day,
                strut=number,
                value=reading,
                limit=_nearest_end(strut.min_mm, strut.max_mm, reading),
                unit="mm",
            )
        )
    return found


def check_reserve(schedule: Schedule, reserve_mm: float) -> list[Finding]:
    """`exchange.reserve`: an exchange that leaves too little strut travel: its visit cannot move by a day or two.

    Of each strut the exchange that leaves least, naming the days of the others.
    """
    low: dict[int, list[Exchange]] = {}
    for one in schedule.exchanges:
        if not keeps_reserve(one.reserve_mm, reserve_mm):
            low.setdefault(one.strut, []).append(one)
    found = []
    for strut, exchanges in sorted(low.items()):
        one = min(exchanges, key=lambda exchange: exchange.reserve_mm)
        others = ", ".join(
            f"day {other.planned_day} ({max(other.reserve_mm, 0.0):.1f} mm; {_days(other.first_day, other.last_day)})"
            for other in exchanges
            if other is not one
        )
        found.append(
            Finding(
                "exchange.reserve",
                "caution",
                schedule.frame.setup.index,
                f"Strut {strut} is changed out on day {one.planned_day} with only {max(one.reserve_mm, 0.0):.1f} mm of "
                f"strut travel remaining, less than the minimum of {reserve_mm:g} mm: no open day of this visit leaves "
                f"that much on both {shown_name(one.old)} and {shown_name(one.new)}. Keep this visit to "
                f"{_days(one.first_day, one.last_day)}." + (f" So are those on {others}." if others else ""),
                day=one.planned_day,
                strut=strut,
                value=one.reserve_mm,
                limit=reserve_mm,
                unit="mm",
            )
        )
    return found


def _excess(strut: Strut, readings_mm: Array) -> Array:
    """By how much readings are outside a scale, mm; negative inside."""
    return np.asarray(np.maximum(strut.min_mm - readings_mm, readings_mm - strut.max_mm))


def _lost(lengths_mm: Array, fitted: Strut, choices: Sequence[Strut], at_end: bool) -> tuple[Strut, list[int]] | None:
    """The model that can be on where every sequence of models from the known one breaks off, and the days from there
    on which none of the models reaches (or the day alone, where another does that cannot be put in).

    With settings known at the end (`at_end`) any model may be on first.  None when the way breaks off on no day.
    """
    excess = [_excess(strut, strut.nearest_marks(strut.settings(lengths_mm))).max(axis=1) for strut in choices]
    reach = np.array(excess) <= RANGE_TOLERANCE_MM
    on = np.array([at_end or strut.name == fitted.name for strut in choices])
    for day in range(len(lengths_mm)):
        joins = [strut.reads(strut.nearest_mark(strut.setting(float(lengths_mm[day - 1, -1])))) for strut in choices]
        kept = reach[:, day] & (on | (np.array(joins) & (day > 0)))
        if not kept.any():
            k = min(np.flatnonzero(on).tolist(), key=lambda k: float(excess[k][day]))
            days = itertools.takewhile(lambda later: not reach[:, later].any(), range(day, len(lengths_mm)))
            return choices[k], list(days) or [day]
        on = kept
    return None


def _days(first: int, last: int) -> str:
    return f"day {first}" if first == last else f"day {first} to {last}"


def _nearest_end(least: float, most: float, reading: float) -> float:
    return most if reading > most else least


def _advice(reading: float, most: float) -> str:
    return "smaller" if reading > most else "larger"


LEAN, LOW = "strut.lean", "strut.low"


def strut_angles(frame: FrameCourse) -> Array:
    """Angles (2, n, 6) in deg between each strut and the normal of the proximal and of the distal ring, each evening.

    The normal is the one towards the other ring, so a strut of a neutral frame has the same angle at both ends.
    """
    proximal, distal = frame.setup.joints_mm
    T = frame.T_prox_dist
    along = transform_points(T, distal) - proximal  # from proximal to distal, in proximal ring axes
    down = -along[..., 2], -np.einsum("nki,ni->nk", along, T[:, :3, 2])
    cosines = np.array(down) / np.linalg.norm(along, axis=-1)
    leans: Array = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))  # rounding can take a cosine above 1
    return leans


def check_strut_angle(frame: FrameCourse) -> list[Finding]:
    """`strut.lean` and `strut.low`: one caution per strut that is too oblique on either ring, on its worst evening.

    The limit of `strut.lean` is that of the strut's joint, from the catalogue; a strut without one is not judged by it.
    Below 35 deg against a ring (`strut.low`) the frame holds less firmly whatever the joints allow.  Where both speak
    it is `strut.lean` that says so.
    """
    leans = strut_angles(frame)
    found = []
    for number, strut in enumerate(frame.setup.struts, 1):
        of_strut = leans[:, :, number - 1].T  # so that of equal angles the first evening is named
        day, ring = np.unravel_index(int(np.argmax(of_strut)), of_strut.shape)
        worst, name = float(of_strut[day, ring]), ("proximal", "distal")[ring]
        low, joint = limits.STRUT_TO_RING, strut.max_lean_deg
        against = 90.0 - worst
        is_low = low.undercut_by(against)
        if joint is not None and worst > joint * (1.0 + RELATIVE_TOLERANCE):
            also = f", and below {low.value:g} deg against a ring ({against:.1f} here) the frame is less stable"
            text = (
                f"Strut {number} is {worst:.1f} deg away from the normal of the {name} ring on day {day}; its joint "
                f"allows {joint:g} deg{also if is_low else ''}. Build the frame with a larger ring separation, or "
                f"stage the path."
            )
            code, value, limit = LEAN, worst, joint
        elif is_low:
            text = (
                f"Strut {number} stands at only {against:.2f} deg against the {name} ring on day {day}; below "
                f"{low.value:g} deg the frame is markedly less stable. Build the frame with a larger ring separation, "
                f"or with smaller rings."
            )
            code, value, limit = LOW, against, low.value
        else:
            continue
        found.append(
            Finding(
                code,
                "caution",
                frame.setup.index,
                text,
                day=int(day),
                strut=number,
                value=value,
                limit=limit,
                unit=low.unit,
            )
        )
    return found
