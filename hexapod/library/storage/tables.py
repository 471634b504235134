"""The tables as typed models, internal to this package: callers receive the dataclasses of `models.py`.

The key of every record is the number of its audit entry, so each entry has one record and records are in the order of
the chain.  What a clinician wrote (files, readings, reasons) is not in these rows but in `contents`, under the same
number, so that it can be erased while row and chain stay.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    ScalarSelect,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the library."""

    type_annotation_map = {str: Text(), int: BigInteger().with_variant(Integer(), "sqlite"), bytes: LargeBinary()}  # noqa: RUF012


class SchemaHistory(Base):
    """Which program made or migrated the tables, and when."""

    __tablename__ = "schema_history"
    revision: Mapped[str] = mapped_column(primary_key=True)
    software: Mapped[str]
    at: Mapped[str]


class AuditRow(Base):
    """The chain: every entry holds the hash of the one before."""

    __tablename__ = "audit"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    payload_sha256: Mapped[str]
    previous_sha256: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str] = mapped_column(unique=True)


class ContentRow(Base):
    """The contents of an entry's record; without `salt`, erased contents could be guessed from their hash."""

    __tablename__ = "contents"
    entry: Mapped[int] = mapped_column(ForeignKey("audit.sequence"), primary_key=True, autoincrement=False)
    case_key: Mapped[str | None] = mapped_column(ForeignKey("cases.case_key"), index=True)
    salt: Mapped[bytes]
    coding: Mapped[str]
    body: Mapped[bytes]


class Record(Base):
    """What every record has: its entry, time and author, and the salted hash of its contents."""

    __abstract__ = True
    entry: Mapped[int] = mapped_column(
        ForeignKey("audit.sequence"), primary_key=True, autoincrement=False, sort_order=-9
    )
    done_at: Mapped[str] = mapped_column(sort_order=-8)
    done_by: Mapped[str] = mapped_column(sort_order=-7)
    sealed_sha256: Mapped[str | None] = mapped_column(sort_order=-6)


class OfCase(Record):
    """A record of one case."""

    __abstract__ = True
    case_key: Mapped[str] = mapped_column(ForeignKey("cases.case_key"), index=True, sort_order=-5)


class CaseRow(Record):
    """A case, by a key that says nothing of the patient."""

    __tablename__ = "cases"
    case_key: Mapped[str] = mapped_column(unique=True, sort_order=-5)


class VersionRow(OfCase):
    """An immutable version; contents: the case file's bytes."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("case_key", "number"),)
    number: Mapped[int]
    base: Mapped[int | None]
    case_sha256: Mapped[str]


class DraftRow(OfCase):
    """One save of the draft; contents: its JSON text."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("case_key", "revision"),)
    revision: Mapped[int]


class PlanRow(OfCase):
    """A plan issued for a version; contents: the plan file's bytes."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("case_key", "number"),
        ForeignKeyConstraint(["case_key", "version"], ["versions.case_key", "versions.number"]),
    )
    number: Mapped[int]
    version: Mapped[int]
    plan_sha256: Mapped[str]
    plan_file_sha256: Mapped[str]
    software: Mapped[str]
    verdict: Mapped[str]


class OfPlan(OfCase):
    """A record of one plan of a case."""

    __abstract__ = True
    plan: Mapped[int] = mapped_column(sort_order=-4)


def _of_plan(*columns: str) -> tuple[ForeignKeyConstraint | UniqueConstraint, ...]:
    unique = (UniqueConstraint("case_key", "plan", *columns),) if columns != ("*",) else ()
    return (ForeignKeyConstraint(["case_key", "plan"], ["plans.case_key", "plans.number"]), *unique)


class DocumentListRow(OfPlan):
    """Documents made of a plan; contents: their names and SHA-256."""

    __tablename__ = "document_lists"
    __table_args__ = _of_plan("*")


class AcknowledgementRow(OfPlan):
    """A warning acknowledged; contents: the reason."""

    __tablename__ = "acknowledgements"
    __table_args__ = _of_plan("code", "level")
    code: Mapped[str]
    level: Mapped[int]


class SignOffRow(OfPlan):
    """A plan signed; contents: the name signed with."""

    __tablename__ = "sign_offs"
    __table_args__ = _of_plan()
    plan_sha256: Mapped[str]


class PlanEventRow(OfPlan):
    """The end of a signed plan, `superseded` or `stopped`; contents: the reason."""

    __tablename__ = "plan_events"
    __table_args__ = _of_plan()
    kind: Mapped[str]


class FollowUpRow(OfPlan):
    """A visit; contents: date, readings and the program's answer."""

    __tablename__ = "follow_ups"
    __table_args__ = (*_of_plan("*"), UniqueConstraint("case_key", "number"))
    number: Mapped[int]


