"""Permissions: the roles, the library's own list of who has which, and the only check of them.

Each role up to the signer includes the ones before it: a signer may also plan and look.  An administrator looks,
manages roles, erases and moves libraries, but neither plans nor signs.  Whoever needs both is given both roles, and the
audit trail shows by whom.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, or_, select

from hexapod.library.errors import NotPermitted
from hexapod.library.storage.contents import storable
from hexapod.library.storage.tables import RoleChangeRow, unproved_until

Role = Literal["viewer", "planner", "signer", "administrator"]
Permission = Literal["look", "plan", "sign", "administer", "report"]
ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    "viewer": frozenset({"look"}),
    "planner": frozenset({"look", "plan"}),
    "signer": frozenset({"look", "plan", "sign"}),
    "administrator": frozenset({"look", "administer"}),
}
NEEDED: dict[Permission, str] = {
    "look": "a viewer",
    "plan": "a planner",
    "sign": "a signer",
    "administer": "an administrator",
    "report": "a link to a plan",
}


@dataclass(frozen=True)
class Actor:
    """Somebody at the library, by the name that goes into every record.

    `roles` are those reported by the hospital's sign-in; None means that the library's own list gives them.  In both
    cases the list is read again at every call, so that a role withdrawn in it ends at once.
    """

    name: str
    roles: frozenset[Role] | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name != storable(self.name):
            raise NotPermitted("A user without a name cannot use the library: sign in again.")


@dataclass(frozen=True)
class ListedRoles:
    """What the library's own list says about a name: roles granted, and roles withdrawn and not granted since."""

    granted: frozenset[Role] = frozenset()
    withdrawn: frozenset[Role] = frozenset()


# Without sign-in users cannot be told apart, so everybody may do everything.
ANYONE = Actor("anyone at this computer", frozenset(ROLES))
# Whoever holds the link to a plan's page at home: reaches what that link leads to, and nothing else of the library.
HOME = Actor("link from home", frozenset())


def permitted(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that these roles allow.

    >>> sorted(permitted(["administrator"])), sorted(permitted(["viewer", "signer"]))
    (['administer', 'look'], ['look', 'plan', 'sign'])
    """
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))


def check(connection: Connection, actor: Actor, permission: Permission) -> frozenset[Role]:
    """The roles that are valid now, by sign-in and list.  Raises NotPermitted unless one of them allows this."""
    if actor == ANYONE:
        return frozenset(ROLES)
    if actor == HOME and permission == "report":
        return frozenset()
    standing = listed_roles_of(connection, actor.name)
    roles = standing.granted if actor.roles is None else actor.roles - standing.withdrawn
    if permission not in permitted(roles):
        raise NotPermitted(
            f"{actor.name} may not do this: it needs {NEEDED[permission]}. Ask an administrator of the library."
        )
    return roles


def listed_roles_of(connection: Connection, name: str) -> ListedRoles:
    """What the list says about one person now."""
    return listed_roles(connection, name).get(name, ListedRoles())


def listed_roles(connection: Connection, name: str | None = None) -> dict[str, ListedRoles]:
    """What the list says now about everybody on it, or about one person."""
    changes = select(RoleChangeRow.user_name, RoleChangeRow.role, RoleChangeRow.kind).order_by(RoleChangeRow.entry)
    changes = changes.where(or_(RoleChangeRow.kind != "granted", RoleChangeRow.entry > unproved_until()))
    if name is not None:
        changes = changes.where(RoleChangeRow.user_name == name)
    last: dict[str, dict[Role, str]] = {}
    for user, role, kind in connection.execute(changes):
        if role in ROLES:
            last.setdefault(user, {})[role] = kind
    return {user: ListedRoles(_of(kinds, "granted"), _of(kinds, "withdrawn")) for user, kinds in last.items()}


def _of(kinds: dict[Role, str], kind: str) -> frozenset[Role]:
    return frozenset(role for role, last in kinds.items() if last == kind)
