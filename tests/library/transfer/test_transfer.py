"""In and out: what comes back is what went out, and nothing else is taken in."""

from __future__ import annotations

import contextlib
import copy
import errno
import gc
import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hexapod.library import ANYONE, ImportRefused, Library, LibraryError, NotPermitted, NotThere, Records, open_library
from hexapod.library.storage import contents
from hexapod.library.storage.contents import seal_sha256
from hexapod.library.transfer import archive as limits
from hexapod.library.transfer import importing
from hexapod.library.transfer.archive import ArchiveWriter
from hexapod.library.transfer.importing import check_plan_file
from hexapod.plan.plan_file import plan_file
from tests.amount import amount
from tests.library.conftest import Clock, Templates
from tests.library.treatment import ANNA, CASE, PLAIN, plan_of, sample, treat_fully

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def url(database: str, templates: Templates) -> str:
    return templates.copy(database, "treated fully", treat_fully)


@pytest.fixture
def empty(database: str, new_url: Callable[[str], str]) -> Iterator[Records]:
    """An empty library on the other database."""
    with open_library(new_url(OTHER[database]), clock=Clock()) as opened:
        yield opened.as_user(ANYONE)


@pytest.fixture(scope="module")
def exported(templates: Templates) -> bytes:
    with open_library(templates.copy("sqlite", "treated fully", treat_fully)) as library:
        return library.as_user(ANYONE).transfer.export_case(CASE)


@pytest.fixture
def target(new_url: Callable[[str], str]) -> Iterator[Records]:
    with open_library(new_url("sqlite")) as opened:
        yield opened.as_user(ANYONE)


def whole(records: Records) -> bytes:
    out = io.BytesIO()
    records.transfer.export_library(out)
    return out.getvalue()


@pytest.mark.hazard("H-21")
def test_a_case_comes_out_as_it_went_in(records: Records, empty: Records) -> None:
    empty.drafts.save("f" * 24, 0, "{}")  # so that entries have other numbers there
    given = records.transfer.export_case(CASE)
    taken = empty.transfer.import_file(io.BytesIO(given))
    assert (taken.kind, taken.case) == ("case", CASE)
    assert not empty.audit.verify().faults
    assert empty.transfer.export_case(CASE) == given
    assert empty.versions.of(CASE) == records.versions.of(CASE)
    assert empty.visits.of(CASE) == records.visits.of(CASE)
    assert empty.cases.notes(CASE) == records.cases.notes(CASE)
    assert empty.drafts.load(CASE) == records.drafts.load(CASE)
    assert empty.versions.file(CASE, 1) == PLAIN
    assert empty.plans.file(CASE, 2) == records.plans.file(CASE, 2)
    there, here = empty.plans.load(CASE, 2), records.plans.load(CASE, 2)
    assert there.elsewhere is not None
    assert here.sign_off is not None
    assert (there.sign_off, here.elsewhere) == (None, None)
    assert (there.elsewhere.name, there.elsewhere.at) == (here.sign_off.name, here.sign_off.at)
    assert (there.state, here.state) == ("stopped", "stopped")
    assert (there.cautions, there.documents) == (here.cautions, here.documents)
    shown, was = empty.cases.find("plain-01").cases[0], records.cases.find("plain-01").cases[0]
    assert (shown.surgeon, shown.next_visit) == (was.surgeon, was.next_visit)
    assert shown.state == was.state


def test_a_case_that_went_on_elsewhere_travels_with_both_histories(
    records: Records, empty: Records, target: Records
) -> None:
    empty.transfer.import_file(io.BytesIO(records.transfer.export_case(CASE)))
    empty.cases.add_note(CASE, "seen elsewhere")
    given = empty.transfer.export_case(CASE)
    target.transfer.import_file(io.BytesIO(given))
    assert target.transfer.export_case(CASE) == given
    assert [note.text for note in target.cases.notes(CASE)] == ["swollen on Monday", "better", "seen elsewhere"]


