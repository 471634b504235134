"""Import: a case beside the others, or a whole library with its chain into an empty one.

Every record is checked first: it must be what the library's own calls would have written.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import LargeBinary, select
from sqlalchemy.types import Text

from hexapod.case.canonical_json import canonical
from hexapod.case.field_types import unseen
from hexapod.case.files import parse_case
from hexapod.case.film_format import PIXELS_SHA256
from hexapod.checks.findings import Verdict
from hexapod.errors import HexapodError
from hexapod.library.calls import case_index, films
from hexapod.library.calls.access import content, is_key, records_with_content, status
from hexapod.library.calls.audit import verify
from hexapod.library.calls.case_index import cautions
from hexapod.library.calls.drafts import case_with_id
from hexapod.library.calls.home import report_of
from hexapod.library.calls.outcomes import outcome_of
from hexapod.library.calls.ring_catalogue import measurement_of
from hexapod.library.calls.visits import visit_of
from hexapod.library.errors import ImportRefused
from hexapod.library.storage import contents
from hexapod.library.storage.contents import IMPORTED, AuditEntry, Sealed, read_head, seal, value_of
from hexapod.library.storage.roles import ROLES
from hexapod.library.storage.tables import (
    RECORDS,
    ContentRow,
    FilmRow,
    FollowUpRow,
    LibraryEventRow,
    OfCase,
    PlanEventRow,
    PlanRow,
    SignOffRow,
    VersionRow,
)
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction, last_entry, write_entry
from hexapod.library.transfer.archive import ArchiveReader, Kind, file_name

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_KINDS: dict[str, tuple[str, ...]] = {
    "plan_events": ("superseded", "stopped"),
    "case_events": ("archived", "brought back", "assigned", "visit arranged", "erased"),
    "radiographs": ("kept", "removed", "left out"),
    "home_links": ("opened", "closed"),
    "roles": ("granted", "withdrawn"),
    "measured_rings": ("kept", "taken out"),
    "library_events": ("exported", "imported", "restored", "clinic"),
}
_BARE = ("cases", "radiographs", "home_links", "roles")  # records without contents
_READ_BACK = {"follow_ups": visit_of, "home_posts": report_of, "outcomes": outcome_of}
_DETAIL = {"archived": "reason", "brought back": "reason", "assigned": "surgeon", "visit arranged": "day"}


@dataclass(frozen=True)
class Imported:
    """What was imported: a case or a library, the key of the case, and the number of records.

    `unproved`: a whole library came without its head, so its signatures and roles do not count here.
    """

    kind: Kind
    case: str | None
    records: int
    unproved: bool = False


@dataclass(frozen=True)
class _Line:
    """One record of an export, checked on its own."""

    entry: AuditEntry
    table: str
    row: dict[str, Any]
    sealed: Sealed | None
    raw: bytes | None


def take_case(tx: WriteTransaction, archive: ArchiveReader) -> Imported:
    """Take over all records of one case.  Raises ImportRefused."""
    taken: list[dict[str, Any]] = []
    case, made_by = "", ""
    for line in _lines(archive):
        if not issubclass(RECORDS[line.table], OfCase) and (line.table != "cases" or case):
            raise ImportRefused(f"{line.table} do not belong in the export of a case.")
        if not case:
            case, made_by = _new_case(tx, line), line.row["done_by"]
        if line.row["case_key"] != case or line.entry.subject != case or line.row.get("kind") == "erased":
            raise ImportRefused("The export of a case holds records of another one.")
        check_content(line.table, line.row, line.raw)
        tx.take_over(RECORDS[line.table], IMPORTED + line.entry.action, case, line.sealed, line.row)
        taken.append(asdict(line.entry))
    if not taken:
        raise ImportRefused("The export holds no case.")
    take_films(tx, archive, FilmRow.case_key == case)
    archive.all_taken()
    content = canonical({"manifest_sha256": archive.manifest_sha256, "entries": taken})
    tx.record(LibraryEventRow, "case.imported", case, content, kind="imported", case_key=case)
    check_made_of(tx, PlanRow.case_key == case)
    check_plans(tx, case)
    case_index.rebuild_row(tx, case, made_by)
    case_id = case_index.listed_id(tx, case)
    if case_id and case_with_id(tx, case_id, besides=case) is not None:
        raise ImportRefused(f"The library has another case with the id {case_id}.")
    return Imported("case", case, len(taken))


def _new_case(tx: WriteTransaction, line: _Line) -> str:
    if line.table != "cases":
        raise ImportRefused("The export of a case begins with the case.")
    found = status(tx, case := str(line.row["case_key"]))
    if found == "erased":
        raise ImportRefused("This case was erased here: it is not imported again.")
    if found != "missing" or line.entry.subject != case:
        raise ImportRefused("This case is in the library already.")
    return case


def take_library(tx: WriteTransaction, archive: ArchiveReader, head: tuple[int, str] | None) -> Imported:
    """Take over a whole library; `head` is the one that it must have.  Raises ImportRefused."""
    if last_entry(tx.connection) is not None:
        raise ImportRefused(
            "This library has entries already, and a whole library goes into an empty one only: name an empty database "
            "in HEXAPOD_DATABASE_URL, or import single cases."
        )
    count = 0
    last: AuditEntry | None = None
    for line in _lines(archive):
        if line.raw is not None:
            check_content(line.table, line.row, line.raw)
        write_entry(tx.connection, line.entry, RECORDS[line.table], line.row, line.sealed)
        count, last = count + 1, line.entry
    # The message does not give the head of the file, which would only be copied.
    if head is not None and (last is None or head != read_head(last.head)):
        raise ImportRefused(
            "The head given is not that of this export, nothing was imported: it is another export, or was altered. "
            "Give the head that `library export` printed when it was made."
        )
    take_films(tx, archive)
    archive.all_taken()
    if faults := verify(tx).faults:
        raise ImportRefused(f"The audit trail of this export is broken, nothing was imported: {faults[0]}.")
    check_made_of(tx)
    if head is None:
        content = canonical({"manifest_sha256": archive.manifest_sha256})
        tx.record(LibraryEventRow, "library.imported", "library", content, kind="imported", case_key=None)
    case_index.rebuild(tx)
    return Imported("library", None, count, unproved=head is None)


def take_films(tx: WriteTransaction, archive: ArchiveReader, *where: Any) -> None:
    """Take the pixels of every radiograph that the records, or those of `where`, say is kept.  Raises ImportRefused."""
    for case in list(tx.connection.execute(select(FilmRow.case_key).where(*where).distinct()).scalars()):
        if status(tx, case) != "erased":
            films.import_pixels(tx, case, partial(archive.film, case))


def _lines(archive: ArchiveReader) -> Iterator[_Line]:
    """Every line, with its types, hashes and salted hash checked."""
    for value in archive.lines():
        try:
            entry = _entry(value["entry"])
            table, row = value["table"], value["row"]
            check_row(table, row)
            whole = contents.entry_sha256(entry) == entry.sha256
            fits = whole and contents.payload_sha256(table, row) == entry.payload_sha256
            raw = _raw(archive, value, table, row)
            salt = None if value["salt"] is None else bytes.fromhex(value["salt"])
        except (KeyError, TypeError, ValueError) as error:
            raise ImportRefused(f"The export holds an invalid record: {error}.") from error
        if not fits:
            raise ImportRefused(f"Entry {entry.sequence} of the export was altered.")
        sealed = None
        if raw is not None:
            sealed = seal(raw, salt)
            if sealed.sha256 != row["sealed_sha256"]:
                raise ImportRefused(f"The contents of entry {entry.sequence} of the export were altered.")
        yield _Line(entry, table, row, sealed, raw)


def _entry(value: dict[str, Any]) -> AuditEntry:
    """The audit entry of a line.  Raises TypeError or ValueError unless it is one, every value of its type."""
    entry = AuditEntry(**value)
    texts = [item for name, item in vars(entry).items() if name != "sequence"]
    if type(entry.sequence) is not int or not all(isinstance(text, str) and not unseen(text) for text in texts):
        raise ValueError("a value of its audit entry is not of its type")
    return entry


def _raw(archive: ArchiveReader, value: dict[str, Any], table: str, row: dict[str, Any]) -> bytes | None:
    if value.keys() != {"entry", "table", "row", "salt", "content", "file"}:
        raise ValueError("it has other keys")
    path, text = value["file"], value["content"]
    if (path is None and text is None) != (value["salt"] is None):
        raise ValueError("its salt does not fit its contents")
    if path is not None or (text is not None and file_name(table, row) is not None):
        if text is not None or path != file_name(table, row):
            raise ValueError(f"{path} is not where its contents belong")
        return archive.content(path)
    return None if text is None else str(text).encode("utf-8")


def check_row(table: str, row: Any) -> None:
    """Raises ValueError unless the row has exactly the columns of its table, with valid types and values."""
    if table not in RECORDS or not isinstance(row, dict):
        raise ValueError(f"{table} is not a table of records")
    columns = {column.name: column for column in RECORDS[table].__table__.columns if column.name != "entry"}
    if row.keys() != columns.keys():
        raise ValueError(f"a row of {table} has other columns")
    for name, column in columns.items():
        value, wanted = row[name], str if isinstance(column.type, Text) else int
        if isinstance(column.type, LargeBinary) or not (type(value) is wanted or (value is None and column.nullable)):
            raise ValueError(f"{name} of {table} is not of its type")
        if isinstance(value, str) and (hidden := unseen(value)):
            raise ValueError(f"{name} of {table} holds an invisible character ({hidden})")
    if not _MOMENT.fullmatch(row["done_at"]) or not row["done_by"].strip():
        raise ValueError("time or author is missing")
    if row.get("case_key") is not None and not is_key(row["case_key"]):
        raise ValueError("the key of the case is not a key")
    if table in _KINDS and row["kind"] not in _KINDS[table]:
        raise ValueError(f"{row['kind']} is unknown")
    if table == "radiographs" and not PIXELS_SHA256.fullmatch(row["pixels_sha256"]):
        raise ValueError("the SHA-256 of a radiograph is none")
    for name, known in (("role", ROLES), ("verdict", get_args(Verdict))):
        if name in columns and row[name] not in known:
            raise ValueError(f"{row[name]} is no {name}")


def check_content(table: str, row: Mapping[str, Any], raw: bytes | None) -> None:
    """Raises ImportRefused unless the contents can be read and fit the row."""
    try:
        if raw is None:
            if table not in _BARE and row.get("kind") != "erased":
                raise ValueError("the contents are missing")
        elif table in _BARE or not _fits(table, row, raw):
            raise ValueError("the contents are not those of the row")
    except (KeyError, TypeError, ValueError, AttributeError, HexapodError) as error:
        raise ImportRefused(f"A record of {table} cannot be read: {error}") from error


def _fits(table: str, row: Mapping[str, Any], raw: bytes) -> bool:
    if table == "versions":
        return bool(parse_case(raw).sha256 == row["case_sha256"])
    value = json.loads(raw)
    if table == "plans":
        check_plan_file(value)
        same = all(value[name] == row[name] for name in ("plan_sha256", "software", "verdict"))
        return same and hashlib.sha256(raw).hexdigest() == row["plan_file_sha256"]
    if table == "drafts":
        return isinstance(value, dict)  # anything that was being typed, even what no case may contain
    if hidden := unseen(json.dumps(value, ensure_ascii=False)):
        raise ValueError(f"a text holds an invisible character ({hidden})")
    if table == "document_lists":
        return all(one.keys() == {"name", "sha256"} for one in value)
    if table in _READ_BACK:
        return bool(_READ_BACK[table](value))
    if table == "case_events":
        text = value[_DETAIL[row["kind"]]]
        return isinstance(text, str) and (row["kind"] != "visit arranged" or bool(datetime.date.fromisoformat(text)))
    if table == "measured_rings":
        return measurement_of(raw).name == row["name"] if row["kind"] == "kept" else isinstance(value["reason"], str)
    wanted = {"acknowledgements": "reason", "sign_offs": "name", "plan_events": "reason", "notes": "text"}
    name = {"clinic": "text"}.get(row["kind"]) if table == "library_events" else wanted.get(table)
    return name is None or isinstance(value[name], str)


def check_made_of(tx: ReadTransaction, *where: Any) -> None:
    """Raises ImportRefused when a plan (of all, or `where` says) is of another case file, a visit of another plan."""
    files = {(row.case_key, row.number): row for row in tx.connection.execute(select(VersionRow.__table__))}
    plans = tx.connection.execute(
        select(PlanRow.__table__).join(ContentRow, ContentRow.entry == PlanRow.entry).where(*where)
    )
    for row in plans.all():
        plan, version = value_of(content(tx, row.entry)), files[row.case_key, row.version]
        if plan["case_sha256"] != version.case_sha256:
            raise ImportRefused(f"Plan {row.number} of the export was made from another case file.")
        if len(plan["levels"]) != len(value_of(content(tx, version.entry))["levels"]):
            raise ImportRefused(f"Plan {row.number} of the export has other hexapods than its case file.")
        of_plan = FollowUpRow.case_key == row.case_key, FollowUpRow.plan == row.number
        for _, raw in list(records_with_content(tx, FollowUpRow, *of_plan)):
            for six in visit_of(value_of(raw)).readings:
                if not 0 <= six.level < len(plan["levels"]) or not plan["levels"][six.level]["rows"]:
                    raise ImportRefused(f"A visit of the export read a hexapod that plan {row.number} does not have.")


def check_plans(tx: ReadTransaction, case: str) -> None:
    """Raises ImportRefused when a plan was signed against the rules."""
    signed = {
        row.plan: row.plan_sha256
        for row in tx.connection.execute(select(SignOffRow.__table__).where(SignOffRow.case_key == case))
    }
    ended = select(PlanEventRow.plan).where(PlanEventRow.case_key == case)
    if len(signed.keys() - set(tx.connection.execute(ended).scalars())) > 1:
        raise ImportRefused("Two plans of the export are signed at the same time.")
    for row in tx.connection.execute(select(PlanRow.__table__).where(PlanRow.case_key == case)).all():
        if row.number in signed and (
            signed[row.number] != row.plan_sha256
            or row.verdict == "refused"
            or any(caution.by is None for caution in cautions(tx, case, row.number, row.entry))
        ):
            raise ImportRefused(f"Plan {row.number} of the export was signed against the rules.")


def _plain(text: str) -> str:
    if unseen(text):
        raise ValueError("it holds an invisible character")
    return text


def _iso_date(text: str) -> str:
    if datetime.date.fromisoformat(text).isoformat() != text:
        raise ValueError("a date is written YYYY-MM-DD")
    return text


PlainText = Annotated[str, AfterValidator(_plain)]
Whole = Annotated[int, Field(ge=0, lt=1_000_000)]
Number = Annotated[float, Field(gt=-1e9, lt=1e9)]
SIX = Field(min_length=6, max_length=6)
SixNumbers = Annotated[list[Number], SIX]


class _Read(BaseModel):
    """The keys of a part of a plan file that are read later; it may have more."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _ReadRow(_Read):
    day: Whole
    date: Annotated[str, AfterValidator(_iso_date)]
    stage: PlainText
    settings_mm: SixNumbers
    models: Annotated[list[PlainText], SIX]
    doses_mm: list[SixNumbers]


