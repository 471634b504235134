"""Documents into a folder: all or none of them, nothing of another plan overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hexapod.case.files import write_atomically
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.report.prescription import Document


def deliver(documents: Sequence[Document], folder: Path, *, force: bool = False) -> list[Path]:
    """Write every document into `folder`, which is made when it is missing; the files written.

    All are made before the first is written, and each file is complete or not there.  A file that is there already with
    these very bytes is left alone.

    Raises:
        HexapodError: a file of that name holds something else and `force` is off, or the folder cannot be written;
            nothing has been written in the first case.
    """
    contents = {folder / document.name: document.content() for document in documents}
    try:
        there = [path for path, content in contents.items() if path.exists() and path.read_bytes() != content]
        if there and not force:
            names = ", ".join(path.name for path in there)
            raise HexapodError(
                f"{folder} has other files of the same name: {names}. Nothing was written; give --force."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in contents.items():
            write_atomically(path, content)
    except OSError as error:
        raise HexapodError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return list(contents)


def of_other_plans(case: Case, documents: Sequence[Document], folder: Path) -> list[str]:
    """Names of files in a folder that belong to this limb by their name but not to these documents.

    They are of an older plan or of other choices, and should not be handed out by mistake.
    """
    mine = {document.name for document in documents}
    start = f"{case.id}_{case.limb.side}_"
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(start) and path.name not in mine)
