"""What makes a case the one of this limb and this frame: a change of it is asked about once the treatment has begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Draft texts are whatever was typed, and some lack keys: what is not said is no change, what was taken away is.
Said = Any
UNSAID = object()
RINGS = ("proximal", "distal")
STRUTS = range(6)


@dataclass(frozen=True)
class Hexapod:
    """What is mounted: the reference fragment, the two rings, the six struts, each as it was named or measured."""

    reference: Said
    rings: tuple[Said, ...]
    struts: tuple[Said, ...]


@dataclass(frozen=True)
class CaseIdentity:
    """Limb and hexapods of a case; hexapods by a name that stays the same when others come or go, None when unsaid."""

    side: Said
    hexapods: Mapping[str, Hexapod] | None


def identity_of_draft(draft: Mapping[str, Any]) -> CaseIdentity:
    """What a draft says, as far as it says anything."""
    levels, side = draft.get("levels"), draft.get("side", UNSAID)
    if not isinstance(levels, list):
        return CaseIdentity(side, None)
    found = [one for one in levels if isinstance(one, dict)]
    return CaseIdentity(side, {str(one.get("uid", index)): _hexapod_of_draft(one) for index, one in enumerate(found)})


def identity_of_case(document: Mapping[str, Any], like: CaseIdentity) -> CaseIdentity:
    """What a case file says, its hexapods named as those of the draft made of it."""
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
    """What changes and what that means, a sentence or two for each; nothing when it is the same limb and frame."""
    return tuple(_changes(before, now))


def _changes(before: CaseIdentity, now: CaseIdentity) -> Iterator[str]:
    if _differ(before.side, now.side):
        yield (
            f"Side: {_said(now.side)} instead of {_said(before.side)}. Every medial, lateral, internal, external, "
            "varus and valgus of this case then means the other direction, and what was planned and read at "
            f"visits is of the {_said(before.side)} limb. For the other limb begin a case of its own."
        )
    if before.hexapods is None or now.hexapods is None:
        return
    hexapods = now.hexapods
    if not before.hexapods.keys() & hexapods.keys():  # opened anew: the same hexapods by other names
        hexapods = dict(zip(before.hexapods, hexapods.values(), strict=False))
    for number, (uid, was) in enumerate(before.hexapods.items(), start=1):
        is_now = hexapods.get(uid)
        if is_now is None:
            yield (
                f"Hexapod {number} is taken out. Its plan, its visits and its place in the construct are then no "
                "longer part of this case."
            )
            continue
        if _differ(was.reference, is_now.reference):
            yield (
                f"Hexapod {number}: the {_said(is_now.reference)} fragment becomes the reference instead of the "
                f"{_said(was.reference)} one. Deformity, mounting and structures at risk were told from the other "
                "fragment: all have to be measured and entered anew."
            )
        for name, ring, new in zip(RINGS, was.rings, is_now.rings, strict=True):
            if _differ(ring, new):
                yield (
                    f"Hexapod {number}: the {name} ring is {_said(new)} instead of {_said(ring)}. The frame is then "
                    "another one than was planned and read at visits: mounting and readings have to be taken anew."
                )
        struts = [
            f"strut {strut} is {_said(new)} instead of {_said(old)}"
            for strut, (old, new) in enumerate(zip(was.struts, is_now.struts, strict=True), start=1)
            if _differ(old, new)
        ]
        if struts:
            yield (
                f"Hexapod {number}: {', '.join(struts)}. The plan then takes it that these are on the patient on "
                "day 0. After an exchange during the treatment record a visit and continue from it instead."
            )


def _differ(before: Said, now: Said) -> bool:
    """Whether something that was said is now said otherwise."""
    return before not in (None, "", UNSAID) and now is not UNSAID and before != now


def _said(value: Said) -> str:
    return "none" if value in (None, "") else value if isinstance(value, str) else "one of your own"


def _hexapod_of_draft(level: Mapping[str, Any]) -> Hexapod:
    struts = level.get("struts")
    each = struts if isinstance(struts, dict) and not level.get("alike", True) else {}
    return Hexapod(
        level.get("reference", UNSAID),
        tuple(_hardware(level.get(f"{ring}_ring", UNSAID), ("joints",)) for ring in RINGS),
        tuple(
            _hardware(
                each.get(str(k)) if each else level.get("every_strut", UNSAID), ("min_mm", "max_mm", "graduation_mm")
            )
            for k in STRUTS
        ),
    )


def _hardware(entry: Said, own: tuple[str, ...]) -> Said:
    """A model's name, the numbers of hardware of one's own, or None while nothing is chosen."""
    if not isinstance(entry, dict):
        return UNSAID
    if entry.get("kind") == "model":
        return entry.get("model")
    numbers = tuple(str(entry.get(name, "")).strip() for name in own)
    return numbers if any(numbers) else None
