"""A ring and a strut as the planner needs them, every value with its source and status."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hexapod.deformity.quantities import Fragment
from hexapod.errors import CatalogueError
from hexapod.geometry.transforms import Array
from hexapod.hardware.ring_bodies import BodyOutline

Status = Literal["published", "academic", "generic", "unverified", "user", "measured"]

# A tie between two marks goes up even when rounding noise of this share of a mark pulls it down (conventions 8).
TIE_SHARE = 1e-9
# Readings are compared with the ends of a range to this (mm), far below any graduation.
RANGE_TOLERANCE_MM = 1e-9
# The family of hardware that a case file tells by itself.
OWN_FAMILY = "own"
# Marks farther apart (mm) are on no strut's scale, where 0.25 to 1 mm is usual: 25 was typed for 0.25.
WIDEST_GRADUATION_MM = 5.0
# Between the model of a two-part strut and what its acute part is locked at, mm: "ours-medium@34".
LOCKED_AT = "@"


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from, and how far it can be trusted."""

    status: Status
    source: str


@dataclass(frozen=True)
class AcutePart:
    """The part of a two-part strut that is set when the strut is fitted and then locked: range and marks of its scale.

    `constant_mm` is the joint-to-joint length in mm with both scales at 0.
    """

    constant_mm: float
    min_mm: float
    max_mm: float
    graduation_mm: float

    def readings_mm(self) -> list[float]:
        """Every mark of the scale, mm, from the shortest on.

        >>> AcutePart(90.0, 10.0, 12.0, 0.5).readings_mm()
        [10.0, 10.5, 11.0, 11.5, 12.0]
        """
        first = math.ceil(self.min_mm / self.graduation_mm - TIE_SHARE)
        last = math.floor(self.max_mm / self.graduation_mm + TIE_SHARE)
        return [self.graduation_mm * mark for mark in range(first, last + 1)]


@dataclass(frozen=True)
class Strut:
    """A strut model: the range and marks of its scale, and how the scale stands to the joint-to-joint length.

    `length = scale_direction * setting + scale_offset_mm`; the range `min_mm` to `max_mm` is in scale readings.
    `name` is that of files, `label` and `family_label` are what people buy it as.

    A two-part strut has an `acute` part, too: the scale is then that of its gradual part, which the patient turns.
    Locked at `acute_mm` it is a strut like any other, whose offset holds the acute part; before, its lengths are NaN.
    """

    name: str
    family: str
    min_mm: float
    max_mm: float
    graduation_mm: float
    scale_direction: int = 1
    scale_offset_mm: float = 0.0
    body_diameter_mm: float | None = None
    max_lean_deg: float | None = None
    series: str = ""
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    label: str = ""
    family_label: str = ""
    acute: AcutePart | None = None
    acute_mm: float | None = None

    def locked_at(self, acute_mm: float) -> Strut:
        """This model of a two-part strut with its acute part locked at a mark of its scale, mm.

        >>> part = AcutePart(90.0, 0.0, 45.0, 1.0)
        >>> strut = Strut("ours", "f", 0, 30, 1.0, label="Our strut", acute=part).locked_at(34)
        >>> strut.name, strut.label, strut.length(20)
        ('ours@34', 'Our strut, acute part 34 mm', 144.0)

        Raises:
            CatalogueError: the strut has no acute part, or its scale has no such mark.
        """
        part = self.acute
        if part is None:
            raise CatalogueError(f"{self.name} has no acute part: give the model alone, {self.name}.")
        mark = next((mark for mark in part.readings_mm() if abs(mark - acute_mm) <= RANGE_TOLERANCE_MM), None)
        if mark is None:
            raise CatalogueError(
                f"The acute part of {self.name} cannot be locked at {acute_mm:g} mm: it reads {self.acute_text()}."
            )
        return replace(
            self,
            name=f"{self.name}{LOCKED_AT}{mark:g}",
            label=f"{shown_name(self)}, acute part {mark:g} mm",
            scale_offset_mm=part.constant_mm + mark,
            acute_mm=mark,
        )

    @property
    def model(self) -> str:
        """The name of its model: its own without what the acute part is locked at."""
        return self.name.partition(LOCKED_AT)[0]

    def acute_text(self) -> str:
        """The scale of the acute part in words; empty without one."""
        part = self.acute
        return f"{part.min_mm:g} to {part.max_mm:g} mm by {part.graduation_mm:g} mm" if part else ""

    def length(self, setting_mm: float) -> float:
        """Joint-to-joint length in mm at a scale reading in mm."""
        return self.scale_direction * setting_mm + self.scale_offset_mm

    def setting(self, length_mm: float) -> float:
        """The exact scale reading in mm at a joint-to-joint length in mm, between marks."""
        return float(self.settings(np.float64(length_mm)))

    def settings(self, lengths_mm: Array | np.float64) -> Array:
        """Exact scale readings in mm of joint-to-joint lengths in mm, in an array of any shape."""
        return np.asarray((lengths_mm - self.scale_offset_mm) * self.scale_direction)

    def nearest_mark(self, setting_mm: float) -> float:
        """The mark of the scale nearest to an exact reading, mm; halfway goes up.

        Source: conventions section 8, `g * floor(setting / g + 0.5 + 1e-9)`.

        >>> Strut("s", "f", 75, 100, 0.25).nearest_mark(80.125)
        80.25
        """
        return float(self.nearest_marks(np.float64(setting_mm)))

    def nearest_marks(self, settings_mm: Array | np.float64) -> Array:
        """The nearest marks, mm, of exact readings in mm, in an array of any shape."""
        g = self.graduation_mm
        return np.asarray(g * np.floor(settings_mm / g + 0.5 + TIE_SHARE))

    def reads_all(self, settings_mm: Array | np.float64) -> NDArray[np.bool_]:
        """Which readings of an array (mm) are on the scale, ends included: a mask of its shape, False for NaN."""
        low, high = self.min_mm - RANGE_TOLERANCE_MM, self.max_mm + RANGE_TOLERANCE_MM
        return np.asarray((low <= settings_mm) & (settings_mm <= high))

    def reads(self, setting_mm: float) -> bool:
        """Whether a reading in mm is on the scale, ends included."""
        return bool(self.reads_all(np.float64(setting_mm)))

    def range_text(self) -> str:
        """The range in words for a sentence."""
        whose = "its scale" if self.acute is None else "its gradual scale"
        return f"{whose} ({shown_name(self)}) reads {self.min_mm:g} to {self.max_mm:g} mm"


