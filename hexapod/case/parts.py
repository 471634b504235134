"""The parts of a level: words for places and deformities, rings and struts, bone and limb, limits, stages."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.fields import (
    Angulation,
    Coordinate,
    Count,
    Days,
    Lean,
    Millimetres,
    Name,
    PositiveMillimetres,
    RateLimit,
    Rotation,
    Strict,
    TurnLimit,
    WordFields,
)
from hexapod.clinical import words as w
from hexapod.clinical.sides import Side
from hexapod.clinical.words import Pair

Bone = Literal["tibia", "femur", "humerus", "forearm", "foot"]
Point = Annotated[tuple[Coordinate, ...], Count(3, 3)]


class Place(WordFields):
    """A point or displacement in reference axes, mm."""

    PAIRS: ClassVar[tuple[Pair, ...]] = w.PLACE
    medial_mm: Millimetres | None = None
    lateral_mm: Millimetres | None = None
    anterior_mm: Millimetres | None = None
    posterior_mm: Millimetres | None = None
    proximal_mm: Millimetres | None = None
    distal_mm: Millimetres | None = None


class Mounting(Place):
    """Where the reference ring sits on its fragment: its centre, its rotation and its lean."""

    PAIRS: ClassVar[tuple[Pair, ...]] = w.MOUNTING
    internal_rotation_deg: Rotation | None = None
    external_rotation_deg: Rotation | None = None
    leans_medial_deg: Lean | None = None
    leans_lateral_deg: Lean | None = None
    leans_anterior_deg: Lean | None = None
    leans_posterior_deg: Lean | None = None


class Deformity(WordFields):
    """The moving fragment against the reference fragment, in words."""

    PAIRS: ClassVar[tuple[Pair, ...]] = w.DEFORMITY
    varus_deg: Angulation | None = None
    valgus_deg: Angulation | None = None
    apex_anterior_deg: Angulation | None = None
    apex_posterior_deg: Angulation | None = None
    internal_rotation_deg: Rotation | None = None
    external_rotation_deg: Rotation | None = None
    medial_mm: Millimetres | None = None
    lateral_mm: Millimetres | None = None
    anterior_mm: Millimetres | None = None
    posterior_mm: Millimetres | None = None
    short_mm: Millimetres | None = None
    long_mm: Millimetres | None = None


class AlongBone(WordFields):
    """A height along the moving fragment's axis from the corresponding point."""

    PAIRS: ClassVar[tuple[Pair, ...]] = (w.ALONG_BONE,)
    proximal_mm: Millimetres | None = None
    distal_mm: Millimetres | None = None


class Limb(Strict):
    """Which limb: side and bone without a default; whether it still grows."""

    side: Side
    bone: Bone
    child: bool = False


class RingEntry(Strict):
    """A ring: a model of the catalogue, or its six joints in its own axes."""

    model: Name | None = None
    joints_mm: Annotated[tuple[Point, ...], Count(6, 6)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> RingEntry:
        if (self.model is None) == (self.joints_mm is None):
            raise PydanticCustomError("one_of", "give either model (of the catalogue) or joints_mm (six points)")
        return self


class OwnStrut(Strict):
    """A strut that the catalogue does not have, by its scale."""

    min_mm: Millimetres
    max_mm: Millimetres
    graduation_mm: Annotated[float, Field(ge=1e-6, le=1000.0)]  # a nanometre: far below any scale

    @model_validator(mode="after")
    def _range(self) -> OwnStrut:
        if not self.min_mm < self.max_mm:
            raise PydanticCustomError("range", "min_mm must be below max_mm")
        if not self.graduation_mm <= self.max_mm - self.min_mm:
            raise PydanticCustomError(
                "graduation", "must not be more than the whole scale, max_mm - min_mm", {"key": "graduation_mm"}
            )
        return self


def _strut_kind(value: Any) -> str:
    return "own" if isinstance(value, dict | OwnStrut) else "catalogue"


StrutEntry = Annotated[Annotated[Name, Tag("catalogue")] | Annotated[OwnStrut, Tag("own")], Discriminator(_strut_kind)]


class Frame(Strict):
    """Two rings, six struts, what their scales read, and when they read it."""

    proximal_ring: RingEntry
    distal_ring: RingEntry
    struts: Annotated[tuple[StrutEntry, ...], Count(6, 6)]
    settings_mm: Annotated[tuple[Millimetres, ...], Count(6, 6)]
    settings_at: Literal["start", "end"]


class BoneCut(Strict):
    """The bone at the cut: its diameter, and the height of the cut along the moving fragment's axis.

    `gap_mm` is the regenerate that stands in the cut on day 0 already, when an earlier plan has made it.
    """

    diameter_mm: PositiveMillimetres
    osteotomy: AlongBone = Field(default_factory=AlongBone)
    gap_mm: Millimetres = 0.0


class StructureAtRisk(Strict):
    """A nerve, vessel or skin fold that moves with the moving fragment, with a limit of its own if it needs one."""

    name: Name
    at: Place
    limit_mm_per_day: RateLimit | None = None


class Limits(Strict):
    """How fast: mm a day for every tracked point, degrees a day for the turn of the moving fragment."""

    mm_per_day: RateLimit | None = None
    deg_per_day: TurnLimit | None = None


class Stage(Strict):
    """One stage: exactly one of hold_days, correct_to, transport."""

    name: Name
    hold_days: Days | None = None
    correct_to: Deformity | None = None
    transport: Place | None = None
    days: Days | None = None
    limits: Limits | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Stage:
        kinds = [kind for kind in ("hold_days", "correct_to", "transport") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise PydanticCustomError("one_of", "give exactly one of hold_days, correct_to and transport")
        for key in ("days", "limits"):
            if kinds == ["hold_days"] and getattr(self, key) is not None:
                raise PydanticCustomError(
                    "hold", "a stage that holds has no {key}: nothing moves; take it out", {"key": key}
                )
        return self


class LimbGirth(Strict):
    """Girth of the limb at the two rings, measured round the skin."""

    proximal: PositiveMillimetres
    distal: PositiveMillimetres


class Clinic(Strict):
    """What the patient's papers say of the clinic: its name, how to reach it, what to do when something is wrong."""

    name: Name | None = None
    contact: Name | None = None
    missed_or_stuck: Name | None = None
