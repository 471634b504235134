"""The file `hexapod-study/1` (TOML): a population, how well it is measured, and the policies that are compared."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError, create_model
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import Count, Millimetres, Name, PositiveMillimetres, Strict, WordFields
from hexapod.case.files import check_texts
from hexapod.case.validation_messages import case_error
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, MOUNTING, MOUNTING_SD, READING_SD_MARKS, Pair
from hexapod.errors import CaseError, Problem
from hexapod.estimation.hardware import HARDWARE, MOST_SD_MM
from hexapod.preoperative.end_error import STRICT_GOAL

FORMAT = "hexapod-study/1"
# For more patients run several studies with different seeds.
MOST_PATIENTS = 10_000_000

Degrees = Annotated[float, Field(ge=0.0, le=90.0)]
_DEFORMITY = {one.key: one.sd for one in DEFORMITY_SD}
_MOUNTING = {one.key: one.sd for one in MOUNTING_SD}


class Spread(Strict):
    """A normal distribution in mm or deg along a word; a mean below 0 is along the opposite word."""

    mean: Annotated[float, Field(ge=-1000.0, le=1000.0)]
    sd: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0


def _number_is_mean(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"mean": value} if number else value


def _spreads(name: str, pairs: tuple[Pair, ...]) -> Any:
    """A model with a distribution for each word of some pairs; not more than one word of a pair."""
    field = (Annotated[Spread, BeforeValidator(_number_is_mean)] | None, None)
    words: dict[str, Any] = {word: field for pair in pairs for word in (pair.positive, pair.negative)}
    base = type(name, (WordFields,), {"PAIRS": pairs, "__module__": __name__})
    return create_model(name, __base__=base, **words)


if TYPE_CHECKING:
    DeformitySpreads = WordFields
    MountingSpreads = WordFields
else:
    DeformitySpreads = _spreads("DeformitySpreads", DEFORMITY)
    MountingSpreads = _spreads("MountingSpreads", MOUNTING)


class MovingRing(Strict):
    """How the moving ring is bolted to its own fragment: SD of its tilts, its rotation and its place across."""

    tilt_deg: Degrees = 0.0
    rotation_deg: Degrees = 0.0
    across_mm: Millimetres = 0.0


class MeasurementErrors(Strict):
    """SD of measurements; the usual ones by default."""

    ap_angulation_deg: Degrees = _DEFORMITY["ap_angulation_deg"]
    lateral_angulation_deg: Degrees = _DEFORMITY["lateral_angulation_deg"]
    axial_rotation_deg: Degrees = _DEFORMITY["axial_rotation_deg"]
    ap_translation_mm: Millimetres = _DEFORMITY["ap_translation_mm"]
    lateral_translation_mm: Millimetres = _DEFORMITY["lateral_translation_mm"]
    axial_translation_mm: Millimetres = _DEFORMITY["axial_translation_mm"]
    ring_rotation_deg: Degrees = _MOUNTING["rotation_deg"]
    ring_tilt_deg: Degrees = _MOUNTING["ap_tilt_deg"]
    ring_across_mm: Millimetres = _MOUNTING["ap_offset_mm"]
    ring_along_mm: Millimetres = _MOUNTING["axial_offset_mm"]
    reading_mm: Millimetres = READING_SD_MARKS

    # Of the keys, which are SDs of the deformity and of the mounting, in the order of their words.
    OF_DEFORMITY: ClassVar[tuple[str, ...]] = tuple(one.key for one in DEFORMITY_SD)
    OF_MOUNTING: ClassVar[tuple[str, ...]] = (
        "ring_across_mm", "ring_across_mm", "ring_along_mm", "ring_rotation_deg", "ring_tilt_deg", "ring_tilt_deg",
    )  # fmt: skip

    def with_those_of(self, stated: MeasurementErrors | None) -> MeasurementErrors:
        """These SD, replaced where another table states its own."""
        if stated is None:
            return self
        mine = set(MeasurementErrors.model_fields)
        return self.model_copy(update=stated.model_dump(exclude_unset=True, include=mine))

    def of_deformity(self) -> list[float]:
        """SD (6,) of a measured deformity in the order of its words."""
        return [getattr(self, key) for key in self.OF_DEFORMITY]

    def of_mounting(self) -> list[float]:
        """SD (6,) of a measured mounting in the order of its words."""
        return [getattr(self, key) for key in self.OF_MOUNTING]


HardwareSdOrNone = Annotated[float, Field(ge=0.0, le=MOST_SD_MM)] | None


class DeclaredErrors(MeasurementErrors):
    """The SD that the planner believes, also of the data of the hardware; 0 there: the data count as exact."""

    joint_radius_mm: HardwareSdOrNone = None
    half_spacing_mm: HardwareSdOrNone = None
    scale_offset_mm: HardwareSdOrNone = None


class SdSpread(Strict):
    """An SD in mm or deg that differs from patient to patient: log-normal with this mean and SD."""

    mean: Annotated[float, Field(gt=0.0, le=1000.0)]
    sd: Annotated[float, Field(ge=0.0, le=1000.0)] = 0.0


class HardwareSpread(Strict):
    """By how many mm frames differ from the data of their hardware, normal.

    Within these bounds the joints of a tab stay apart and on their ring, even of the smallest ring and 5 SD away.
    """

    mean: Annotated[float, Field(ge=-5.0, le=5.0)] = 0.0
    sd: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0


class Spreads(Strict):
    """Distributions by key; what is left out is the same for all patients."""


def given(spreads: Spreads | None) -> dict[str, Any]:
    """The distributions that are stated, by key."""
    keys = () if spreads is None else type(spreads).model_fields
    return {key: one for key in keys if (one := getattr(spreads, key)) is not None}


def _keyed(name: str, keys: Iterable[str], kind: type[Strict]) -> Any:
    field = (Annotated[kind, BeforeValidator(_number_is_mean)] | None, None)
    fields: dict[str, Any] = dict.fromkeys(keys, field)
    return create_model(name, __base__=Spreads, __module__=__name__, **fields)


if TYPE_CHECKING:
    ErrorSpreads = Spreads
    HardwareSpreads = Spreads
else:
    ErrorSpreads = _keyed("ErrorSpreads", MeasurementErrors.model_fields, SdSpread)
    HardwareSpreads = _keyed("HardwareSpreads", HARDWARE, HardwareSpread)


class Population(Strict):
    """The distribution of patients; quantities left out are as in the case.

    `hardware` is by how many mm the frames differ from the data of their hardware, `errors` how well each patient is
    measured.
    """

    deformity: DeformitySpreads | None = None
    mounting: MountingSpreads | None = None
    moving_ring: MovingRing = MovingRing()
    hardware: HardwareSpreads | None = None
    errors: ErrorSpreads | None = None


class StudyGoal(Strict):
    """How near to the intended end counts as reached: oblique angle of the axis, and the corresponding point."""

    deg: Annotated[float, Field(gt=0.0, le=90.0)] = STRICT_GOAL.deg
    mm: PositiveMillimetres = STRICT_GOAL.mm


def _share_or_end(value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value != "end" and not (number and 0.0 < value < 1.0):
        raise PydanticCustomError("visit", 'must be "end", or a share of the way above 0 and below 1, such as 0.5')
    return value


Visit = Annotated[float | Literal["end"], BeforeValidator(_share_or_end)]


class Policy(Strict):
    """When the bone is measured again, and from which measurements it is then re-planned.

    A visit is "end", the end of a schedule, or a share of the days of the current schedule.  `errors` and `declared`
    state only what differs from the whole study; `graduation_mm` is that of the struts' scales.
    """

    name: Name
    visits: Annotated[tuple[Visit, ...], Count()] = ()
    use: Literal["last", "all"] = "last"
    graduation_mm: Annotated[float, Field(gt=0.0, le=10.0)] | None = None
    errors: MeasurementErrors | None = None
    declared: DeclaredErrors | None = None


class Study(Strict):
    """A study: `patients` are drawn by `seed` and their number, so that none depends on another."""

    format: Literal["hexapod-study/1"]
    title: Name | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)]
    patients: Annotated[int, Field(ge=1, le=MOST_PATIENTS)]
    case: Name
    goal: StudyGoal = StudyGoal()
    population: Population = Population()
    errors: MeasurementErrors = MeasurementErrors()
    declared: DeclaredErrors | None = None
    policy: Annotated[tuple[Policy, ...], Count(1)]

    def errors_of(self, policy: Policy) -> MeasurementErrors:
        """The true SD of what is measured under a policy."""
        return self.errors.with_those_of(policy.errors)

    def declared_of(self, policy: Policy) -> MeasurementErrors:
        """The SD declared to the planner under a policy: of those that differ between patients the mean."""
        errors = self.errors_of(policy)
        means = {key: one.mean for key, one in self.error_spreads_of(policy).items()}
        whole = errors.model_copy(update=means) if means else errors
        return whole.with_those_of(self.declared).with_those_of(policy.declared)

    def error_spreads_of(self, policy: Policy) -> dict[str, SdSpread]:
        """By key the SD that differ from patient to patient under a policy: but for those that it states itself."""
        stated = set() if policy.errors is None else policy.errors.model_fields_set
        return {key: one for key, one in given(self.population.errors).items() if key not in stated}

    def hardware_sd_of(self, policy: Policy) -> dict[str, float]:
        """By key the SD in mm that the planner believes the data of the hardware to have; left out where it is 0.

        As declared, else as the patients' frames really have it.
        """
        sd = {key: one.sd for key, one in given(self.population.hardware).items()}
        for declared in (self.declared, policy.declared):
            if declared is not None:
                sd |= declared.model_dump(include=set(HARDWARE), exclude_none=True)
        return {key: sd[key] for key in HARDWARE if sd.get(key)}


def load_study(path: Path) -> tuple[Study, Path]:
    """The study in a file, and where its case is: beside the file, or at a path from there.

    Raises:
        CaseError: the file cannot be read, or has an invalid value.
    """
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CaseError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaseError(f"{path} is no TOML file: {error}.") from error
    study = read_study(value)
    return study, path.parent / study.case


def read_study(value: dict[str, Any]) -> Study:
    """The study in the value of a TOML file.

    Raises:
        CaseError: another format, an unknown key, two policies of one name, or an invalid value.
    """
    if value.get("format") != FORMAT:
        shown = f'"{value["format"]}"' if isinstance(value.get("format"), str) else ""
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    check_texts(value)
    try:
        study = Study.model_validate(value)
    except ValidationError as error:
        raise case_error(error, value, Study) from error
    for key in given(study.population.errors).keys() & study.errors.model_fields_set:
        text = "is stated in [errors] too: give it there for all patients alike, or here as it differs between them."
        raise CaseError([Problem(f"population.errors.{key}", "", text)])
    names = [policy.name for policy in study.policy]
    for number, policy in enumerate(study.policy):
        place = f"policy[{number}]"
        if policy.name in names[:number]:
            raise CaseError([Problem(f"{place}.name", f'"{policy.name}"', "is another policy's: give it its own.")])
        _check_visits(policy, place)
        believed = study.declared_of(policy)
        unsure = [key for key, sd in believed.model_dump().items() if sd == 0.0]
        if policy.use == "all" and unsure:
            text = f"weighs what is measured by its SD, and that of {unsure[0]} is 0: declare one above 0 for it."
            raise CaseError([Problem(f"{place}.use", '"all"', text)])
    return study


def _check_visits(policy: Policy, place: str) -> None:
    """Raises CaseError where the shares of one schedule do not increase."""
    before = 0.0
    for number, visit in enumerate(policy.visits):
        if visit == "end":
            before = 0.0
            continue
        if visit <= before:
            text = f"must be above {before:g}, the visit before it on the same schedule."
            raise CaseError([Problem(f"{place}.visits[{number}]", f"{visit:g}", text)])
        before = float(visit)
