"""A template for stages with its few numbers as typed: the stages that it makes, or what to change at which entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.field_reader import EntryReader, Reading, Trouble
from hexapod.deformity import quantities as w
from hexapod.errors import HexapodError
from hexapod.stages.template_options import TemplateOption
from hexapod.stages.templates import TEMPLATES, StageDocument, stages_from_template
from hexapod.text.field_kinds import word_name

NAMES = MappingProxyType(
    {
        "all-at-once": "All at once",
        "distract-then-correct": "Distract, then correct",
        "distract-derotate-reduce": "Distract, derotate, then reduce",
        "lengthening": "Lengthening",
        "transport": "Transport with docking",
        "accordion": "Accordion",
    }
)
LABELS = MappingProxyType(
    {
        "gap_mm": "Gap beyond length",
        "length_mm": "Lengthening",
        "transport": "Way of the segment",
        "compression_mm": "Compression after docking",
        "compress_mm": "Compression in each cycle",
        "distract_mm": "Distraction in each cycle",
        "cycles": "Number of cycles",
        "latency_days": "Latency",
        "consolidation_days": "Consolidation",
    }
)
# What a template has to know of its level.
_STARTS_FROM = ("deformity", "reference")


@dataclass(frozen=True)
class Made:
    """The stages of the template chosen, as they stand in a case file, or None with the troubles that prevent them.

    `deformity` is that of the level, in words, from which they start.
    """

    stages: list[StageDocument] | None
    troubles: tuple[Trouble, ...]
    deformity: Mapping[str, float] = field(default_factory=dict)


def made(draft: d.Draft, level: d.Draft) -> Made:
    """What the template chosen makes of a level's deformity and the numbers typed; nothing when none is chosen."""
    typed = draft["template"]
    if typed["name"] is None:
        return Made(None, ())
    reading = Reading()
    options = _options(EntryReader(draft, reading), typed["name"])
    start = _start(draft, level, reading)
    if reading.troubles or start is None:
        return Made(None, tuple(reading.troubles))
    try:
        return Made(stages_from_template(typed["name"], **start, **options), (), start["deformity"])
    except HexapodError as error:
        return Made(None, (_trouble(typed["name"], str(error)),))


def _options(reader: EntryReader, name: str) -> dict[str, Any]:
    """The options as typed; one left empty is left out, unless the template needs it."""
    options: dict[str, Any] = {}
    for option in TEMPLATES[name].options:
        path = ("template", option.name)
        known = len(reader.reading.troubles)
        if option.unit == "words":
            value: Any = reader.words(path, option.name, w.PLACE) or None
        else:
            value = reader.number(path, option.name, typed_text.whole if option.whole else typed_text.size)
        if value is not None:
            options[option.name] = value
        elif option.required and len(reader.reading.troubles) == known:
            reader.say(path, option.name, "still to be entered.", missing=True)
    return options


def _start(draft: d.Draft, level: d.Draft, reading: Reading) -> dict[str, Any] | None:
    """Deformity and reference fragment of the level, from which the template starts."""
    case = read_draft(draft)
    path = ("levels", level["uid"])
    if any(trouble.path[:3] == (*path, part) for trouble in case.troubles for part in _STARTS_FROM):
        sentence = "first correct the deformity of this level: the template starts from it."
    elif level["reference"] is None:
        sentence = "first choose the reference fragment of this level: the template moves the other one."
    else:
        document = case.document["levels"][draft["levels"].index(level)]
        return {"deformity": document.get("deformity", {}), "reference": document["reference"]}
    reading.troubles.append(Trouble(("template", "name"), "name", sentence, missing=False))
    return None


def _trouble(name: str, sentence: str) -> Trouble:
    """The sentence of the template at the entry that it speaks of, in the names of the screen."""
    options = sorted(TEMPLATES[name].options, key=_is_words)
    spoken_of = [option.name for option in options if option.name in sentence]
    for option in TEMPLATES[name].options:
        if option.unit != "words":  # "transport" is an everyday word
            sentence = sentence.replace(option.name, f"“{LABELS[option.name]}”", 1)
    for word in (word for pair in w.PLACE for word in (pair.positive, pair.negative)):
        sentence = sentence.replace(word, word_name(word))
    return Trouble(("template", spoken_of[0] if spoken_of else "name"), name, sentence, missing=False)


def _is_words(option: TemplateOption) -> bool:
    """Sorts a way in words last: its name is an everyday word, which sentences about others use too."""
    return option.unit == "words"
