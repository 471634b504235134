"""The parts of a level: words for places and deformities, rings and struts, bone and limb, limits, stages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import (
    Angulation,
    Clock,
    Coordinate,
    Count,
    DateText,
    Days,
    Lean,
    Millimetres,
    Name,
    PositiveMillimetres,
    RateLimit,
    Rotation,
    SdDegrees,
    SdMillimetres,
    Strict,
    TurnLimit,
    WholeDays,
    WordFields,
)
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Pair, Side
from hexapod.hardware.models import WIDEST_GRADUATION_MM

Bone = Literal["tibia", "femur", "humerus", "forearm", "foot"]
# What is treated: a bone that was cut, one that broke, or two bones with their joint between them.
Indication = Literal["osteotomy", "fracture", "joint"]
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


class Segment(Place):
    """Where a level's point lies from that of the level before, on the fragment that both share; and its rings.

    `ring` tells whether the distal ring of the level before and the proximal ring of this one are one ring (`shared`)
    or two (`separate`).
    """

    ring: Literal["shared", "separate"] | None = None

    def words(self) -> Mapping[str, float]:
        """The words that were given, with their sizes."""
        return self.model_dump(exclude={"ring"}, exclude_none=True)


class Mounting(Place):
    """Where the reference ring sits on its fragment: its centre, its rotation and its tilt."""

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


class DeformitySd(Strict):
    """How far a measured deformity can be off: SDs; a quantity left out has its usual one."""

    ap_angulation_deg: SdDegrees | None = None
    lateral_angulation_deg: SdDegrees | None = None
    axial_rotation_deg: SdDegrees | None = None
    ap_translation_mm: SdMillimetres | None = None
    lateral_translation_mm: SdMillimetres | None = None
    axial_translation_mm: SdMillimetres | None = None


class MountingSd(Strict):
    """How far a measured mounting can be off: SDs; a quantity left out has its usual one."""

    ap_offset_mm: SdMillimetres | None = None
    lateral_offset_mm: SdMillimetres | None = None
    axial_offset_mm: SdMillimetres | None = None
    rotation_deg: SdDegrees | None = None
    ap_tilt_deg: SdDegrees | None = None
    lateral_tilt_deg: SdDegrees | None = None


Kept = Literal["angulation", "rotation", "translation", "length"]
# What each word of `keep` holds: angulation on both views, translation across the bone on both views.
KEPT: Mapping[Kept, tuple[Pair, ...]] = MappingProxyType(
    {
        "angulation": (w.AP_ANGULATION, w.LATERAL_ANGULATION),
        "rotation": (w.AXIAL_ROTATION,),
        "translation": (w.AP_TRANSLATION, w.LATERAL_TRANSLATION),
        "length": (w.AXIAL_TRANSLATION,),
    }
)


class Target(Deformity):
    """The deformity that shall remain after a stage: words, and what stays as the stage finds it (`keep`)."""

    keep: Annotated[tuple[Kept, ...], Count(0, len(KEPT))] = ()

    def words(self) -> Mapping[str, float]:
        """The words that were given, with their sizes; what is kept has none."""
        return self.model_dump(exclude_none=True, exclude={"keep"})

    @property
    def kept(self) -> tuple[Pair, ...]:
        """The quantities that stay as the stage finds them."""
        return tuple(pair for name in self.keep for pair in KEPT[name])

    @model_validator(mode="after")
    def _kept_has_no_word(self) -> Target:
        if len(set(self.keep)) != len(self.keep):
            raise PydanticCustomError("keep", "must name each quantity once", {"key": "keep"})
        given = self.words()
        for name in self.keep:
            for word in (word for pair in KEPT[name] for word in (pair.positive, pair.negative) if word in given):
                message = "goes with no {name} that is kept as the stage finds it: take it out, or {name} out of keep"
                raise PydanticCustomError("kept", message, {"name": name, "key": word})
        return self


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


class RingMeasured(Strict):
    """Which ring the joints were measured on, by the clinic's own name for it, and when."""

    ring: Name
    on: DateText


