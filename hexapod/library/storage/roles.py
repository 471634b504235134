"""Who may do what: the roles, and the only check of them.

A role holds the ones before it, up to the signer: who signs may also plan and look.  An administrator looks, keeps
roles, erases and moves libraries, but neither plans nor signs: whoever can do both has been given both roles, and the
audit trail shows by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from hexapod.library.errors import NotPermitted
from hexapod.library.storage.text_rules import storable

Role = Literal["viewer", "planner", "signer", "administrator"]
Permission = Literal["look", "plan", "sign", "administer"]
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
}


@dataclass(frozen=True)
class Actor:
    """Somebody at the library, by the name that goes into every record.

    `roles` are those that the hospital's sign-in has told; None means that the library's own list gives them.  Either
    way the list is asked anew at every call, so that a role withdrawn in it counts at once.
    """

    name: str
    roles: frozenset[Role] | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or self.name != storable(self.name):
            raise NotPermitted("Somebody without a name cannot use the library: sign in again.")


@dataclass(frozen=True)
class Standing:
    """What the library's own list says of a name: roles granted, and roles withdrawn and not granted since."""

    granted: frozenset[Role] = frozenset()
    withdrawn: frozenset[Role] = frozenset()


# Without sign-in nobody is told apart, so nobody can be kept out.
ANYONE = Actor("anyone at this computer", frozenset(ROLES))


def permitted(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles allow.

    >>> sorted(permitted(["administrator"])), sorted(permitted(["viewer", "signer"]))
    (['administer', 'look'], ['look', 'plan', 'sign'])
    """
    return frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))


def roles_now(actor: Actor, own_list: Callable[[str], Standing]) -> frozenset[Role]:
    """The roles that count at this moment; `own_list` tells what the library's list says of a name.

    >>> told = Actor("Ada", frozenset({"viewer", "signer"}))
    >>> sorted(roles_now(told, lambda _: Standing(withdrawn=frozenset({"signer"}))))
    ['viewer']
    """
    if actor == ANYONE:
        return frozenset(ROLES)
    standing = own_list(actor.name)
    return standing.granted if actor.roles is None else actor.roles - standing.withdrawn


def check(actor: Actor, permission: Permission, own_list: Callable[[str], Standing]) -> None:
    """Raises NotPermitted unless the actor may; `own_list` tells what the library's list says of a name."""
    if permission not in permitted(roles_now(actor, own_list)):
        raise NotPermitted(
            f"{actor.name} may not do this: it needs {NEEDED[permission]}. Ask an administrator of the library."
        )
