"""The validation library's findings turned into sentences that say what to type instead, and which key was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from hexapod.errors import CaseError, Problem

# Marks of the library's own that stand in a location but not in the file.
TAGS = {"struts": {"own", "catalogue"}, "levels": {"driven", "coupled"}}
LONGEST_SHOWN = 60


def case_error(error: ValidationError, value: Any, model: type[BaseModel]) -> CaseError:
    """Our error for the library's: every problem with its path, the value as typed and what is acceptable."""
    return CaseError([_problem(detail, value, model) for detail in error.errors(include_url=False)])


def _problem(detail: Mapping[str, Any], value: Any, model: type[BaseModel]) -> Problem:
    location = _location(detail["loc"])
    key = detail.get("ctx", {}).get("key")
    if key is not None:
        location.append(key)
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    missing = detail["type"] == "missing"
    shown = "" if missing else _shown(value, location)
    if detail["type"] == "extra_forbidden":
        allowed = _allowed_keys(model, detail["loc"])
        return Problem(path, shown, _unknown_key(str(location[-1]), allowed, _place(location, value)))
    return Problem(path, shown, _sentence(detail, str(location[-1]) if location else ""), missing)


def _location(parts: Sequence[str | int]) -> list[str | int]:
    """The place in the file: without the tag that the library adds after the number of a strut or level."""
    return [
        part
        for number, part in enumerate(parts)
        if not (number >= 2 and isinstance(parts[number - 1], int) and part in TAGS.get(str(parts[number - 2]), ()))
    ]


def _shown(value: Any, location: list[Any]) -> str:
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " …"


def _sentence(detail: Mapping[str, Any], key: str) -> str:
    context = detail.get("ctx", {})
    # Only words of a direction have an opposite; an SD or a count has none.
    if detail["type"] == "greater_than_equal" and context["ge"] == 0 and _split(key)[0] in AXIS_WORDS:
        return NO_SIGN
    sentence = SENTENCES.get(detail["type"])
    if sentence is not None:
        return sentence.format(**context)
    message: str = detail["msg"]
    return message[0].lower() + message[1:] + "."


def _unknown_key(key: str, allowed: Sequence[str], place: KeyContext) -> str:
    meant = suggestion(key, allowed, place)
    hint = f"the keys here are {', '.join(allowed)}." if meant is None else f"did you mean {meant}?"
    return f"is not a key of this format here; {hint}"


def _place(location: Sequence[str | int], value: Any) -> KeyContext:
    """Where an unknown key stands, with what the words of the field depend on."""
    holder = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "")
    limb = value.get("limb") if isinstance(value, dict) else None
    bone = limb.get("bone") if isinstance(limb, dict) else None
    reference = value["levels"][location[1]].get("reference") if location[0] == "levels" and len(location) > 2 else None
    texts = (text if isinstance(text, str) else None for text in (bone, reference))
    return KeyContext(holder, *texts)


NO_SIGN = "must be 0 or more: magnitudes have no sign, the opposite word gives the other direction."
SENTENCES = {
    "missing": "is required and has no default: add it.",
    "none_required": "does not go with a hexapod that compensates for the others: take it out.",
    "bool_type": "must be true or false, without quotes.",
    "float_type": "must be a number such as 7.5, without quotes.",
    "int_type": "must be a whole number, without quotes.",
    "finite_number": "must be a finite number.",
    "string_type": "must be text in quotes.",
    "string_too_short": "must not be empty.",
    "string_too_long": "must be at most {max_length} characters.",
    "string_pattern_mismatch": "must be 1 to 64 of letters, digits, '-', '_' and '.', no name of a patient.",
    "literal_error": "must be {expected}, in lower case.",
    "model_type": "must be an object in braces {{ }}.",
    "dict_type": "must be an object in braces {{ }}.",
    "tuple_type": "must be a list in brackets [ ].",
    "greater_than": "must be above {gt:g}.",
    "greater_than_equal": "must be at least {ge:g}.",
    "less_than": "must be below {lt:g}.",
    "less_than_equal": "must be at most {le:g}.",
}