class RingEntry(Strict):
    """A ring: a model of the catalogue, or its six joints in its own axes, given or measured."""

    model: Name | None = None
    joints_mm: Annotated[tuple[Point, ...], Count(6, 6)] | None = None
    measured: RingMeasured | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> RingEntry:
        if (self.model is None) == (self.joints_mm is None):
            raise PydanticCustomError("one_of", "give either model (of the catalogue) or joints_mm (six points)")
        if self.measured is not None and self.joints_mm is None:
            raise PydanticCustomError("measured", "goes with joints_mm (six points), not with a model")
        return self


class OwnStrut(Strict):
    """A strut that the catalogue does not have, by its scale."""

    min_mm: Millimetres
    max_mm: Millimetres
    graduation_mm: Annotated[float, Field(ge=1e-6, le=WIDEST_GRADUATION_MM)]  # a nanometre: far below any scale

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


class BoneAtOsteotomy(Strict):
    """The bone at the osteotomy: its diameter, and the osteotomy level along the moving fragment's axis.

    `gap_mm` is the regenerate that stands in the osteotomy on day 0 already, when an earlier plan has made it.  Where a
    fracture or a joint is treated, it is the bone there: a fracture's `gap_mm` is how far its ends are apart on day 0.
    """

    diameter_mm: PositiveMillimetres
    osteotomy: AlongBone = Field(default_factory=AlongBone)
    gap_mm: Millimetres = 0.0


class SoFar(Strict):
    """What a level has been through since the treatment began, for a case that continues an earlier plan.

    `latency_days` is the rest that it had before its ends parted, `rest_days` the rest so far where they have not;
    neither where latency is not judged.  `first_gap_mm` is `bone.gap_mm` of the first day, `largest_gap_mm` the largest
    gap since then, `overlap_mm` how far the ends overlap on day 0 by the readings.
    """

    latency_days: WholeDays | None = None
    rest_days: WholeDays | None = None
    first_gap_mm: Millimetres = 0.0
    largest_gap_mm: Millimetres = 0.0
    overlap_mm: Millimetres = 0.0

    @model_validator(mode="after")
    def _one_rest(self) -> SoFar:
        if self == SoFar.model_construct():
            raise PydanticCustomError("nothing", "says nothing: take it out")
        if self.latency_days is not None and self.rest_days is not None:
            message = "give latency_days (the ends have parted) or rest_days (they have not), not both"
            raise PydanticCustomError("both_words", message, {"key": "rest_days"})
        return self


class StructureAtRisk(Strict):
    """A nerve, vessel or skin fold that moves with the moving fragment, with a limit of its own if it needs one.

    One that `crosses` all hexapods is given for the construct: its limit is that of its way over all of them, too.
    """

    name: Name
    at: Place
    limit_mm_per_day: RateLimit | None = None
    crosses: Literal["all"] | None = None


class Limits(Strict):
    """How fast: mm a day for every tracked point, degrees a day for the rotation of the moving fragment.

    `deg_per_day` is none when the file says null; a file that does not have the key says nothing of it (`has_turn`).
    """

    NULL_SAYS: ClassVar[frozenset[str]] = frozenset({"deg_per_day"})
    mm_per_day: RateLimit | None = None
    deg_per_day: TurnLimit | None = Field(
        None, description="null: no limit; absent: in a stage that of the level, in a level 2"
    )

    @property
    def has_turn(self) -> bool:
        """Whether `deg_per_day` was given, as a number or as null."""
        return "deg_per_day" in self.model_fields_set


class Stage(Strict):
    """One stage: exactly one of hold_days, correct_to, transport.

    `meant`: it may enlarge the deformity or take it through zero; what holds or transports always is meant.
    """

    name: Name
    hold_days: Days | None = None
    correct_to: Target | None = None
    transport: Place | None = None
    meant: bool = False
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
    """What the patient handout says of the clinic: name, how to reach it, a day missed, and when to call at once.

    `visit_time` is the time of the day at which struts are changed out; what the plan turns up to then on such a day is
    not turned at home.
    """

    name: Name | None = None
    contact: Name | None = None
    missed_or_stuck: Name | None = None
    danger_signs: Name | None = None
    visit_time: Clock | None = None