class HomeLinkRow(OfPlan):
    """The link to a plan's page at home: `opened`, of which only the SHA-256 is kept, or `closed`.  No contents."""

    __tablename__ = "home_links"
    __table_args__ = _of_plan("*")
    kind: Mapped[str]
    link_sha256: Mapped[str | None] = mapped_column(index=True)


class HomePostRow(OfPlan):
    """What was sent from home, by the number that the phone gave it; contents: the message, and how it was judged."""

    __tablename__ = "home_posts"
    __table_args__ = _of_plan("post_id")
    post_id: Mapped[str]


class OutcomeRow(OfCase):
    """What came of a treatment, by versions; contents: the outcome as it was told, and what its plans tell."""

    __tablename__ = "outcomes"
    __table_args__ = (UniqueConstraint("case_key", "number"),)
    number: Mapped[int]


class NoteRow(OfCase):
    """A note; contents: its text."""

    __tablename__ = "notes"


class CaseEventRow(OfCase):
    """What happened to a case as a whole; contents: the details.  Only an erasure has a `ground`."""

    __tablename__ = "case_events"
    kind: Mapped[str]
    ground: Mapped[str | None]


class FilmRow(OfCase):
    """What happened to the pixels of a radiograph: `kept`, `removed`, or `left out` of an export that came in.

    A record without contents: the pixels are in `radiograph_pixels`.  Only a removal has a `ground`.
    """

    __tablename__ = "radiographs"
    kind: Mapped[str]
    pixels_sha256: Mapped[str]
    ground: Mapped[str | None]


class RoleChangeRow(Record):
    """A role granted to somebody, or withdrawn."""

    __tablename__ = "roles"
    user_name: Mapped[str] = mapped_column(index=True)
    role: Mapped[str]
    kind: Mapped[str]


class MeasuredRingRow(Record):
    """A version of a ring of the clinic's own catalogue, `kept` or `taken out`; contents: the ring, or the reason."""

    __tablename__ = "measured_rings"
    __table_args__ = (UniqueConstraint("name", "number"),)
    name: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]


class LibraryEventRow(Record):
    """An export, import or restore of a case or the library, or the clinic's defaults; contents: the details."""

    __tablename__ = "library_events"
    kind: Mapped[str]
    case_key: Mapped[str | None] = mapped_column(ForeignKey("cases.case_key"), index=True)


def unproved_until() -> ScalarSelect[int]:
    """The last entry that was imported with a whole library whose origin was not shown; 0 when there is none.

    Signatures and roles up to it do not count in this library.
    """
    taken = select(func.coalesce(func.max(LibraryEventRow.entry), 0))
    return taken.where(LibraryEventRow.kind == "imported", LibraryEventRow.case_key.is_(None)).scalar_subquery()


# In the order in which an import must write them: a table comes after those that it refers to.
RECORDS: dict[str, type[Record]] = {
    model.__tablename__: model
    for model in (
        CaseRow,
        VersionRow,
        DraftRow,
        PlanRow,
        DocumentListRow,
        AcknowledgementRow,
        SignOffRow,
        PlanEventRow,
        FollowUpRow,
        HomeLinkRow,
        HomePostRow,
        OutcomeRow,
        NoteRow,
        CaseEventRow,
        FilmRow,
        RoleChangeRow,
        MeasuredRingRow,
        LibraryEventRow,
    )
}


class FilmPixelsRow(Base):
    """The pixels of a radiograph (PNG), found by their SHA-256, which shows that they are those that were kept."""

    __tablename__ = "radiograph_pixels"
    case_key: Mapped[str] = mapped_column(ForeignKey("cases.case_key"), primary_key=True)
    pixels_sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]


class CaseListRow(Base):
    """The list of cases, kept in step with the records and rebuilt from them at any time; no record itself."""

    __tablename__ = "case_list"
    case_key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    side: Mapped[str]
    bone: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    surgeon: Mapped[str]
    words: Mapped[str]
    revision: Mapped[int]
    version: Mapped[int]
    plan: Mapped[int]
    draft_newer: Mapped[int]
    first_day: Mapped[str | None]
    last_day: Mapped[str | None]
    last_follow_up: Mapped[str | None]
    changed_at: Mapped[str] = mapped_column(index=True)
    changed_by: Mapped[str]


class CaseDateRow(Base):
    """Dates on which something is due: `visit` as arranged, `exchange` as in a signed plan; no record itself."""

    __tablename__ = "case_dates"
    case_key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True, index=True)
