"""The command line: the parser, the short commands, and the exit status.

Results go to standard output, all else to standard error.
Exit status: 0 ok or caution, 1 refused, 2 the file or the arguments are invalid.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hexapod.about import SOFTWARE, sample_files
from hexapod.checks.findings import worst_verdict
from hexapod.cli.common import (
    OK,
    REFUSED,
    WRONG,
    add_today,
    add_which_hexapod,
    finding_lines,
    found_on,
    print_json,
    read_case_named,
    status_of,
    which_hexapod,
)
from hexapod.cli.follow_up import add_follow_up
from hexapod.cli.library import add_library
from hexapod.cli.plan import add_accuracy, add_advise, add_measure, add_plan, add_radiograph
from hexapod.cli.rings import add_calibrate
from hexapod.cli.study import add_study
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.hardware.models import Ring, Strut, shown_name
from hexapod.plan.make_plan import make_plan
from hexapod.plan.plan_file import finding_document, pose_document
from hexapod.text.case_sentences import words_sentence
from hexapod.text.languages import NOTICE

USUAL_PORT = 8501
# Beside that of the app.
USUAL_HOME_PORT = 8502


def main(arguments: Sequence[str] | None = None, open_app: Callable[[int, bool], int] | None = None) -> int:
    """Run one command; the exit status.

    `open_app` serves the app on a port, with or without opening a browser; without it there is no command `app`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # the JSON is UTF-8 whatever the terminal's language
    parser = _parser(open_app)
    try:
        parsed = parser.parse_args(arguments)
    except SystemExit as leaving:  # argparse exits by itself: 0 after --help, 2 after a wrong argument
        return int(leaving.code or 0)
    try:
        catalogue = load_catalogue(*parsed.hardware)
        status: int = parsed.run(parsed, catalogue)
    except HexapodError as error:
        print(error, file=sys.stderr)
        return WRONG
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return WRONG
    return status


def _parser(open_app: Callable[[int, bool], int] | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hexapod" if Path(sys.argv[0]).stem == "hexapod" else "python -m hexapod",
        description="Plans the daily strut settings of hexapod external fixators. " + NOTICE,
        epilog="CASE is a case file (docs/case-format.md), or - for standard input. "
        "Exit status: 0 ok or caution, 1 refused, 2 the file or the arguments are invalid.",
    )
    parser.add_argument("--version", action="version", version=SOFTWARE)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    parser.set_defaults(hardware=[])  # for the commands that take none

    def bare_command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        one = bare_command(name, text)
        one.add_argument(
            "--hardware", metavar="FILE", type=Path, action="append", default=[], help="a catalogue file of your own"
        )
        return one

    add_plan(command)
    add_accuracy(command)

    pose = command("pose", "the remaining deformity by six readings taken now, as magnitudes and directions")
    pose.add_argument("case", metavar="CASE")
    add_which_hexapod(pose)
    pose.add_argument("--settings", metavar="MM", type=float, nargs=6, required=True, help="readings of struts 1 to 6")
    pose.add_argument("--format", choices=("text", "json"), default="text")
    pose.set_defaults(run=_pose)

    add_follow_up(command)
    add_advise(command)
    add_study(command)
    add_radiograph(bare_command)
    add_measure(bare_command)
    add_calibrate(bare_command)

    check = command("check", "the findings of a case only")
    check.add_argument("case", metavar="CASE")
    check.add_argument("--format", choices=("text", "json"), default="text")
    add_today(check)
    check.set_defaults(run=_check)

    catalogue = command("catalogue", "rings and struts with source and status")
    catalogue.set_defaults(run=_catalogue)

    samples = bare_command("samples", "paths of the sample cases, one per line")
    samples.set_defaults(run=_samples)

    if open_app is not None:
        _add_app(bare_command, open_app)

    home = bare_command("home", "the page of signed plans at home, served by this machine until Ctrl-C (docs/home.md)")
    home.add_argument(
        "--port",
        metavar="N",
        type=_port,
        default=USUAL_HOME_PORT,
        help=f"the port to serve it on, else {USUAL_HOME_PORT}",
    )
    home.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="the address to listen on, else 127.0.0.1")
    home.set_defaults(run=_home)

    add_library(command)
    return parser


