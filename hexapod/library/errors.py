"""What the library refuses, each with a sentence that says what to do."""

from __future__ import annotations

from hexapod.errors import HexapodError


class LibraryError(HexapodError):
    """Anything that the library of cases refuses."""


class LibraryRefused(LibraryError):
    """A database that is not opened: it is newer than the program, is not ours, or cannot be reached."""


class Unreadable(LibraryError):
    """The database did not answer a question; nothing was changed."""


class NotSaved(LibraryError):
    """What was given is not in the library; `reason` says why in a few words, such as `the disk is full`."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"NOT SAVED: {reason}. {advice}")
        self.reason = reason
        self.advice = advice


class Conflict(LibraryError):
    """Somebody else has saved meanwhile: nothing was written over.

    Attributes:
        by, at: who has saved last, and when (UTC, as stored).
        revision: the number that theirs has.
    """

    def __init__(self, what: str, by: str, at: str, revision: int) -> None:
        super().__init__(
            f"{by} has saved {what} {revision} of this case at {at[:16].replace('T', ' ')} UTC. Yours was not written "
            f"over it: look at theirs, then save again from there, or keep yours as a case of its own."
        )
        self.by, self.at, self.revision = by, at, revision


class NotPermitted(LibraryError):
    """The user does not have the role that this needs."""


class NotThere(LibraryError):
    """No case, plan or version of that name or number is in the library."""


class Refused(LibraryError):
    """What was asked for contradicts the records, such as signing a refused plan."""


class NotContinued(Refused):
    """A plan that does not go on from the readings of the last visit: `visit.not_continued`."""


class AsksFirst(Refused):
    """A change of side, reference or hardware of a case under way, not confirmed; `told` says what it means."""

    def __init__(self, told: tuple[str, ...]) -> None:
        super().__init__(" ".join(told) + " Nothing was saved: confirm that this is meant, and save it again.")
        self.told = told


class ImportRefused(LibraryError):
    """A file that is not taken in: nothing of it was written."""
