"""Errors of the library, each with a sentence that says what to do."""

from __future__ import annotations

from hexapod.errors import HexapodError


class LibraryError(HexapodError):
    """Anything that the library of cases refuses."""


class LibraryRefused(LibraryError):
    """The database cannot be opened: it is newer than the program, is not a library of cases, or cannot be reached."""


class Unreadable(LibraryError):
    """The database did not answer a question; nothing was changed."""


class NotSaved(LibraryError):
    """Nothing was saved; `reason` says why in a few words, such as `the disk is full`."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"NOT SAVED: {reason}. {advice}")
        self.reason = reason
        self.advice = advice


class Conflict(LibraryError):
    """Somebody else has saved in the meantime; their version was not overwritten.

    Attributes:
        by, at: who saved last, and when (UTC, as stored).
        revision: the number of their save.
    """

    def __init__(self, what: str, by: str, at: str, revision: int) -> None:
        super().__init__(
            f"{by} saved {what} {revision} of this case at {at[:16].replace('T', ' ')} UTC. Your version was not saved "
            f"over it: look at the saved one and continue from there, or keep your version as a separate case."
        )
        self.by, self.at, self.revision = by, at, revision


class NotPermitted(LibraryError):
    """The user does not have the role that this needs."""


class NotThere(LibraryError):
    """The library has no case, plan or version of that name or number."""


class Refused(LibraryError):
    """The request contradicts the records, such as signing a refused plan."""


class TooMany(Refused):
    """More reports from home than a page sends: the rest is not kept."""


class NotContinued(Refused):
    """A plan that does not continue from the readings of the last visit: `visit.not_continued`."""


class AsksFirst(Refused):
    """A change of side, reference or hardware during the treatment, not confirmed; `told` says what it means."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences) + " Nothing was saved: confirm that this is meant, and save it again.")
        self.sentences = sentences


class ImportRefused(LibraryError):
    """A file that is not imported; nothing of it was written."""