def _add_app(command: Callable[[str, str], argparse.ArgumentParser], open_app: Callable[[int, bool], int]) -> None:
    app = command("app", "open the app in a browser, served by this machine until Ctrl-C")
    app.add_argument(
        "--port", metavar="N", type=_port, default=USUAL_PORT, help=f"the port to serve it on, else {USUAL_PORT}"
    )
    app.add_argument("--no-browser", action="store_true", help="serve it only")
    app.set_defaults(run=lambda arguments, _: open_app(arguments.port, not arguments.no_browser))


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: a whole number from 1 to 65535")
    return int(text)


def _home(words: argparse.Namespace, _catalogue: Catalogue) -> int:
    # A server takes a while to load, which no other command should wait for.
    from hexapod.home.server import serve

    return serve(words.port, words.host)


def _samples(_words: argparse.Namespace, _catalogue: Catalogue) -> int:
    print("\n".join(str(path) for path in sample_files()))
    return OK


def _check(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    case = read_case_named(arguments.case)
    findings, verdict = found_on(make_plan(case, catalogue), arguments.today)
    if arguments.format == "json":
        print_json([finding_document(finding) for finding in findings])
    else:
        print("\n".join([f"Status: {verdict.upper()}", *finding_lines(findings)]))
    return status_of(verdict)


def _pose(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.follow_up.compare_with_plan import pose_now

    case = read_case_named(arguments.case)
    index = which_hexapod(arguments, case)
    now = pose_now(case, index, tuple(arguments.settings), catalogue)
    if arguments.format == "json":
        document = pose_document(case.id, index, now.remaining, now.T_ref_mov, now.residual_mm, now.findings)
        print_json(document)
    else:
        level = case.levels[index]
        print(f"{case.id} · {case.limb.side.upper()} {case.limb.bone.upper()} · hexapod {index + 1}, {level.name}")
        if now.remaining is None:
            print("No deformity can be given for these readings.")
        else:
            print(f"Remaining deformity by these readings: {words_sentence(now.remaining)}{_fit(now.residual_mm)}")
        print("\n".join(finding_lines(now.findings)))
    refused = now.T_ref_mov is None or worst_verdict(now.findings) == "refused"
    return REFUSED if refused else OK


def _fit(residual_mm: float | None) -> str:
    """How well the pose fits the readings, without the digits that are only numerical noise."""
    if residual_mm is None:
        return ""
    off = f"the pose misses them by {residual_mm:.2f} mm" if residual_mm >= 0.005 else "the pose fits them exactly"
    return f" ({off})"


def _catalogue(_: argparse.Namespace, catalogue: Catalogue) -> int:
    print("Rings (inner diameter mm)")
    for ring in catalogue.rings.values():
        print(f"  {ring.name:24}{shown_name(ring):28}{2 * ring.inner_radius_mm:6g}   {_sources(ring)}")
    print("\nStruts (scale mm)")
    for strut in catalogue.struts.values():
        scale = f"{strut.min_mm:g} to {strut.max_mm:g} by {strut.graduation_mm:g}"
        print(f"  {strut.name:24}{shown_name(strut):50}{scale:20} {_sources(strut)}")
        if strut.acute is not None:
            print(f"  {'':74}acute part {strut.acute_text()}, locked: {strut.name}@MM")
    return OK


def _sources(item: Ring | Strut) -> str:
    """Every status with its source and the values it covers, the most common first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, value in item.provenance.items():
        groups.setdefault((value.status, value.source), []).append(name)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return "; ".join(
        f"{status}{'' if number == 0 else ' (' + ', '.join(names) + ')'}: {source}"
        for number, ((status, source), names) in enumerate(ordered)
    )
