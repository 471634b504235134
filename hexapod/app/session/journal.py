"""What a session has opened and saved, written down where nothing can come between.

Streamlit ends a run when it next asks for the session's state, and begins the next run beside it: also between a save
and the note of its revision, or between the draft of a case just opened and its key.  The page would then take its own
save for somebody else's, or one case for another.  This is an object of its own in the session's state, so that writing
it down asks for nothing; what the state is still to say is said by the next run.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Journal:
    """Cases opened and saves made by one session."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held while a save is made, so that two runs do not save beside each other."""
    opened: int = 0
    """How many drafts were opened: the number of the open one."""
    text: str = ""
    """The open draft as it was opened or last saved, as text."""
    revisions: dict[str, int] = field(default_factory=dict)
    """The newest revision that this session saved of each case, by its key."""
    owed: dict[str, Any] = field(default_factory=dict)
    """What the session's state is still to say."""

    def base(self, key: str, known: int) -> int:
        """The revision that the page's entries go on from, when the session's state knows this one."""
        return max(known, self.revisions.get(key, 0))

    def open(self, text: str, values: dict[str, Any]) -> None:
        """Note that another draft is open, with what the state is to say of it; nothing of the one before is owed."""
        self.opened += 1
        self.text, self.owed = text, values

    def save(self, opened: int, key: str, revision: int, text: str, values: dict[str, Any]) -> None:
        """Note a save of the draft with this number.  The state hears of it only while that draft is open."""
        self.revisions[key] = revision
        if opened == self.opened:
            self.text = text
            self.owed = self.owed | values | {"revision": revision}
