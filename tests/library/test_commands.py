"""The commands of the library: what they print where, and with which exit status."""

from __future__ import annotations

import csv
import datetime
import getpass
import hashlib
import io
import json
import sqlite3
from pathlib import Path
from typing import get_args

import pytest

from hexapod import parse_case
from hexapod.cli.library import STATES
from hexapod.cli.main import main
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.library import ANYONE, Actor, CaseState, Readings, Visit, open_library
from hexapod.plan.sign_off import Acknowledgement, Signature
from tests.library.treatment import ROOT, plan_of

VARUS, FEMUR = (str(ROOT / "sample_cases" / f"{name}.json") for name in ("tibia_varus", "femur_lengthening"))


@pytest.fixture(autouse=True)
def _own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("HEXAPOD_DATABASE_URL", raising=False)
    monkeypatch.setenv("HEXAPOD_TIME_ZONE", "Europe/Madrid")
    monkeypatch.chdir(tmp_path)


Told = pytest.CaptureFixture[str]


def run(capsys: Told, *words: str, status: int = 0) -> tuple[str, str]:
    """A command's standard output and standard error."""
    assert main(words) == status, capsys.readouterr()
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.out, told.err


def test_cases_are_added_and_listed(capsys: Told) -> None:
    out, err = run(capsys, "library", "add", VARUS, FEMUR)
    assert out == ""
    key = err.splitlines()[0].rsplit(" ", 1)[1]
    out, _ = run(capsys, "library", "list")
    assert [line.split()[1] for line in out.splitlines()[1:]] == ["demo-FL-007", "demo-TV-014"]
    assert key in out
    assert "RIGHT TIBIA" in out
    out, _ = run(capsys, "library", "list", "tv-014", "--format", "json")
    assert [(one["case"], one["state"]) for one in json.loads(out)] == [(key, "draft")]
    assert run(capsys, "library", "list", "--state", "signed")[0].count("\n") == 1
    assert "another case with the id demo-TV-014" in run(capsys, "library", "add", VARUS, status=2)[1]
    assert "cannot be read" in run(capsys, "library", "add", "nowhere.json", status=2)[1]
    run(capsys, "library", "list", "--state", "lost", status=2)


def test_the_audit_trail_is_checked_and_told(capsys: Told, tmp_path: Path) -> None:
    assert "of 0 entries is intact. Head: none yet" in run(capsys, "audit", "verify")[0]
    run(capsys, "library", "add", VARUS)
    head = run(capsys, "audit", "head")[0].strip()
    assert head.startswith("2-")
    assert (
        run(capsys, "audit", "verify", "--head", head)[0] == f"The audit trail of 2 entries is intact. Head: {head}\n"
    )
    out, _ = run(capsys, "audit", "verify", "--head", "1-0000000000000000", status=1)
    assert out.startswith("entry 1: is not the printed one")
    assert "BROKEN at 1 places" in out
    run(capsys, "audit", "verify", "--head", "nonsense", status=2)
    table = run(capsys, "audit", "export", "-")[0]
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["action"] for row in rows] == ["case.made", "version.saved"]
    assert rows[0]["actor"] == f"{getpass.getuser()} at the command line"
    run(capsys, "audit", "export", "trail.csv")
    assert list(csv.DictReader(io.StringIO((tmp_path / "trail.csv").read_text("utf-8")))) == rows
    assert "exists" in run(capsys, "audit", "export", "trail.csv", status=2)[1]
    connection = sqlite3.connect(tmp_path / "data" / "library.sqlite3")
    connection.executescript("DROP TRIGGER audit_unchanged; UPDATE audit SET actor = 'Eve' WHERE sequence = 2;")
    connection.close()
    assert run(capsys, "audit", "verify", status=1)[0].startswith("entry 2: was altered")


def test_backup_and_restore(capsys: Told, tmp_path: Path) -> None:
    run(capsys, "library", "add", VARUS)
    assert "wrote b.sqlite3: 2 entries, checked" in run(capsys, "backup", "b.sqlite3")[1]
    assert "exists" in run(capsys, "backup", "b.sqlite3", status=2)[1]
    run(capsys, "backup", "b.sqlite3", "--force")
    run(capsys, "library", "add", FEMUR)
    assert "give --force" in run(capsys, "restore", "b.sqlite3", status=2)[1]
    assert "what was there before is" in run(capsys, "restore", "b.sqlite3", "--force")[1]
    assert "demo-FL-007" not in run(capsys, "library", "list")[0]
    assert "of 3 entries is intact" in run(capsys, "audit", "verify")[0]
    assert "is not there" in run(capsys, "restore", "nowhere", status=2)[1]
    (tmp_path / "text").write_text("hello")
    assert "not a library of cases" in run(capsys, "restore", "text", "--force", status=2)[1]


