"""The library's own list of roles: what was granted, and what was withdrawn and not granted since."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hexapod.library.storage.roles import ROLES, Role, Standing
from hexapod.library.storage.tables import RoleChange


def standing_of(connection: Connection, name: str) -> Standing:
    """What the list says of somebody now."""
    return standings(connection, name).get(name, Standing())


def standings(connection: Connection, name: str | None = None) -> dict[str, Standing]:
    """What the list says now of everybody on it, or of one person."""
    changes = select(RoleChange.user_name, RoleChange.role, RoleChange.kind).order_by(RoleChange.entry)
    if name is not None:
        changes = changes.where(RoleChange.user_name == name)
    last: dict[str, dict[Role, str]] = {}
    for user, role, kind in connection.execute(changes):
        if role in ROLES:
            last.setdefault(user, {})[role] = kind
    return {user: Standing(_of(kinds, "granted"), _of(kinds, "withdrawn")) for user, kinds in last.items()}


def _of(kinds: dict[Role, str], kind: str) -> frozenset[Role]:
    return frozenset(role for role, last in kinds.items() if last == kind)
