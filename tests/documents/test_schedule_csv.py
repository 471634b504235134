"""The CSV files: every reading of the plan, whose they are, and no text that becomes a formula."""

import csv
import io
import itertools
import re
from pathlib import Path

import pytest

from hexapod.about import LABEL
from hexapod.documents.sanitise import harmless
from hexapod.documents.schedule_csv import LONG_HEAD, schedule_csv, schedule_long_csv
from hexapod.plan.plan_file import plan_sha256
from tests.documents.plain_case import HARMFUL, PLANNED, VARIED, counting_down, harmful_document, planned, sample
from tests.signatures import HEAD, signature

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Cells = dict[str, str]


def read(text: str) -> list[Cells]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
def test_the_long_file_holds_every_reading_of_every_adjustment(name: str) -> None:
    case, plan = sample(name)
    rows, sha256 = iter(read(schedule_long_csv(plan))), plan_sha256(plan)
    for level, entered in zip(plan.levels, case.levels, strict=True):
        for row in level.rows:
            for number, dose in enumerate(row.doses_mm or [row.settings_mm], 1 if row.day else 0):
                for k in range(6):
                    cells = next(rows)
                    assert float(cells["setting_mm"]) == pytest.approx(dose[k], abs=1e-9)
                    told = (cells["day"], cells["date"], cells["weekday"], cells["stage"], cells["level"])
                    assert told == (str(row.day), row.date.isoformat(), f"{row.date:%A}", row.stage, level.name)
                    assert (cells["adjustment"], cells["strut"], cells["model"]) == (
                        str(number),
                        str(k + 1),
                        row.models[k],
                    )
                    assert (cells["case"], cells["side"], cells["bone"]) == (case.id, case.limb.side, case.limb.bone)
                    assert (cells["plan_sha256"], cells["software"]) == (sha256, LABEL)
                    assert bool(cells["time"]) == bool(cells["change_mm"]) == bool(row.day)
                    new = any(one.strut == k + 1 and one.planned_day == row.day for one in level.exchanges)
                    assert cells["exchanged"] == ("yes" if new else "")
        assert entered.adjustments_per_day in {len(row.doses_mm) for row in level.rows}
    assert next(rows, None) is None


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
def test_every_row_tells_whether_it_is_signed(name: str) -> None:
    _, plan = sample(name)
    levels = range(len(plan.levels))
    for given, told in ((None, "DRAFT"), (signature(plan), HEAD)):
        files = [schedule_csv(plan, level, given) for level in levels]
        for file in (*files, schedule_long_csv(plan, given)):
            assert {row["signed"] for row in read(file)} == {told}


def test_the_long_file_tells_the_times_of_the_case() -> None:
    _, plan = sample("tibia_varus")
    times = {cells["adjustment"]: cells["time"] for cells in read(schedule_long_csv(plan))}
    assert times == {"0": "", "1": "08:00", "2": "12:00", "3": "16:00", "4": "20:00"}


