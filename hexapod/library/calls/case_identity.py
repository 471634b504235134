"""Limb and frame of a case: once the treatment has begun, a change of either has to be confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# A draft holds whatever was typed and may lack keys: a missing key is no change, an emptied entry is one.
Said = Any
UNSAID = object()
RINGS = ("proximal", "distal")
STRUTS = range(6)


@dataclass(frozen=True)
class Hexapod:
    """The hardware of a hexapod: reference fragment, two rings, six struts, each as named or measured."""

    reference: Said
    rings: tuple[Said, ...]
    struts: tuple[Said, ...]


@dataclass(frozen=True)
class CaseIdentity:
    """Side and hexapods of a case; hexapods by a key that stays when others are added or removed, None when missing."""

    side: Said
    hexapods: Mapping[str, Hexapod] | None


def identity_of_draft(draft: Mapping[str, Any]) -> CaseIdentity:
    """Limb and frame of a draft, as far as they are entered."""
    levels, side = draft.get("levels"), _part(draft, "limb").get("side", UNSAID)
    if not isinstance(levels, list):
        return CaseIdentity(side, None)
    found = [one for one in levels if isinstance(one, dict)]
    return CaseIdentity(side, {str(one.get("uid", index)): _hexapod_of_draft(one) for index, one in enumerate(found)})


def identity_of_case(document: Mapping[str, Any], like: CaseIdentity) -> CaseIdentity:
    """Limb and frame of a case file; its hexapods have the keys of the draft made from it."""
    hexapods = [
        Hexapod(
            level["reference"],
            tuple(level["frame"][f"{ring}_ring"].get("model") for ring in RINGS),
            tuple(one if isinstance(one, str) else None for one in level["frame"]["struts"]),
        )
        for level in document["levels"]
    ]
    return CaseIdentity(document["limb"]["side"], dict(zip(like.hexapods or (), hexapods, strict=False)))


def changes(before: CaseIdentity, now: CaseIdentity) -> tuple[str, ...]:
    """What changes and what that means, a sentence or two for each change; empty for the same limb and frame."""
    return tuple(_changes(before, now))


def _changes(before: CaseIdentity, now: CaseIdentity) -> Iterator[str]:
    if _differ(before.side, now.side):
        yield (
            f"Side: {_said(now.side)} instead of {_said(before.side)}. Every medial, lateral, internal, external, "
            "varus and valgus of this case then means the other direction, and the plans and readings so far are of "
            f"the {_said(before.side)} limb. For the other limb start a separate case."
        )
    if before.hexapods is None or now.hexapods is None:
        return
    hexapods = now.hexapods
    if not before.hexapods.keys() & hexapods.keys():  # opened again: the same hexapods with other keys
        hexapods = dict(zip(before.hexapods, hexapods.values(), strict=False))
    for number, (uid, was) in enumerate(before.hexapods.items(), start=1):
        is_now = hexapods.get(uid)
        if is_now is None:
            yield (
                f"Hexapod {number} is removed. Its plan, its visits and its place in the construct are then no "
                "longer part of this case."
            )
            continue
        if _differ(was.reference, is_now.reference):
            yield (
                f"Hexapod {number}: the {_said(is_now.reference)} fragment becomes the reference instead of the "
                f"{_said(was.reference)} one. Deformity, mounting parameters and structures at risk were "
                "measured from the other fragment: measure and enter all of them again."
            )
        for name, ring, new in zip(RINGS, was.rings, is_now.rings, strict=True):
            if _differ(ring, new):
                yield (
                    f"Hexapod {number}: the {name} ring is {_said(new)} instead of {_said(ring)}. This is not the "
                    "frame that was planned and read at visits: measure the mounting and read the struts again."
                )
        struts = [
            f"strut {strut} is {_said(new)} instead of {_said(old)}"
            for strut, (old, new) in enumerate(zip(was.struts, is_now.struts, strict=True), start=1)
            if _differ(old, new)
        ]
        if struts:
            yield (
                f"Hexapod {number}: {', '.join(struts)}. The plan then assumes that these are on the patient on day "
                "0. After an exchange during the treatment, record a visit and continue from it instead."
            )


def _differ(before: Said, now: Said) -> bool:
    """Whether an entry has changed; a missing key is no change."""
    return before not in (None, "", UNSAID) and now is not UNSAID and before != now


def _said(value: Said) -> str:
    return "none" if value in (None, "") else value if isinstance(value, str) else "one of your own"


def _hexapod_of_draft(level: Mapping[str, Any]) -> Hexapod:
    frame = _part(level, "frame")
    struts = frame.get("struts")
    each = struts if isinstance(struts, dict) and not frame.get("alike", True) else {}
    return Hexapod(
        level.get("reference", UNSAID),
        tuple(_hardware(frame.get(f"{ring}_ring", UNSAID), ("joints",)) for ring in RINGS),
        tuple(
            _hardware(
                each.get(str(k)) if each else frame.get("every_strut", UNSAID), ("min_mm", "max_mm", "graduation_mm")
            )
            for k in STRUTS
        ),
    )


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Limb or frame of a draft; drafts before `hexapod-draft/3` have their entries where the part stands now."""
    part = value.get(name)
    return part if isinstance(part, dict) else value


def _hardware(entry: Said, own: tuple[str, ...]) -> Said:
    """The model's name, the measures of the case's own hardware, or None while nothing is chosen."""
    if not isinstance(entry, dict):
        return UNSAID
    if entry.get("kind") == "model":
        return entry.get("model")
    numbers = tuple(str(entry.get(name, "")).strip() for name in own)
    return numbers if any(numbers) else None