@dataclass(frozen=True)
class Ring:
    """A ring: joints (6, 3) in its own axes for its use as proximal or as distal ring, and its body, mm.

    `name` is that of files, `label` and `family_label` are what people buy it as.  `outline` says how much of its
    circle the body has.  `used_as` is the only use whose joints are known, None when both are.
    """

    name: str
    family: str
    proximal_joints_mm: Array
    distal_joints_mm: Array
    inner_radius_mm: float
    outer_radius_mm: float
    thickness_mm: float
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    label: str = ""
    family_label: str = ""
    outline: BodyOutline = field(default_factory=BodyOutline)
    used_as: Fragment | None = None


def unverified(item: Ring | Strut) -> bool:
    """Whether any value of a catalogue item is unverified."""
    return any(value.status == "unverified" for value in item.provenance.values())


# Stands behind the name of a part any value of which is unverified.
UNVERIFIED_MARK = " (?)"


def shown_name(item: Ring | Strut) -> str:
    """What people buy a part as; the name that files have for one of the user's own.

    >>> shown_name(Strut("s", "f", 75, 100, 0.25, label="TSF short strut"))
    'TSF short strut'
    """
    return item.label or item.name


def marked_name(item: Ring | Strut) -> str:
    """`shown_name`, with a mark where any of its data is unverified."""
    return f"{shown_name(item)}{UNVERIFIED_MARK if unverified(item) else ''}"


def ring_of_joints(joints_mm: Array) -> Ring:
    """A ring known only by its joints (the user's own): the body is drawn just inside and outside their circle."""
    return _around(joints_mm, "own joints", Provenance("user", "joints given in the case file"))


def measured_ring(joints_mm: Array, name: str, measured_on: datetime.date, used_as: Fragment | None = None) -> Ring:
    """A ring whose joints were measured with a calliper on a day; its body is that of `ring_of_joints`."""
    source = f"ring {name}, measured with a calliper on {measured_on.isoformat()}"
    return _around(joints_mm, name, Provenance("measured", source), used_as)


def _around(joints_mm: Array, name: str, joints: Provenance, used_as: Fragment | None = None) -> Ring:
    radius = float(np.linalg.norm(joints_mm[:, :2], axis=1).mean())
    return Ring(
        name,
        OWN_FAMILY,
        joints_mm,
        joints_mm,
        max(radius - 10.0, 1.0),
        radius + 6.0,
        8.0,
        {"joints": joints},
        used_as=used_as,
    )
