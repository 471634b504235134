"""Stages by name: usual treatments as ordinary stages of a case file, which the user may then edit; and their options.

An option has unit, meaning, default and bounds, and is checked strictly.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from hexapod.case.field_types import LONGEST_STAGE_DAYS
from hexapod.case.level_parts import Indication, Stage, Target
from hexapod.case.model import LONGEST_LEVEL_DAYS
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import Fragment
from hexapod.errors import HexapodError
from hexapod.trajectory.level_setup import LevelSetup

Unit = Literal["days", "mm", "cycles", "words"]
StageDocument = dict[str, Any]
Words = dict[str, float]

# Docking compression is slow.  Source: usual practice, docs/safety/README.md; the stage can be edited.
DOCKING_MM_PER_DAY = 0.25
# The word for away from the reference fragment, and the one for back to it.
AWAY: Mapping[Fragment, str] = MappingProxyType({"proximal": "distal_mm", "distal": "proximal_mm"})
BACK: Mapping[Fragment, str] = MappingProxyType({"proximal": "proximal_mm", "distal": "distal_mm"})


@dataclass(frozen=True)
class TemplateOption:
    """One option of a template.  `default` None and not `required`: left out.

    A size lies between `least` and `most` in its unit, and above 0 when `above_zero`; days and cycles are whole. An
    option in "words" is a mapping of place words, such as {"distal_mm": 60}.
    """

    name: str
    unit: Unit
    meaning: str
    default: float | None = None
    required: bool = False
    above_zero: bool = False
    most: float = w.ALONG_BONE.limit

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in ("days", "cycles")


# A template's number of stages stays one that a level can hold: a cycle takes two days or more.
MOST_CYCLES = LONGEST_LEVEL_DAYS // 2

LATENCY = TemplateOption(
    # Usual 5 to 7 days, children less.  Source: Oxford and Baltimore patient information; Makhdom, ACPOC.
    "latency_days",
    "days",
    "rest before the first adjustment",
    7,
    most=LONGEST_STAGE_DAYS,
)
NO_LATENCY = TemplateOption(
    # A regenerate, a non-union, a fracture or a joint is worked on; no fresh osteotomy waits for its callus.
    "latency_days",
    "days",
    "rest before the first adjustment",
    0,
    most=LONGEST_STAGE_DAYS,
)
CONSOLIDATION = TemplateOption("consolidation_days", "days", "rest at the end", most=LONGEST_STAGE_DAYS)
GAP = TemplateOption("gap_mm", "mm", "distraction beyond length before anything else is corrected", 0)
LENGTH = TemplateOption("length_mm", "mm", "lengthening", required=True, above_zero=True)
OPENING = TemplateOption("gap_mm", "mm", "how far the joint is opened first, and stays open", 0)
TRANSPORT = TemplateOption("transport", "words", "transport vector of the segment", required=True)
# 2 mm at 0.25 mm a day are 8 days: "some days" of usual practice, to be edited; 0 for none.
COMPRESSION = TemplateOption("compression_mm", "mm", "compression after docking", 2)
COMPRESS = TemplateOption("compress_mm", "mm", "compression in each cycle", required=True, above_zero=True)
DISTRACT = TemplateOption("distract_mm", "mm", "distraction in each cycle", required=True, above_zero=True)
CYCLES = TemplateOption("cycles", "cycles", "how often", required=True, above_zero=True, most=MOST_CYCLES)


def check_options(template: str, options: Sequence[TemplateOption], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option of a template with its value: as given, its default, or None.

    Raises:
        HexapodError: an unknown or missing option, or a value that makes no sense, and what to type instead.
    """
    names = [option.name for option in options]
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}."
            raise HexapodError(f"The template {template} has no option {name}; {hint}")
    return {option.name: _value(template, option, given.get(option.name)) for option in options}


def _value(template: str, option: TemplateOption, value: Any) -> Any:
    if value is None:
        if option.required:
            unit = "in place words such as distal_mm" if option.unit == "words" else f"in {option.unit}"
            raise HexapodError(f"The template {template} needs {option.name}, the {option.meaning}, {unit}.")
        return option.default
    if option.unit == "words":
        return _place_words(option, value)
    return _size(option, value)


def _size(option: TemplateOption, value: Any) -> float:
    kind = "a whole number" if option.whole else "a number"
    low = "above 0" if option.above_zero else "0 or more"
    sentence = f"{option.name} must be {kind}, {low} and at most {option.most:g} {option.unit}."
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise HexapodError(sentence)
    possible = 0.0 <= value <= option.most and (value > 0.0 or not option.above_zero)
    if not possible or (option.whole and value != int(value)):
        raise HexapodError(sentence)
    return int(value) if option.whole else value


def _place_words(option: TemplateOption, value: Any) -> dict[str, float]:
    words = check_sizes(option.name, value, w.PLACE)
    if not words:
        raise HexapodError(f'{option.name} moves nothing: give at least one word, such as {{"distal_mm": 60}}.')
    return words


