"""The library's own list of roles, for hospitals whose sign-in tells none."""

from __future__ import annotations

from hexapod.records import border
from hexapod.records.access import PERMISSIONS, ROLES, Permission, Role
from hexapod.records.desk import Desk
from hexapod.records.errors import NotPermitted, Refused
from hexapod.records.roles import holdings
from hexapod.records.tables import RoleChange
from hexapod.records.words import said


class RoleCalls(Desk):
    """The calls on roles."""

    def grant(self, name: str, role: Role) -> None:
        """Give somebody a role.  Raises Refused when they have it, or it is no role."""
        self._change(name, role, "granted")

    def withdraw(self, name: str, role: Role) -> None:
        """Take a role from somebody; their next call finds it gone.  Raises Refused when they do not have it."""
        self._change(name, role, "withdrawn")

    def holders(self) -> tuple[border.Holder, ...]:
        """Everybody on the list with the roles held now."""
        with self._reading("administer") as tx:
            held = holdings(tx.connection)
        return tuple(border.Holder(name, held[name]) for name in sorted(held))

    def may(self, permission: Permission) -> bool:
        """Whether this user may do something now: for showing or hiding a button, never instead of the call's check."""
        try:
            with self._reading(permission):
                return True
        except NotPermitted:
            return False

    def _change(self, name: str, role: Role, kind: str) -> None:
        if role not in PERMISSIONS:
            raise Refused(f"{role} is no role: give one of {', '.join(ROLES)}.")
        name = said(name, "A role is given to a name.")
        with self._writing("administer") as tx:
            has = role in holdings(tx.connection, name).get(name, frozenset())
            if has == (kind == "granted"):
                raise Refused(f"{name} {'has the role already' if has else 'does not have the role'}: {role}.")
            tx.record(RoleChange, f"role.{kind}", name, None, user_name=name, role=role, kind=kind)
