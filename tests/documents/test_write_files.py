"""Documents into a folder: all or none, nothing of another plan overwritten, and clear words when it cannot be."""

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hexapod.case import files
from hexapod.cli.main import main
from hexapod.documents.document_set import Document, deliver
from hexapod.errors import HexapodError
from tests.documents.plain_case import ROOT, plain_document, sample

PLAIN = str(ROOT / "tests" / "data" / "plain_case.json")


def paper(name: str, content: bytes) -> Document:
    return Document("plan", None, "Test", name, "text/plain", lambda: content)


def inside(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_case(value: dict[str, Any]) -> str:
        (tmp_path / "case.json").write_text(json.dumps(value), "utf-8")
        return str(tmp_path / "case.json")

    return write_case


def test_everything_is_written_and_the_same_again_is_fine(tmp_path: Path) -> None:
    papers = [paper("a.txt", b"one"), paper("b.txt", b"two")]
    folder = tmp_path / "new" / "deep"
    assert deliver(papers, folder) == [folder / "a.txt", folder / "b.txt"]
    assert inside(folder) == {"a.txt": b"one", "b.txt": b"two"}
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    deliver(papers, folder)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == before  # left as they are, not written again


@pytest.mark.hazard("H-14")
def test_a_file_with_other_content_is_overwritten_only_by_force_and_only_that_name(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"older")
    (tmp_path / "mine.txt").write_bytes(b"mine")
    papers = [paper("a.txt", b"one"), paper("b.txt", b"two")]
    with pytest.raises(HexapodError, match=r"other content: b\.txt\. Nothing was written\. .*--force"):
        deliver(papers, tmp_path)
    assert inside(tmp_path) == {"b.txt": b"older", "mine.txt": b"mine"}
    deliver(papers, tmp_path, force=True)
    assert inside(tmp_path) == {"a.txt": b"one", "b.txt": b"two", "mine.txt": b"mine"}


@pytest.mark.hazard("H-21")
def test_all_documents_are_made_before_the_first_is_written(tmp_path: Path) -> None:
    def broken() -> bytes:
        raise HexapodError("This one cannot be made.")

    papers = [paper("a.txt", b"one"), Document("plan", None, "Test", "b.txt", "text/plain", broken)]
    with pytest.raises(HexapodError, match="cannot be made"):
        deliver(papers, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.hazard("H-21")
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"older")
    synced: Iterator[None] = iter([None])  # the first file goes well, the second does not

    def full(_: int) -> None:
        if next(synced, 1) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(HexapodError, match=r"cannot be written\. .*No space left on device"):
        deliver([paper("a.txt", b"one"), paper("b.txt", b"two")], tmp_path, force=True)
    assert inside(tmp_path) == {"a.txt": b"older"}


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(HexapodError, match="is a file, not a folder"):
            deliver([paper("a.txt", b"one")], folder)


def test_a_folder_where_a_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(HexapodError, match="is a folder where a file should be"):
        deliver([paper("a.txt", b"one")], tmp_path, force=True)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(files.tempfile, "mkstemp", denied)
    with pytest.raises(HexapodError, match=rf"{tmp_path}: Permission denied\. Name a folder that can be written to"):
        deliver([paper("a.txt", b"one")], tmp_path)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(HexapodError, match="File name too long"):
        deliver([paper("a.txt", b"one")], tmp_path / ("x" * 300))


# The command


def test_the_command_writes_the_whole_set_once_and_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["plan", PLAIN, "--out", str(tmp_path / "new")]
    assert main(call) == 0
    first = inside(tmp_path / "new")
    told = capsys.readouterr()
    assert told.err.count("wrote ") == len(first) == 8
    assert sorted(name.rpartition(".")[2] for name in first) == [
        "csv",
        "csv",
        "ics",
        "json",
        "json",
        "pdf",
        "pdf",
        "xlsx",
    ]
    assert main(call) == 0
    assert inside(tmp_path / "new") == first


@pytest.mark.hazard("H-14")
def test_the_command_does_not_overwrite_and_says_how_it_would(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["plan", PLAIN, "--out", str(tmp_path)]
    assert main(call) == 0
    (file,) = tmp_path.glob("*_schedule_*")
    good = file.read_bytes()
    file.write_bytes(b"another plan")
    before = inside(tmp_path)
    assert main(call) == 2
    told = capsys.readouterr()
    assert file.name in told.err
    assert "--force" in told.err
    assert inside(tmp_path) == before
    assert main([*call, "--force"]) == 0
    assert file.read_bytes() == good


@pytest.mark.hazard("H-14")
def test_the_command_warns_of_documents_of_another_plan_of_the_limb(
    tmp_path: Path, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["plan", PLAIN, "--out", str(folder)]) == 0
    assert "Do not mix them" not in capsys.readouterr().err
    old = set(inside(folder))
    value = plain_document()
    value["levels"][0]["stages"][0]["hold_days"] = 5
    assert main(["plan", write(value), "--out", str(folder)]) == 0
    told = capsys.readouterr().err
    assert "Do not mix them" in told
    assert all(name in told for name in old)
    assert len(inside(folder)) == 2 * len(old)


def test_a_refused_plan_writes_nothing_and_says_why(
    tmp_path: Path, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    value = plain_document()
    value["levels"][0]["frame"]["settings_mm"][2] = 119
    assert main(["plan", write(value), "--out", str(tmp_path / "new"), "--format", "json"]) == 1
    told = capsys.readouterr()
    assert not (tmp_path / "new").exists()
    assert "Refused: nothing was written" in told.err
    assert "REFUSED strut.travel" in told.err
    assert json.loads(told.out)["verdict"] == "refused"


def test_a_caution_is_acknowledged_by_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, plan = sample("foot_ankle")
    (finding,) = plan.findings
    call = ["plan", str(ROOT / "sample_cases" / "foot_ankle.json"), "--out", str(tmp_path / "new")]
    for wrong in (["rate.nonsense", "Dr A", "agreed"], [finding.code, " ", "agreed"], [finding.code, "Dr A", ""]):
        assert main([*call, "--acknowledge", *wrong]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert f'Type --acknowledge {finding.code} "WHO" "WHY"' in told.err
        assert not (tmp_path / "new").exists()
    assert main([*call, "--acknowledge", finding.code, "Dr A", "agreed"]) == 0
    assert len(inside(tmp_path / "new")) == 8
    assert case.id in capsys.readouterr().out


def test_words_for_documents_need_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--force"], ["--acknowledge", "a", "b", "c"]):
        assert main(["plan", PLAIN, *words]) == 2
        told = capsys.readouterr()
        assert (told.out, words[0] in told.err, "--out DIR" in told.err) == ("", True, True)


@pytest.mark.hazard("H-14")
def test_the_command_writes_drafts_and_says_how_to_sign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", PLAIN, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().err
    assert "These are drafts: every page says DRAFT" in told
    assert "python -m hexapod library documents CASE --out DIR" in told
    names = {path.name for path in tmp_path.iterdir()}
    assert {name for name in names if "_DRAFT_" not in name} == {name for name in names if "_case_" in name}
    assert main(["plan", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "are drafts: every page says DRAFT. To print without it, sign the plan" in told
    assert main(["plan", PLAIN]) == 0
    assert "DRAFT" not in capsys.readouterr().err
    assert main(["plan", PLAIN, "--out", str(tmp_path), "--earlier-calendar", "old.ics"]) == 2, (
        "a draft cancels nothing"
    )