def test_a_library_moves_with_what_it_had_imported(exported: bytes, empty: Records, target: Records) -> None:
    empty.transfer.import_file(io.BytesIO(exported))
    head = empty.audit.head()
    given = whole(empty)
    assert not target.transfer.import_file(io.BytesIO(given), head).unproved
    assert whole(target) == given
    assert target.transfer.export_case(CASE) == exported


@pytest.mark.hazard("H-21")
def test_a_whole_library_moves_with_its_chain(records: Records, empty: Records) -> None:
    records.cases.add(sample("femur_lengthening"))
    gone = records.cases.add(sample("tibia_varus")).case
    records.cases.erase(gone, "request 12")
    head = records.audit.head()
    given = whole(records)
    assert empty.transfer.import_file(io.BytesIO(given), head).kind == "library"
    assert empty.audit.head() == head
    assert not empty.audit.verify([head]).faults
    assert whole(empty) == given
    assert empty.cases.tombstones() == records.cases.tombstones()
    assert empty.roles.holders() == records.roles.holders()
    assert {case.case_id for case in empty.cases.find().cases} == {
        "plain-01",
        json.loads(sample("femur_lengthening"))["id"],
    }
    with pytest.raises(ImportRefused, match="into an empty one only"):
        empty.transfer.import_file(io.BytesIO(given))


def test_what_is_here_already_is_not_taken_in_again(records: Records) -> None:
    given = records.transfer.export_case(CASE)
    with pytest.raises(ImportRefused, match="in the library already"):
        records.transfer.import_file(io.BytesIO(given))
    records.cases.erase(CASE, "request 7")
    with pytest.raises(ImportRefused, match="was erased here"):
        records.transfer.import_file(io.BytesIO(given))
    with pytest.raises(NotThere):
        records.transfer.export_case(CASE)
    records.cases.add(PLAIN)
    assert not records.audit.verify().faults


def test_one_id_is_one_case(exported: bytes, target: Records) -> None:
    target.cases.add(PLAIN)
    with pytest.raises(ImportRefused, match="another case with the id plain-01"):
        target.transfer.import_file(io.BytesIO(exported))


@pytest.mark.hazard("H-22")
def test_only_an_administrator_takes_cases_in_as_they_bring_signatures(library: Library, exported: bytes) -> None:
    with pytest.raises(NotPermitted):
        library.as_user(ANNA).transfer.import_file(io.BytesIO(exported))


# Files that are not as they should be.

Files = dict[str, bytes]


