"""Typesetting with Typst: from a template of this folder and data to the bytes of a PDF.

Data reach the template as JSON and are never read as markup.  The font is FiraGO from a package, so that a document
looks the same on every machine; fonts of the machine are not used.
"""

from __future__ import annotations

import atexit
import functools
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pymupdf_fonts
import typst

from hexapod.errors import HexapodError

HERE = Path(__file__).parent
COMMON = "common.typ"
# The cuts of FiraGO that the templates use, by their names in the package.
CUTS = ("figo", "figbo", "figit", "figbi")
# PDF/UA-1: tagged for screen readers, with title and language, and every letter in an embedded typeface.
STANDARD: typst.PDFStandard = "ua-1"
_NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed')


def typeset(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF: `template`, a file of this folder, filled with `data`, with pictures (SVG) by name.

    Raises:
        HexapodError: a text has a character that is not in the font.
    """
    # Several files in memory: the library takes them, but its type hints do not say so.
    files: Any = _files(template, data, pictures)
    try:
        pdf = typst.compile(files, font_paths=_fonts(), format="pdf", pdf_standards=STANDARD)
    except typst.TypstError as error:
        if lacking := _NO_GLYPH.search(error.message):
            sign = lacking[1]
            raise HexapodError(
                f"“{sign}” in “{_where(data, sign)}” cannot be printed: it is not in the font of the documents. Write "
                "it in other letters."
            ) from error
        raise
    assert isinstance(pdf, bytes)
    return pdf


def _where(data: Any, sign: str) -> str:
    """The shortest text in the data with a character: the text that a user typed, not a sentence around it.

    >>> _where({"name": "left ☃ tibia", "said": ["This is “left ☃ tibia”."]}, "☃")
    'left ☃ tibia'
    """
    return min((text for text in _texts(data) if sign in text), key=len, default=sign)


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def page_pictures(template: str, data: Mapping[str, Any], dots_per_inch: float) -> list[bytes]:
    """The pages of a document as pictures (PNG), as a screen or the documentation shows them."""
    files: Any = _files(template, data, None)
    pages: Any = typst.compile(files, font_paths=_fonts(), format="png", ppi=dots_per_inch)
    return [pages] if isinstance(pages, bytes) else list(pages)


def _files(template: str, data: Mapping[str, Any], pictures: Mapping[str, bytes] | None) -> dict[str, bytes]:
    return {
        "main": (HERE / template).read_bytes(),
        COMMON: (HERE / COMMON).read_bytes(),
        "data.json": json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8"),
        **(pictures or {}),
    }


@functools.cache
def _fonts() -> typst.Fonts:
    """The typeface, unpacked for as long as the program runs: the typesetter reads files only."""
    folder = tempfile.TemporaryDirectory(prefix="hexapod-fonts-")
    atexit.register(folder.cleanup)
    for cut in CUTS:
        Path(folder.name, f"{cut}.ttf").write_bytes(pymupdf_fonts.myfont(cut))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder.name])