@pytest.mark.hazard("H-20")
def test_the_change_is_that_of_the_length_on_scales_that_count_down(tmp_path: Path) -> None:
    _, plan = counting_down(tmp_path)
    rows = [cells for cells in read(schedule_long_csv(plan)) if cells["change_mm"] and not cells["exchanged"]]
    by_strut: dict[str, list[Cells]] = {}
    for cells in rows:
        by_strut.setdefault(cells["strut"], []).append(cells)
    longer = 0
    for cells_of in by_strut.values():
        for before, after in itertools.pairwise(cells_of):
            if int(after["day"]) - int(before["day"]) > 1:
                continue  # the day of an exchange lies between
            assert float(after["change_mm"]) == pytest.approx(float(before["setting_mm"]) - float(after["setting_mm"]))
            longer += float(after["change_mm"]) > 0
    assert longer > 100


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", VARIED)
def test_every_row_of_the_wide_file_names_plan_and_software(name: str) -> None:
    _, plan = sample(name)
    sha256 = plan_sha256(plan)
    for index, level in enumerate(plan.levels):
        rows = read(schedule_csv(plan, index))
        assert len(rows) == len(level.rows)
        assert list(rows[0])[:12] == [
            "case", "side", "bone", "level", "case_sha256", "plan_sha256", "software", "signed", "day", "date", "weekday", "stage",
        ]  # fmt: skip
        for cells, row in zip(rows, level.rows, strict=True):
            assert (cells["plan_sha256"], cells["software"]) == (sha256, LABEL)
            assert [float(cells[f"strut_{k}_mm"]) for k in range(1, 7)] == pytest.approx(row.settings_mm, abs=1e-9)
            after = [name for name in cells if "_reading_" in name]
            assert not any("dose" in name for name in cells)
            assert all(cells[name] for name in after) or (row.day == 0 and not any(cells[name] for name in after))
            for j, dose in enumerate(row.doses_mm if after else (), 1):
                assert [float(cells[f"strut_{k}_reading_{j}_mm"]) for k in range(1, 7)] == pytest.approx(dose, abs=1e-9)


@pytest.mark.parametrize("name", VARIED)
def test_the_files_are_rfc_4180_with_plain_numbers_and_iso_dates(name: str) -> None:
    _, plan = sample(name)
    for text in (schedule_csv(plan, 0), schedule_long_csv(plan)):
        assert text.endswith("\r\n")
        lines = text.split("\r\n")[:-1]
        assert not any("\n" in line or "\r" in line for line in lines)
        assert len({line.count(",") for line in lines}) == 1  # no text of the samples holds a comma
        assert re.fullmatch(r"[a-z0-9_,]+", lines[0])
        for cells in read(text):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", cells["date"])
            assert all(NUMBER.fullmatch(value) for head, value in cells.items() if head.endswith("_mm") and value)
    assert schedule_long_csv(plan).split("\r\n", 1)[0] == ",".join(LONG_HEAD)


# Blanks behind which a spreadsheet looks for the beginning of a formula.
BLANKS = "\t\r\n \u00a0\u200b\ufeff\x0b\x0c"


def formulas(cells: list[str]) -> list[str]:
    """Cells that a spreadsheet could take for a formula: not a number, and begun like one."""
    begun = [cell for cell in cells if cell.lstrip(BLANKS)[:1] in set("=+-@\uff1d\uff0b\uff0d\uff20")]
    return [cell for cell in begun if not NUMBER.fullmatch(cell) and cell] + [
        cell for cell in cells if cell[:1] in ("\t", "\r")
    ]


@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.some(21)
def test_no_text_becomes_a_formula_however_the_file_is_split(text: str, delimiter: str) -> None:
    value = harmful_document(text)
    value["id"] = "-5"
    case, plan = planned(value)
    for made in (schedule_csv(plan, 0), schedule_long_csv(plan)):
        for cells in csv.reader(io.StringIO(made, newline=""), delimiter=delimiter):
            assert formulas(cells) == []
        for line in made.splitlines():  # a program that knows no quotes
            cells = line.replace('"', "").split(delimiter)
            assert delimiter == "," or formulas(cells) == []
        level = {cells["level"] for cells in read(made)}
        assert level == {harmless(case.levels[0].name)}


def test_only_text_is_led_by_an_apostrophe() -> None:
    _, plan = sample("tibia_stacked_transport")
    wide, long = read(schedule_csv(plan, 1)), read(schedule_long_csv(plan))
    assert wide[-1]["docking_mm"] == "-2"
    assert {cells["change_mm"][0] for cells in long if cells["change_mm"].startswith(("-", "'"))} == {"-"}
    assert [harmless(text) for text in ("a-b", "a=b", "1 - 2", "Ann's", "")] == ["a-b", "a=b", "1 - 2", "Ann's", ""]
