"""Drafts and versions of a case: every save is kept; a version is the exact bytes of a file, numbered, never changed.

A change of limb or frame during the treatment has to be confirmed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, or_, select

from hexapod.case.files import parse_case
from hexapod.hardware.models import LOCKED_AT
from hexapod.library import models
from hexapod.library.calls import case_index
from hexapod.library.calls.access import (
    Access,
    content_of,
    is_key,
    must_be_open,
    newest,
    one,
    status,
    with_content,
)
from hexapod.library.errors import AsksFirst, Conflict, NotThere, Refused, Unreadable
from hexapod.library.storage.contents import value_of
from hexapod.library.storage.tables import CaseListRow, CaseRow, DraftRow, FollowUpRow, PlanRow, VersionRow
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction

# A draft holds little more than the texts of a case file, which has at most a megabyte.
LARGEST_DRAFT_BYTES = 1_000_000


@dataclass(frozen=True)
class Drafts:
    """Drafts of cases, for one user."""

    _access: Access

    def save(self, case: str, base_revision: int, text: str, confirmed: bool = False) -> int:
        """Save a draft (a JSON object); returns its revision.  When this returns, the draft is on the disk.

        `base_revision` is the revision that was edited, 0 for a new case, whose key is made by `new_key()`.  Saving
        the same text again keeps the revision, so a save whose answer was lost can be repeated.  Before a case has a
        version, the list shows the texts `id`, `title`, `limb.side` and `limb.bone` of the draft.  `confirmed` allows
        a change of side, reference or hardware in a case that has a plan or a visit.

        Raises:
            AsksFirst: such a change is not confirmed; the message says what it means.
            Conflict: somebody has saved a later revision; the message says who and when.
            NotSaved: the database cannot keep it.
            NotThere, Refused: the case was erased or archived, or the text is not a draft.
        """
        words = _checked(text)
        with self._access.writing("plan") as tx:
            if base_revision == 0 and is_key(case) and status(tx, case) == "missing":
                tx.record(CaseRow, "case.made", case, case_key=case)
                case_index.case_made(tx, case)
            treated = must_be_open(tx, case, _treated(case)).treated
            last = _last(tx, case)
            if last is not None and last.revision in (base_revision, base_revision + 1) and last.text == text:
                return last.revision
            if last is not None and last.revision != base_revision:
                raise Conflict("revision", last.by, last.at, last.revision)
            if last is None and base_revision:
                raise NotThere(f"Revision {base_revision} of this draft is not in the library: open the case again.")
            if treated and not confirmed and (changes := _frame_changes(tx, case, last, words)):
                raise AsksFirst(changes)
            revision = base_revision + 1
            tx.record(DraftRow, "draft.saved", case, text.encode("utf-8"), case_key=case, revision=revision)
            case_index.draft_saved(tx, case, revision, words)
        return revision

    def load(self, case: str, revision: int | None = None) -> models.Draft | None:
        """The draft as last saved, or an earlier save of it; None when there is none."""
        with self._access.looking_at(case) as tx:
            return _last(tx, case, revision)

    def saves(self, case: str, limit: int = 50) -> tuple[models.Save, ...]:
        """The last saves of the draft, newest first; `draft` returns each of them by its revision."""
        with self._access.looking_at(case) as tx:
            question = select(DraftRow.revision, DraftRow.done_by, DraftRow.done_at).where(DraftRow.case_key == case)
            found = tx.connection.execute(question.order_by(DraftRow.revision.desc()).limit(limit))
            return tuple(models.Save(row.revision, row.done_by, row.done_at) for row in found)

    def revision(self, case: str) -> int:
        """The revision of the last save, 0 when there is none; fast enough for every run of a page."""
        with self._access.looking_at(case) as tx:
            found = newest(tx, DraftRow, case)
            return found.revision if found else 0


def _treated(case: str) -> ColumnElement[bool]:
    """Whether the case has a plan or a visit."""
    either = (exists().where(model.case_key == case) for model in (PlanRow, FollowUpRow))
    return or_(*either).label("treated")


def _frame_changes(tx: ReadTransaction, case: str, last: models.Draft | None, value: dict[str, Any]) -> tuple[str, ...]:
    """Changes of limb and hardware since the last save, of a case that has a plan or a visit."""
    now = identity_of_draft(value)
    if last is not None:
        return changes(identity_of_draft(json.loads(last.text)), now)
    version = one(tx, with_content(VersionRow, case).order_by(VersionRow.number.desc()))
    return changes(identity_of_case(json.loads(content_of(version)), now), now) if version is not None else ()


def _last(tx: ReadTransaction, case: str, revision: int | None = None) -> models.Draft | None:
    question = with_content(DraftRow, case).order_by(DraftRow.revision.desc())
    row = one(tx, question if revision is None else question.where(DraftRow.revision == revision))
    if row is None:
        return None
    return models.Draft(case, row.revision, content_of(row).decode("utf-8"), row.done_by, row.done_at)


def _checked(text: str) -> dict[str, Any]:
    """The draft's value.  Raises Refused for anything else."""
    try:
        raw = text.encode("utf-8")
        value = json.loads(text)
    except (UnicodeEncodeError, ValueError, RecursionError) as error:
        raise Refused(f"A draft is JSON text: {error}.") from error
    if len(raw) > LARGEST_DRAFT_BYTES:
        raise Refused(f"The draft has {len(raw)} bytes; at most {LARGEST_DRAFT_BYTES} are kept.")
    if not isinstance(value, dict):
        raise Refused("A draft is a JSON object in braces { }.")
    return value


