"""What several commands share: exit statuses, reading a case, findings as lines."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hexapod.case.field_types import DATE
from hexapod.case.files import load_case, parse_case, save_case
from hexapod.case.model import Case
from hexapod.checks.case_entries import findings_at
from hexapod.checks.findings import Finding, Verdict, worst_verdict
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.text.grouped_findings import grouped

OK, REFUSED, WRONG = 0, 1, 2


def read_case_named(name: str) -> Case:
    """The case in a file, or from standard input when the name is `-`."""
    return parse_case(sys.stdin.buffer.read()) if name == "-" else load_case(name)


def read_bytes_named(name: str) -> bytes:
    """The bytes of a file, or of standard input when the name is `-`.  Raises HexapodError when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise HexapodError(f"{name} cannot be read: {error.strerror or error}.") from error


def status_of(verdict: Verdict) -> int:
    """The exit status of a verdict."""
    return REFUSED if verdict == "refused" else OK


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    """Findings for a terminal, those of one kind shown once."""
    return [
        f"  {group.worst.verdict.upper()} {group.worst.code} (hexapod {group.worst.level + 1}): {group.message}"
        for group in grouped(findings)
    ]


def calendar_date(text: str) -> datetime.date:
    """A date of a call.  Raises ArgumentTypeError with what to type."""
    try:
        if not DATE.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date of the calendar written YYYY-MM-DD") from None


def add_today(command: argparse.ArgumentParser) -> None:
    """Add the word that says on which day a case is looked at, for the date of its day 0."""
    command.add_argument(
        "--today",
        metavar="DATE",
        type=calendar_date,
        help="the date on which the case is looked at, YYYY-MM-DD; that of this computer when left out",
    )


def found_on(plan: Plan | Refusal, today: datetime.date | None) -> tuple[list[Finding], Verdict]:
    """The findings of a plan with what today's date adds to them, and the verdict of all."""
    findings = [*plan.findings, *findings_at(plan.case, today or _today())]
    return findings, worst_verdict(findings)


def _today() -> datetime.date:
    return datetime.date.today()


def print_json(value: Any) -> None:
    """A file of ours on standard output."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1))


def add_which_hexapod(parser: argparse.ArgumentParser) -> None:
    """The two options that say which hexapod of a case is meant."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--level", metavar="N", type=int, default=None, help="the hexapod, counted from 0 as in files")
    which.add_argument("--hexapod", metavar="N", type=int, default=None, help="the hexapod, counted from 1")


def which_hexapod(words: argparse.Namespace, case: Case) -> int:
    """The index of the hexapod that is meant, counted from 0; the first when none is named.

    Raises:
        HexapodError: the case has none of that number.
    """
    count = len(case.levels)
    if words.hexapod is not None and not 1 <= words.hexapod <= count:
        numbers = "one hexapod: --hexapod 1" if count == 1 else f"hexapods --hexapod 1 to --hexapod {count}"
        raise HexapodError(f"The case has {numbers}; there is no hexapod {words.hexapod}.")
    return words.hexapod - 1 if words.hexapod is not None else words.level or 0


def check_new_file(path: Path | None) -> None:
    """Raises HexapodError when a file to be written exists: nothing is overwritten."""
    if path is not None and os.path.lexists(path):
        raise HexapodError(f"{path} exists: give another name, nothing is overwritten.")


def save_new_case(case: Case, path: Path) -> None:
    """Write a case to a new file.  Raises HexapodError when it cannot be written."""
    try:
        save_case(case, path)
    except OSError as error:
        raise HexapodError(f"{path} cannot be written: {error.strerror or error}.") from error
