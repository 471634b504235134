"""Whose the files are that pages hand out: by their content, the user and the case they were made for."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from hexapod.app.sign_in import user

# Files remembered, the latest: a hundred bytes each.  One that is forgotten is handed out to nobody.
MOST = 50_000
_of: OrderedDict[bytes, set[tuple[str, str]]] = OrderedDict()
_lock = threading.Lock()


def keep(content: bytes, whose: str, case: str) -> bytes:
    """Remember for whom and for which case (its key, empty for one that is in no library) a content was made; it."""
    mark = hashlib.sha256(content).digest()
    with _lock:
        _of.setdefault(mark, set()).add((whose, case))
        _of.move_to_end(mark)
        while len(_of) > MOST:
            _of.popitem(last=False)
    return content


def when_pressed(make: Callable[[], bytes], case: str) -> Callable[[], bytes]:
    """What a download button calls once it is pressed, perhaps long after its page was drawn.

    Streamlit calls it without saying who is there: so it asks first whether the sign-in of its page still lasts, and
    makes nothing, and records nothing, when it does not.

    Args:
        make: makes the content, for the user of the page.
        case: key of the case, empty for one that is in no library.

    Raises:
        NotSignedIn: the page itself has nobody.
    """
    lasts, name = user.lasting(), user.actor().name

    def pressed() -> bytes:
        lasts()
        return keep(make(), name, case)

    return pressed


def cases_of(content: bytes, whose: str) -> set[str]:
    """The cases for which a content was made for a user; none when it was not made for them."""
    with _lock:
        found = _of.get(hashlib.sha256(content).digest(), set())
        return {case for name, case in found if name == whose}
