"""Files that are finished before they get their name, readable by their owner only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hexapod.case.files import settle_folder
from hexapod.library.errors import LibraryError

# What SQLite keeps beside a file that is in use.
BESIDE = ("-wal", "-shm", "-journal")


def must_be_new(path: Path, advice: str) -> None:
    """Raises LibraryError when there is a file of that name."""
    if os.path.lexists(path):
        raise LibraryError(f"{path} exists: {advice}.")


@contextmanager
def temporary(path: Path) -> Iterator[Path]:
    """A private file in the same folder, gone at the end unless it was put into place."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise LibraryError(f"{path.parent} cannot be written: {error.strerror or error}.") from error
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        for ending in ("", *BESIDE):
            Path(f"{name}{ending}").unlink(missing_ok=True)


def into_place(copy: Path, path: Path) -> None:
    """Give the finished file its name, both on the disk when this returns, as far as the file system can promise it."""
    try:
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.replace(path)
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror or error}.") from error
    settle_folder(path.parent)
