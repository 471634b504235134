"""The clinic's own catalogue of measured rings: versioned, audited, in backup and export, in and out as TOML."""

from __future__ import annotations

import dataclasses
import datetime
import io
from pathlib import Path

import pytest

from hexapod import load_catalogue
from hexapod.cli.main import main
from hexapod.hardware.measured_rings import RingMeasurement, write_measured
from hexapod.library import ANYONE, Actor, Library, NotPermitted, Records, Refused, open_library
from tests.library.conftest import Clock

pytestmark = pytest.mark.hazard("H-19")
JOINTS = tuple((100.0 + k, -71.25 * k, -10.0) for k in range(6))
RING = RingMeasurement(
    "R 155/a", "proximal", datetime.date(2026, 4, 30), JOINTS, (0.12,) * 6, ((1, 2, 14.9), (1, 3, 171.2)), 0.3
)
AGAIN = dataclasses.replace(RING, measured_on=datetime.date(2026, 5, 1), sd_mm=(0.1,) * 6)


def test_a_ring_is_kept_version_by_version_with_who_and_when(records: Records) -> None:
    records.rings.keep(RING)
    records.rings.keep(AGAIN)
    assert records.rings.all() == (AGAIN,)
    with pytest.raises(Refused, match="already"):
        records.rings.keep(AGAIN)
    records.rings.take_out("R 155/a", "bent")
    assert records.rings.all() == ()
    versions = records.rings.history("R 155/a")
    assert [(one.number, one.kind, one.measured, one.reason) for one in versions] == [
        (1, "kept", RING, ""),
        (2, "kept", AGAIN, ""),
        (3, "taken out", None, "bent"),
    ]
    assert {one.by for one in versions} == {ANYONE.name}
    assert [one.action for one in records.audit.history("R 155/a")] == ["ring.kept", "ring.kept", "ring.taken out"]
    assert not records.audit.verify().faults


@pytest.mark.parametrize("database", ["sqlite"])
def test_it_goes_out_as_a_hardware_file_and_comes_in_elsewhere(records: Records, tmp_path: Path, clock: Clock) -> None:
    records.rings.keep(RING)
    file = tmp_path / "rings.toml"
    file.write_text(records.rings.toml(), "utf-8")
    ring = load_catalogue(file).ring("R 155/a")
    assert ring.proximal_joints_mm.tolist() == [list(point) for point in JOINTS]
    assert ring.provenance["joints"].status == "measured"
    assert "2026-04-30" in ring.provenance["joints"].source
    with open_library(f"sqlite:///{tmp_path}/other.sqlite3", clock=clock) as library:
        other = library.as_user(ANYONE)
        assert other.rings.take_in(file.read_bytes()) == ("R 155/a",)
        assert other.rings.take_in(file.read_bytes()) == ()
        assert other.rings.all() == (RING,)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_file_never_takes_the_place_of_a_kept_ring_nor_brings_one_back(records: Records) -> None:
    old, new = write_measured([RING]).encode(), write_measured([dataclasses.replace(RING, name="new"), AGAIN]).encode()
    records.rings.keep(RING)
    records.rings.keep(AGAIN)
    with pytest.raises(Refused, match=r"measured on 2026-05-01; the file's were measured on 2026-04-30"):
        records.rings.take_in(old)
    assert records.rings.all() == (AGAIN,)
    records.rings.take_out("R 155/a", "bent")
    for raw in (old, new):
        with pytest.raises(Refused, match="was taken out"):
            records.rings.take_in(raw)
    assert records.rings.all() == ()


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("name", ["r 155/A", "R 155/a ", "R  155/a", "R155/a"])
def test_a_name_that_looks_like_that_of_a_kept_ring_is_refused(records: Records, name: str) -> None:
    records.rings.keep(RING)
    with pytest.raises(Refused, match="only in capitals or blanks"):
        records.rings.keep(dataclasses.replace(RING, name=name))


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_day_after_today_and_the_other_use_are_refused(records: Records) -> None:
    with pytest.raises(Refused, match="a day after today"):
        records.rings.keep(dataclasses.replace(RING, measured_on=datetime.date(2026, 5, 23)))
    records.rings.keep(RING)
    with pytest.raises(Refused, match="is kept as a proximal ring; as a distal one it has other joints"):
        records.rings.keep(dataclasses.replace(AGAIN, used_as="distal"))
    assert records.rings.all() == (RING,)


def test_it_is_in_the_export_of_the_whole_library(records: Records, tmp_path: Path, clock: Clock) -> None:
    records.rings.keep(RING)
    records.rings.keep(dataclasses.replace(RING, name="old"))
    records.rings.take_out("old", "lost")
    raw = io.BytesIO()
    records.transfer.export_library(raw)
    with open_library(f"sqlite:///{tmp_path}/other.sqlite3", clock=clock) as library:
        other = library.as_user(ANYONE)
        other.transfer.import_file(io.BytesIO(raw.getvalue()))
        assert other.rings.all() == (RING,)
        assert not other.audit.verify().faults


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('family = "x"', "no measured rings"),
        ("[[measured_rings]", "cannot be read"),
        ("\udcff", "cannot be read"),
        ('[[measured_rings]]\nname = "a\\"b"', "letters, digits"),
        ('[[measured_rings]]\nname = "a"\nused_as = "proximal"\nmeasured_on = "2026-04-30"', "date without quotes"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_and_nothing_kept(records: Records, text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        records.rings.take_in(text.encode("utf-8", "surrogateescape"))
    assert records.rings.all() == ()


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_name_of_the_shipped_catalogue_is_refused_and_so_is_a_viewer(library: Library, records: Records) -> None:
    with pytest.raises(Refused, match="comes with the program"):
        records.rings.keep(dataclasses.replace(RING, name="generic-full-180"))
    with pytest.raises(NotPermitted):
        library.as_user(Actor("somebody", frozenset({"viewer"}))).rings.keep(RING)


@pytest.mark.parametrize("database", ["sqlite"])
def test_the_command_writes_and_reads_the_file(
    records: Records, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records.rings.keep(RING)
    monkeypatch.setenv("HEXAPOD_DATABASE_URL", url)
    assert main(["library", "rings"]) == 0
    file = tmp_path / "rings.toml"
    file.write_text(capsys.readouterr().out.replace("R 155/a", "R 155/b"), "utf-8")
    assert main(["library", "rings", str(file)]) == 0
    assert [ring.name for ring in records.rings.all()] == ["R 155/a", "R 155/b"]
    assert main(["library", "rings", str(tmp_path / "none.toml")]) == 2
