"""The command `advise`: how far apart to mount the rings, and the struts and settings to build with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from hexapod.cli.common import OK, REFUSED, check_new_file, print_json, read_case_named, save_new_case
from hexapod.hardware.catalogue import Catalogue
from hexapod.preoperative.ring_distance import advise, case_with_advice
from hexapod.text.preoperative_text import advice_document, advice_text
from hexapod.text.safety_notice import NOTICE


def add_advise(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command to a parser, whose `command` makes one by name and text."""
    parser = command("advise", "before surgery: distances of the rings ranked, with struts and settings to build with")
    parser.add_argument("case", metavar="CASE", help="its rings, path and families of struts count, not its readings")
    parser.add_argument("--level", metavar="N", type=int, default=0, help="level, counted from 0")
    parser.add_argument(
        "--heights", metavar="MM", type=float, nargs="+", help="distances to try instead of every 5 mm within reach"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--out", metavar="NEWCASE", type=Path, help="write the case with the best frame there")
    parser.set_defaults(run=_advise)


def _advise(words: argparse.Namespace, catalogue: Catalogue) -> int:
    check_new_file(words.out)
    case = read_case_named(words.case)
    options = advise(case, words.level, words.heights, catalogue)
    best = next((option for option in options if not option.why_not), None)
    if words.format == "json":
        print_json(advice_document(case, words.level, options))
    else:
        print("\n".join([advice_text(case, words.level, options, best), "", NOTICE]))
    if best is None:
        return REFUSED
    if words.out is not None:
        save_new_case(case_with_advice(case, words.level, best), words.out)
        print(f"wrote {words.out}", file=sys.stderr)
    return OK
