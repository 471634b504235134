"""Entries that the library could not keep, held by the server, so that a page loaded anew still has them.

The address of the page names what is held by a key that nobody guesses; only the user who typed it gets it back.
"""

from __future__ import annotations

import copy
import threading
from collections import OrderedDict
from dataclasses import dataclass

from hexapod.app.draft.draft_model import Draft

# Of all users together; the oldest go first.  A draft takes some 50 kB.
MOST = 200


@dataclass(frozen=True)
class Unsaved:
    """Why the entries on the page are not in the library; `theirs` is the revision that somebody else has saved."""

    sentence: str
    theirs: int = 0


@dataclass(frozen=True)
class Held:
    """A draft with what is needed to save it later: see `session` for the names."""

    user: str
    place: str
    token: str
    revision: int
    meant: str
    draft: Draft
    unsaved: Unsaved


_held: OrderedDict[str, Held] = OrderedDict()
_lock = threading.Lock()


def hold(key: str, what: Held) -> None:
    """Hold a draft as it is now, in the place of what was held by this key."""
    with _lock:
        _held[key] = copy.deepcopy(what)
        _held.move_to_end(key)
        while len(_held) > MOST:
            _held.popitem(last=False)


def held(key: str, user: str) -> Held | None:
    """What is held by a key for this user; None when nothing is, as after a start of the program."""
    with _lock:
        found = _held.get(key)
    return copy.deepcopy(found) if found is not None and found.user == user else None


def let_go(key: str) -> None:
    """Hold this no longer: it is saved, or given up."""
    with _lock:
        _held.pop(key, None)
