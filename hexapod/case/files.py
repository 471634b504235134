"""Reading and writing case files: strict JSON in, atomic writes out."""

from __future__ import annotations

import codecs
import contextlib
import json
import math
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from hexapod.case.field_types import unseen
from hexapod.case.level_parts import Deformity
from hexapod.case.model import FORMAT, Case
from hexapod.errors import CaseError, Problem

# A case file has a few kB; a megabyte is a mistake.
LARGEST_FILE_BYTES = 1_000_000


def load_case(path: str | os.PathLike[str]) -> Case:
    """The case in a file.

    Raises:
        CaseError: the file cannot be read, is not strict JSON, or is not a valid `hexapod-case/1`.
    """
    return read_case(load_value(path))


def parse_case(raw: bytes) -> Case:
    """The case in the bytes of a file.  Raises CaseError as `load_case`."""
    return read_case(parse_value(raw))


def parse_deformity(raw: bytes) -> Deformity:
    """The deformity in the bytes of a file: one object of deformity words, as strict as in a case; `{}` is none.

    Raises:
        CaseError: not strict JSON, not an object, or words that a case would not have either.
    """
    if len(raw) > LARGEST_FILE_BYTES:
        raise CaseError(f"The file has {len(raw)} bytes; a deformity has a few words.")
    value = _strict_json(raw)
    check_texts(value)
    try:
        return Deformity.model_validate(value)
    except ValidationError as error:
        raise _refused(error, value, Deformity) from error


def load_value(path: str | os.PathLike[str]) -> Any:
    """The JSON value in a file of ours that may be a case or another document.  Raises CaseError as `load_case`."""
    try:
        return parse_value(Path(path).read_bytes())
    except OSError as error:
        raise CaseError(f"{path} cannot be read: {error.strerror or error}.") from error


def parse_value(raw: bytes) -> Any:
    """The JSON value in the bytes of a file, strictly read.  Raises CaseError as `load_case`."""
    if len(raw) > LARGEST_FILE_BYTES:
        raise CaseError(f"The file has {len(raw)} bytes; a case file has at most {LARGEST_FILE_BYTES}.")
    return _strict_json(raw)


def read_case(value: Any) -> Case:
    """The case in a JSON value (dicts, lists, text, numbers).  Raises CaseError naming every problem."""
    if not isinstance(value, dict):
        raise CaseError("A case file holds one object in braces { }.")
    check_texts(value)
    if value.get("format") != FORMAT:
        shown = json.dumps(value.get("format"), ensure_ascii=False)
        raise CaseError([Problem("format", shown, f'must be "{FORMAT}": no other format is read.')])
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (UnicodeEncodeError, ValueError, TypeError, RecursionError) as error:
        raise CaseError(f"The case holds something that JSON cannot: {error}.") from error
    try:
        return Case.model_validate(value).with_document(value)
    except ValidationError as error:
        raise _refused(error, value, Case) from error


def _refused(error: ValidationError, value: Any, model: type[BaseModel]) -> CaseError:
    # Loaded when something is wrong only: a sound case is planned sooner without it.
    from hexapod.case.validation_messages import case_error

    return case_error(error, value, model)


def case_text(case: Case) -> str:
    """The case as the text of a file: what the user wrote, indented, no defaults filled in."""
    return json.dumps(case.document, ensure_ascii=False, indent=1) + "\n"


def save_case(case: Case, path: str | os.PathLike[str]) -> None:
    """Write the case to a file, whole or not at all: a crash leaves the old file or the new one.

    Raises:
        OSError: the folder cannot be written; an older file of that name is then untouched.
    """
    write_atomically(Path(path), case_text(case).encode("utf-8"))


def write_atomically(path: Path, content: bytes) -> None:
    """Write bytes to a file, whole or not at all, through a flushed temporary file in the same folder.

    Raises:
        OSError: the folder cannot be written; an older file of that name is then untouched.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write several files of one folder: each gets its name only when all of them are whole on the disk.

    Raises:
        OSError: the folder cannot be written or is full; older files of those names are then untouched.
    """
    temporary: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            handle, name = tempfile.mkstemp(prefix=".hexapod-", dir=path.parent)
            temporary[path] = Path(name)
            _fill(handle, content)
        umask = os.umask(0)
        os.umask(umask)
        for path, whole in temporary.items():
            whole.chmod(0o666 & ~umask)
            whole.replace(path)
    except BaseException:
        for left in temporary.values():
            left.unlink(missing_ok=True)
        raise
    for parent in {path.parent for path in contents}:
        settle_folder(parent)


def settle_folder(folder: Path) -> None:
    """Flush the folder itself, so that the names in it survive a power cut, where the file system can do that.

    Windows opens no folder and some network shares flush none.  The files in it are whole by then, so that is no
    failure of theirs.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _fill(handle: int, content: bytes) -> None:
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _strict_json(raw: bytes) -> Any:
    text = _text(raw)
    try:
        return _plain(json.loads(text, object_pairs_hook=_Pairs, parse_constant=_NotFinite, parse_float=_float), "")
    except json.JSONDecodeError as error:
        raise CaseError(f"The file is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise CaseError("The file is nested too deeply to be a case.") from error
    except ValueError as error:  # a number of thousands of digits
        raise CaseError(f"The file holds a number that is too long: {error}.") from error


def _text(raw: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 as some programs save it; the byte order mark tells which."""
    coding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(coding)
    except UnicodeDecodeError as error:
        name = "UTF-16" if coding == "utf-16" else "UTF-8"
        message = f"The file is not {name} text (byte {error.start + 1}): save it as UTF-8."
        raise CaseError(message) from error


class _Pairs(list[tuple[str, Any]]):
    """An object of the file before its keys are known to be different."""


class _NotFinite(str):
    """NaN, Infinity or -Infinity as it stood in the file."""

    __slots__ = ()


def _float(text: str) -> float | _NotFinite:
    """A number of the file; one that is too large for any computer is not finite."""
    number = float(text)
    return number if math.isfinite(number) else _NotFinite(text)


def _plain(value: Any, path: str) -> Any:
    """The value as dicts and lists.  Raises CaseError with the path of a key that stands twice, or of a NaN."""
    if isinstance(value, _NotFinite):
        raise CaseError([Problem(path, str(value), "every number must be finite.")])
    if isinstance(value, _Pairs):
        plain: dict[str, Any] = {}
        for key, item in value:
            inside = f"{path}.{key}".lstrip(".")
            if key in plain:
                raise CaseError([Problem(inside, "", "stands twice in the same object: keep one of the two.")])
            plain[key] = _plain(item, inside)
        return plain
    if isinstance(value, list):
        return [_plain(item, f"{path}[{number}]") for number, item in enumerate(value)]
    return value


def check_texts(value: Any, path: str = "") -> None:
    """Raises CaseError with the place of a text that holds a character which may not stand in one."""
    if isinstance(value, str) and (found := unseen(value)):
        message = f"holds a character that is not seen on a page ({found}): type the text again."
        raise CaseError([Problem(path, json.dumps(value), message)])
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(key, str) and (found := unseen(key)):
                message = f"is a key with a character that is not seen on a page ({found}): take it out."
                raise CaseError([Problem(path, json.dumps(key), message)])
            check_texts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            check_texts(item, f"{path}[{number}]")
