"""A file of a radiograph, DICOM or picture, opened by a process of its own; and its record as `hexapod-films/1` has it.

The one module of the room that touches files; `film_decoder` is the program that it starts.  The record has the scale,
and the header is compared with what the user says of the radiograph.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from hexapod.case.film_format import COARSEST_MM_PER_PX, SeenFrom, View
from hexapod.deformity.quantities import Side
from hexapod.errors import HexapodError
from hexapod.films.scale import ScaleUnclear, scale_of_header

DECODER = Path(__file__).with_name("film_decoder.py")
# The largest file that is looked at, and the time after which the reading process is ended.
MOST_BYTES, MOST_S = 64_000_000, 10.0
# As `film_decoder` has it, which runs by itself.
MOST_PIXELS = 60_000_000
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
NO_PLAIN_PICTURE = "The picture is no 8-bit grey PNG without text beside its pixels: open the radiograph anew."
_PNG = b"\x89PNG\r\n\x1a\n"
_FILTER_NONE, _FILTER_UP = 0, 2
# How Pillow packed the pictures of files in which `pixels_sha256` is that of the whole PNG.
_PACKED_BEFORE = 2
_places = threading.BoundedSemaphore(AT_ONCE)
# Where the letters of PatientOrientation lie on a film that is not mirrored: (right, up), by where it is seen from.
# L and R are the patient's left and right, A anterior, P posterior, H towards the head, F towards the feet.
_UP: Mapping[str, tuple[int, int]] = {"H": (0, 1), "F": (0, -1)}
_TO_THE_RIGHT: Mapping[SeenFrom, str] = {"front": "L", "back": "R", "left": "P", "right": "A"}
_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A"}
_VIEW_WORDS: Mapping[str, View] = {
    "AP": "ap", "PA": "ap", "LL": "lateral", "RL": "lateral", "LLD": "lateral", "RLD": "lateral",
    "LAT": "lateral", "LATERAL": "lateral",
}  # fmt: skip
_SIDES: Mapping[str, Side] = {"L": "left", "R": "right", "LEFT": "left", "RIGHT": "right"}
# Spacings of rows and of columns that differ by less than this share are square pixels.
_SQUARE = 0.001


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
        sha256: of the pixels (see `pixels_sha256`); the `pixels_sha256` of `hexapod-films/1`.
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

    def is_named(self, sha256: str) -> bool:
        """Whether an SHA-256 is that of this picture, in older files that of the PNG in one of its two packings."""
        names = {self.sha256, hashlib.sha256(self.png).hexdigest()}
        if sha256 in names:
            return True
        from PIL import Image

        packed = io.BytesIO()
        Image.fromarray(_grey(self.png)).save(packed, "PNG", compress_level=_PACKED_BEFORE)
        return hashlib.sha256(packed.getvalue()).hexdigest() == sha256


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
    # A decoder that crashed, or was ended for its processor time, has written nothing.
    return _picture(ended.stdout)


def check_plain_picture(png: bytes) -> None:
    """Make sure that a picture is one as `read_film` makes it: 8-bit grey PNG with no text or other data beside pixels.

    Its pixels are not decoded.

    Raises:
        HexapodError: it is not.
    """
    _pixel_data(png)


def pixels_sha256(png: bytes) -> str:
    """SHA-256 of the pixels of a picture as `read_film` makes it, however it is packed.

    Of them as binary PGM: `P5`, columns and rows, 255, then one byte a pixel, row by row.

    Raises:
        HexapodError: it is no such picture, or its pixels cannot be unpacked.
    """
    grey = _grey(png)
    sha256 = hashlib.sha256(b"P5\n%d %d\n255\n" % grey.shape[::-1])
    sha256.update(grey.tobytes())
    return sha256.hexdigest()


def is_picture_of(png: bytes, sha256: str) -> bool:
    """Whether a picture is the one of an SHA-256: of its pixels, or, kept by earlier versions, of the whole PNG."""
    if hashlib.sha256(png).hexdigest() == sha256:
        return True
    try:
        return pixels_sha256(png) == sha256
    except HexapodError:
        return False


def _pixel_data(png: bytes) -> tuple[int, int, bytes]:
    """Columns, rows and the packed pixels of a plain picture; raises HexapodError."""
    kinds, packed, at, size = [], [], len(_PNG), (0, 0)
    plain = png.startswith(_PNG)
    while plain and at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        end = at + 12 + length
        plain = end <= len(png) and zlib.crc32(png[at + 4 : end - 4]) == int.from_bytes(png[end - 4 : end], "big")
        kinds.append(kind)
        if plain and kind == b"IHDR" and length == 13:
            size = int.from_bytes(png[at + 8 : at + 12], "big"), int.from_bytes(png[at + 12 : at + 16], "big")
            # Bit depth 8, grey, and the only compression, filter and order of rows that are written here.
            plain = png[at + 16 : at + 21] == bytes((8, 0, 0, 0, 0)) and 0 < size[0] * size[1] <= MOST_PIXELS
        if kind == b"IDAT":
            packed.append(png[at + 8 : end - 4])
        at = end
    if not plain or kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or set(kinds[1:-1]) != {b"IDAT"}:
        raise HexapodError(NO_PLAIN_PICTURE)
    return *size, b"".join(packed)


def _grey(png: bytes) -> npt.NDArray[np.uint8]:
    """The pixels (rows, columns) of a plain picture, 8 bit; raises HexapodError.

    Source: PNG (W3C), 9.2 filter types None and Up, the two that are written here.
    """
    columns, rows, packed = _pixel_data(png)
    unpacker, length = zlib.decompressobj(), rows * (columns + 1)
    try:
        unpacked = unpacker.decompress(packed, length + 1)
    except zlib.error:
        raise HexapodError(NO_PLAIN_PICTURE) from None
    if len(unpacked) != length or not unpacker.eof:
        raise HexapodError(NO_PLAIN_PICTURE)
    lines = np.frombuffer(unpacked, np.uint8).reshape(rows, columns + 1)
    filters, grey = lines[:, 0], np.ascontiguousarray(lines[:, 1:])
    if not np.isin(filters, (_FILTER_NONE, _FILTER_UP)).all():
        raise HexapodError(NO_PLAIN_PICTURE)
    for row in np.flatnonzero(filters == _FILTER_UP):
        if row:
            grey[row] += grey[row - 1]
    return grey


def _picture(answered: bytes) -> FilmPicture:
    """The picture from the answer of the process, every part of which is checked here."""
    length = int.from_bytes(answered[:8], "big")
    try:
        answer = json.loads(answered[8 : 8 + length])
    except ValueError:
        raise FilmRefused("damaged") from None
    if (code := answer.get("refused")) is not None:
        raise FilmRefused(code, answer["detail"])
    png = answered[8 + length :]
    if not png.startswith(_PNG):
        raise FilmRefused("damaged")
    header = MappingProxyType(dict(answer["header"]))
    return FilmPicture(
        png, answer["sha256"], answer["columns"], answer["rows"], header, answer["inverted"], answer["turned"]
    )


def is_mirrored(header: Mapping[str, Any], seen_from: SeenFrom) -> bool | None:
    """Whether the stored pixels are the mirror image, by PatientOrientation (along the rows, then down the columns).

    None where the header does not say, or speaks of another view than one seen from there.

    >>> is_mirrored({"PatientOrientation": ["R", "F"]}, "front")
    True
    >>> is_mirrored({"PatientOrientation": ["L", "F"]}, "front")
    False

    Source: DICOM PS3.3, C.7.6.1.1.1 Patient Orientation.
    """
    axes = _axes(header, seen_from)
    if axes is None:
        return None
    (along_x, along_y), (down_x, down_y) = axes
    turns = along_x * down_y - along_y * down_x
    # Right, then down, turns clockwise: below zero with up as the second axis.
    return None if turns == 0 else turns > 0


def contradictions(header: Mapping[str, Any], side: Side, view: View, seen_from: SeenFrom) -> list[str]:
    """Sentences for differences between the header and what the user says of the radiograph; none where they agree."""
    found = []
    for keyword in ("ImageLaterality", "Laterality"):
        written = _SIDES.get(str(header.get(keyword)), side)
        if written != side:
            found.append(f"The header says that this is a {written} limb, not a {side} one ({keyword}).")
    word = header.get("ViewPosition")
    if word is not None and _VIEW_WORDS.get(word) != view:
        found.append(f"The header says that the view is {word}, not {'AP' if view == 'ap' else 'lateral'}.")
    letters = "\\".join(header.get("PatientOrientation", ()))
    if any(len(word) > 1 for word in header.get("PatientOrientation", ())):
        found.append(f"The header says that rows and columns run obliquely ({letters}): measure on square views.")
    elif letters and is_mirrored(header, seen_from) is None:
        found.append(
            f"The header says that rows and columns run {letters}, which is not seen from the {_spoken(seen_from)}."
        )
    return found


def record_of(
    picture: FilmPicture, *, name: str, side: Side, view: View, seen_from: SeenFrom
) -> tuple[dict[str, Any], list[str]]:
    """The radiograph with its scale and no points yet, and sentences on what a person should know or check.

    Raises:
        FilmRefused: pixels that are not square, without a scale.
    """
    notes = contradictions(picture.header, side, view, seen_from)
    mirrored = is_mirrored(picture.header, seen_from) is True
    if mirrored:
        notes.append("The header says that the picture is stored mirrored: it is turned back where it is measured.")
    if picture.turned:
        notes.append("The file says that the camera was turned: the picture is turned upright.")
    scale = None
    _check_square(picture.header)
    try:
        found_scale = scale_of_header(picture.header)
        notes.append(found_scale.formula)
        if found_scale.mm_per_px is not None and max(found_scale.mm_per_px) <= COARSEST_MM_PER_PX:
            scale = {"from": "header", "mm_per_px": list(found_scale.mm_per_px)}
    except ScaleUnclear as unclear:
        notes.append(str(unclear))
    record = {
        "id": name,
        "view": view,
        "side": side,
        "seen_from": seen_from,
        "pixels_sha256": picture.sha256,
        "columns": picture.columns,
        "rows": picture.rows,
        "mirrored": mirrored,
        "scale": scale,
        "points": [],
    }
    return record, notes


def _check_square(header: Mapping[str, Any]) -> None:
    """Refuse pixels that are oblong by a spacing which is no scale at the bone."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        sizes = header.get(keyword) or []
        if len(sizes) == 2 and min(sizes) > 0.0 and max(sizes) > min(sizes) * (1.0 + _SQUARE):
            try:
                if scale_of_header(header).mm_per_px is not None:
                    return
            except ScaleUnclear:
                pass
            raise FilmRefused("oblong", f"{sizes[0]:g} x {sizes[1]:g}")


def _axes(header: Mapping[str, Any], seen_from: SeenFrom) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Directions (right, up) of the rows and of the columns, by the first letter of each; None where none fits."""
    letters = header.get("PatientOrientation", ())
    right = _TO_THE_RIGHT[seen_from]
    places = {**_UP, right: (1, 0), _OPPOSITE[right]: (-1, 0)}
    if len(letters) != 2 or any(word[0] not in places for word in letters):
        return None
    return places[letters[0][0]], places[letters[1][0]]


def _spoken(seen_from: SeenFrom) -> str:
    return seen_from if seen_from in ("front", "back") else f"patient's {seen_from}"
