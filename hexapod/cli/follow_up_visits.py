"""`follow-up --visits`: one estimate from the visits of a treatment, how it will end, and the re-plan from it."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hexapod.case.model import Case
from hexapod.cli.common import (
    OK,
    REFUSED,
    check_new_file,
    finding_lines,
    print_json,
    read_bytes_named,
    read_case_named,
    save_new_case,
    which_hexapod,
)
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.make_plan import Refusal, make_plan
from hexapod.plan.plan_file import short_fingerprint
from hexapod.text.safety_notice import NOTICE

if TYPE_CHECKING:
    from hexapod.follow_up.replan import Wishes


def add_visits(parser: argparse.ArgumentParser) -> None:
    """The options for several visits at once."""
    several = parser.add_argument_group("several visits", "instead of --date and --settings")
    several.add_argument("--visits", metavar="FILE", help="readings and measurements of all visits, hexapod-visits/1")
    several.add_argument(
        "--use",
        choices=("last", "all"),
        help="the last measurement alone, or one fit of all: of the case's and of every visit's",
    )
    several.add_argument(
        "--goal",
        metavar=("DEG", "MM"),
        type=float,
        nargs=2,
        help="angle and distance from the intended end that count as reached; 5 and 5 when left out",
    )


def estimate_command(words: argparse.Namespace, wishes: Wishes, catalogue: Catalogue) -> int:
    """Print the estimate, and with --out write the re-plan from it; the exit status.

    Raises:
        HexapodError: options that do not go together, or files that make no sense.
    """
    from hexapod.estimation.fit import NotSettled
    from hexapod.estimation.follow_up_estimate import estimate_visits, replan_estimated
    from hexapod.estimation.visit_file import parse_visits
    from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnsaid
    from hexapod.preoperative.end_error import Goal
    from hexapod.text.estimate_text import DOUBTFUL, NOTHING, estimate_document, estimate_text

    if words.use is None:
        raise HexapodError("Say --use last (the last measurement alone) or --use all (one fit of all measurements).")
    if words.date is not None or words.settings is not None or words.deformity is not None:
        raise HexapodError("--date, --settings and --deformity are those of a single visit: the file has its own.")
    if words.case == "-" == words.visits:
        raise HexapodError("Only one of CASE and --visits can be -, standard input.")
    goal = Goal() if words.goal is None else Goal.checked(*words.goal)
    check_new_file(words.out)
    case = read_case_named(words.case)
    index = which_hexapod(words, case)
    visits = parse_visits(read_bytes_named(words.visits))
    plan = make_plan(case, catalogue)
    if isinstance(plan, Refusal):
        raise HexapodError("The plan of this case is refused, so nobody has followed it: run `check` to see why.")
    after = visits.visits[-1].day > datetime.date.today()
    if after:
        print(f"{visits.visits[-1].date} is after today: give the date of the visit.", file=sys.stderr)
    try:
        told = estimate_visits(plan, index, visits, words.use, goal, catalogue, words.struts)
    except NotSettled as error:
        if words.format == "json":
            print_json(NOTHING)
        print(error, file=sys.stderr)
        return REFUSED
    if words.format == "json":
        print_json(estimate_document(told))
        if told.estimate.doubtful:
            print(DOUBTFUL, file=sys.stderr)
    else:
        print(estimate_text(told), "", NOTICE, sep="\n")
    if words.out is None:
        return OK
    if after:
        raise HexapodError("Nothing is planned from a visit to come.")
    if told.estimate.doubtful and not wishes.even_if_doubtful:
        print(DOUBTFUL, "  --even-if-doubtful plans from it all the same.", sep="\n", file=sys.stderr)
        return REFUSED
    try:
        new = replan_estimated(plan, index, visits, told.estimate, wishes, catalogue)
    except (DoubtfulReadings, StrutsUnsaid) as error:
        hint = "--even-if-doubtful takes them as they are, once they were read again."
        if isinstance(error, StrutsUnsaid):
            hint = "--struts MODEL,… (six) says so; --struts-of HEXAPOD MODEL,… for a hexapod that was not read."
        print(error, f"  {hint}", sep="\n", file=sys.stderr)
        return REFUSED
    return _write(new, words.out, catalogue)


def _write(new: Case, path: Path, catalogue: Catalogue) -> int:
    planned = make_plan(new, catalogue)
    save_new_case(new, path)
    print(
        f"wrote {path}: day 0 is {new.start_date}, fingerprint {short_fingerprint(new.sha256)}; the status of its plan "
        f"is {planned.verdict.upper()}",
        *finding_lines(planned.findings),
        sep="\n",
        file=sys.stderr,
    )
    return REFUSED if planned.verdict == "refused" else OK
