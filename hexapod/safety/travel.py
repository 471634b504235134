"""H-08: a strut that runs out of travel."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from hexapod.planning.exchanges import keeps_reserve
from hexapod.planning.schedule import Schedule
from hexapod.planning.setup import LevelSetup
from hexapod.safety.findings import Finding

CODE = "strut.travel"


def check_given_readings(setup: LevelSetup, readings_mm: tuple[float, ...]) -> list[Finding]:
    """A reading outside its own strut's range cannot be true."""
    found = []
    for number, (strut, reading) in enumerate(zip(setup.struts, readings_mm, strict=True), 1):
        if not strut.reads(reading):
            found.append(
                Finding(
                    CODE,
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


def check_travel(schedule: Schedule, already: Collection[int | None]) -> list[Finding]:
    """A setting or dose outside the range of the strut fitted that day, where no exchange can help.

    Struts in `already` (1 to 6) have been found out of range by their given reading.
    """
    found = []
    closed = {exchange.strut: exchange for exchange in reversed(schedule.closed)}
    for number in sorted(set(schedule.out_of_travel).difference(already)):
        readings = schedule.doses_mm[:, :, number - 1]
        strut = schedule.models[0][number - 1]
        excess = np.maximum(strut.min_mm - readings, readings - strut.max_mm).max(axis=1)
        day = int(np.argmax(excess))
        if excess[day] <= 0.0:  # its own range holds everything; only the exchange chain was in the way
            continue
        first = int(np.argmax(excess > 0.0))
        row = readings[day]
        reading = float(row[int(np.argmax(np.maximum(strut.min_mm - row, row - strut.max_mm)))])
        since = f" (out of range from day {first})" if first != day else ""
        length = strut.length(reading)
        advice = (
            f"no sequence of models of its family reaches every day. Build the frame with its rings "
            f"{_advice(reading, strut.max_mm)}, use another family of struts, or choose a slower or staged path."
        )
        if number in closed:
            exchange = closed[number]
            advice = (
                f"an exchange for {exchange.new.name} on the morning of "
                f"{_days(exchange.first_day, exchange.last_day)} would do, but the clinic is not open then. "
                f"Add a clinic day."
            )
        found.append(
            Finding(
                CODE,
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
    """`exchange.reserve`: an exchange that leaves less scale than asked for: its visit cannot move by a day or two."""
    return [
        Finding(
            "exchange.reserve",
            "caution",
            schedule.frame.setup.index,
            f"Strut {one.strut} is exchanged on day {one.planned_day} with only {max(one.reserve_mm, 0.0):.1f} mm of "
            f"scale left, less than the {reserve_mm:g} mm asked for: no open day of this visit leaves that much on "
            f"both {one.old.name} and {one.new.name}. Keep this visit to {_days(one.first_day, one.last_day)}.",
            day=one.planned_day,
            strut=one.strut,
            value=one.reserve_mm,
            limit=reserve_mm,
            unit="mm",
        )
        for one in schedule.exchanges
        if not keeps_reserve(one.reserve_mm, reserve_mm)
    ]


def _days(first: int, last: int) -> str:
    return f"day {first}" if first == last else f"day {first} to {last}"


def _nearest_end(least: float, most: float, reading: float) -> float:
    return most if reading > most else least


def _advice(reading: float, most: float) -> str:
    return "closer together" if reading > most else "farther apart"