# A draft may lack keys: a missing key is not a change, an emptied entry is.
Entry = Any
NOT_ENTERED = object()
RINGS = ("proximal", "distal")
STRUTS = range(6)


@dataclass(frozen=True)
class Hexapod:
    """The hardware of a hexapod: reference fragment, two rings, six struts, each as named or measured."""

    reference: Entry
    rings: tuple[Entry, ...]
    struts: tuple[Entry, ...]


@dataclass(frozen=True)
class CaseIdentity:
    """Side and hexapods of a case; hexapods by a key that stays when others are added or removed, None when missing."""

    side: Entry
    hexapods: Mapping[str, Hexapod] | None


def identity_of_draft(draft: Mapping[str, Any]) -> CaseIdentity:
    """Limb and frame of a draft, as far as they are entered."""
    levels, side = draft.get("levels"), _part(draft, "limb").get("side", NOT_ENTERED)
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
    """What changes and what that means, one or two sentences per change; empty for the same limb and frame."""
    return tuple(_changes(before, now))


def _changes(before: CaseIdentity, now: CaseIdentity) -> Iterator[str]:
    if _differ(before.side, now.side):
        yield (
            f"Side: {_words(now.side)} instead of {_words(before.side)}. Every medial, lateral, internal, external, "
            "varus and valgus of this case then means the other direction, and the plans and readings so far are of "
            f"the {_words(before.side)} limb. For the other limb start a separate case."
        )
    if before.hexapods is None or now.hexapods is None:
        return
    hexapods = now.hexapods
    if not before.hexapods.keys() & hexapods.keys():  # the case was opened again: the same hexapods have other keys
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
                f"Hexapod {number}: the {_words(is_now.reference)} fragment becomes the reference instead of the "
                f"{_words(was.reference)} one. Deformity, mounting parameters and structures at risk were "
                "measured from the other fragment: measure and enter all of them again."
            )
        for name, ring, new in zip(RINGS, was.rings, is_now.rings, strict=True):
            if _differ(ring, new):
                yield (
                    f"Hexapod {number}: the {name} ring is {_words(new)} instead of {_words(ring)}. This is not the "
                    "frame that was planned and read at visits: measure the mounting and read the struts again."
                )
        struts = [
            f"strut {strut} is {_words(new)} instead of {_words(old)}"
            for strut, (old, new) in enumerate(zip(was.struts, is_now.struts, strict=True), start=1)
            if _differ(old, new)
        ]
        if struts:
            yield (
                f"Hexapod {number}: {', '.join(struts)}. The plan then assumes that these are on the patient on day "
                "0. After an exchange during the treatment, record a visit and continue from it instead."
            )


def _differ(before: Entry, now: Entry) -> bool:
    """Whether an entry has changed; a missing key is no change."""
    return before not in (None, "", NOT_ENTERED) and now is not NOT_ENTERED and before != now


def _words(value: Entry) -> str:
    return "none" if value in (None, "") else value if isinstance(value, str) else "one of your own"


