"""The commands on rings measured with a calliper: calibrate, and the part `rings` of library."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hexapod.case.files import parse_value
from hexapod.cli.common import OK, REFUSED, print_json, read_bytes_named
from hexapod.hardware.catalogue import Catalogue
from hexapod.text.languages import NOTICE

if TYPE_CHECKING:
    from hexapod.library import Records


def add_calibrate(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command to a parser, whose `command` makes one by name and text."""
    parser = command("calibrate", "a ring's joints, or a strut's scale offset, with SD, from what was measured")
    parser.add_argument("file", metavar="FILE", help="hexapod-calibration/1: distances of joints or lengths of a strut")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_calibrate)


def _calibrate(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.preoperative.ring_calibration import calibrate, calibration_of, ring_document
    from hexapod.text.preoperative_text import calibration_text

    value = parse_value(read_bytes_named(arguments.file))
    if isinstance(value, dict) and "strut" in value:
        return _strut(value, arguments, catalogue)
    given = calibration_of(value)
    ring = calibrate(given)
    if arguments.format == "json":
        print_json(ring_document(ring))
    else:
        print("\n".join([calibration_text(ring, given.ring), "", NOTICE]))
    return OK if ring.agrees else REFUSED


def _strut(value: dict[str, Any], arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.preoperative.strut_calibration import calibrate_strut, scale_text, strut_calibration_of

    scale = calibrate_strut(strut_calibration_of(value), catalogue)
    if arguments.format == "json":
        print_json(scale.document())
    else:
        print("\n".join([scale_text(scale), "", NOTICE]))
    return OK if scale.agrees else REFUSED


def print_or_keep(records: Records, arguments: argparse.Namespace) -> int:
    """The clinic's own rings as a hardware file; with a file, its rings are kept."""
    if arguments.file is None:
        print(records.rings.toml(), end="")
    else:
        print(f"kept: {', '.join(records.rings.take_in(read_bytes_named(arguments.file))) or 'nothing new'}")
    return OK