def check_sizes(name: str, value: Any, pairs: tuple[w.Pair, ...]) -> dict[str, float]:
    """The words of `value` with their sizes, zeros left out.

    Raises:
        HexapodError: no mapping, a word that none of `pairs` has, both words of a pair, or a size that makes no sense.
    """
    if not isinstance(value, Mapping):
        raise HexapodError(f'{name} must be directions with their magnitudes, such as {{"{pairs[-1].negative}": 6}}.')
    w.check_words(value, pairs)
    for word, size in value.items():
        if isinstance(size, bool) or not isinstance(size, int | float):
            raise HexapodError(f"{word} of {name} must be a number, without quotes.")
    for pair in pairs:
        pair.signed(value)
    return {word: size for word, size in value.items() if size > 0.0}


@dataclass(frozen=True)
class Treated:
    """What a template must know of a level: its deformity in words, zeros left out, and which fragment is held."""

    deformity: Words
    reference: Fragment


@dataclass(frozen=True)
class Template:
    """A usual treatment: its name, one line that says what it does, its options, how it makes its own stages, and
    what it treats."""

    name: str
    description: str
    options: tuple[TemplateOption, ...]
    make: Callable[[Treated, Mapping[str, Any]], list[StageDocument]]
    treats: tuple[Indication, ...] = ("osteotomy",)

    def options_for(self, indication: Indication) -> tuple[TemplateOption, ...]:
        """Its options: only an osteotomy has to wait for callus before the first adjustment."""
        if indication == "osteotomy":
            return self.options
        return tuple(NO_LATENCY if option is LATENCY else option for option in self.options)


# The rest before the first adjustment and the one at the end, as each indication calls them.
RESTS: Mapping[Indication, tuple[str, str]] = MappingProxyType(
    {"osteotomy": ("latency", "consolidation"), "fracture": ("rest", "consolidation"), "joint": ("rest", "hold")}
)


def templates_for(indication: Indication) -> tuple[str, ...]:
    """The names of the templates that treat an indication, in the order in which they are offered."""
    return tuple(name for name, template in TEMPLATES.items() if indication in template.treats)


def stages_from_template(
    name: str,
    *,
    deformity: Mapping[str, float],
    reference: Fragment,
    indication: Indication = "osteotomy",
    **options: Any,
) -> list[StageDocument]:
    """The stages of a template, as they stand in a case file.

    `deformity` is the level's, in words. The options of each template, with units and defaults, are in `TEMPLATES`.
    Corrections end with no deformity left; the others move the fragment from where it stands.  What a stage leaves as
    it finds it is told by `keep`, so the stages stay right when the deformity is corrected afterwards.

    Raises:
        HexapodError: an unknown template or option, one that does not treat the indication, a missing option, or a
            size that makes no sense.

    >>> for stage in stages_from_template("distract-then-correct", deformity={"varus_deg": 9, "short_mm": 5},
    ...                                   reference="proximal", gap_mm=3):
    ...     print(stage)
    {'name': 'latency', 'hold_days': 7}
    {'name': 'distract', 'correct_to': {'long_mm': 3, 'keep': ['angulation', 'rotation', 'translation']}, 'meant': True}
    {'name': 'correct', 'correct_to': {}}
    """
    if name not in TEMPLATES:
        raise HexapodError(f"There is no template '{name}': choose one of {', '.join(TEMPLATES)}.")
    if reference not in AWAY:
        raise HexapodError(f"reference must be proximal or distal, not '{reference}'.")
    template, offered = TEMPLATES[name], templates_for(indication)
    if name not in offered:
        raise HexapodError(f"The template {name} is not for a {indication}: choose one of {', '.join(offered)}.")
    given = check_options(name, template.options_for(indication), options)
    before, after = RESTS[indication]
    treated = Treated(check_sizes("deformity", deformity, w.DEFORMITY), reference)
    stages = template.make(treated, given)
    if given["latency_days"]:
        stages = [{"name": before, "hold_days": given["latency_days"]}, *stages]
    if given["consolidation_days"]:
        stages = [*stages, {"name": after, "hold_days": given["consolidation_days"]}]
    return stages


def setup_with_stages(setup: LevelSetup, stages: Sequence[Mapping[str, Any]]) -> LevelSetup:
    """The level made ready with other stages, to try them on the bone alone."""
    checked = tuple(Stage.model_validate(dict(stage)) for stage in stages)
    return replace(setup, level=setup.level.model_copy(update={"stages": checked}))


def _corrections(treated: Treated, steps: Sequence[StageDocument]) -> list[StageDocument]:
    """Stages that go from one deformity to the next; one that would move nothing is left out, unless it is the only."""
    stages: list[StageDocument] = []
    stands = treated.deformity
    for step in steps:
        target = Target.model_validate(step["correct_to"])
        kept = {word for pair in target.kept for word in (pair.positive, pair.negative)}
        left = {**target.words(), **{word: size for word, size in stands.items() if word in kept}}
        if left != stands:
            stages.append(step)
        stands = left
    return stages or [{"name": steps[-1]["name"], "correct_to": {}}]


