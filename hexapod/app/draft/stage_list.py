"""The stages of a level as a list in the draft: added, moved, removed and put back, or replaced by those of a template.

Nothing typed is thrown away: what is removed or replaced stays beside the case, in the draft's `aside`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import read_draft, stages_of
from hexapod.app.draft.typed_text import EntryReader, Reading, Trouble
from hexapod.deformity import quantities as w
from hexapod.errors import HexapodError
from hexapod.stages.templates import TEMPLATES, StageDocument, TemplateOption, stages_from_template, templates_for
from hexapod.text.field_kinds import word_name


def add(draft: d.Draft, level_uid: str) -> str:
    """A stage that does not know yet what it does, at the end; its uid."""
    stage = d.blank_stage()
    _stages(draft, level_uid).append(stage)
    return str(stage["uid"])


def move(draft: d.Draft, level_uid: str, uid: str, by: int) -> None:
    """Put a stage `by` places later (earlier when below 0), unless it would leave the list.  KeyError: none such."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    to = index + by
    if 0 <= to < len(stages):
        stages.insert(to, stages.pop(index))


def duplicate(draft: d.Draft, level_uid: str, uid: str) -> str:
    """A copy of a stage, right after it; the copy's uid.  KeyError when there is no such stage."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    uid_of_copy = d.new_uid()
    stages.insert(index + 1, copy.deepcopy(stages[index]) | {"uid": uid_of_copy})
    return uid_of_copy


def remove(draft: d.Draft, level_uid: str, uid: str) -> None:
    """Take a stage out; it can be put back.  KeyError when there is no such stage."""
    stages = _stages(draft, level_uid)
    index = _index(stages, uid)
    _aside(draft, level_uid)["removed"].append({"index": index, "stage": stages.pop(index)})


def removed(draft: d.Draft, level_uid: str) -> d.Draft | None:
    """The stage removed last, which `put_back` would put back, or None."""
    gone = _kept(draft, level_uid)["removed"]
    return gone[-1]["stage"] if gone else None


def put_back(draft: d.Draft, level_uid: str) -> None:
    """Put the stage removed last back to its place, or to the end when the list is shorter now."""
    gone = _aside(draft, level_uid)["removed"]
    if gone:
        last = gone.pop()
        _stages(draft, level_uid).insert(last["index"], last["stage"])


def replace(draft: d.Draft, level_uid: str, documents: Iterable[Mapping[str, Any]]) -> None:
    """Put the stages of a template in the place of all stages, which are kept and can be taken back."""
    new = stages_of(documents, draft["exact"])
    _keep_all(draft, level_uid)
    _stages(draft, level_uid)[:] = new


def before(draft: d.Draft, level_uid: str) -> list[d.Draft]:
    """The stages that `take_back` would take back; none when there are none."""
    lists = _kept(draft, level_uid)["before"]
    return lists[-1]["stages"] if lists else []


def take_back(draft: d.Draft, level_uid: str) -> None:
    """Restore previous stages; those of now are kept in their turn, behind all others."""
    aside = _aside(draft, level_uid)
    if not aside["before"]:
        return
    old = aside["before"].pop()
    _keep_all(draft, level_uid, first=True)
    _stages(draft, level_uid)[:] = old["stages"]
    aside["removed"] = old["removed"]


def _keep_all(draft: d.Draft, level_uid: str, *, first: bool = False) -> None:
    """Keep the stages of now as the last of those of before (the one taken back next), or as the first."""
    aside, stages = _aside(draft, level_uid), _stages(draft, level_uid)
    now = {"stages": copy.deepcopy(stages), "removed": aside["removed"]}
    aside["removed"] = []
    untouched = len(stages) == 1 and _without_uids(stages) == _without_uids([d.blank_stage()])
    known = [_without_uids(one["stages"]) for one in aside["before"]]
    if (untouched or _without_uids(stages) in known) and not now["removed"]:
        return
    aside["before"].insert(0 if first else len(aside["before"]), now)


def _without_uids(stages: list[d.Draft]) -> list[d.Draft]:
    return [{key: value for key, value in stage.items() if key != "uid"} for stage in stages]


def _stages(draft: d.Draft, level_uid: str) -> list[d.Draft]:
    stages: list[d.Draft] = d.entry(draft, ("levels", level_uid, "stages"))
    return stages


def _index(stages: list[d.Draft], uid: str) -> int:
    for index, stage in enumerate(stages):
        if stage["uid"] == uid:
            return index
    raise KeyError(uid)


def _kept(draft: d.Draft, level_uid: str) -> d.Draft:
    return draft["aside"].get(level_uid) or {"removed": [], "before": []}


def _aside(draft: d.Draft, level_uid: str) -> d.Draft:
    aside: d.Draft = draft["aside"].setdefault(level_uid, {"removed": [], "before": []})
    return aside


NAMES = MappingProxyType(
    {
        "all-at-once": "All at once",
        "distract-then-correct": "Distract, then correct",
        "distract-derotate-reduce": "Distract, derotate, then reduce",
        "lengthening": "Lengthening",
        "transport": "Transport with docking",
        "accordion": "Accordion",
        "open-then-correct": "Open the joint, then correct",
    }
)
LABELS = MappingProxyType(
    {
        "gap_mm": "Gap beyond length",
        "length_mm": "Lengthening",
        "transport": "Transport vector",
        "compression_mm": "Compression after docking",
        "compress_mm": "Compression in each cycle",
        "distract_mm": "Distraction in each cycle",
        "cycles": "Number of cycles",
        "latency_days": "Latency",
        "consolidation_days": "Consolidation",
    }
)
# What is called otherwise where no osteotomy waits for its callus.
REST = "Rest before the first adjustment"
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
    if typed["name"] not in offered(level):
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


def offered(level: d.Draft) -> Mapping[str, str]:
    """The names on the page of the templates that treat what is chosen at a level."""
    return {name: NAMES[name] for name in templates_for(level["indication"])}


def option_label(level: d.Draft, option: TemplateOption) -> str:
    """What the page calls an option of a template."""
    waits = option.name != "latency_days" or level["indication"] == "osteotomy"
    return LABELS[option.name] if waits else REST


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
        start = {"deformity": document.get("deformity", {}), "reference": document["reference"]}
        return start | {"indication": level["indication"]}
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
