"""The library's own list of roles, for hospitals whose sign-in tells none."""

from __future__ import annotations

from hexapod.library import models
from hexapod.library.calls.user_calls import Desk
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
    roles_now,
)
from hexapod.library.storage.tables import RoleChangeRow


class RoleCalls(Desk):
    """The calls on roles."""

    def grant(self, name: str, role: Role) -> None:
        """Give somebody a role.  Raises Refused when they have it, or it is no role."""
        self._change(name, role, "granted")

    def withdraw(self, name: str, role: Role, *, told_by_sign_in: bool = False) -> None:
        """Take a role from somebody; their next call finds it gone.

        A role that the hospital's sign-in tells is not on the list: it is taken away with `told_by_sign_in`, whatever
        the sign-in goes on telling, until it is granted again.

        Raises:
            Refused: they do not have it by the list; or, with `told_by_sign_in`, it is withdrawn already.
        """
        self._change(name, role, "withdrawn", told_by_sign_in)

    def holders(self) -> tuple[models.Holder, ...]:
        """Everybody on the list."""
        with self._reading("administer") as tx:
            found = listed_roles(tx.connection)
        return tuple(models.Holder(name, one.granted, one.withdrawn) for name, one in sorted(found.items()))

    def may(self, permission: Permission) -> bool:
        """Whether this user may do something now: for showing or hiding a button, never instead of the call's check."""
        try:
            with self._reading(permission):
                return True
        except NotPermitted:
            return False

    def roles(self) -> frozenset[Role]:
        """The roles of this user that count now, none for a stranger: for showing, as `may`."""
        try:
            with self._reading("look") as tx:
                return roles_now(self._actor, lambda name: listed_roles_of(tx.connection, name))
        except NotPermitted:
            return frozenset()

    def _change(self, name: str, role: Role, kind: str, unlisted: bool = False) -> None:
        if role not in PERMISSIONS:
            raise Refused(f"{role} is no role: give one of {', '.join(ROLES)}.")
        name = said(name, "A role is given to a name.")
        if name == ANYONE.name:
            raise Refused("Without sign-in everybody has every role: switch sign-in on to tell people apart.")
        with self._writing("administer") as tx:
            standing = listed_roles_of(tx.connection, name)
            if kind == "granted" and role in standing.granted:
                raise Refused(f"{name} has the role already: {role}.")
            if kind == "withdrawn" and unlisted and role in standing.withdrawn:
                raise Refused(f"The role was withdrawn from {name} already: {role}.")
            if kind == "withdrawn" and not unlisted and role not in standing.granted:
                raise Refused(f"{name} does not have the role: {role}.")
            tx.record(RoleChangeRow, f"role.{kind}", name, None, user_name=name, role=role, kind=kind)
