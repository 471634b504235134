"""The library's own list of roles: what was granted and not withdrawn since."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hexapod.records.access import ROLES, Role
from hexapod.records.tables import RoleChange


def roles_of(connection: Connection, name: str) -> frozenset[Role]:
    """The roles that somebody has now by the library's list."""
    return holdings(connection, name).get(name, frozenset())


def holdings(connection: Connection, name: str | None = None) -> dict[str, frozenset[Role]]:
    """Everybody's roles now, or those of one person; whoever has none is left out."""
    changes = select(RoleChange.user_name, RoleChange.role, RoleChange.kind).order_by(RoleChange.entry)
    if name is not None:
        changes = changes.where(RoleChange.user_name == name)
    held: dict[str, set[Role]] = {}
    for user, role, kind in connection.execute(changes):
        mine = held.setdefault(user, set())
        if role in ROLES:
            (mine.add if kind == "granted" else mine.discard)(role)
    return {user: frozenset(mine) for user, mine in held.items() if mine}