def test_export_and_import(capsys: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(capsys, "library", "add", VARUS, FEMUR)
    run(capsys, "library", "export", "all.zip")
    run(capsys, "library", "export", "one.zip", "--case", "demo-TV-014")
    assert "exists" in run(capsys, "library", "export", "one.zip", status=2)[1]
    assert "no case lost" in run(capsys, "library", "export", "two.zip", "--case", "lost", status=2)[1]
    assert "in the library already" in run(capsys, "library", "import", "one.zip", status=2)[1]
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / "other"))
    run(capsys, "library", "import", "one.zip")
    assert "demo-TV-014" in run(capsys, "library", "list")[0]
    run(capsys, "library", "export", "again.zip", "--case", "demo-TV-014")
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / "third"))
    assert "imported a library: 4 records" in run(capsys, "library", "import", "all.zip")[1]
    assert "not an export of a library" in run(capsys, "library", "import", VARUS, status=2)[1]
    assert "cannot be read" in run(capsys, "library", "import", "nowhere.zip", status=2)[1]
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600


def signed_varus(key: str, *, sign: bool = True) -> str:
    """Plan the sample with two cautions, accept them, and sign it; the head."""
    with open_library() as library:
        records = library.as_user(Actor("Dr Adler", frozenset({"signer"})))
        file = records.versions.file(key)
        version = records.versions.of(key)[-1].number
        plan = records.plans.issue(key, version, plan_of(file))
        if not sign:
            return ""
        for caution in plan.cautions:
            records.plans.acknowledge(key, plan.number, caution.code, caution.level, "young and healthy")
        return records.plans.sign(key, plan.number, plan.plan_sha256, "Ida Adler").head


def hurried(tmp_path: Path) -> str:
    """The sample with a stage too short, which has two cautions; its file."""
    value = json.loads(Path(VARUS).read_text("utf-8"))
    value["levels"][0]["stages"][1] = {"name": "distract", "correct_to": {}, "days": 10}
    (tmp_path / "hurried.json").write_text(json.dumps(value), "utf-8")
    return str(tmp_path / "hurried.json")


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_the_documents_of_a_signed_plan_carry_name_head_and_acknowledgements(capsys: Told, tmp_path: Path) -> None:
    key = run(capsys, "library", "add", hurried(tmp_path))[1].split()[-1]
    call = ("library", "documents", "demo-TV-014", "--out", "out", "--language", "de", "--paper", "letter")
    _, err = run(capsys, *call, status=2)
    assert "case demo-TV-014 has no signed plan, it has no plan yet. Open the case in the app" in err
    signed_varus(key, sign=False)
    assert "has no signed plan, its last plan is draft" in run(capsys, *call, status=2)[1]
    assert not (tmp_path / "out").exists()
    head = signed_varus(key)
    _, err = run(capsys, *call)
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert err.count("wrote ") == len(made) == 8
    assert not any("DRAFT" in name for name in made)
    plan = plan_of((tmp_path / "hurried.json").read_bytes())
    parse_case((tmp_path / "hurried.json").read_bytes())
    with open_library() as library:
        kept = library.as_user(ANYONE).plans.load(key, 1)
    assert kept.sign_off is not None
    assert kept.sign_off.head == head
    assert {one.name: one.sha256 for one in kept.documents} == {
        n: hashlib.sha256(b).hexdigest() for n, b in made.items()
    }
    said = tuple(
        Acknowledgement(one.code, one.level, "Dr Adler", "young and healthy", datetime.date.fromisoformat(one.at[:10]))
        for one in kept.cautions
        if one.at is not None
    )
    assert len(said) == 2
    signature = Signature("Ida Adler", "Dr Adler", kept.sign_off.at, kept.plan_sha256, head)
    wanted = documents(plan, PrintOptions("de", "letter", said, None, signature, time_zone="Europe/Madrid"))
    assert made == {one.name: one.content() for one in wanted}
    run(capsys, *call)
    run(capsys, "library", "documents", key, "--out", "out", "--paper", "letter")
    with open_library() as library:
        assert len(library.as_user(ANYONE).plans.load(key, 1).documents) == 8 + 2, "the same again is not kept again"
    assert (
        f"is intact. Head: {run(capsys, 'audit', 'head')[0].strip()}"
        in run(capsys, "audit", "verify", "--head", head)[0]
    )