def _all_at_once(treated: Treated, _: Mapping[str, Any]) -> list[StageDocument]:
    return _corrections(treated, [{"name": "correct", "correct_to": {}}])


def _distract_then_correct(treated: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    return _corrections(treated, [_distract(treated, given), {"name": "correct", "correct_to": {}}])


def _distract_derotate_reduce(treated: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    derotate = {"name": "derotate", "correct_to": {"keep": ["translation", "length"]}}
    return _corrections(treated, [_distract(treated, given), derotate, {"name": "reduce", "correct_to": {}}])


def _open_then_correct(treated: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    """The joint is opened, then brought to where it belongs with the opening kept: its surfaces do not grind."""
    steps = [{"name": "correct", "correct_to": {"keep": ["length"]}}]
    if given["gap_mm"]:
        steps = [_distract(treated, given) | {"name": "open the joint"}, *steps]
    return _corrections(treated, steps)


def _distract(treated: Treated, given: Mapping[str, Any]) -> StageDocument:
    """The stage that draws the bone out to its length and `gap_mm` beyond, which is then meant; nothing else moves."""
    gap, long = given["gap_mm"], treated.deformity.get("long_mm", 0.0)
    if gap < long or (gap == 0.0 and "short_mm" not in treated.deformity):
        least = f"at least {long:g}: the bone is that long already" if long else "above 0: the bone is not short"
        raise HexapodError(f"To distract first, give gap_mm {least}; or use the template all-at-once.")
    kept = ["angulation", "rotation", "translation"]
    if not gap:
        return {"name": "distract", "correct_to": {"keep": kept}}
    return {"name": "distract", "correct_to": {"long_mm": gap, "keep": kept}, "meant": True}


def _lengthening(treated: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    return [{"name": "lengthen", "transport": {AWAY[treated.reference]: given["length_mm"]}}]


def _transport(_: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    words, compression = given["transport"], given["compression_mm"]
    stages: list[StageDocument] = [{"name": "transport", "transport": words}]
    if not compression:
        return stages
    # Pressed along the bone and onwards: the docking faces are square to it, also when the way was not.
    along = [word for word in (w.ALONG_BONE.positive, w.ALONG_BONE.negative) if word in words]
    if not along:
        raise HexapodError(
            "The transport does not go along the bone, so the docking compression has no direction: "
            "give compression_mm 0, or proximal_mm or distal_mm in the transport."
        )
    slow = {"mm_per_day": DOCKING_MM_PER_DAY}
    return [*stages, {"name": "docking compression", "transport": {along[0]: compression}, "limits": slow}]


def _accordion(treated: Treated, given: Mapping[str, Any]) -> list[StageDocument]:
    stages: list[StageDocument] = []
    for cycle in range(1, given["cycles"] + 1):
        stages += [
            {"name": f"compress {cycle}", "transport": {BACK[treated.reference]: given["compress_mm"]}},
            {"name": f"distract {cycle}", "transport": {AWAY[treated.reference]: given["distract_mm"]}},
        ]
    return stages


def _by_name(*templates: Template) -> Mapping[str, Template]:
    return MappingProxyType({template.name: template for template in templates})


TEMPLATES = _by_name(
    Template(
        "all-at-once",
        "Angulation, rotation, translation and length corrected together, in one stage.",
        (LATENCY, CONSOLIDATION),
        _all_at_once,
        ("osteotomy", "fracture", "joint"),
    ),
    Template(
        "distract-then-correct",
        "Lengthening only, to length and a gap beyond it; then everything else and the gap together.",
        (GAP, LATENCY, CONSOLIDATION),
        _distract_then_correct,
        ("osteotomy", "fracture"),
    ),
    Template(
        "distract-derotate-reduce",
        "Lengthening only, to length and a gap beyond it; then angulation and rotation; then translation and the gap.",
        (GAP, LATENCY, CONSOLIDATION),
        _distract_derotate_reduce,
        ("osteotomy", "fracture"),
    ),
    Template(
        "lengthening",
        "Latency, then distraction of the moving fragment straight away from the reference fragment.",
        (LENGTH, LATENCY, CONSOLIDATION),
        _lengthening,
    ),
    Template(
        "transport",
        "The segment travels along its transport vector, docks, and is compressed slowly along the bone.",
        (TRANSPORT, COMPRESSION, LATENCY, CONSOLIDATION),
        _transport,
    ),
    Template(
        "accordion",
        "Compression, then distraction, in cycles, along the bone.",
        (COMPRESS, DISTRACT, CYCLES, NO_LATENCY, CONSOLIDATION),
        _accordion,
        ("osteotomy", "fracture"),
    ),
    Template(
        "open-then-correct",
        "The joint is opened by a gap, then brought to where it belongs with the gap kept.",
        (OPENING, LATENCY, CONSOLIDATION),
        _open_then_correct,
        ("joint",),
    ),
)
"""Every template by its name, in the order in which they are offered."""
