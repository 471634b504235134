"""What the library returns: frozen data without a link to the database.  Times are UTC texts as in the audit trail."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hexapod.checks.findings import Finding, Verdict
from hexapod.library.storage.roles import Role
from hexapod.plan.sign_off import Acknowledgement, Signature

PlanState = Literal["draft", "signed", "superseded", "stopped"]
CaseState = Literal["draft", "caution", "refused", "ready", "signed", "superseded", "stopped", "archived"]


@dataclass(frozen=True)
class Draft:
    """A save of the draft: its JSON text, and the revision to name at the next save."""

    case: str
    revision: int
    text: str
    by: str
    at: str


@dataclass(frozen=True)
class Save:
    """One save of a draft: its revision, who saved it and when."""

    revision: int
    by: str
    at: str


@dataclass(frozen=True)
class Version:
    """A version of a case; `base` is the version it was made from, None for the first."""

    case: str
    number: int
    base: int | None
    case_sha256: str
    by: str
    at: str


@dataclass(frozen=True)
class DocumentRecord:
    """A document made of a plan: its file name and the SHA-256 of its bytes, in hexadecimal digits."""

    name: str
    sha256: str


@dataclass(frozen=True)
class ClinicDefaults:
    """What the clinic keeps for every new case: a text as of a draft, its entry, who kept it and when."""

    text: str
    entry: int
    by: str
    at: str


@dataclass(frozen=True)
class PlanCaution:
    """The warnings of one code on one hexapod; `by`, `at` and `reason` are set once they are acknowledged."""

    code: str
    level: int
    messages: tuple[str, ...]
    by: str | None = None
    at: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class StoredPlan:
    """A plan kept in the library.  `ended` is why a superseded or stopped plan is no longer followed,
    `ended_at` since when (UTC).

    `sign_off` is the signature given in this library.  `elsewhere` is a signature of another library that came with an
    import of the same plan; it does not make the plan signed here.  `taken_in` is true for an imported plan with such a
    signature: it has to be finalised again here before it can be signed.
    """

    case: str
    number: int
    version: int
    plan_sha256: str
    plan_file_sha256: str
    software: str
    verdict: Verdict
    state: PlanState
    by: str
    at: str
    cautions: tuple[PlanCaution, ...]
    documents: tuple[DocumentRecord, ...]
    sign_off: Signature | None
    elsewhere: Signature | None
    taken_in: bool
    ended: str | None
    ended_at: str | None = None


@dataclass(frozen=True)
class SheetStanding:
    """Whether the sheets of a signed plan are followed; `on` is the date (UTC) on which they were replaced or stopped.

    `case` is a key of the library, which says nothing of the patient.
    """

    case: str
    plan: int
    state: Literal["in force", "replaced", "stopped"]
    on: datetime.date | None


@dataclass(frozen=True)
class Reproduction:
    """Whether the installed program reproduces a stored plan.

    `same`: bit for bit.  `settings_same`: every day, date, evening setting, strut and exchange.  `sentence` says it
    in words.
    """

    same: bool
    settings_same: bool
    sentence: str


@dataclass(frozen=True)
class Readings:
    """Six readings (mm, struts 1 to 6) of one hexapod; `level` counts from 0.

    `struts` are the six models reported on the frame, `own` for one of the case's own; None when nobody reported them,
    and those planned for the day are assumed.  `measured` is what was measured anew of this hexapod, with the keys of
    `hexapod-visits/1` (docs/case-format.md): `deformity`, `mounting`, and their SDs; None when nothing was.
    """

    level: int
    settings_mm: tuple[float, ...]
    struts: tuple[str, ...] | None = None
    measured: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Visit:
    """What is recorded at a follow-up: the date, readings of one or more hexapods, a note, the next visit.

    `answer` is the program's assessment of the readings, such as the text of a `hexapod-follow-up/1`.
    """

    date: datetime.date
    readings: tuple[Readings, ...]
    note: str = ""
    next_visit: datetime.date | None = None
    answer: str = ""


@dataclass(frozen=True)
class RecordedVisit:
    """A follow-up of a plan as it was recorded."""

    case: str
    number: int
    plan: int
    visit: Visit
    by: str
    at: str


@dataclass(frozen=True)
class CaseRecord:
    """The state of a case at one moment.

    `same_id` is the key of another case with the id asked about, empty for none.  `mark` changes with every record that
    `versions`, `plans`, `visits`, `notes` and `films` (the SHA-256 of the radiographs kept) tell of, so that a second
    look reads them only when something is new.
    """

    revision: int
    archived: bool
    same_id: str = ""
    mark: str | None = None
    versions: tuple[Version, ...] = ()
    plans: tuple[StoredPlan, ...] = ()
    visits: tuple[RecordedVisit, ...] = ()
    notes: tuple[Note, ...] = ()
    films: tuple[str, ...] = ()


@dataclass(frozen=True)
class Continuing:
    """Whether a plan continues from what was recorded: `findings` refuse it, `sentences` are to be confirmed.

    `visit` is the one to continue from when there are findings.
    """

    findings: tuple[Finding, ...] = ()
    sentences: tuple[str, ...] = ()
    visit: RecordedVisit | None = None


@dataclass(frozen=True)
class Note:
    """A note on a case."""

    case: str
    text: str
    by: str
    at: str


@dataclass(frozen=True)
class Listed:
    """A case as the list shows it: the texts of the last version, or of the draft before there is one.

    `revision`, `version` and `plan` are the last numbers (0: none); `draft_newer` is true for entries after the last
    version.  Days are those of the signed plan; `next_exchange` is on or after the day asked for, `next_visit` as
    arranged.  `overdue_days` is how long the visit or a strut change-out has been due without a visit since
    (0: nothing is overdue); `overdue_exchange` is the first exchange missed in this way.  `signed_by` is the name below
    the plan that is followed, empty while none is.
    """

    case: str
    case_id: str
    title: str
    side: str
    bone: str
    state: CaseState
    surgeon: str
    revision: int
    version: int
    plan: int
    draft_newer: bool
    first_day: datetime.date | None
    last_day: datetime.date | None
    last_follow_up: datetime.date | None
    next_exchange: datetime.date | None
    next_visit: datetime.date | None
    changed_at: str
    changed_by: str
    overdue_days: int = 0
    overdue_exchange: datetime.date | None = None
    signed_by: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the list, and how many cases there are on all pages."""

    cases: tuple[Listed, ...]
    total: int


@dataclass(frozen=True)
class Tombstone:
    """What stays of an erased case."""

    case: str
    at: str
    by: str
    ground: str
    case_sha256: tuple[str, ...]
    plan_sha256: tuple[str, ...]


@dataclass(frozen=True)
class Holder:
    """Somebody on the library's own list, with the roles held now, and those withdrawn and not granted since."""

    name: str
    roles: frozenset[Role]
    withdrawn: frozenset[Role] = frozenset()


def acknowledgements_of(cautions: Iterable[PlanCaution]) -> tuple[Acknowledgement, ...]:
    """The warnings that somebody has acknowledged, for `PrintOptions`; days are those of UTC."""
    return tuple(
        Acknowledgement(one.code, one.level, one.by, one.reason, datetime.datetime.fromisoformat(one.at).date())
        for one in cautions
        if one.by is not None and one.at is not None and one.reason is not None
    )
