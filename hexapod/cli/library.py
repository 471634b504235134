"""The commands of the library of cases: audit, backup, restore, library.  They import it only when they run."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hexapod.cli.common import OK, REFUSED, add_documents, print_json, print_signed
from hexapod.cli.rings import print_or_keep
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue

if TYPE_CHECKING:
    from hexapod.library import Library, Listed, Records

Command = Callable[[str, str], argparse.ArgumentParser]
Job = Callable[["Records", argparse.Namespace], int]
WHERE = (
    "The library is the database of HEXAPOD_DATABASE_URL, or library.sqlite3 in the folder HEXAPOD_DATA_DIR, or in the "
    "user's data folder (docs/library.md)."
)
# Those of hexapod/library/models.py, which takes too long to import for a help text.
STATES = ("draft", "caution", "refused", "ready", "signed", "superseded", "stopped", "archived")

UNPROVED = (
    "It came without its head: plans signed in it count as signed elsewhere and are drafts here, and the roles of its "
    "list must be granted again. To keep signatures and roles, import it into an empty library with --head."
)


def add_library(command: Command) -> None:
    """Add the commands to a parser, whose `command` makes one by name and text."""
    audit = command("audit", "the audit trail of the library of cases: check it, export it, print its head")
    audit.epilog = WHERE + " Exit status of verify: 0 intact, 1 something was altered."
    subparsers = audit.add_subparsers(title="what", required=True, metavar="WHAT")
    verify = _part(subparsers, "verify", "check every entry, record and content, and report what was altered", _verify)
    verify.add_argument(
        "--head",
        metavar="HEAD",
        action="append",
        default=[],
        help="a head printed on a document, which must be in the trail; may be repeated",
    )
    export = _part(subparsers, "export", "the whole trail as CSV", _audit_csv)
    export.add_argument("file", metavar="FILE", help="a new file, or - for standard output")
    head = _part(subparsers, "head", "the head of the trail, as printed on signed documents", _head)
    head.add_argument(
        "--to",
        metavar="WHERE",
        help="also write it, with the time, to a file (a line is added) or to syslog. Choose a place that nobody who "
        "can change the library can write to",
    )
    head.add_argument(
        "--every",
        choices=("call", "day"),
        default="call",
        help="with --to FILE: a line at every call, or only at the first call of a day",
    )

    backup = command("backup", "copy the library while it is in use, and check the copy")
    backup.epilog = WHERE + " For PostgreSQL it prints the pg_dump command to run."
    backup.add_argument("file", metavar="FILE", type=Path)
    backup.add_argument("--force", action="store_true", help="write over FILE")
    backup.set_defaults(run=_run(_backup))

    restore = command(
        "restore", "check a backup and put it in the place of the library; the old file is kept beside it"
    )
    restore.epilog = WHERE + " Stop the app first. For PostgreSQL it prints the pg_restore command to run."
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.add_argument(
        "--force", action="store_true", help="also when the library has records: the old file is renamed"
    )
    restore.set_defaults(run=_restore)

    library = command("library", "cases and roles of the library: list, add, documents, export, import, …")
    library.epilog = WHERE + " CASE is the id or the key of a case."
    _add_parts(library.add_subparsers(title="what", required=True, metavar="WHAT"))


def _add_parts(subparsers: Any) -> None:
    find = _part(subparsers, "list", "the cases, those overdue first, then the last changed", _list)
    find.add_argument("text", metavar="WORD", nargs="*", help="words of the id, title or surgeon")
    find.add_argument("--state", choices=STATES, help="archived cases are listed only when asked for")
    find.add_argument("--format", choices=("text", "json"), default="text")
    add = _part(subparsers, "add", "add case files as new cases", _add)
    add.add_argument("files", metavar="FILE", nargs="+", help="case files, or - for standard input")
    text = "check whether a case file continues from the visits of a case; without a file, its last version"
    check = _part(subparsers, "check", text, _check)
    check.add_argument("case", metavar="CASE")
    check.add_argument("file", metavar="FILE", nargs="?", help="the case file to be planned next, or -")
    export = _part(subparsers, "export", "one case, or the whole library, as a zip", _export)
    export.add_argument("file", metavar="FILE", type=Path, help="a new file")
    export.add_argument("--case", metavar="CASE", help="this case only")
    export.add_argument("--films", action="store_true", help="with the radiographs kept; left out otherwise")
    take = _part(subparsers, "import", "import what export wrote: a case, or a library into an empty one", _import)
    take.add_argument("file", metavar="FILE", type=Path)
    take.add_argument(
        "--head",
        metavar="HEAD",
        help="of a whole library: the head that export printed, handed over another way than FILE. Without it, plans "
        "signed there are drafts here, and its roles are not granted",
    )
    text = "write the documents of the signed plan of a case, and record their checksums"
    paper = _described(subparsers, "documents", text)
    add_documents(paper)
    paper.set_defaults(run=_documents)
    erase = _part(subparsers, "erase", "remove the contents of a case for good; checksums of its files stay", _erase)
    erase.add_argument("case", metavar="CASE")
    erase.add_argument("--films", action="store_true", help="only the radiographs kept with it; all else stays")
    erase.add_argument("--ground", required=True, help="why, such as the number of the request; stays readable")
    for name, text in (("grant", "grant a role to a user"), ("withdraw", "withdraw a role from a user")):
        change = _part(subparsers, name, text, _grant if name == "grant" else _withdraw)
        change.add_argument("name", metavar="NAME", help="the user name, as the sign-in reports it")
        change.add_argument("role", metavar="ROLE", help="viewer, planner, signer or administrator")
    change.add_argument(
        "--from-sign-in",
        action="store_true",
        help="also a role that is not on the list because the hospital's sign-in reports it; it ends at once",
    )
    change.add_argument("--told-by-sign-in", action=_Renamed, nargs=0, const="--from-sign-in", help=argparse.SUPPRESS)
    text = "record what came of a treatment; without a file, print what was recorded"
    outcome = _part(subparsers, "outcome", text, _outcome)
    outcome.add_argument("case", metavar="CASE")
    outcome.add_argument("file", metavar="FILE", nargs="?", help="a file hexapod-outcome/1 (docs/outcomes.md), or -")
    text = "the clinic's own results: a table, and with --out pseudonymous CSV and Parquet with their codebook"
    results = _part(subparsers, "results", text, _results)
    results.add_argument("--out", metavar="DIR", type=Path, help="write the export into this folder")
    rings = _part(subparsers, "rings", "the clinic's own measured rings as TOML; with a file, keep its", print_or_keep)
    rings.add_argument("file", metavar="FILE", nargs="?", help="measured rings to be kept, or - for standard input")
    _part(subparsers, "roles", "who has which role by the library's own list", _roles)
    _part(subparsers, "rebuild-list", "rebuild the list of cases from the records", _rebuild)


class _Renamed(argparse.Action):
    """An option of an earlier version: the command ends with an error that gives its new name (`const`)."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.error(f"{self.option_strings[0]} is now called {self.const}.")


