"""A file of a radiograph, DICOM or picture, opened by a process of its own: its grey picture and what its header says.

The one module of the room that touches files; `film_decoder` is the program that it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hexapod.errors import HexapodError

DECODER = Path(__file__).with_name("film_decoder.py")
# The largest file that is looked at, and the time after which the reading process is ended.
MOST_BYTES, MOST_S = 64_000_000, 10.0
# Each process may take 1.5 GB (film_decoder.MEMORY_BYTES); more of them wait.
AT_ONCE = 2
EXPORT = "Export it as PNG, or as DICOM without compression."
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "unknown": "The file is no DICOM, PNG, JPEG or TIFF. Export the radiograph in one of these.",
        "no_dicom": "This installation reads no radiographs: install `hexapod[films]`.",
        "kind": "The file is DICOM, but no radiograph (CR, DX, RF, XA or secondary capture). Choose the radiograph.",
        "frames": f"The file has more than one picture. Choose one of them in the viewing program. {EXPORT}",
        "pixels": "The radiograph has {detail} pixels; at most 60 million are read. Export it smaller.",
        "syntax": "The pixels ({detail}) cannot be decoded: the file is damaged, or compressed in a way that is not "
        f"read here. {EXPORT}",
        "memory": f"The file takes more memory than a radiograph needs, and was not read. {EXPORT}",
        "time": f"Reading the file took longer than {MOST_S:g} s, and was stopped. {EXPORT}",
        "damaged": f"The file is damaged and cannot be read. {EXPORT}",
        "large": "The file has {detail} MB; at most 64 MB are read. Export the radiograph smaller.",
        "empty": "The file is empty. Choose the radiograph again.",
        "oblong": "The pixels are not square ({detail}) and the scale at the bone is not known: angles would be wrong. "
        "Export the radiograph as PNG with square pixels.",
    }
)
_PNG = b"\x89PNG\r\n\x1a\n"
_places = threading.BoundedSemaphore(AT_ONCE)


class FilmRefused(HexapodError):
    """A file is not read; `code` is a key of `REFUSALS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(REFUSALS[code].format(detail=detail or "of an unknown kind"))
        self.code = code


@dataclass(frozen=True)
class FilmPicture:
    """A radiograph as it was stored, in 8-bit grey, and the few numbers of its header that are kept.

    Attributes:
        png: the picture, without any text beside it.
        sha256: of `png`; the `pixels_sha256` of `hexapod-films/1`.
        columns, rows: size in pixels.
        header: scale, side and view by their DICOM keywords; empty for other files.  Nothing that names a person.
        inverted: whether the file stores it with bright for dark, which was put right.
        turned: whether a photograph says that it was taken with the camera turned, which was put right.
    """

    png: bytes
    sha256: str
    columns: int
    rows: int
    header: Mapping[str, Any]
    inverted: bool
    turned: bool


def read_film(
    content: bytes,
    *,
    window: tuple[float, float] | None = None,
    invert: bool = False,
    black_out: Sequence[tuple[int, int, int, int]] = (),
) -> FilmPicture:
    """Read one radiograph.

    Args:
        content: the file, DICOM, PNG, JPEG or TIFF; its name is not asked for.
        window: lowest and highest number shown, after the modality LUT; by default the file's own window.
        invert: turn bright and dark round, after all else.
        black_out: rectangles in pixels (left, top, right, bottom) that the picture has black, such as burned-in names.

    Raises:
        FilmRefused: the file is too large, damaged, of another kind, or takes more memory or time than it may.
    """
    if not content:
        raise FilmRefused("empty")
    for left, top, right, bottom in black_out:
        if not (0 <= left < right and 0 <= top < bottom):
            raise HexapodError(
                f"The box {left} {top} {right} {bottom} covers nothing: give left, top, right and bottom in pixels, "
                "left below right and top below bottom."
            )
    if len(content) > MOST_BYTES:
        raise FilmRefused("large", f"{len(content) / 1e6:.0f}")
    options = json.dumps({"window": window, "invert": invert, "black_out": [list(box) for box in black_out]})
    # Isolated from the environment, and with one thread: each more would reserve memory.
    command = [sys.executable, "-I", "-B", str(DECODER), options]
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PATH": os.defpath}
    with _places:
        try:
            ended = subprocess.run(command, input=content, capture_output=True, timeout=MOST_S, env=environment)
        except subprocess.TimeoutExpired:
            raise FilmRefused("time") from None
    # A decoder that crashed has said nothing; one that was ended for its processor time, neither.
    return _picture(ended.stdout)


def _picture(told: bytes) -> FilmPicture:
    """What the process answered, believed only as far as it is checked here."""
    length = int.from_bytes(told[:8], "big")
    try:
        answer = json.loads(told[8 : 8 + length])
    except ValueError:
        raise FilmRefused("damaged") from None
    if (code := answer.get("refused")) is not None:
        raise FilmRefused(code, answer["detail"])
    png = told[8 + length :]
    if not png.startswith(_PNG):
        raise FilmRefused("damaged")
    header = MappingProxyType(dict(answer["header"]))
    return FilmPicture(
        png, answer["sha256"], answer["columns"], answer["rows"], header, answer["inverted"], answer["turned"]
    )
