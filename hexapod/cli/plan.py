"""The commands before a treatment: plan (also its drafts of documents), advise, measure, radiograph.

Modules that only one command needs are imported by that command, so that `plan` starts sooner.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hexapod.case.files import load_value, parse_value
from hexapod.case.film_format import SEEN_FROM
from hexapod.case.model import Case
from hexapod.checks.findings import Finding, Verdict
from hexapod.cli.common import (
    OK,
    REFUSED,
    SIGNING,
    add_goal,
    add_print_words,
    add_today,
    add_which_hexapod,
    check_new_file,
    finding_lines,
    found_on,
    print_json,
    read_bytes_named,
    read_case_named,
    save_new_case,
    status_of,
    tell,
    which_hexapod,
    write_documents,
)
from hexapod.documents.schedule_csv import schedule_text
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.make_plan import Plan, Refusal, make_plan
from hexapod.plan.plan_file import finding_document, plan_document, plan_sha256, short_fingerprint
from hexapod.preoperative.end_error import Goal, accuracy_document
from hexapod.text.case_sentences import level_sentences, movement_sentences, spoken
from hexapod.text.languages import NOTICE
from hexapod.text.milestones import travel_sentences
from hexapod.text.preoperative_text import (
    accuracy_text,
    end_error_sentences,
)

if TYPE_CHECKING:
    from hexapod.documents.document_set import PrintOptions
    from hexapod.films.deformity_words import MeasuredSize
    from hexapod.films.measure import FilmMeasurement


def add_plan(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command and its arguments to the parser."""
    plan = command("plan", "plan a case: settings for every day, with findings and all documents")
    plan.add_argument("case", metavar="CASE")
    plan.add_argument("--format", choices=("text", "json"), default="text")
    plan.epilog = "Documents of --out are drafts: every page says DRAFT. " + SIGNING
    plan.add_argument(
        "--out", metavar="DIR", type=Path, help="write the documents there as DRAFT, from patient sheet to calendar"
    )
    add_print_words(plan)
    add_today(plan)
    plan.add_argument(
        "--acknowledge",
        nargs=3,
        action="append",
        default=[],
        metavar=("CODE", "NAME", "REASON"),
        help="a warning acknowledged: its code, by whom and why, for the report; may be repeated",
    )
    plan.set_defaults(run=_plan)