class _ReadSwap(_Read):
    planned_day: Whole


class _ReadLevel(_Read):
    name: PlainText
    rows: list[_ReadRow]
    swaps: list[_ReadSwap]


class _ReadFinding(_Read):
    code: PlainText
    level: Whole
    verdict: Verdict
    message: PlainText


class _ReadPlan(_Read):
    plan_sha256: PlainText
    case_sha256: PlainText
    software: PlainText
    verdict: Verdict
    findings: list[_ReadFinding]
    levels: Annotated[list[_ReadLevel], Field(min_length=1)]


def check_plan_file(plan: Any) -> None:
    """Raises ValueError with the place of the first value of a plan file that is missing or of another type."""
    try:
        read = _ReadPlan.model_validate(plan)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        wrong = "is missing" if first["type"] == "missing" else f"is not as in a plan file: {first['msg']}"
        raise ValueError(f"{place or 'the plan'} {wrong}") from error
    for index, level in enumerate(read.levels):
        days = {row.day for row in level.rows}
        for number, swap in enumerate(level.swaps):
            if swap.planned_day not in days:
                raise ValueError(f"levels[{index}].swaps[{number}].planned_day is no day of the plan")
        if not level.rows and read.verdict != "refused":
            raise ValueError(f"levels[{index}].rows is empty, and the plan is not refused")
