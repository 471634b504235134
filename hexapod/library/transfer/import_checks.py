"""Whether records from elsewhere are what the library's own calls would have written."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, get_args

from sqlalchemy import LargeBinary, select
from sqlalchemy.types import Text

from hexapod.case.characters import unseen
from hexapod.case.files import parse_case
from hexapod.checks.limits import Verdict
from hexapod.errors import HexapodError
from hexapod.library.calls.case_state import cautions
from hexapod.library.calls.user_calls import content, is_key
from hexapod.library.calls.visits import visit_of
from hexapod.library.errors import ImportRefused
from hexapod.library.storage.contents import value_of
from hexapod.library.storage.roles import ROLES
from hexapod.library.storage.tables import RECORDS, Plan, PlanEvent, SignOff, Version
from hexapod.library.storage.transactions import Reading

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_KINDS: dict[str, tuple[str, ...]] = {
    "plan_events": ("superseded", "stopped"),
    "case_events": ("archived", "brought back", "assigned", "visit arranged", "erased"),
    "roles": ("granted", "withdrawn"),
    "library_events": ("exported", "imported", "restored"),
}
_DETAIL = {"archived": "reason", "brought back": "reason", "assigned": "surgeon", "visit arranged": "day"}


def check_row(table: str, row: Any) -> None:
    """Raises ValueError unless the row has just the columns of its table, of their types and words."""
    if table not in RECORDS or not isinstance(row, dict):
        raise ValueError(f"{table} is no table of records")
    columns = {column.name: column for column in RECORDS[table].__table__.columns if column.name != "entry"}
    if row.keys() != columns.keys():
        raise ValueError(f"a row of {table} has other columns")
    for name, column in columns.items():
        value, wanted = row[name], str if isinstance(column.type, Text) else int
        if isinstance(column.type, LargeBinary) or not (type(value) is wanted or (value is None and column.nullable)):
            raise ValueError(f"{name} of {table} is not of its type")
        if isinstance(value, str) and (hidden := unseen(value)):
            raise ValueError(f"{name} of {table} holds a character that is not seen on a page ({hidden})")
    if not _MOMENT.fullmatch(row["done_at"]) or not row["done_by"].strip():
        raise ValueError("time or author is missing")
    if row.get("case_key") is not None and not is_key(row["case_key"]):
        raise ValueError("the key of the case is none")
    if table in _KINDS and row["kind"] not in _KINDS[table]:
        raise ValueError(f"{row['kind']} is unknown")
    if table == "roles" and row["role"] not in ROLES:
        raise ValueError(f"{row['role']} is no role")
    if table == "plans" and row["verdict"] not in get_args(Verdict):
        raise ValueError(f"{row['verdict']} is no verdict")


def check_content(table: str, row: Mapping[str, Any], raw: bytes | None) -> None:
    """Raises ImportRefused unless the contents can be read as what they are, and are those that the row tells of."""
    try:
        if raw is None:
            if table not in ("cases", "roles") and row.get("kind") != "erased":
                raise ValueError("the contents are missing")
        elif not _fits(table, row, raw):
            raise ValueError("the contents are not those of the row")
    except (KeyError, TypeError, ValueError, AttributeError, HexapodError) as error:
        raise ImportRefused(f"A record of {table} cannot be read: {error}") from error


def _fits(table: str, row: Mapping[str, Any], raw: bytes) -> bool:
    if table == "versions":
        return bool(parse_case(raw).sha256 == row["case_sha256"])
    value = json.loads(raw)
    if table == "plans":
        same = all(value[name] == row[name] for name in ("plan_sha256", "software", "verdict"))
        dates = [datetime.date.fromisoformat(one["date"]) for level in value["levels"] for one in level["rows"]]
        swaps = [int(swap["planned_day"]) for level in value["levels"] for swap in level["swaps"]]
        findings = [(one["code"], int(one["level"]), one["verdict"], one["message"]) for one in value["findings"]]
        read = bool(dates) or (value["verdict"] == "refused" and not swaps)
        return (
            read and isinstance(findings, list) and same and hashlib.sha256(raw).hexdigest() == row["plan_file_sha256"]
        )
    if table == "drafts":
        return isinstance(value, dict)  # whatever somebody was typing, also what no case may hold
    if hidden := unseen(json.dumps(value, ensure_ascii=False)):
        raise ValueError(f"a text holds a character that is not seen on a page ({hidden})")
    if table == "document_lists":
        return all(one.keys() == {"name", "sha256"} for one in value)
    if table == "follow_ups":
        return bool(visit_of(value).date)
    if table == "case_events":
        told = value[_DETAIL[row["kind"]]]
        return isinstance(told, str) and (row["kind"] != "visit arranged" or bool(datetime.date.fromisoformat(told)))
    wanted = {"acknowledgements": "reason", "sign_offs": "name", "plan_events": "reason", "notes": "text"}
    return table not in wanted or isinstance(value[wanted[table]], str)


def check_plans(tx: Reading, case: str) -> None:
    """Raises ImportRefused when a plan is of another case file, or was signed as it could not have been here."""
    versions = {
        row.number: row.case_sha256
        for row in tx.connection.execute(select(Version.__table__).where(Version.case_key == case))
    }
    signed = {
        row.plan: row.plan_sha256
        for row in tx.connection.execute(select(SignOff.__table__).where(SignOff.case_key == case))
    }
    ended = select(PlanEvent.plan).where(PlanEvent.case_key == case)
    if len(signed.keys() - set(tx.connection.execute(ended).scalars())) > 1:
        raise ImportRefused("Two plans of the export are signed at the same time.")
    for row in tx.connection.execute(select(Plan.__table__).where(Plan.case_key == case)).all():
        if value_of(content(tx, row.entry))["case_sha256"] != versions[row.version]:
            raise ImportRefused(f"Plan {row.number} of the export was made of another case file.")
        if row.number in signed and (
            signed[row.number] != row.plan_sha256
            or row.verdict == "refused"
            or any(caution.by is None for caution in cautions(tx, case, row.number, row.entry))
        ):
            raise ImportRefused(f"Plan {row.number} of the export was signed as no plan can be.")
