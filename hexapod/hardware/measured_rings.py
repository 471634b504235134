"""Rings measured one by one, as the clinic's own catalogue has them: read from a hardware file and written to one.

A measured ring has six joints for one use, proximal or distal, and the date on which they were measured.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hexapod.deformity.quantities import Fragment
from hexapod.hardware.models import Ring, measured_ring
from hexapod.hardware.toml_table import LARGEST_MM, TomlTable
from hexapod.kinematics.inverse import STRUTS

# The family of measured rings in a file that is written here, and the key of a hardware file that holds them.
FAMILY, TITLE, KEY = "measured", "Rings measured in this clinic", "measured_rings"
KEYS = ("name", "used_as", "measured_on", "joints_mm", "sd_mm", "distances_mm", "distance_sd_mm")
# What may be written on a ring or its box: no mark that a file or a table could take for something else.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}")
NAME_SAID = "must be 1 to 40 letters, digits, spaces or . _ / - and begin with a letter or digit."

Point = tuple[float, float, float]


@dataclass(frozen=True)
class RingMeasurement:
    """A ring as it was measured: its joints, mm, in ring axes (conventions section 4) as the ring that it is used as.

    `sd_mm` is that of each joint's place in the plane; `distances_mm` are those that the joints were found from, each
    with its two struts (1 to 6) and the SD `distance_sd_mm`.
    """

    name: str
    used_as: Fragment
    measured_on: datetime.date
    joints_mm: tuple[Point, ...]
    sd_mm: tuple[float, ...]
    distances_mm: tuple[tuple[int, int, float], ...]
    distance_sd_mm: float

    def ring(self) -> Ring:
        """The ring as the planner needs it."""
        return measured_ring(np.array(self.joints_mm), self.name, self.measured_on, self.used_as)


def read_measured(family: TomlTable) -> list[RingMeasurement]:
    """The measured rings of a hardware file.

    Raises:
        CatalogueError: a value that is missing or makes no sense, with its place.
    """
    if KEY not in family.values:
        return []
    tables = [TomlTable(family.is_table(KEY, one), f"{family.place}, {KEY}") for one in family.list(KEY)]
    return [_measured(table) for table in tables]


def _measured(table: TomlTable) -> RingMeasurement:
    name = table.text("name")
    if not NAME.fullmatch(name):
        raise table.refuse("name", NAME_SAID)
    ring = table.of(name)
    ring.only(KEYS)
    day = ring.value("measured_on")
    if type(day) is not datetime.date:
        raise ring.refuse("measured_on", "must be a date without quotes, such as 2026-11-30.")
    joints = [_numbers(ring, "joints_mm", point, 3, -LARGEST_MM) for point in _rows(ring, "joints_mm", STRUTS)]
    return RingMeasurement(
        name=name,
        used_as=_used_as(ring),
        measured_on=day,
        joints_mm=tuple((x, y, z) for x, y, z in joints),
        sd_mm=tuple(_numbers(ring, "sd_mm", ring.list("sd_mm"), STRUTS, 0.0)),
        distances_mm=tuple(_distance(ring, one) for one in ring.list("distances_mm")),
        distance_sd_mm=ring.number("distance_sd_mm", least=0.0, above=True),
    )


def _used_as(ring: TomlTable) -> Fragment:
    used = ring.text("used_as")
    if used not in ("proximal", "distal"):
        raise ring.refuse("used_as", 'must be "proximal" or "distal".')
    return "proximal" if used == "proximal" else "distal"


def _rows(ring: TomlTable, key: str, count: int) -> list[object]:
    rows = ring.list(key)
    if len(rows) != count:
        raise ring.refuse(key, f"must have {count} entries, struts 1 to 6; there are {len(rows)}.")
    return rows


def _numbers(ring: TomlTable, key: str, numbers: object, count: int, least: float) -> list[float]:
    if not isinstance(numbers, list) or len(numbers) != count:
        raise ring.refuse(key, f"must be made of lists of {count} numbers.")
    return [ring.checked(key, value, least, LARGEST_MM) for value in numbers]


def _distance(ring: TomlTable, value: object) -> tuple[int, int, float]:
    a, b, mm = _numbers(ring, "distances_mm", value, 3, 0.0)
    if a == b or not {a, b} <= set(range(1, STRUTS + 1)):
        raise ring.refuse("distances_mm", "must be lists of two different struts, 1 to 6, and a distance in mm.")
    return int(a), int(b), mm


def write_measured(rings: Iterable[RingMeasurement]) -> str:
    """Measured rings as a hardware file (TOML), which `--hardware` and the library read.

    >>> print(write_measured([]).splitlines()[0])
    family = "measured"
    """
    lines = [
        f'family = "{FAMILY}"',
        f'title = "{TITLE}"',
        'status = "measured"',
        'source = "distances between joint centres, taken with a calliper"',
    ]
    for ring in rings:
        lines += [
            "",
            f"[[{KEY}]]",
            f'name = "{ring.name}"',
            f'used_as = "{ring.used_as}"',
            f"measured_on = {ring.measured_on.isoformat()}",
            "joints_mm = [",
            *(f"    [{x!r}, {y!r}, {z!r}]," for x, y, z in ring.joints_mm),
            "]",
            f"sd_mm = [{', '.join(map(repr, ring.sd_mm))}]",
            f"distance_sd_mm = {ring.distance_sd_mm!r}",
            "distances_mm = [",
            *(f"    [{a}, {b}, {mm!r}]," for a, b, mm in ring.distances_mm),
            "]",
        ]
    return "\n".join(lines) + "\n"