@pytest.mark.hazard("H-14")
def test_a_plan_that_is_stopped_or_no_longer_made_again_is_not_printed(
    capsys: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = run(capsys, "library", "add", VARUS)[1].split()[-1]
    signed_varus(key)
    with monkeypatch.context() as newer:
        newer.setattr("hexapod.plan.make_plan.SOFTWARE", "hexapod 9.9.9")
        _, err = run(capsys, "library", "documents", key, "--out", "out", status=2)
        assert "Nothing was written. hexapod 9.9.9 does not reproduce this plan, made by hexapod 0" in err
    with open_library() as library:
        library.as_user(ANYONE).plans.stop(key, 1, "pain")
    assert "its last plan is stopped" in run(capsys, "library", "documents", key, "--out", "out", status=2)[1]
    assert "no case lost" in run(capsys, "library", "documents", "lost", "--out", "out", status=2)[1]
    run(capsys, "library", "documents", key, status=2)
    assert not (tmp_path / "out").exists()


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_the_calendar_of_the_plan_before_is_cancelled_and_asked_for_where_no_library_has_it(
    capsys: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = str(ROOT / "tests" / "data" / "plain_case.json")
    key = run(capsys, "library", "add", plain)[1].split()[-1]
    signed_varus(key)
    run(capsys, "library", "documents", key, "--out", "old")
    (calendar,) = (tmp_path / "old").glob("*.ics")
    readings = [str(mm) for mm in plan_of(Path(plain).read_bytes()).levels[0].rows[20].settings_mm]
    call = ("follow-up", plain, "--date", "2026-03-22", "--settings", *readings, "--out", "new.json", "--pause", "3")
    run(capsys, *call)
    with open_library() as library:
        library.as_user(ANYONE).versions.save(key, 1, (tmp_path / "new.json").read_bytes())
    signed_varus(key)
    run(capsys, "library", "documents", key, "--out", "a")
    (made,) = (tmp_path / "a").glob("*.ics")
    assert b"STATUS:CANCELLED" in made.read_bytes(), "of the library's own plan, with no file given"
    # The same case in a library that never had the plan before.
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / "other"))
    other = run(capsys, "library", "add", "new.json")[1].split()[-1]
    signed_varus(other)
    call = ("library", "documents", other, "--out", "b")
    assert "give that .ics file with --earlier-calendar" in run(capsys, *call, status=2)[1]
    assert "cannot be read" in run(capsys, *call, "--earlier-calendar", "none.ics", status=2)[1]
    assert "not one that this program has written" in run(capsys, *call, "--earlier-calendar", plain, status=2)[1]
    assert not (tmp_path / "b").exists()
    run(capsys, *call, "--earlier-calendar", str(calendar))
    (made,) = (tmp_path / "b").glob("*.ics")
    assert b"STATUS:CANCELLED" in made.read_bytes()
    run(capsys, "library", "documents", other, "--out", "c", "--no-earlier-calendar")
    (made,) = (tmp_path / "c").glob("*.ics")
    assert b"STATUS:CANCELLED" not in made.read_bytes()


