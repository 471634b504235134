"""The library's own list of roles, for hospitals whose sign-in does not report roles."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.library import models
from hexapod.library.calls.access import Access
from hexapod.library.errors import NotPermitted, Refused
from hexapod.library.storage.contents import said
from hexapod.library.storage.roles import (
    ANYONE,
    PERMISSIONS,
    ROLES,
    Permission,
    Role,
    listed_roles,
    listed_roles_of,
)
from hexapod.library.storage.tables import RoleChangeRow


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
        """Whether this user may do something now: to show or hide a button; the call itself checks again."""
        try:
            with self._access.reading(permission):
                return True
        except NotPermitted:
            return False

    def mine(self) -> frozenset[Role]:
        """The roles of this user that are valid now, none for a stranger; for display only, as `may`."""
        try:
            with self._access.reading("look") as tx:
                return tx.roles
        except NotPermitted:
            return frozenset()

    def _change(self, name: str, role: Role, kind: str, unlisted: bool = False) -> None:
        if role not in PERMISSIONS:
            raise Refused(f"There is no role {role}: give one of {', '.join(ROLES)}.")
        name = said(name, "Give the name of the user who gets or loses the role.")
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
