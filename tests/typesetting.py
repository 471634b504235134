"""A document is typeset once in a run of the tests: the same inputs again are answered from a folder.

All workers of a run share the folder.  What another process sets, as the tests of determinism and the app's own server
do, is set there anew.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typst

# Fonts are opened once a process and are the same in each: pymupdf-fonts is pinned.
NO_INPUT = {"font_paths"}


@contextmanager
def typeset_once(folder: Path) -> Iterator[None]:
    """`typst.compile` with a memory in `folder`; what it refuses is not remembered."""
    compile_ = typst.compile

    def remembered(files: Mapping[str, bytes], **options: Any) -> Any:
        kept = folder / _name(files, options)
        try:
            return pickle.loads(kept.read_bytes())
        except FileNotFoundError:
            made = compile_(files, **options)
            _keep(kept, made)
            return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typst, "compile", remembered)
        yield


def _name(files: Mapping[str, bytes], options: Mapping[str, Any]) -> str:
    """A name for the inputs of a document: every file with its name, every option, each told with its length."""
    told = [(name, files[name]) for name in sorted(files)]
    told += [(name, repr(options[name]).encode()) for name in sorted(options) if name not in NO_INPUT]
    digest = hashlib.sha256()
    for name, content in told:
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _keep(kept: Path, made: Any) -> None:
    """Whole or not at all: of two workers that write the same document, the last one's is read from then on."""
    handle, name = tempfile.mkstemp(dir=kept.parent)
    with os.fdopen(handle, "wb") as file:
        pickle.dump(made, file)
    Path(name).replace(kept)