def _part(subparsers: Any, name: str, text: str, job: Job) -> argparse.ArgumentParser:
    part = _described(subparsers, name, text)
    part.set_defaults(run=_run(job))
    return part


def _described(subparsers: Any, name: str, text: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = subparsers.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return part


def _run(job: Job) -> Callable[[argparse.Namespace, Catalogue], int]:
    """A command that opens the library, then runs its job."""

    def run(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
        from hexapod.library import ROLES, Actor, open_library

        with open_library(catalogue=catalogue) as library:
            _warn(library)
            return job(library.as_user(Actor(_name(), frozenset(ROLES))), arguments)

    return run


def _warn(library: Library) -> None:
    """Print the warnings about a library on standard error."""
    for warning in library.warnings():
        print(warning, file=sys.stderr)


def _name() -> str:
    """The user name for the audit trail; it shows that the command line was used, where everything is permitted."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    return f"{user} at the command line"


def _verify(records: Records, arguments: argparse.Namespace) -> int:
    found = records.audit.verify(arguments.head)
    for fault in found.faults:
        print(fault)
    state = "intact" if not found.faults else f"BROKEN at {len(found.faults)} places"
    print(f"The audit trail of {found.entries} entries is {state}. Head: {found.head or 'none yet'}")
    return REFUSED if found.faults else OK


def _head(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.library.calls.audit import keep_head

    head = records.audit.head()
    print(head)
    if arguments.to is not None:
        keep_head(head, arguments.to, daily=arguments.every == "day")
    elif arguments.every == "day":
        raise HexapodError("--every day needs --to FILE or --to syslog, the place for the heads.")
    return OK


def _audit_csv(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.library.storage.library_files import into_place, must_be_new, temporary

    if arguments.file == "-":
        records.audit.write_csv(sys.stdout)
        return OK
    path = Path(arguments.file)
    must_be_new(path, "give another name; nothing is overwritten")
    with temporary(path) as made:
        with made.open("w", encoding="utf-8", newline="") as file:
            count = records.audit.write_csv(file)
        into_place(made, path)
    return _printed(f"wrote {path}: {count} entries")


def _backup(records: Records, arguments: argparse.Namespace) -> int:
    found = records.transfer.backup(arguments.file, force=arguments.force)
    return _printed(f"wrote {arguments.file}: {found.entries} entries, checked. Head: {found.head or 'none yet'}")


def _restore(arguments: argparse.Namespace, _: Catalogue) -> int:
    from hexapod.library import restore_library

    kept = restore_library(arguments.file, force=arguments.force, by=_name())
    return _printed(f"restored {arguments.file}" + (f"; what was there before is {kept}" if kept else ""))


def _list(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.library.calls.cases import LARGEST_PAGE

    found: list[Listed] = []
    while page := records.cases.find(
        " ".join(arguments.text), state=arguments.state, limit=LARGEST_PAGE, offset=len(found)
    ).cases:
        found += page
    if arguments.format == "json":
        print_json(
            [{key: str(value) if value is not None else None for key, value in asdict(one).items()} for one in found]
        )
        return OK
    print(f"{'key':26}{'id':22}{'limb':18}{'state':12}{'surgeon':24} changed")
    for one in found:
        limb = f"{one.side.upper()} {one.bone.upper()}"
        changed = one.changed_at[:16].replace("T", " ")
        late = f"  OVERDUE {one.overdue_days} days" if one.overdue_days else ""
        print(f"{one.case:26}{one.case_id or '(no id yet)':22}{limb:18}{one.state:12}{one.surgeon:24} {changed}{late}")
    return OK


def _add(records: Records, arguments: argparse.Namespace) -> int:
    for name in arguments.files:
        _printed(f"added {name} as {records.cases.add(_bytes(name)).case}")
    return OK


def _check(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.case.files import parse_case
    from hexapod.cli.common import finding_lines
    from hexapod.plan.make_plan import make_plan

    key = _key(records, arguments.case)
    case = parse_case(records.versions.file(key) if arguments.file is None else _bytes(arguments.file))
    found = records.plans.continuing(key, make_plan(case))
    print(*finding_lines(found.findings), *found.sentences, sep="\n")
    if found.visit is not None:
        visit, plan = found.visit.visit, found.visit.plan
        date = visit.date.isoformat()
        for six in visit.readings:
            read = " ".join(f"{one:g}" for one in six.settings_mm)
            _printed(
                f"Continue from visit {found.visit.number}: python -m hexapod follow-up CASE_OF_PLAN_{plan} "
                f"--date {date} --hexapod {six.level + 1} --settings {read} --out NEWCASE"
            )
    return REFUSED if found.findings else OK


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise HexapodError(f"{name} cannot be read: {error.strerror or error}.") from error


def _export(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.library.storage.library_files import into_place, must_be_new, temporary

    must_be_new(arguments.file, "give another name; nothing is overwritten")
    head = ""
    with temporary(arguments.file) as made:
        if arguments.case is None:
            with made.open("wb") as file:
                head = records.transfer.export_library(file, films=arguments.films)
        else:
            made.write_bytes(records.transfer.export_case(_key(records, arguments.case), films=arguments.films))
        into_place(made, arguments.file)
    hint = f" Hand this over another way than the file, for `library import --head`: {head}" if head else ""
    return _printed(f"wrote {arguments.file}.{hint}" if hint else f"wrote {arguments.file}")


def _import(records: Records, arguments: argparse.Namespace) -> int:
    try:
        with arguments.file.open("rb") as file:
            taken = records.transfer.import_file(file, arguments.head)
    except OSError as error:
        raise HexapodError(f"{arguments.file} cannot be read: {error.strerror or error}.") from error
    text = f"imported {taken.case or 'a library'}: {taken.records} records"
    return _printed(f"{text}. {UNPROVED}" if taken.unproved else text)


def _documents(arguments: argparse.Namespace, catalogue: Catalogue) -> int:
    from hexapod.library import ROLES, Actor, open_library

    with open_library(catalogue=catalogue) as library:
        _warn(library)
        records = library.as_user(Actor(_name(), frozenset(ROLES)))
        return print_signed(records, _key(records, arguments.case), arguments, catalogue)


def _erase(records: Records, arguments: argparse.Namespace) -> int:
    case = _key(records, arguments.case)
    if arguments.films:
        kept = records.films.of(case)
        records.films.remove(case, kept, arguments.ground)
        return _printed(f"removed {len(kept)} radiographs of {case}; points and sizes stay. Backups still hold them.")
    stone = records.cases.erase(case, arguments.ground)
    return _printed(
        f"erased {stone.case}; the checksums of {len(stone.case_sha256)} case files stay. Backups still hold it."
    )


def _grant(records: Records, arguments: argparse.Namespace) -> int:
    records.roles.grant(arguments.name, arguments.role)
    return _printed(f"{arguments.name} is {arguments.role}")


def _withdraw(records: Records, arguments: argparse.Namespace) -> int:
    records.roles.withdraw(arguments.name, arguments.role, from_sign_in=arguments.from_sign_in)
    return _printed(f"{arguments.name} is no longer {arguments.role}")


def _outcome(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.follow_up.treatment_outcome import outcome_value, parse_outcome

    key = _key(records, arguments.case)
    if arguments.file is not None:
        found = records.outcomes.record(key, parse_outcome(_bytes(arguments.file)))
        return _printed(f"recorded outcome {found.number} of {key}")
    all_found = records.outcomes.of(key)
    if not all_found:
        raise HexapodError("No outcome of this case is recorded: give a file hexapod-outcome/1 (docs/outcomes.md).")
    last = all_found[-1]
    record = {"number": last.number, "by": last.by, "at": last.at, "outcome": outcome_value(last.outcome)}
    print_json(record | dict(last.row))
    return OK


def _results(records: Records, arguments: argparse.Namespace) -> int:
    from hexapod.case.files import write_together
    from hexapod.follow_up.clinic_results import results_text
    from hexapod.library.calls.outcomes import rows_of

    print(results_text(rows_of(records.outcomes.all())[0]))
    if arguments.out is None:
        return OK
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_together({arguments.out / name: content for name, content in records.outcomes.export().items()})
    return _printed(f"wrote the pseudonymous export into {arguments.out}")


def _roles(records: Records, _: argparse.Namespace) -> int:
    for holder in records.roles.holders():
        gone = f"; withdrawn: {', '.join(sorted(holder.withdrawn))}" if holder.withdrawn else ""
        print(f"{holder.name}: {', '.join(sorted(holder.roles)) or 'none'}{gone}")
    return OK


def _rebuild(records: Records, _: argparse.Namespace) -> int:
    return _printed(f"the list has {records.cases.rebuild_list()} cases")


def _key(records: Records, name: str) -> str:
    """The key of a case named by its key or id."""
    from hexapod.library import is_key

    found = name if is_key(name) else records.cases.key_of(name)
    if found is None:
        raise HexapodError(f"The library has no case {name}: see `python -m hexapod library list`.")
    return found


def _printed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return OK
