"""What a session has saved, written down where nothing can come between.

Streamlit ends a run when it next asks for the session's state, and begins the next run beside it: also between a save
and the note of its revision.  The page would then take its own save for somebody else's.  This is an object of its own
in the session's state, so that writing it down asks for nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Journal:
    """Saves of one session.  `turn` is held while one is made, so that two runs do not save beside each other."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    revisions: dict[str, int] = field(default_factory=dict)
    """The newest revision that this session saved of each case, by its key."""
    text: str = ""
    """The open draft as it was opened or last saved, as text."""
    saved: str = ""
    """The case saved last, until the session's state says so too."""

    def base(self, key: str, known: int) -> int:
        """The revision that the page's entries go on from, when the session's state knows this one."""
        return max(known, self.revisions.get(key, 0))

    def write(self, key: str, revision: int, text: str) -> None:
        """Note a save."""
        self.revisions[key] = revision
        self.text = text
        self.saved = key
