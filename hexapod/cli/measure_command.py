"""The command `measure`: points on radiographs to words with standard deviations, alignment and CORA."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from hexapod.case.files import load_value, parse_value
from hexapod.cli.common import OK, add_which_hexapod, print_json
from hexapod.films.deformity_words import MeasuredSize
from hexapod.films.measure import FilmMeasurement, measurement_of
from hexapod.hardware.catalogue import Catalogue
from hexapod.text.case_sentences import spoken
from hexapod.text.safety_notice import NOTICE


def add_measure(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command with its words."""
    parser = command("measure", "points placed on radiographs: deformity, alignment and CORA, each with its SD")
    parser.add_argument(
        "file",
        metavar="FILE",
        help="limb, reference and measured_with (`docs/films.md`), or a case",
    )
    add_which_hexapod(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_measure)


def _measure(words: argparse.Namespace, _catalogue: Catalogue) -> int:
    value = parse_value(sys.stdin.buffer.read()) if words.file == "-" else load_value(words.file)
    found = measurement_of(value, words.hexapod - 1 if words.hexapod is not None else words.level or 0)
    if words.format == "json":
        print_json(found.document())
    else:
        print("\n".join(_text(found)))
    for warning in found.warnings:
        print(f"Check: {warning}", file=sys.stderr)
    return OK


def _text(found: FilmMeasurement) -> list[str]:
    """The measurement for a terminal."""
    lines = ["Deformity, on radiographs orthogonal to the reference fragment"]
    lines += [_size_line(size) for size in found.deformity.sizes] or ["  The points tell none."]
    lines.append("  Axial rotation does not follow from radiographs: it is measured clinically.")
    if found.alignment:
        lines += ["", "Alignment", *(_alignment_line(entry) for entry in found.alignment)]
    if found.cora:
        lines += ["", "CORA", *(_cora_line(entry) for entry in found.cora)]
    return [*lines, "", NOTICE]


def _size_line(size: MeasuredSize) -> str:
    unit = size.pair.unit
    most = max(size.contributors, key=lambda name: size.contributors[name])
    share = f"{most}: {size.contributors[most]:.1f} of {size.sd:.1f} {unit}"
    return f"  {size.size:.1f} +/- {size.sd:.1f} {unit} {spoken(size.word)}   ({', '.join(size.films)}; {share})"


def _alignment_line(entry: dict[str, Any]) -> str:
    name, _, unit = entry["word"].rpartition("_")
    word = "" if name == "angle" else f" {name.replace('_', ' ')}"
    said = f"  {entry['name']:6}{entry['size']:6.1f} +/- {entry['sd']:.1f} {unit}{word} ({entry['film']})"
    if "range_deg" in entry:
        low, high = entry["range_deg"]
        said += f"; adults {low:g} to {high:g} ({entry['status']})"
    return said


def _cora_line(entry: dict[str, Any]) -> str:
    if entry["view"] == "oblique":
        return (
            f"  oblique plane: {entry['angle_deg']:.1f} +/- {entry['sd_deg']:.1f} deg, "
            f"{entry['from_frontal_deg']:.0f} deg from the frontal plane, apex {entry['apex']}"
        )
    places = [f"{size:.1f} mm {spoken(word)}" for word, size in entry.get("from_origin", {}).items()]
    where = f"{' and '.join(places)} of the origin" if places else "on the radiograph"
    unit = "mm" if "height_sd_mm" in entry else "px"
    sd = entry[f"height_sd_{unit}"]
    kind = f"{entry['is']}, {entry['angle_deg']:.1f} deg"
    return f"  {entry['film']}: axes cross {where}, height +/- {sd:.1f} {unit} ({kind})"