@pytest.mark.hazard("H-16")
def test_the_calendar_of_a_signed_plan_needs_a_time_zone(capsys: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEXAPOD_TIME_ZONE")
    key = run(capsys, "library", "add", VARUS)[1].split()[-1]
    signed_varus(key)
    call = ("library", "documents", key, "--out", "a")
    assert "The calendar needs a time zone: give --time-zone" in run(capsys, *call, status=2)[1]
    wrong = run(capsys, *call, "--time-zone", "EST", status=2)[1]
    assert "EST is one offset all the year, without summer time" in wrong


def test_roles_and_erasure(capsys: Told, tmp_path: Path) -> None:
    run(capsys, "library", "add", VARUS)
    run(capsys, "library", "grant", "Ada", "administrator")
    run(capsys, "library", "grant", "Ada", "signer")
    assert run(capsys, "library", "roles")[0] == "Ada: administrator, signer\n"
    old = run(capsys, "library", "withdraw", "Ada", "signer", "--told-by-sign-in", status=2)[1]
    assert "--told-by-sign-in is now called --from-sign-in." in old
    run(capsys, "library", "withdraw", "Ada", "signer")
    assert run(capsys, "library", "roles")[0] == "Ada: administrator; withdrawn: signer\n"
    assert "There is no role king: give one of" in run(capsys, "library", "grant", "Ada", "king", status=2)[1]
    run(capsys, "library", "erase", "demo-TV-014", status=2)
    assert (
        "the checksums of 1 case files stay"
        in run(capsys, "library", "erase", "demo-TV-014", "--ground", "request 7")[1]
    )
    assert run(capsys, "library", "list")[0].count("\n") == 1
    assert "is intact" in run(capsys, "audit", "verify")[0]
    assert "the list has 0 cases" in run(capsys, "library", "rebuild-list")[1]


def test_a_database_that_is_not_ours_is_refused(capsys: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXAPOD_DATABASE_URL", "mysql://host/x")
    assert "names mysql, which is not supported" in run(capsys, "audit", "head", status=2)[1]


def test_help_names_every_part(capsys: Told) -> None:
    for words, parts in (
        (["--help"], ["audit", "backup", "restore", "library"]),
        (["audit", "--help"], ["verify", "export", "head", "HEXAPOD_DATABASE_URL", "docs/library.md"]),
        (
            ["library", "--help"],
            ["list", "add", "documents", "export", "import", "erase", "grant", "withdraw", "roles", "rebuild-list"],
        ),
        (["library", "documents", "--help"], ["--out", "--language", "--paper", "--earlier-calendar", "--force"]),
        (["library", "erase", "--help"], ["--ground", "checksums of its files stay"]),
        (["restore", "--help"], ["--force", "Stop the app first"]),
    ):
        out, _ = run(capsys, *words)
        assert all(part in " ".join(out.split()) for part in parts), out
    run(capsys, "library", status=2)
    assert get_args(CaseState) == STATES


def test_everything_is_documented() -> None:
    told = (ROOT / "docs" / "library.md").read_text("utf-8")
    for words in (
        "audit verify", "audit export", "audit head", "--head", "backup FILE", "restore FILE", "--force", "library list", "library add", "library documents",
        "library export", "library import", "library erase", "--ground", "library grant", "library withdraw", "library roles", "rebuild-list",
        "HEXAPOD_DATABASE_URL", "HEXAPOD_DATA_DIR", "requirements-postgres.txt", "viewer", "planner", "signer", "administrator", "pg_dump",
    ):  # fmt: skip
        assert words in told, words


def test_the_app_can_open_what_the_command_line_has_made(capsys: Told) -> None:
    run(capsys, "library", "add", VARUS)
    with open_library() as library:
        assert library.as_user(ANYONE).cases.key_of("demo-TV-014") is not None


@pytest.mark.hazard("H-28")
def test_a_plan_that_starts_anew_is_refused_with_the_call_that_goes_on(capsys: Told, tmp_path: Path) -> None:
    first = datetime.date.today() - datetime.timedelta(days=28)
    document = json.loads(Path(VARUS).read_bytes()) | {"start_date": first.isoformat()}
    file = json.dumps(document).encode()
    plan = plan_of(file)
    with open_library() as library:
        records = library.as_user(ANYONE)
        case = records.cases.add(file).case
        issued = records.plans.issue(case, 1, plan)
        records.plans.sign(case, 1, issued.plan_sha256, "Dr Adler")
        read = Readings(0, plan.levels[0].rows[28].settings_mm)
        records.visits.add(case, 1, Visit(datetime.date.today(), (read,)))
        records.visits.arrange(case, first)
    out, _ = run(capsys, "library", "check", "demo-TV-014")
    assert "is 28 days past" in out
    assert "visit.not_continued" not in out
    document["levels"][0]["limits"] = {"mm_per_day": 0.5}
    slower = tmp_path / "slower.json"
    slower.write_text(json.dumps(document), "utf-8")
    out, err = run(capsys, "library", "check", "demo-TV-014", str(slower), status=1)
    assert "visit.not_continued" in out
    six = " ".join(f"{one:g}" for one in plan.levels[0].rows[28].settings_mm)
    assert f"follow-up CASE_OF_PLAN_1 --date {datetime.date.today()} --hexapod 1 --settings {six} --out NEWCASE" in err
    _, err = run(capsys, "library", "documents", "demo-TV-014", "--out", str(tmp_path / "papers"))
    assert f"its day 0, {first}, was past by then" in err