def _allowed_keys(model: type[BaseModel], location: Sequence[str | int]) -> tuple[str, ...]:
    """The keys that the object holding the last part of a location may have, in the order of the format."""
    here: dict[str, type[BaseModel]] = {"": model}
    for part in location[:-1]:
        if part in here:  # a tag that the library adds after a number
            here = {"": here[part]}
        elif isinstance(part, str):
            (holder,) = here.values()
            here = dict(_models_in(holder.model_fields[part].annotation, ""))
    (holder,) = here.values()
    # `couple` makes a level with stages the other kind; what a coupled level may not have is left out.
    fields = holder.model_fields.items()
    return tuple(
        field.alias or name for name, field in fields if field.annotation is not type(None) or name == "couple"
    )


def _models_in(annotation: Any, tag: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """The kinds of object that an annotation allows, by their tags (empty without one)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield tag, annotation
    if get_origin(annotation) is Annotated:
        annotation, *marks = get_args(annotation)
        tag = next((mark.tag for mark in marks if isinstance(mark, Tag)), tag)
        yield from _models_in(annotation, tag)
    else:
        for one in get_args(annotation):
            yield from _models_in(one, tag)


UNITS = MappingProxyType(
    {
        **dict.fromkeys(("deg", "degree", "degrees"), "deg"),
        **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters"), "mm"),
        "days": "days",
    }
)

# One word for another wherever it stands.  Source: anatomical terms of the standing person, conventions section 1.
DIRECTIONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("superior", "superiorly", "cranial", "cranially", "cephalad", "proximally", "prox"), "proximal"
        ),
        **dict.fromkeys(("inferior", "inferiorly", "caudal", "caudally", "caudad", "distally", "dist"), "distal"),
        **dict.fromkeys(("anteriorly", "ant"), "anterior"),
        **dict.fromkeys(("posteriorly", "post"), "posterior"),
        **dict.fromkeys(("medially", "med"), "medial"),
        **dict.fromkeys(("laterally", "lat"), "lateral"),
    }
)
_FRONT_AND_BACK = MappingProxyType({"ventral": "anterior", "dorsal": "posterior"})
# Words that mean a direction on some bones only; palms forward, so the radius lies lateral.  On a foot dorsal is up.
BY_BONE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "tibia": {"tibial": "medial", "fibular": "lateral", "peroneal": "lateral", **_FRONT_AND_BACK},
        "femur": _FRONT_AND_BACK,
        "humerus": _FRONT_AND_BACK,
        "forearm": {
            **{"radial": "lateral", "ulnar": "medial", "volar": "anterior", "palmar": "anterior"},
            **_FRONT_AND_BACK,
        },
        "foot": {},
    }
)


def _phrases() -> Iterator[tuple[str, str]]:
    """What people write for a word of the format, once its directions are those of the format."""
    for word, others in {
        "varus": ("varum",),
        "valgus": ("valgum",),
        "apex_anterior": ("procurvatum", "procurvation", "antecurvatum", "antecurvation", "antecurvatio"),
        "apex_posterior": ("recurvatum", "recurvation"),
    }.items():
        for phrase in (word, *others):
            yield phrase, word
            yield from ((f"{phrase}_{noun}", word) for noun in ("angulation", "angle", "deformity"))
            yield f"angulation_{phrase}", word
    # Both ends of a varus bone lie medial of its apex (conventions section 3).
    for side, word in (
        ("anterior", "apex_anterior"),
        ("posterior", "apex_posterior"),
        ("lateral", "varus"),
        ("medial", "valgus"),
    ):
        yield from ((f"apex_{side}", word), (f"{side}_apex", word))
    for word, heads, others in (
        ("internal_rotation", ("internal", "int", "inward", "medial"), ("endorotation", "endotorsion", "intorsion")),
        ("external_rotation", ("external", "ext", "outward", "lateral"), ("exorotation", "exotorsion", "extorsion")),
    ):
        for noun in ("rotation", "rot", "torsion", "twist"):
            yield from ((f"{head}_{noun}", word) for head in heads)
            yield from ((f"{noun}_{head}", word) for head in heads)
        yield from ((phrase, word) for phrase in (*others, *heads[:2]))
    for side in ("medial", "lateral", "anterior", "posterior"):
        yield from ((f"{verb}_{side}", f"leans_{side}") for verb in ("leans", "lean", "leaning", "tilts", "tilt"))
    for side in ("medial", "lateral", "anterior", "posterior", "proximal", "distal"):
        yield side, side
        if side != "lateral":  # a lateral translation may be one on the lateral view
            for noun in ("translation", "displacement", "shift", "offset"):
                yield from ((f"{side}_{noun}", side), (f"{noun}_{side}", side))
    yield from (("short", "short"), ("long", "long"), ("shortened", "short"), ("distracted", "long"))
    yield from ((phrase, "short") for phrase in ("overlap", "overlapping", "overlapped", "overriding"))


PHRASES: Mapping[str, str] = MappingProxyType(dict(_phrases()))
# Words of which nothing is said here, so that no slip of the keyboard is seen in them.
_OTHER = (
    *("interior", "exterior", "inner", "outer", "upper", "lower", "left", "right", "sagittal", "coronal", "frontal"),
    *("axial", "plantar", "along", "flexion", "extension", "pronation", "supination", "anteversion", "retroversion"),
    *("shortening", "lengthening", "distraction", "compression", "gap"),
    *(word for bone in BY_BONE.values() for word in bone),
    *DIRECTIONS,
)
TRAPS = frozenset((*_OTHER, *(f"{before}_{word}" for before in ("apex", "leans") for word in _OTHER)))
AXIS_WORDS = frozenset(PHRASES.values())
# A word shorter than this is another word after one slip; a longer key that is no direction may have two.
SHORTEST_SLIP = 5
LONG_KEY = 9


@dataclass(frozen=True)
class KeyContext:
    """Where a key stands: the object that holds it, and what of bone and reference fragment the file tells."""

    holder: str = ""
    bone: str | None = None
    reference: str | None = None


def suggestion(key: str, allowed: Collection[str], place: KeyContext) -> str | None:
    """The key that was meant, when one of `allowed` says the same for certain."""
    typed = re.sub(r"[^a-z0-9°]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", key.strip()).lower()).strip("_")
    if typed in allowed:
        return typed
    stem, unit = _split(typed)
    wanted = {}
    for one in allowed:
        word, its_unit = _split(one)
        if not unit or unit == its_unit:
            wanted[word] = one
    if stem in wanted:
        return wanted[stem]
    found = _of_the_format(stem, place)
    if found is not None:
        return wanted.get(found)
    # The last part of a key may look like a unit and be none.
    return _slip(stem, wanted) or _slip(typed, {one: one for one in allowed if not _split(one)[1]})


def _split(key: str) -> tuple[str, str]:
    stem, _, end = key.rpartition("_")
    return (stem, UNITS[end]) if stem and end in UNITS else (key, "")


def _of_the_format(stem: str, place: KeyContext) -> str | None:
    """The word of the format for one of the field; None when there is none for certain."""
    along = _along_the_way(stem, place)
    if along is not None:
        return along
    by_bone = BY_BONE.get(place.bone or "", {})
    words = (by_bone.get(part, DIRECTIONS.get(part, part)) for part in stem.split("_"))
    return PHRASES.get("_".join(words))


def _along_the_way(stem: str, place: KeyContext) -> str | None:
    """Words of length whose meaning depends on what they are said of: a deformity, or a way that is gone."""
    if stem == "shortening" and place.holder in ("deformity", "course_from"):
        return "short"
    if place.holder != "transport" or place.reference not in ("proximal", "distal"):
        return None
    away, back = ("distal", "proximal") if place.reference == "proximal" else ("proximal", "distal")
    return {"lengthening": away, "distraction": away, "shortening": back, "compression": back}.get(stem)


def _slip(stem: str, wanted: Mapping[str, str]) -> str | None:
    """The only word that one slip of the keyboard makes of `stem`; two in a long key that is no direction."""
    if len(stem) < SHORTEST_SLIP:
        return None
    meanings = {**{word: word for word in wanted}, **{phrase: PHRASES[phrase] for phrase in PHRASES}}
    far = {phrase: _slips(stem, phrase) for phrase in (*meanings, *TRAPS)}
    least = min(far.values())
    nearest = {meanings.get(phrase, "") for phrase, count in far.items() if count == least}
    if len(nearest) != 1:
        return None
    word = nearest.pop()
    most = 2 if len(stem) >= LONG_KEY and word not in AXIS_WORDS else 1
    return wanted.get(word) if least <= most else None


def _slips(a: str, b: str) -> int:
    """Letters left out, put in, changed or exchanged with the next one, at least (Damerau and Levenshtein)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        now = [i]
        for j, right in enumerate(b, 1):
            now.append(min(last[j] + 1, now[-1] + 1, last[j - 1] + (left != right)))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                now[j] = min(now[j], before[j - 2] + 1)
        before, last = last, now
    return last[-1]