def opened(exported: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(exported)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(files: Files, change: Callable[[zipfile.ZipInfo], None] = lambda _: None) -> bytes:
    """An export of these files, its manifest put right."""
    import hashlib

    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"path": path, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        for path, raw in files.items()
        if path != "manifest.json"
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path, raw in (files | {"manifest.json": json.dumps(manifest).encode()}).items():
            info = zipfile.ZipInfo(path)
            info.filename, info.compress_type = path, zipfile.ZIP_DEFLATED  # the name as it is, not put right
            change(info)
            file.writestr(info, raw)
    return out.getvalue()


def refused(target: Records, exported: bytes, told: str) -> None:
    with pytest.raises(ImportRefused, match=told):
        target.transfer.import_file(io.BytesIO(exported))
    assert target.audit.head() == ""
    assert target.cases.find().total == 0


def test_an_export_put_together_again_is_imported(exported: bytes, target: Records) -> None:
    target.transfer.import_file(io.BytesIO(packed(opened(exported))))
    assert target.transfer.export_case(CASE) == exported


@pytest.mark.hazard("H-22")
@pytest.mark.parametrize(
    "name",
    [
        "../evil.json", "/etc/passwd", "C:\\evil.json", "cases/../../evil.json", "cases\\evil.json", "evil.py", "cases/",
        f"cases/{CASE}/version-1.json/", f"cases/{CASE}/version-9.json\x00.py", f"cases/{CASE}/Version-1.json", "",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(exported: bytes, target: Records, name: str) -> None:
    refused(target, packed(opened(exported) | {name: b"{}"}), "does not belong in an export")


def test_links_folders_and_other_kinds_are_refused(exported: bytes, target: Records) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        if info.filename.endswith("version-1.json"):
            info.external_attr = 0o120777 << 16

    def lzma(info: zipfile.ZipInfo) -> None:
        info.compress_type = zipfile.ZIP_LZMA

    refused(target, packed(opened(exported), link), "is a link, a folder or encrypted")
    refused(target, packed(opened(exported), lzma), "packed by a method")


def test_a_name_that_stands_twice_is_refused(exported: bytes, target: Records) -> None:
    out = io.BytesIO(exported)
    with zipfile.ZipFile(out, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("records.jsonl", b"")
    refused(target, out.getvalue(), "is in the export twice")


def test_bombs_are_refused_before_they_are_unpacked(
    exported: bytes, target: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = opened(exported)
    bomb = files | {f"cases/{CASE}/version-9.json": b" " * 20_000_000}
    refused(target, packed(bomb), "would unpack to more than 200 times")
    refused(target, packed(files | {f"cases/{CASE}/version-9.json": b" " * 60_000_000}), "60000000 bytes")
    monkeypatch.setattr(limits, "LARGEST_TOTAL_BYTES", sum(map(len, files.values())) - 1)
    refused(target, exported, "bytes unpacked")
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MOST_FILES", 5)
    refused(target, exported, "files; at most 5")
    monkeypatch.undo()
    long = files | {"records.jsonl": files["records.jsonl"] + b'{"a": "' + bytes(str(list(range(1_500_000))), "ascii")}
    refused(target, packed(long), "A line of records.jsonl is longer")


@pytest.mark.parametrize("foreign", [b"", b"PK", b"no zip at all" * 100, b"%PDF-1.7", PLAIN, b"PK\x05\x06" + bytes(18)])
def test_foreign_files_are_refused(target: Records, foreign: bytes) -> None:
    refused(target, foreign, "not an export of a library")


def test_a_zip_of_something_else_is_refused(exported: bytes, target: Records) -> None:
    files = opened(exported)
    files["manifest.json"] = files["manifest.json"].replace(b"hexapod-library/1", b"hexapod-library/2")
    refused(target, packed(files), "Only hexapod-library/1 is read")


def damaged(exported: bytes) -> Iterator[bytes]:
    """The export with one byte changed, at places spread over it."""
    for place in range(30, len(exported), max(1, len(exported) // 150)):
        yield exported[:place] + bytes([exported[place] ^ 0x55]) + exported[place + 1 :]


def test_a_damaged_byte_is_noticed_or_means_nothing(exported: bytes, new_url: Callable[[str], str]) -> None:
    noticed = 0
    with open_library(new_url("sqlite")) as library:
        records = library.as_user(ANYONE)
        for spoiled in damaged(exported):
            try:
                records.transfer.import_file(io.BytesIO(spoiled))
            except ImportRefused:
                noticed += 1
            else:  # a byte that a zip does not use, such as a date: then all has come in as it was
                assert records.transfer.export_case(CASE) == exported
                break
    assert noticed > 20


def lines(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["records.jsonl"].splitlines()]


def with_lines(files: Files, changed: list[dict[str, Any]]) -> bytes:
    return packed(files | {"records.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in changed)})


@pytest.mark.hazard("H-22")
def test_records_that_were_altered_are_refused(exported: bytes, target: Records) -> None:
    files = opened(exported)

    def spoil(table: str, told: str, change: Callable[[dict[str, Any]], object]) -> None:
        changed = lines(files)
        change(next(line for line in changed if line["table"] == table))
        refused(target, with_lines(files, changed), told)

    spoil("sign_offs", "was altered", lambda line: line["row"].update(done_by="Eve"))
    spoil("sign_offs", "was altered", lambda line: line["entry"].update(actor="Eve"))
    spoil(
        "sign_offs",
        "contents of entry 6 of the export were altered",
        lambda line: line.update(content='{"name": "Eve"}'),
    )
    spoil("notes", "contents of entry 7 of the export were altered", lambda line: line.update(salt="00" * 16))
    spoil("notes", "an invalid record", lambda line: line.update(salt=None))
    spoil("notes", "an invalid record", lambda line: line.update(more=1))
    spoil("notes", "an invalid record", lambda line: line.update(table="audit"))
    spoil("notes", "an invalid record", lambda line: line["row"].update(entry=3))
    spoil("versions", "not of its type", lambda line: line["row"].update(number="1"))
    spoil("versions", "not where its contents belong", lambda line: line.update(file=f"cases/{CASE}/version-2.json"))
    spoil(
        "cases",
        "in the library already|begins with the case|of another one|altered",
        lambda line: line["row"].update(case_key="a" * 24),
    )
    refused(target, with_lines(files, lines(files)[1:]), "begins with the case")
    refused(
        target,
        with_lines(files, [line for line in lines(files) if line["table"] != "plans"]),
        "belongs to no record|contradict",
    )
    refused(target, with_lines(files, lines(files) * 2), "belong in the export of a case")
    file = dict(files)
    file[f"cases/{CASE}/version-1.json"] = PLAIN.replace(b"varus", b"valgus")
    refused(target, packed(file), "were altered")


def forged(files: Files, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    """Records changed by somebody who knows how fingerprints are made."""
    changed = lines(files)
    change(changed)
    for line in changed:
        if line["content"] is not None:
            line["row"]["sealed_sha256"] = seal_sha256(line["content"].encode(), bytes.fromhex(line["salt"]))
        line["entry"]["payload_sha256"] = contents.payload_sha256(line["table"], line["row"])
        line["entry"]["sha256"] = contents.entry_sha256(contents.AuditEntry(**line["entry"]))
    return with_lines(files, changed)


@pytest.mark.hazard("H-22")
def test_records_that_no_call_would_have_written_are_refused(exported: bytes, target: Records) -> None:
    files = opened(exported)

    def row(table: str, **values: Any) -> Callable[[list[dict[str, Any]]], None]:
        return lambda changed: next(line for line in changed if line["table"] == table)["row"].update(values)

    def without(table: str) -> Callable[[list[dict[str, Any]]], None]:
        return lambda changed: changed.__setitem__(slice(None), [line for line in changed if line["table"] != table])

    def said(table: str, content: str) -> Callable[[list[dict[str, Any]]], None]:
        return lambda changed: next(line for line in changed if line["table"] == table).update(content=content)

    for change, told in (
        (row("versions", case_sha256="0" * 64), "versions cannot be read"),
        (row("plans", plan_sha256="0" * 64), "plans cannot be read"),
        (row("plans", verdict="fine"), "fine is no verdict"),
        (row("sign_offs", plan_sha256="0" * 64), "signed against the rules"),
        (without("acknowledgements"), "signed against the rules"),
        (without("plan_events"), "signed at the same time"),
        (row("plan_events", kind="lost"), "unknown"),
        (row("notes", plan=1), "other columns"),
        (row("follow_ups", plan=7), "contradict each other"),
        (row("drafts", revision=2), "contradict each other"),
        (said("follow_ups", '{"date": "yesterday"}'), "follow_ups cannot be read"),
        (said("notes", "[]"), "notes cannot be read"),
        (said("case_events", '{"surgeon": 7}'), "case_events cannot be read"),
    ):
        refused(target, forged(files, change), told)


def places(value: Any) -> list[tuple[Any, str]]:
    """Every key that the library reads of a plan file, with the object that it stands in; one row of each kind."""
    found = [(value, key) for key in ("plan_sha256", "case_sha256", "software", "verdict", "levels", "findings")]
    found += [(value["findings"][0], key) for key in ("code", "level", "verdict", "message")]
    for level in value["levels"][:1]:
        found += [(level, key) for key in ("name", "rows", "swaps")]
        found += [(level["rows"][3], key) for key in ("day", "date", "stage", "settings_mm", "models", "doses_mm")]
        found += [(level["swaps"][0], "planned_day")] if level["swaps"] else []
    return found


def with_plan(files: Files, path: str, plan: Any) -> bytes:
    """The export with another plan file, and its fingerprint where that is kept."""
    raw = json.dumps(plan).encode()

    def change(changed: list[dict[str, Any]]) -> None:
        row = next(line["row"] for line in changed if line["file"] == path)
        row["plan_file_sha256"] = hashlib.sha256(raw).hexdigest()
        line = next(line for line in changed if line["file"] == path)
        line["row"]["sealed_sha256"] = seal_sha256(raw, bytes.fromhex(line["salt"]))

    return forged(files | {path: raw}, change)


@pytest.mark.hazard("H-15")
@pytest.mark.hazard("H-22")
def test_a_plan_file_that_lacks_what_is_read_later_is_refused(exported: bytes, target: Records) -> None:
    files, path = opened(exported), f"cases/{CASE}/plan-1.json"
    plan = json.loads(files[path])
    plan["findings"] = plan["findings"] or [{"code": "a.b", "level": 0, "verdict": "ok", "message": "told"}]
    wrong = 0
    for index in range(len(places(plan))):
        for odd in (MISSING, *ODD):
            altered = copy.deepcopy(plan)
            inside, key = places(altered)[index]
            if odd is MISSING:
                del inside[key]
            elif (odd == [] and key in MAY_BE_EMPTY) or type(inside[key]) is type(odd) is not list:
                continue  # a value of the right kind
            else:
                inside[key] = odd
            with pytest.raises(ValueError, match=r"is missing|is not|is empty|is no day"):
                check_plan_file(altered)
            wrong += 1
    assert wrong > 200
    del plan["levels"][0]["rows"][3]["settings_mm"]
    refused(target, with_plan(files, path, plan), r"plans cannot be read: levels\[0\].rows\[3\].settings_mm is missing")


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(
    "odd", [[1.0] * 5, [1.0] * 7, [1.0] * 5 + [float("nan")], [1.0] * 5 + ["1"], [1.0] * 5 + [1e400]]
)
def test_settings_of_an_import_are_six_numbers(exported: bytes, odd: list[Any]) -> None:
    plan = json.loads(opened(exported)[f"cases/{CASE}/plan-1.json"])
    for key, value in (("settings_mm", odd), ("doses_mm", [odd])):
        altered = copy.deepcopy(plan)
        altered["levels"][0]["rows"][0][key] = value
        with pytest.raises(ValueError, match=rf"levels\[0\].rows\[0\].{key}[\[\]0-9]* is not"):
            check_plan_file(altered)


@pytest.mark.parametrize("name", ["tibia_trifocal", "refused_strut_travel", "foot_ankle"])
def test_every_plan_of_this_program_is_taken_in(name: str) -> None:
    check_plan_file(json.loads(plan_file(plan_of(sample(name)))))


@pytest.mark.hazard("H-15")
def test_a_plan_of_other_hexapods_and_a_visit_of_none_are_refused(exported: bytes, target: Records) -> None:
    files, path = opened(exported), f"cases/{CASE}/plan-1.json"
    plan = json.loads(files[path])
    refused(target, with_plan(files, path, plan | {"levels": plan["levels"] * 2}), "has other hexapods than its case")

    def elsewhere(changed: list[dict[str, Any]]) -> None:
        line = next(line for line in changed if line["table"] == "follow_ups" and '"level":0' in line["content"])
        line["content"] = line["content"].replace('"level":0', '"level":7')

    refused(target, forged(files, elsewhere), "A visit of the export read a hexapod that plan")


@pytest.mark.slow
def test_an_export_is_never_refused_by_its_own_limits(target: Records, new_url: Callable[[str], str]) -> None:
    """Text that packs to a thousandth: such a case is unlikely, but it must not be lost."""
    file = PLAIN.replace(b"A right tibia for the tests", b"A" * 900_000)
    with open_library(new_url("sqlite")) as library:
        records = library.as_user(ANYONE)
        case = records.cases.add(file).case
        records.plans.issue(case, 1, plan_of(file))
        revision = 0
        for number in range(20):
            revision = records.drafts.save(case, revision, json.dumps({"title": "A" * 900_000, "n": number}))
        given = records.transfer.export_case(case)
    target.transfer.import_file(io.BytesIO(given))
    assert target.versions.file(case) == file
    assert target.drafts.revision(case) == 20


def test_an_export_that_stops_on_its_way_leaves_nothing_open(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that is still open would fail this test when it is thrown away: a warning is an error."""
    records = library.as_user(ANYONE)
    for number in range(3):
        records.cases.add(PLAIN.replace(b"plain-01", b"plain-%d" % number))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ArchiveWriter, "add", full)
    with pytest.raises(OSError, match="No space left"):
        records.transfer.export_library(io.BytesIO())
    gc.collect()
    assert not records.audit.verify().faults


ALTERED = amount(1000, 200)


class Taken(Exception):
    """In the place of the end of an import, so that the library stays empty for the next one."""


@pytest.mark.hazard("H-15")
@pytest.mark.brief
@pytest.mark.slow
def test_a_thousand_altered_exports_are_each_refused_by_a_sentence_or_taken_in_whole(
    exported: bytes, target: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values of records, contents and bytes of the zip exchanged by chance; fingerprints made right again for most."""

    def taken_in(*_: object) -> None:
        raise Taken

    monkeypatch.setattr(importing, "Imported", taken_in)
    chance = random.Random(14)
    with zipfile.ZipFile(io.BytesIO(exported)) as old:
        files = {name: old.read(name) for name in old.namelist() if name != "manifest.json"}
    taken = 0
    for number in range(ALTERED):
        if number % 10:
            raw = _written(_altered(files, chance))
        else:
            place = chance.randrange(len(exported))
            raw = exported[:place] + bytes([chance.randrange(256)]) + exported[place + 1 :]
        try:
            target.transfer.import_file(io.BytesIO(raw))
        except LibraryError as error:
            assert str(error).strip()
        except Taken:
            taken += 1
    print(f"{ALTERED} altered exports: {taken} would be taken in")
    assert taken < ALTERED / 4
    assert not target.audit.verify().faults
    monkeypatch.undo()
    assert target.transfer.import_file(io.BytesIO(exported)).case == CASE


MISSING = object()
MAY_BE_EMPTY = ("findings", "swaps", "doses_mm")
ODD: list[Any] = [
    None,
    True,
    7,
    -1,
    1.5,
    "",
    "x",
    "\ud800",
    "day 4\u202e",
    "\x00",
    [],
    {},
    [1],
    {"a": None},
    10**30,
    "9" * 5000,
]


def _altered(files: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """One value of one line is another; the entry's own fingerprints are made right for it every second time."""
    lines = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    line = chance.choice(lines)
    where = chance.choice([line, line["entry"], line["row"]])
    where[chance.choice(list(where))] = chance.choice(ODD)
    if chance.random() < 0.5 and isinstance(line.get("row"), dict) and isinstance(line.get("entry"), dict):
        entry, row = line["entry"], line["row"]
        with contextlib.suppress(Exception):
            entry["payload_sha256"] = contents.payload_sha256(line["table"], row)
            entry["sha256"] = contents.sha256_of({name: value for name, value in entry.items() if name != "sha256"})
    if chance.random() < 0.1:
        lines.insert(chance.randrange(len(lines)), chance.choice([*ODD, chance.choice(lines)]))
    return files | {"records.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in lines)}


def _written(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    writer = ArchiveWriter(out, "case")
    for name, body in files.items():
        if name != "records.jsonl":
            writer.add(name, body)
    writer.add_lines(io.BytesIO(files["records.jsonl"]))
    writer.close()
    return out.getvalue()
