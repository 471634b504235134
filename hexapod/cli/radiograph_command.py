"""The command `radiograph`: a file, DICOM or picture, to a radiograph of `measured_with` that waits for its points."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from hexapod.case.film_format import SEEN_FROM
from hexapod.cli.common import OK, check_new_file, print_json, read_bytes_named
from hexapod.errors import HexapodError
from hexapod.films.film_file import read_film
from hexapod.films.film_header import record_of
from hexapod.hardware.catalogue import Catalogue


def add_radiograph(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command with its words."""
    parser = command(
        "radiograph", "open a DICOM, PNG, JPEG or TIFF: its size, scale and side as measured_with has them"
    )
    parser.add_argument("file", metavar="FILE", help="the radiograph; - for standard input")
    parser.add_argument("--side", choices=("left", "right"), required=True, help="side of the limb")
    parser.add_argument("--view", choices=tuple(SEEN_FROM), required=True)
    parser.add_argument(
        "--seen-from",
        choices=("front", "back", "left", "right"),
        required=True,
        help="front or back for ap, the patient's left or right for lateral",
    )
    parser.add_argument("--id", default="radiograph-1", help="what the radiograph is called among the others")
    parser.add_argument(
        "--picture", metavar="PNG", type=Path, help="also write the grey picture, without any name in it"
    )
    parser.add_argument("--window", nargs=2, type=float, metavar=("LOWEST", "HIGHEST"), help="numbers that are shown")
    parser.add_argument("--invert", action="store_true", help="turn bright and dark round")
    parser.add_argument(
        "--black-out",
        nargs=4,
        type=int,
        action="append",
        default=[],
        metavar=("LEFT", "TOP", "RIGHT", "BOTTOM"),
        help="a rectangle in pixels that the picture shall not show, such as a name",
    )
    parser.set_defaults(run=_radiograph)


def _radiograph(words: argparse.Namespace, _catalogue: Catalogue) -> int:
    if words.seen_from not in SEEN_FROM[words.view]:
        one, other = SEEN_FROM[words.view]
        raise HexapodError(
            f"A radiograph with --view {words.view} is seen from the {one} or the {other}: correct --seen-from."
        )
    check_new_file(words.picture)
    picture = read_film(
        read_bytes_named(words.file),
        window=None if words.window is None else tuple(words.window),
        invert=words.invert,
        black_out=[tuple(box) for box in words.black_out],
    )
    if words.picture is not None:
        try:
            words.picture.write_bytes(picture.png)
        except OSError as error:
            raise HexapodError(f"{words.picture} cannot be written: {error.strerror or error}.") from error
    record, notes = record_of(picture, name=words.id, side=words.side, view=words.view, seen_from=words.seen_from)
    print_json(record)
    for note in notes:
        print(f"Check: {note}", file=sys.stderr)
    return OK
