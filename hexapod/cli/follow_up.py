"""The command `follow-up`: strut readings compared with the plan, and the re-plan that starts from them.

With `--visits` it makes one estimate from all visits of a treatment, predicts the end and re-plans from the estimate.
Modules that only this command needs are imported when it runs, so that the others start sooner.
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
    text = "when the scales were read, YYYY-MM-DD"
    parser.add_argument("--date", metavar="D", type=calendar_date, help=text)
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


def _run(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.follow_up.compare_with_plan import follow_up
    from hexapod.text.follow_up_text import follow_up_document, follow_up_text

    wishes = _wishes(arguments)
    if arguments.visits is not None:
        return estimate_command(arguments, wishes, catalogue)
    if arguments.date is None or arguments.settings is None:
        raise HexapodError("Give --date and --settings, the readings of one visit, or --visits FILE for several.")
    if arguments.use is not None or arguments.goal is not None:
        raise HexapodError("--use and --goal belong to --visits FILE.")
    check_new_file(arguments.out)
    case = read_case_named(arguments.case)
    if arguments.date > datetime.date.today():
        _after_today(arguments)
    plan = make_plan(case, catalogue)
    index = which_hexapod(arguments, case)
    found = follow_up(plan, arguments.date, tuple(arguments.settings), index, catalogue, arguments.struts)
    if arguments.format == "json":
        print_json(follow_up_document(found))
    else:
        print("\n".join([follow_up_text(found), *_answers(found), *finding_lines(found.findings), "", NOTICE]))
    if found.asked is not None and found.asked.needed:
        print(found.asked.sentence, *_answers(found), sep="\n", file=sys.stderr)
        return REFUSED
    refused = found.explanation.kind == "unexplained" or worst_verdict(found.findings) == "refused"
    status = REFUSED if refused else OK
    if arguments.out is None:
        return status
    return max(status, _write(found, wishes, catalogue, arguments.out))


def _after_today(arguments: argparse.Namespace) -> None:
    """Readings dated after today may be tried, but no re-plan is made from them.

    Raises:
        HexapodError: a re-plan is asked for.
    """
    text = f"--date {arguments.date.isoformat()} is after today: give the date on which the scales were read."
    if arguments.out is not None:
        raise HexapodError(text)
    print(text, file=sys.stderr)


def _wishes(arguments: argparse.Namespace) -> Wishes:
    """The options of the re-plan; they need `--out`."""
    from hexapod.follow_up.replan import Wishes

    given = arguments.pause or arguments.turn_back or arguments.even_if_doubtful or arguments.struts_of
    if arguments.out is None and (given or arguments.slower is not None or arguments.deformity is not None):
        raise HexapodError("The options of a re-plan need --out NEWCASE, the file for the new case.")
    deformity = None
    if arguments.deformity is not None:
        try:
            deformity = parse_deformity(arguments.deformity.read_bytes()).words()
        except OSError as error:
            raise HexapodError(f"{arguments.deformity} cannot be read: {error.strerror or error}.") from error
    others = {_index(number): _models(models) for number, models in arguments.struts_of}
    return Wishes(arguments.pause, arguments.turn_back, arguments.slower, deformity, arguments.even_if_doubtful, others)


def _index(number: str) -> int:
    """The index from 0 of a hexapod that is counted from 1."""
    if not number.isdecimal() or int(number) < 1:
        raise HexapodError(
            f"--struts-of {number}: give the number of the hexapod, counted from 1, then its six models."
        )
    return int(number) - 1


def _answers(found: FollowUp) -> list[str]:
    """Which options answer the question which struts are fitted."""
    if found.asked is None:
        return []
    return [f"  {one.when}: --struts {','.join(one.models)}" for one in found.asked.answers]


def _write(found: FollowUp, wishes: Wishes, catalogue: Catalogue, path: Path) -> int:
    from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnknown, replan

    try:
        new = replan(found, wishes, catalogue)
    except StrutsUnknown as error:
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
    """Where hexapods without readings are assumed to be."""
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


def estimate_command(arguments: argparse.Namespace, wishes: Wishes, catalogue: Catalogue) -> int:
    """Print the estimate, and with --out write the re-plan from it; the exit status.

    Raises:
        HexapodError: options that do not go together, or files that make no sense.
    """
    from hexapod.estimation.fit import NotSettled
    from hexapod.estimation.follow_up_estimate import estimate_visits, replan_estimated
    from hexapod.estimation.observations import counted_again, parse_visits
    from hexapod.follow_up.replan import DoubtfulReadings, StrutsUnknown
    from hexapod.preoperative.end_error import Goal
    from hexapod.text.follow_up_text import DOUBTFUL, NOTHING, estimate_document, estimate_text

    if arguments.use is None:
        raise HexapodError("Say --use last (the last measurement alone) or --use all (one fit of all measurements).")
    if arguments.date is not None or arguments.settings is not None or arguments.deformity is not None:
        raise HexapodError("--date, --settings and --deformity are those of a single visit: the file has its own.")
    if arguments.case == "-" == arguments.visits:
        raise HexapodError("Only one of CASE and --visits can be -, standard input.")
    goal = Goal() if arguments.goal is None else Goal.checked(*arguments.goal)
    check_new_file(arguments.out)
    case = read_case_named(arguments.case)
    index = which_hexapod(arguments, case)
    visits = parse_visits(read_bytes_named(arguments.visits))
    plan = make_plan(case, catalogue)
    if isinstance(plan, Refusal):
        raise HexapodError("The plan of this case is refused, so nobody has followed it: run `check` to see why.")
    after = visits.visits[-1].day > datetime.date.today()
    if after:
        print(f"{visits.visits[-1].date} is after today: give the date of the visit.", file=sys.stderr)
    for number in counted_again(case, visits):
        print(
            f"visits[{number}] ({visits.visits[number].date}) is none of the visits that this case was estimated from, "
            f"so it counts as one more. If it is one of them with a number changed, take it out, and estimate again "
            f"from the case before with all visits.",
            file=sys.stderr,
        )
    try:
        estimated = estimate_visits(plan, index, visits, arguments.use, goal, catalogue, arguments.struts)
    except NotSettled as error:
        if arguments.format == "json":
            print_json(NOTHING)
        print(error, file=sys.stderr)
        return REFUSED
    if arguments.format == "json":
        print_json(estimate_document(estimated))
        if estimated.estimate.doubtful:
            print(DOUBTFUL, file=sys.stderr)
        if estimated.end is None:
            print(f"The end of a re-plan cannot be told: {estimated.why_no_end}", file=sys.stderr)
    else:
        print(estimate_text(estimated), "", NOTICE, sep="\n")
    if arguments.out is None:
        return OK
    if after:
        raise HexapodError("Nothing is planned from a visit to come.")
    if estimated.estimate.doubtful and not wishes.even_if_doubtful:
        print(DOUBTFUL, "  --even-if-doubtful plans from it all the same.", sep="\n", file=sys.stderr)
        return REFUSED
    try:
        new = replan_estimated(plan, index, visits, estimated.estimate, wishes, catalogue)
    except (DoubtfulReadings, StrutsUnknown) as error:
        hint = "--even-if-doubtful takes them as they are, once they were read again."
        if isinstance(error, StrutsUnknown):
            hint = "--struts MODEL,… (six) says so; --struts-of HEXAPOD MODEL,… for a hexapod that was not read."
        print(error, f"  {hint}", sep="\n", file=sys.stderr)
        return REFUSED
    return _write_estimate(new, arguments.out, catalogue)


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
