"""Documents into a folder: all or none of them, nothing of another plan overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hexapod.case.files import write_together
from hexapod.case.model import Case
from hexapod.documents.document_set import Document
from hexapod.documents.sanitise import limb_start
from hexapod.errors import HexapodError


def deliver(documents: Sequence[Document], folder: Path, *, force: bool = False) -> list[Path]:
    """Write every document into `folder`, which is made when it is missing; their paths.

    All are made before the first is written, and they get their names together when all are on the disk.  A file that
    is there already with these very bytes is left as it is.

    Raises:
        HexapodError: a file of that name holds something else and `force` is off, or the folder cannot be written or is
            full.  Nothing has been written then.
    """
    contents = {folder / document.name: document.content() for document in documents}
    assert len(contents) == len(documents), "every document has a name of its own"
    try:
        _make(folder)
        different = {path: content for path, content in contents.items() if not _holds(path, content)}
        there = [path.name for path in different if path.exists()]
        if there and not force:
            raise HexapodError(
                f"{folder} has files of these names with other content: {', '.join(there)}. Nothing was written. "
                "Name another folder, or give --force to overwrite them."
            )
        write_together(different)
    except OSError as error:
        why = f"{error.filename or folder}: {error.strerror or error}"
        raise HexapodError(f"The documents cannot be written. {why}. Name a folder that can be written to.") from error
    return list(contents)


def _make(folder: Path) -> None:
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise HexapodError(f"{part} is a file, not a folder: give --out the name of a folder. Nothing was written.")
    folder.mkdir(parents=True, exist_ok=True)


def _holds(path: Path, content: bytes) -> bool:
    """Whether a file is there with these very bytes."""
    if path.is_dir():
        raise HexapodError(f"{path} is a folder where a file should be: rename it. Nothing was written.")
    return path.exists() and path.read_bytes() == content


def of_other_plans(case: Case, documents: Sequence[Document], folder: Path) -> list[str]:
    """Names of files in a folder that belong to this limb by their name but not to these documents.

    They are of an older plan or of other choices, and should not be handed out by mistake.
    """
    mine = {document.name for document in documents}
    start = limb_start(case)
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(start) and path.name not in mine)
