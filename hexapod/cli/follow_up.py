"""The command `follow-up`: what readings of a date say about the plan, and the re-plan that starts from them.

With `--visits` it is one estimate from the visits of a treatment, how it will end, and the re-plan from it.  What only
this command needs is imported when it runs: the others start sooner without it.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hexapod.case.files import parse_deformity
from hexapod.case.model import Case
from hexapod.checks.findings import worst_verdict
from hexapod.cli.common import (
    OK,
    REFUSED,
    add_which_hexapod,
    calendar_date,
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
from hexapod.text.languages import NOTICE

if TYPE_CHECKING:
    from hexapod.follow_up.compare_with_plan import FollowUp
    from hexapod.follow_up.replan import Wishes


def add_follow_up(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command to a parser, whose `command` makes one by name and text."""
    parser = command(
        "follow-up", "readings of a visit compared with the plan: remaining deformity, likely cause, and a re-plan"
    )
    parser.add_argument("case", metavar="CASE")
    told = "when the scales were read, YYYY-MM-DD"
    parser.add_argument("--date", metavar="D", type=calendar_date, help=told)
    parser.add_argument("--settings", metavar="MM", type=float, nargs=6, help="readings of struts 1 to 6")
    add_which_hexapod(parser)
    parser.add_argument(
        "--struts",
        metavar="MODELS",
        type=_models,
        help="the six strut models on the frame, struts 1 to 6, separated by commas; own for the case's own",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    plan = parser.add_argument_group(
        "re-plan", "a new case that starts from these readings; CASE itself is not changed"
    )
    plan.add_argument("--out", metavar="NEWCASE", type=Path, help="write it there; no file of that name may exist")
    plan.add_argument("--pause", metavar="DAYS", type=int, default=0, help="hold for this many days first")
    plan.add_argument(
        "--turn-back", metavar="DAYS", type=int, default=0, help="then reverse this many days of the plan"
    )
    plan.add_argument(
        "--slower", metavar="MM_PER_DAY", type=float, help="a lower maximum rate for every stage that moves"
    )
    plan.add_argument(
        "--deformity", metavar="FILE", type=Path, help="newly measured, as a JSON object of directions and magnitudes"
    )
    plan.add_argument("--even-if-doubtful", action="store_true", help="also from readings that are probably misread")
    plan.add_argument(
        "--struts-of",
        metavar=("HEXAPOD", "MODELS"),
        nargs=2,
        action="append",
        default=[],
        help="the six models on a hexapod (counted from 1) that was not read",
    )
    add_visits(parser)
    parser.set_defaults(run=_run)


def _models(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _run(words: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.follow_up.compare_with_plan import follow_up
    from hexapod.text.follow_up_text import follow_up_document, follow_up_text

    wishes = _wishes(words)
    if words.visits is not None:
        return estimate_command(words, wishes, catalogue)
    if words.date is None or words.settings is None:
        raise HexapodError("Give --date and --settings, the readings of one visit, or --visits FILE for several.")
    if words.use is not None or words.goal is not None:
        raise HexapodError("--use and --goal belong to --visits FILE.")
    check_new_file(words.out)
    case = read_case_named(words.case)
    if words.date > datetime.date.today():
        _after_today(words)
    plan = make_plan(case, catalogue)
    index = which_hexapod(words, case)
    found = follow_up(plan, words.date, tuple(words.settings), index, catalogue, words.struts)
    if words.format == "json":
        print_json(follow_up_document(found))
    else:
        print("\n".join([follow_up_text(found), *_answers(found), *finding_lines(found.findings), "", NOTICE]))
    if found.asked is not None and found.asked.needed:
        print(found.asked.told, *_answers(found), sep="\n", file=sys.stderr)
        return REFUSED
    refused = found.explanation.kind == "unexplained" or worst_verdict(found.findings) == "refused"
    status = REFUSED if refused else OK
    if words.out is None:
        return status
    return max(status, _write(found, wishes, catalogue, words.out))


def _after_today(words: argparse.Namespace) -> None:
    """Readings of a day to come may be tried; nothing is built on them.

    Raises:
        HexapodError: a re-plan is asked for.
    """
    told = f"--date {words.date.isoformat()} is after today: give the date on which the scales were read."
    if words.out is not None:
        raise HexapodError(told)
    print(told, file=sys.stderr)


def _wishes(words: argparse.Namespace) -> Wishes:
    """The options of the re-plan, which need a file to go to."""
    from hexapod.follow_up.replan import Wishes

    given = words.pause or words.turn_back or words.even_if_doubtful or words.struts_of
    if words.out is None and (given or words.slower is not None or words.deformity is not None):
        raise HexapodError("The options of a re-plan need --out NEWCASE, the file for the new case.")
    deformity = None
    if words.deformity is not None:
        try:
            deformity = parse_deformity(words.deformity.read_bytes()).words()
        except OSError as error:
            raise HexapodError(f"{words.deformity} cannot be read: {error.strerror or error}.") from error
    others = {_index(number): _models(models) for number, models in words.struts_of}
    return Wishes(words.pause, words.turn_back, words.slower, deformity, words.even_if_doubtful, others)


def _index(number: str) -> int:
    """A hexapod counted from 1, as the index from 0."""
    if not number.isdecimal() or int(number) < 1:
        raise HexapodError(
            f"--struts-of {number}: give the number of the hexapod, counted from 1, then its six models."
        )
    return int(number) - 1


def _answers(found: FollowUp) -> list[str]:
    """How the question which struts are on is answered."""
    if found.asked is None:
        return []
    return [f"  {one.when}: --struts {','.join(one.models)}" for one in found.asked.answers]


def _write(found: FollowUp, wishes: Wishes, catalogue: Catalogue, path: Path) -> int:
    from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnsaid, replan

    try:
        new = replan(found, wishes, catalogue)
    except StrutsUnsaid as error:
        print(error, "  --struts-of HEXAPOD MODEL,MODEL,MODEL,MODEL,MODEL,MODEL says so.", sep="\n", file=sys.stderr)
        return REFUSED
    except DoubtfulReadings as error:
        print(
            error, "  --even-if-doubtful takes them as they are, once they were read again.", sep="\n", file=sys.stderr
        )
        return REFUSED
    planned = make_plan(new, catalogue)
    save_new_case(new, path)
    print(
        f"wrote {path}: day 0 is {new.start_date}, fingerprint {short_fingerprint(new.sha256)}, continues "
        f"{short_fingerprint(found.plan.case_sha256)}; the status of its plan is {planned.verdict.upper()}",
        *_unread(found),
        *finding_lines(planned.findings),
        sep="\n",
        file=sys.stderr,
    )
    return REFUSED if planned.verdict == "refused" else OK


def _unread(found: FollowUp) -> list[str]:
    """Where the levels that were not read are taken to stand."""
    from hexapod.follow_up.remaining_stages import unread_day

    day = unread_day(found)
    return [
        f"  Hexapod {index + 1} ({level.name}) was not read: it is assumed to be as planned for day "
        f"{min(day, level.last.day)}. Read its scales before following the new plan."
        for index, level in enumerate(found.plan.levels)
        if index != found.level
    ]


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
    from hexapod.estimation.observations import parse_visits
    from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnsaid
    from hexapod.preoperative.end_error import Goal
    from hexapod.text.follow_up_text import DOUBTFUL, NOTHING, estimate_document, estimate_text

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
    return _write_estimate(new, words.out, catalogue)


def _write_estimate(new: Case, path: Path, catalogue: Catalogue) -> int:
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
