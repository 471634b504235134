"""Access to the records: transactions with their permission, looking up a case in one, and the list of roles."""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, false, func, select

from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.library import models
from hexapod.library.errors import NotPermitted, NotThere, Refused
from hexapod.library.storage.contents import required_text, unpacked
from hexapod.library.storage.roles import (
    ANYONE,
    PERMISSIONS,
    ROLES,
    Actor,
    Permission,
    Role,
    listed_roles,
    listed_roles_of,
)
from hexapod.library.storage.tables import CaseEventRow, CaseRow, ContentRow, Record, RoleChangeRow
from hexapod.library.storage.transactions import ReadTransaction, Store, WriteTransaction

_KEY = re.compile(r"[0-9a-f]{24}")
Status = Literal["missing", "open", "archived", "erased"]
# The state of a case after each of these events.
_STATUS: dict[str | None, Status] = {None: "open", "brought back": "open", "archived": "archived", "erased": "erased"}


def new_key() -> str:
    """A key for a new case: impossible to guess, and free of anything about the patient."""
    return secrets.token_hex(12)


def is_key(text: str) -> bool:
    """Whether a text can be the key of a case; nothing that could be a path is one.

    >>> is_key("0123456789abcdef01234567"), is_key("../../etc/passwd")
    (True, False)
    """
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True)
class Access:
    """How one user reaches a library: every call opens its transaction here, with the permission that it needs."""

    store: Store
    actor: Actor
    catalogue: Catalogue | None = None

    def today(self) -> datetime.date:
        """Today's date by the library's clock, in the time zone of the program."""
        return self.store.today()

    def reading(self, permission: Permission) -> AbstractContextManager[ReadTransaction]:
        """A transaction that reads.  Raises NotPermitted, Unreadable."""
        return self.store.reading(self.actor, permission)

    def writing(self, permission: Permission) -> AbstractContextManager[WriteTransaction]:
        """A transaction that writes.  Raises NotPermitted, NotSaved."""
        return self.store.writing(self.actor, permission)

    @contextmanager
    def looking_at(self, case: str, permission: Permission = "look") -> Iterator[ReadTransaction]:
        """A transaction that reads a case.  Also raises NotThere."""
        with self.reading(permission) as tx:
            must_be_there(tx, case)
            yield tx

    @contextmanager
    def changing(self, case: str, permission: Permission = "plan") -> Iterator[WriteTransaction]:
        """A transaction that adds records to an open case.  Raises NotThere, and Refused for an archived case, too."""
        with self.writing(permission) as tx:
            must_be_open(tx, case)
            yield tx

    def hardware(self) -> Catalogue:
        """The hardware that plans are made with."""
        return self.catalogue or load_catalogue()


def status(tx: ReadTransaction, case: str) -> Status:
    """Whether a case exists, and whether records may be added to it."""
    found = _case_row(tx, case)
    return "missing" if found is None else _STATUS[found.last_event]


def must_be_open(tx: ReadTransaction, case: str, *columns: ColumnElement[Any]) -> Row[Any]:
    """As `must_be_there`; raises Refused for an archived case."""
    found = must_be_there(tx, case, *columns)
    if found.archived:
        raise Refused("This case is archived: bring it back before you change it.")
    return found


def must_be_there(tx: ReadTransaction, case: str, *columns: ColumnElement[Any]) -> Row[Any]:
    """Whether a case is `archived`, and the columns asked for, in one query.

    Raises NotThere for a case that is missing or erased.
    """
    found = _case_row(tx, case, *columns)
    if found is None:
        raise NotThere("There is no such case in the library: look for it in the list.")
    if _STATUS[found.last_event] == "erased":
        raise NotThere("This case was erased: only the checksums of its files are kept.")
    return found


def _case_row(tx: ReadTransaction, case: str, *columns: ColumnElement[Any]) -> Row[Any] | None:
    if not is_key(case):
        return None
    events = select(CaseEventRow.kind).where(
        CaseEventRow.case_key == case, CaseEventRow.kind.in_(tuple(filter(None, _STATUS)))
    )
    last = events.order_by(CaseEventRow.entry.desc()).limit(1).scalar_subquery()
    archived = func.coalesce(last == "archived", false())
    question = select(last.label("last_event"), archived.label("archived"), *columns)
    return one(tx, question.where(CaseRow.case_key == case))