def _plan(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    _check_arguments(arguments)
    goal = Goal.checked(*arguments.goal)
    case = read_case_named(arguments.case)
    plan = make_plan(case, catalogue)
    options = None if arguments.out is None or isinstance(plan, Refusal) else _options(plan, arguments)
    findings, verdict = found_on(plan, arguments.today)
    if arguments.format == "json":
        judged = {"verdict": verdict, "findings": [finding_document(finding) for finding in findings]}
        print_json(plan_document(plan) | judged)
    else:
        print(_plan_text(plan, findings, verdict, goal))
    if options is not None:
        from hexapod.documents.document_set import documents

        write_documents(case, documents(plan, options), arguments)
        tell("These are drafts: every page says DRAFT, the calendar is silent. " + SIGNING)
    elif arguments.out is not None:
        why = [finding for finding in plan.findings if finding.verdict == "refused"]
        print("\n".join([f"Refused: nothing was written to {arguments.out}.", *finding_lines(why)]), file=sys.stderr)
    return status_of(plan.verdict)


def _check_arguments(arguments: argparse.Namespace) -> None:
    """Raises HexapodError for options about documents when no documents are written."""
    given = {
        "--acknowledge": arguments.acknowledge,
        "--force": arguments.force,
    }
    lost = [word for word, value in given.items() if value]
    if lost and arguments.out is None:
        raise HexapodError(f"{', '.join(lost)} is for documents: give --out DIR as well.")


def _options(plan: Plan, arguments: argparse.Namespace) -> PrintOptions:
    """The choices for the documents.  Raises HexapodError for a caution that the plan does not have."""
    from hexapod.documents.document_set import PrintOptions
    from hexapod.plan.sign_off import acknowledgements

    try:
        accepted = acknowledgements(plan, arguments.acknowledge)
    except HexapodError as error:
        cautions = [finding.code for finding in plan.findings if finding.verdict == "caution"]
        type_this = f'Type --acknowledge {cautions[0]} "WHO" "WHY".' if cautions else "Leave --acknowledge out."
        raise HexapodError(f"{error} Nothing was written. {type_this}") from error
    goal = Goal.checked(*arguments.goal)
    return PrintOptions(arguments.language, arguments.paper, accepted, strut_tables=arguments.strut_tables, goal=goal)


def _plan_text(plan: Plan | Refusal, findings: Sequence[Finding], verdict: Verdict, goal: Goal) -> str:
    case = plan.case
    lines = [
        f"{case.id}: {case.title}" if case.title else case.id,
        f"{case.limb.side.upper()} {case.limb.bone.upper()} · day 0 is {case.start_date} · fingerprint of the entries "
        f"{short_fingerprint(plan.case_sha256)}, plan ID {short_fingerprint(plan_sha256(plan))} · {plan.software}",
        f"Status: {verdict.upper()}",
        *finding_lines(findings),
    ]
    for index, (level, frame) in enumerate(zip(case.levels, plan.frames, strict=True)):
        held = "taken as fixed" if level.coupled else "fixed"
        lines += ["", f"Hexapod {index + 1}, {level.name}: the {level.reference} fragment is {held}."]
        moves = [] if frame is None else movement_sentences(frame.course)
        lines += [f"  {line}" for line in (*level_sentences(level), *moves)]
        for planned in plan.levels[index : index + 1]:
            sentences = [*travel_sentences(planned), *end_error_sentences(planned, goal)]
            lines += ["", schedule_text(planned), *(f"  {line}" for line in sentences)]
    if isinstance(plan, Refusal):
        lines += ["", "Refused: no schedule was made."]
    return "\n".join([*lines, "", NOTICE])


def add_accuracy(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command to a parser, whose `command` makes one by name and text."""
    parser = command("accuracy", "how exact the end of a plan will be, what it is due to, and what to measure again")
    parser.add_argument("case", metavar="CASE")
    add_goal(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_accuracy)


def _accuracy(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    goal = Goal.checked(*arguments.goal)
    plan = make_plan(read_case_named(arguments.case), catalogue)
    if isinstance(plan, Refusal):
        why = [finding for finding in plan.findings if finding.verdict == "refused"]
        print("\n".join(["Refused: no schedule was made.", *finding_lines(why)]), file=sys.stderr)
        return REFUSED
    if arguments.format == "json":
        print_json(accuracy_document(plan, goal))
    else:
        print("\n".join([accuracy_text(plan, goal), "", NOTICE]))
    return OK


def add_advise(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command to a parser, whose `command` makes one by name and text."""
    parser = command("advise", "before surgery: ring separations ranked, with struts and settings to build with")
    parser.add_argument("case", metavar="CASE", help="its rings, stages and families of struts count, not its readings")
    add_which_hexapod(parser)
    parser.add_argument(
        "--heights",
        metavar="MM",
        type=float,
        nargs="+",
        help="ring separations to try instead of every 5 mm within reach",
    )
    parser.add_argument(
        "--frames",
        action="store_true",
        help="try all rings and struts of the case's families, too: fewest change-outs, then steepest struts",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--out", metavar="NEWCASE", type=Path, help="write the case with the best frame there")
    parser.set_defaults(run=_advise)


def _advise(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.preoperative.ring_distance import advise, case_with_advice
    from hexapod.text.frame_advice_text import advice_document, advice_text

    check_new_file(arguments.out)
    case = read_case_named(arguments.case)
    index = which_hexapod(arguments, case)
    if arguments.frames:
        return _frames(arguments, case, index, catalogue)
    options = advise(case, index, arguments.heights, catalogue)
    best = next((option for option in options if not option.why_not), None)
    if arguments.format == "json":
        print_json(advice_document(case, index, options))
    else:
        print("\n".join([advice_text(case, index, options, best), "", NOTICE]))
    return REFUSED if best is None else _saved(case_with_advice(case, index, best), arguments)


def _frames(arguments: argparse.Namespace, case: Case, index: int, catalogue: Catalogue) -> int:
    from hexapod.preoperative.frame_choice import choose_frame
    from hexapod.text.frame_advice_text import frames_document, frames_text

    choice = choose_frame(case, index, arguments.heights, catalogue)
    if arguments.format == "json":
        print_json(frames_document(case, index, choice))
    else:
        print("\n".join([frames_text(case, index, choice, catalogue), "", NOTICE]))
    return _saved(choice.proposals[0].case, arguments) if choice.proposals else REFUSED


def _saved(case: Case, arguments: argparse.Namespace) -> int:
    """Write the case with the best frame where that was asked for."""
    if arguments.out is not None:
        save_new_case(case, arguments.out)
        print(f"wrote {arguments.out}", file=sys.stderr)
    return OK


def add_measure(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command and its arguments to the parser."""
    parser = command("measure", "points placed on radiographs: deformity, alignment and CORA, each with its SD")
    parser.add_argument(
        "file",
        metavar="FILE",
        help="limb, reference and measured_with (`docs/films.md`), or a case",
    )
    add_which_hexapod(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=_measure)


def _measure(arguments: argparse.Namespace, _catalogue: Catalogue) -> int:
    from hexapod.films.measure import measurement_of

    value = parse_value(sys.stdin.buffer.read()) if arguments.file == "-" else load_value(arguments.file)
    found = measurement_of(value, arguments.hexapod - 1 if arguments.hexapod is not None else arguments.level or 0)
    if arguments.format == "json":
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
    text = f"  {entry['name']:6}{entry['size']:6.1f} +/- {entry['sd']:.1f} {unit}{word} ({entry['film']})"
    if "range_deg" in entry:
        low, high = entry["range_deg"]
        text += f"; adults {low:g} to {high:g} ({entry['status']})"
    return text


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


def add_radiograph(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the command and its arguments to the parser."""
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
    parser.add_argument(
        "--window", nargs=2, type=float, metavar=("LOWEST", "HIGHEST"), help="darkest and brightest grey value shown"
    )
    parser.add_argument("--invert", action="store_true", help="swap bright and dark")
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


def _radiograph(arguments: argparse.Namespace, _catalogue: Catalogue) -> int:
    from hexapod.films.film_file import read_film, record_of

    if arguments.seen_from not in SEEN_FROM[arguments.view]:
        one, other = SEEN_FROM[arguments.view]
        raise HexapodError(
            f"A radiograph with --view {arguments.view} is seen from the {one} or the {other}: correct --seen-from."
        )
    check_new_file(arguments.picture)
    picture = read_film(
        read_bytes_named(arguments.file),
        window=None if arguments.window is None else tuple(arguments.window),
        invert=arguments.invert,
        black_out=[tuple(box) for box in arguments.black_out],
    )
    if arguments.picture is not None:
        try:
            arguments.picture.write_bytes(picture.png)
        except OSError as error:
            raise HexapodError(f"{arguments.picture} cannot be written: {error.strerror or error}.") from error
    record, notes = record_of(
        picture, name=arguments.id, side=arguments.side, view=arguments.view, seen_from=arguments.seen_from
    )
    print_json(record)
    for note in notes:
        print(f"Check: {note}", file=sys.stderr)
    return OK