def _hexapod_of_draft(level: Mapping[str, Any]) -> Hexapod:
    frame = _part(level, "frame")
    struts = frame.get("struts")
    each = struts if isinstance(struts, dict) and not frame.get("alike", True) else {}
    return Hexapod(
        level.get("reference", NOT_ENTERED),
        tuple(_hardware(frame.get(f"{ring}_ring", NOT_ENTERED), ("joints",)) for ring in RINGS),
        tuple(
            _hardware(
                each.get(str(k)) if each else frame.get("every_strut", NOT_ENTERED),
                ("min_mm", "max_mm", "graduation_mm"),
            )
            for k in STRUTS
        ),
    )


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Limb or frame of a draft; drafts before `hexapod-draft/3` have their entries where the part stands now."""
    part = value.get(name)
    return part if isinstance(part, dict) else value


def _hardware(entry: Entry, own: tuple[str, ...]) -> Entry:
    """The model's name, the measures of the case's own hardware, or None while nothing is chosen."""
    if not isinstance(entry, dict):
        return NOT_ENTERED
    if entry.get("kind") == "model":
        model, acute = entry.get("model"), str(entry.get("acute_mm", "")).strip()
        return f"{model}{LOCKED_AT}{acute}" if model and acute else model
    numbers = tuple(str(entry.get(name, "")).strip() for name in own)
    return numbers if any(numbers) else None


@dataclass(frozen=True)
class Versions:
    """Versions of cases, for one user."""

    _access: Access

    def save(self, case: str, base: int, file: bytes) -> models.Version:
        """Save a case file as the next version; `base` is the version it was made from, 0 for none.

        Saving the same bytes again returns the version that has them.

        Raises:
            CaseError: not a case file.
            Conflict: somebody has saved a later version; the message says who and when.
            Refused: another case of the library has this id, or the case is archived.
            NotThere, NotSaved: as for a draft.
        """
        with self._access.changing(case) as tx:
            return save_version(tx, case, base, file)

    def of(self, case: str) -> tuple[models.Version, ...]:
        """All versions of a case, oldest first."""
        with self._access.looking_at(case) as tx:
            return all_versions(tx, case)

    def file(self, case: str, number: int | None = None) -> bytes:
        """The bytes of a version's case file, those of the last version when no number is given."""
        with self._access.looking_at(case) as tx:
            return version_file(tx, case, number)[1]


def save_version(tx: WriteTransaction, case: str, base: int, file: bytes) -> models.Version:
    """Record a version in a transaction that has the case already."""
    parsed = parse_case(file)
    last = _row(tx, case)
    if last is not None and last.number in (base, base + 1) and content_of(last) == file:
        return _version(last)
    if (last.number if last else 0) != base:
        if last is None:
            raise NotThere(f"Version {base} of this case is not in the library: open the case again.")
        raise Conflict("version", last.done_by, last.done_at, last.number)
    if case_with_id(tx, parsed.id, besides=case) is not None:
        raise Refused(
            f"The library has another case with the id {parsed.id}. Each limb has one id: open that case, or give this "
            f"one another id."
        )
    number = base + 1
    columns = {"number": number, "base": base or None, "case_sha256": parsed.sha256}
    tx.record(VersionRow, "version.saved", case, file, case_key=case, **columns)
    case_index.refresh(tx, case)
    return models.Version(case, number, base or None, parsed.sha256, tx.actor.name, tx.now)


def all_versions(tx: ReadTransaction, case: str) -> tuple[models.Version, ...]:
    """All versions of a case, oldest first."""
    question = select(VersionRow.__table__).where(VersionRow.case_key == case).order_by(VersionRow.number)
    return tuple(_version(row) for row in tx.connection.execute(question))


def version_file(tx: ReadTransaction, case: str, number: int | None = None) -> tuple[models.Version, bytes]:
    """A version with its bytes, checked against the recorded SHA-256.

    Raises:
        NotThere: no such version.
        Unreadable: the bytes are not those that were saved.
    """
    row = _row(tx, case, number)
    if row is None:
        raise NotThere("This case has no such version in the library.")
    file = content_of(row)
    if parse_case(file).sha256 != row.case_sha256:
        raise Unreadable(
            f"Version {row.number} is not as it was saved: run `python -m hexapod audit verify` before anything else."
        )
    return _version(row), file


def _row(tx: ReadTransaction, case: str, number: int | None = None) -> Row[Any] | None:
    question = with_content(VersionRow, case).order_by(VersionRow.number.desc())
    return one(tx, question if number is None else question.where(VersionRow.number == number))


def case_with_id(tx: ReadTransaction, case_id: str, besides: str = "") -> str | None:
    """The key of the case whose last version has this id, other than the one named."""
    mine = (CaseListRow.case_id == case_id, CaseListRow.version > 0, CaseListRow.case_key != besides)
    found = one(tx, select(CaseListRow.case_key).where(*mine))
    if found is None:
        return None
    # The list only finds the case; the records decide, so an altered list has no effect.
    last = _row(tx, found.case_key)
    if last is None or value_of(content_of(last))["id"] != case_id:
        raise Unreadable(
            f"In the list of cases the id {case_id} belongs to another case than in the records: run `python -m "
            f"hexapod audit verify` before anything else, then `python -m hexapod library rebuild-list`."
        )
    return str(found.case_key)


def _version(row: Row[Any]) -> models.Version:
    return models.Version(row.case_key, row.number, row.base, row.case_sha256, row.done_by, row.done_at)