def one(tx: ReadTransaction, question: Select[*tuple[Any, ...]]) -> Row[*tuple[Any, ...]] | None:
    """The first row of the answer."""
    return tx.connection.execute(question.limit(1)).first()


def newest(tx: ReadTransaction, model: type[Record], case: str) -> Row[Any] | None:
    """The last record of a case in one table, None when there is none."""
    columns = model.__table__.c
    return one(tx, select(model.__table__).where(columns.case_key == case).order_by(columns.entry.desc()))


def content(tx: ReadTransaction, entry: int) -> bytes:
    """The contents of the record with this entry.  Raises NotThere when they were erased."""
    found = one(tx, select(ContentRow.coding, ContentRow.body).where(ContentRow.entry == entry))
    if found is None:
        raise NotThere(f"The contents of entry {entry} were erased.")
    return unpacked(found.coding, found.body)


def with_content(model: type[Record], case: str) -> Select[*tuple[Any, ...]]:
    """The records of a case, for `content_of` one of them."""
    contents = ContentRow.entry == model.entry
    question = select(model.__table__, ContentRow.coding, ContentRow.body).outerjoin(ContentRow, contents)
    return question.where(model.__table__.c.case_key == case)


def content_of(row: Row[*tuple[Any, ...]]) -> bytes:
    """The contents of a record found by `with_content`.  Raises NotThere when they were erased."""
    if row.coding is None:
        raise NotThere(f"The contents of entry {row.entry} were erased.")
    return unpacked(row.coding, row.body)


def records_with_content(tx: ReadTransaction, model: type[Record], *where: Any) -> Iterator[tuple[Row[Any], bytes]]:
    """Records in the order of their entries, each with its contents."""
    question = (
        select(model.__table__, ContentRow.coding, ContentRow.body)
        .join(ContentRow, ContentRow.entry == model.entry)
        .where(*where)
        .order_by(model.entry)
    )
    for row in tx.connection.execute(question):
        yield row, unpacked(row.coding, row.body)


@dataclass(frozen=True)
class RoleList:
    """The list of roles, for one user."""

    _access: Access

    def grant(self, name: str, role: Role) -> None:
        """Grant a role to somebody.  Raises Refused when they have it already, or there is no such role."""
        self._change(name, role, "granted")

    def withdraw(self, name: str, role: Role, *, from_sign_in: bool = False) -> None:
        """Withdraw a role from somebody, from their next call on.

        A role reported by the hospital's sign-in is not on the list: it is withdrawn with `from_sign_in`, whatever the
        sign-in goes on reporting, until it is granted again.

        Raises:
            Refused: they do not have it by the list; or, with `from_sign_in`, it is withdrawn already.
        """
        self._change(name, role, "withdrawn", from_sign_in)

    def holders(self) -> tuple[models.Holder, ...]:
        """Everybody on the list."""
        with self._access.reading("administer") as tx:
            found = listed_roles(tx.connection)
        return tuple(models.Holder(name, one.granted, one.withdrawn) for name, one in sorted(found.items()))

    def may(self, permission: Permission) -> bool:
        """Whether this user may do something now.  For showing a button or not: the call itself checks again."""
        try:
            with self._access.reading(permission):
                return True
        except NotPermitted:
            return False

    def mine(self) -> frozenset[Role]:
        """The roles of this user that are valid now, none for an unknown user; for display only, like `may`."""
        try:
            with self._access.reading("look") as tx:
                return tx.roles
        except NotPermitted:
            return frozenset()

    def _change(self, name: str, role: Role, kind: str, unlisted: bool = False) -> None:
        if role not in PERMISSIONS:
            raise Refused(f"There is no role {role}: give one of {', '.join(ROLES)}.")
        name = required_text(name, "Give the name of the user who gets or loses the role.")
        if name == ANYONE.name:
            raise Refused("Without sign-in everybody has every role: switch sign-in on to tell people apart.")
        with self._access.writing("administer") as tx:
            standing = listed_roles_of(tx.connection, name)
            if kind == "granted" and role in standing.granted:
                raise Refused(f"{name} has the role already: {role}.")
            if kind == "withdrawn" and unlisted and role in standing.withdrawn:
                raise Refused(f"The role was withdrawn from {name} already: {role}.")
            if kind == "withdrawn" and not unlisted and role not in standing.granted:
                raise Refused(f"{name} does not have the role: {role}.")
            tx.record(RoleChangeRow, f"role.{kind}", name, None, user_name=name, role=role, kind=kind)
