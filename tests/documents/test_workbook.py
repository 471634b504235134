"""The workbook, read back by another library: every reading, real dates and numbers, whose it is, no formulas."""

import datetime
import functools
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from hexapod.about import LABEL
from hexapod.case.model import Case
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.workbook.document import _entered, workbook
from hexapod.documents.workbook.worksheet import sheet_name
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256, short_fingerprint
from hexapod.plan.sign_off import acknowledgements
from hexapod.text.languages import NOTICE
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS
from tests.documents.plain_case import (
    HARMFUL,
    PLANNED,
    VARIED,
    document,
    harmful_document,
    plain_document,
    planned,
    sample,
)
from tests.signatures import HEAD as TRAIL
from tests.signatures import SIGNER, signature

# The row of the headings, counted from 1: three lines of identity, the signature and the notice stand above.
HEAD = 6


def opened(case: Case, plan: Plan, options: PrintOptions | None = None) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(plan, options or PrintOptions())))


@functools.cache
def of_sample(name: str) -> Workbook:
    case, plan = sample(name)
    return opened(case, plan, PrintOptions(signature=signature(plan)))


def table(sheet: Worksheet) -> list[dict[str, Cell]]:
    """The rows of a sheet, cells by the first line of their heading."""
    heads = [str(cell.value).split("\n")[0] for cell in sheet[HEAD]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=HEAD + 1)]


def sheets(book: Workbook, kind: str) -> list[Worksheet]:
    return [book[name] for name in book.sheetnames if name.split()[0] == kind]


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(6)
def test_every_evening_of_the_plan_stands_in_the_schedule(name: str) -> None:
    _, plan = sample(name)
    found = sheets(of_sample(name), "Schedule")
    assert len(found) == len(plan.levels)
    for sheet, level in zip(found, plan.levels, strict=True):
        rows = table(sheet)
        assert len(rows) == len(level.rows)
        for cells, row in zip(rows, level.rows, strict=True):
            assert (cells["Day"].value, cells["Weekday"].value, cells["Stage"].value) == (
                row.day,
                f"{row.date:%A}",
                row.stage,
            )
            assert cells["Date"].value == datetime.datetime.combine(row.date, datetime.time())
            assert cells["Date"].number_format == "yyyy-mm-dd"
            for k, setting in enumerate(row.settings_mm, 1):
                assert cells[f"Strut {k}"].value == float(number(setting))
            new = [one for one in level.exchanges if one.planned_day == row.day]
            told = (cells["Change-out"].value or "").split("\n") if new else []
            assert sorted(line[: len("Strut 1")] for line in told) == sorted(f"Strut {one.strut}" for one in new)


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(4)
def test_every_adjustment_stands_in_the_list_of_its_strut(name: str) -> None:
    case, plan = sample(name)
    for sheet, level, entered in zip(sheets(of_sample(name), "Struts"), plan.levels, case.levels, strict=True):
        rows = iter(table(sheet))
        for k in range(6):
            for row in level.rows:
                cells = next(rows)
                assert (cells["Strut"].value, cells["Day"].value, cells["Model"].value) == (
                    k + 1,
                    row.day,
                    row.struts[k].label,
                )
                assert cells["Strut"].fill.fgColor.rgb == "FF" + STRUT_LOOKS[k + 1].shade[1:].upper()
                assert cells["Colour"].value == STRUT_LOOKS[k + 1].name
                made = [cells[f"Adjustment {n}"].value for n in range(1, entered.adjustments_per_day + 1)]
                doses = [float(number(dose[k])) for dose in row.doses_mm] or [
                    *[None] * (len(made) - 1),
                    float(number(row.settings_mm[k])),
                ]
                assert made == doses
                change, way = cells["Change of"].value, cells["Strut gets"].value
                assert way == (None if not change else "longer" if change > 0 else "shorter")
        assert next(rows, None) is None


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", VARIED)
def test_every_sheet_tells_whose_it_is_with_the_notice_and_prints_it_on_every_page(name: str) -> None:
    case, plan = sample(name)
    fingerprint = short_fingerprint(plan_sha256(plan))
    book = of_sample(name)
    assert book.sheetnames[-3:] == ["Change-outs", "Inputs", "Findings"]
    for sheet in book:
        top = [str(sheet.cell(row, 1).value) for row in range(1, HEAD)]
        level = next((one for one in plan.levels if one.name in sheet.title), None)
        names = level.name if level else ", ".join(one.name for one in plan.levels)
        last = max(one.rows[-1].date for one in ([level] if level else plan.levels))
        assert top[0] == f"{sheet.title.split()[0]}: {case.limb.side.upper()} {case.limb.bone.upper()}, {names}"
        assert top[1].startswith(f"Case {case.id}")
        assert top[2] == f"Plan ID {fingerprint}, {LABEL}, {case.start_date} to {last}"
        assert top[3] == f"Signed by {SIGNER} on 27 February 2026, 23:05 UTC. Audit trail: {TRAIL}."
        assert top[4] == NOTICE
        assert sheet.print_title_rows == f"$1:${HEAD}"
        assert sheet.freeze_panes == f"A{HEAD + 1}"
        size = f"{get_column_letter(sheet.max_column)}${sheet.max_row}"
        assert sheet.print_area.endswith("!$A$1:$" + size)
        assert sheet.auto_filter.ref == f"A{HEAD}:{size.replace('$', '')}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((None, 0), (1, 0))
        assert sheet.oddFooter.center.text == "Page &P of &N"
        assert case.id in sheet.oddFooter.left.text
        assert fingerprint in sheet.oddFooter.right.text


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(4)
def test_a_draft_says_so_on_every_sheet_and_every_printed_page(name: str) -> None:
    for sheet in opened(*sample(name)):
        assert str(sheet.cell(1, 1).value).startswith("DRAFT: ")
        assert sheet.cell(4, 1).value == "DRAFT. Not signed. Not for the patient."
        assert sheet.print_title_rows == f"$1:${HEAD}"
        assert (sheet.oddHeader.center.text, sheet.oddHeader.center.size) == ("DRAFT", 24)
    book = of_sample(name)
    assert not any("DRAFT" in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert not any(sheet.oddHeader.center.text for sheet in book)
    assert "DRAFT" not in book.properties.title
    assert TRAIL in book.properties.description


def test_a_name_signed_with_that_looks_like_a_formula_stays_text() -> None:
    case, plan = sample("forearm_fine_struts")
    for name in ("=1+1", "a\nb;=1", "&P"):
        book = opened(case, plan, PrintOptions(signature=signature(plan, name=name)))
        cell = book.worksheets[0].cell(4, 1)
        assert cell.data_type == "s"
        assert f"Signed by {' '.join(name.split())} on " in str(cell.value)


def test_letter_paper() -> None:
    book = opened(*sample("forearm_fine_struts"), PrintOptions(paper="letter"))
    assert {sheet.page_setup.paperSize for sheet in book} == {1}


@pytest.mark.hazard("H-20")
def test_readings_have_the_digits_of_their_scale_and_never_fewer_than_they_need() -> None:
    for name, shape in (("forearm_fine_struts", "0.00"), ("tibia_varus", "0")):
        (sheet,) = sheets(of_sample(name), "Schedule")
        assert {cells[f"Strut {k}"].number_format for cells in table(sheet) for k in range(1, 7)} == {shape}
    value = plain_document()
    value["levels"][0]["frame"]["settings_mm"][0] = 163.5  # read between two marks
    (sheet,) = sheets(opened(*planned(value)), "Schedule")
    first = table(sheet)[0]
    assert (first["Strut 1"].value, first["Strut 1"].number_format) == (163.5, "0.0")
    assert first["Strut 2"].number_format == "0"


def test_strut_headings_have_number_colour_and_an_ink_that_can_be_read() -> None:
    (sheet,) = sheets(of_sample("tibia_varus"), "Schedule")
    heads = {str(cell.value): cell for cell in sheet[HEAD]}
    for k, look in STRUT_LOOKS.items():
        cell = heads[f"Strut {k}\n{look.name}, mm"]
        assert cell.fill.fgColor.rgb == "FF" + look.shade[1:].upper()
        assert cell.font.color.rgb == "FF" + look.ink[1:].upper()


@pytest.mark.parametrize("name", VARIED)
def test_every_column_is_wide_enough_for_its_numbers_and_dates(name: str) -> None:
    for sheet in of_sample(name):
        for row in sheet.iter_rows(min_row=HEAD + 1):
            for cell in row:
                if cell.value is None or isinstance(cell.value, str):
                    continue
                shown = "2026-01-01" if isinstance(cell.value, datetime.datetime) else f"{cell.value:+.2f}"
                assert sheet.column_dimensions[cell.column_letter].width >= len(shown) + 1


@pytest.mark.parametrize("name", ["=1+1", "\t-5"])
def test_no_text_becomes_a_formula_and_what_looks_like_one_is_marked_as_text(name: str) -> None:
    value = harmful_document(name)
    texts = [text for text in HARMFUL if text.strip()]
    value["levels"][0]["structures_at_risk"] = [{"name": text, "at": {"lateral_mm": 10}} for text in texts]
    case, plan = planned(value)
    book = opened(case, plan)
    marked = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "d")
                if isinstance(cell.value, str) and BEGUN_LIKE_A_FORMULA.match(cell.value):
                    assert cell.quotePrefix, cell.value
                    marked.add(cell.value)
    assert {text.replace("\r", "\n") for text in texts if BEGUN_LIKE_A_FORMULA.match(text)} <= marked | {"\nx"}
    with zipfile.ZipFile(io.BytesIO(workbook(plan, PrintOptions()))) as parts:
        for part in parts.namelist():
            content = parts.read(part)
            assert b"<f>" not in content
            assert b"<hyperlink" not in content


BEGUN_LIKE_A_FORMULA = re.compile(r"[\s\x00-\x20\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
NAMES = (
    "a/b:c*d?e[f]g\\h", "'quoted'", "x" * 90, "\U0001d538" * 40, "History", "a\nb\x07c", "!", "&P", "[]", "A", "a", "Change-outs",
)  # fmt: skip


def test_sheets_have_valid_different_names_whatever_the_levels_are_called() -> None:
    for name in NAMES:
        made = sheet_name("Schedule", 11, name)
        assert made.startswith("Schedule 12")
        assert len(made.encode("utf-16-le")) <= 2 * 31
        assert not set(made) & set("[]:*?/\\'\n\x07")
    value = document("tibia_two_levels")
    first, second = value["levels"]
    for pair in (NAMES[:2], NAMES[3:5], ("A", "a")):
        value["levels"] = [first | {"name": pair[0]}, second | {"name": pair[1]}]
        book = opened(*planned(value))
        assert len({one.lower() for one in book.sheetnames}) == 7
        for sheet in book:  # names with signs are quoted where areas are told
            assert sheet.print_area
            assert sheet.print_title_rows == f"$1:${HEAD}"


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@pytest.mark.parametrize("name", PLANNED)
@pytest.mark.some(4)
def test_every_entry_of_the_case_stands_among_the_inputs(name: str) -> None:
    case, _ = sample(name)
    shown = [
        cell.value
        for row in of_sample(name)["Inputs"].iter_rows(min_row=HEAD + 1, min_col=3, max_col=3)
        for cell in row
    ]
    told = [value.date().isoformat() if isinstance(value, datetime.datetime) else value for value in shown]
    for leaf in leaves(case.document):
        leaf = "yes" if leaf is True else leaf
        if leaf in told:
            told.remove(leaf)
            continue
        assert any(str(leaf) in str(value) for value in told), leaf


def test_the_inputs_tell_units_what_was_left_out_hardware_and_plain_words() -> None:
    rows = [[cell.value for cell in row] for row in of_sample("tibia_transport")["Inputs"].iter_rows(min_row=HEAD + 1)]
    level = "hexapod 1, transport segment"
    assert [f"{level}, mounting parameters", "anterior", 14, "mm"] not in rows
    for row in (
        ["case", "id", "demo-TT-040", None],
        ["limb", "side", "right", None],
        [f"{level}, mounting parameters", "posterior", 14, "mm"],
        [f"{level}, limits", "maximum rate", 1, "mm/day"],
        [f"{level}, frame", "strut 4 reads", 121.75, "mm"],
        [f"{level}, stage 2, transport, transport vector", "distal", 60, "mm"],
        ["case, left out", "minimum strut travel remaining", 3, "mm"],
        [f"{level}, hardware", "Generic fine medium strut, scale", "120 to 180 by 0.25", "mm"],
        [f"{level}, in words", None, "Day 8 to 67, transport: the distal fragment moves 60 mm distal.", None],
    ):
        assert row in rows
    places = [row[1] for row in rows if row[0] in ("case", "limb")]
    other = [[cell.value for cell in row] for row in of_sample("tibia_varus")["Inputs"].iter_rows(min_row=HEAD + 1)]
    times = ["hexapod 1, proximal tibia, left out", "times of 4 adjustments a day", "08:00, 12:00, 16:00, 20:00", None]
    assert times in other
    assert places.index("id") < places.index("side") < places.index("start date")  # as a case is read


def test_all_kinds_of_entries_are_told(case_dict: dict[str, Any]) -> None:
    case_dict["clinic_closed"] = ["2026-04-03", "2026-04-06"]
    case_dict["limb"]["child"] = True
    level = case_dict["levels"][0]
    joints = [
        [10.5, -80.0, 0.0],
        [80.0, 10.0, 0.0],
        [0.0, 80.0, 0.0],
        [-80.0, 0.0, 0.0],
        [-40.0, -70.0, 0.0],
        [40, -70, 1],
    ]
    level["frame"]["struts"][0] = {"min_mm": 100, "max_mm": 200, "graduation_mm": 0.5}
    level["stages"][0]["name"] = "rest"
    level["limits"] = {"deg_per_day": 1.5}
    rows = [[cell.value for cell in row] for row in opened(*planned(case_dict))["Inputs"].iter_rows(min_row=HEAD + 1)]
    name = f"hexapod 1, {level['name']}"
    for row in (
        ["case", "clinic closed", "2026-04-03, 2026-04-06", None],
        ["limb", "child", "yes", None],
        [f"{name}, frame, strut 1", "graduation", 0.5, "mm"],
        [f"{name}, limits", "maximum angular rate", 1.5, "deg/day"],
        [f"{name}, left out", "maximum rate at structures at risk and bone edges", 1, "mm/day"],
        [f"{name}, stage 1, rest", "name", "rest", None],
    ):
        assert row in rows
    told = list(_entered("level 1", "joints_mm", joints))
    assert told[0] == ("level 1", "joint 1 (x, y, z)", "10.5, -80, 0", "mm")


def test_exchanges_are_listed_with_both_readings_and_their_window() -> None:
    _, plan = sample("tibia_transport")
    (level,) = plan.levels
    rows = table(of_sample("tibia_transport")["Change-outs"])
    assert len(rows) == len(level.exchanges) == 6
    by_strut = {one.strut: one for one in level.exchanges}
    for cells in rows:
        one = by_strut[cells["Strut"].value]
        told = (
            cells["Remove"].value,
            cells["It reads"].value,
            cells["Fit"].value,
            cells["At"].value,
            cells["Day"].value,
        )
        assert told == (one.old.label, one.old_reads_mm, one.new.label, one.new_reads_mm, one.planned_day)
        window = (cells["Possible from"].value.date(), cells["Possible to"].value.date())
        assert window == (level.rows[one.first_day].date, level.rows[one.last_day].date)
        assert cells["Date"].value.date() == level.rows[one.planned_day].date
        assert cells["Why"].value == one.reason
    assert table(of_sample("tibia_varus")["Change-outs"])[0]["Hexapod"].value == "No strut change-out is needed."


def test_findings_are_listed_with_who_accepted_them_and_why() -> None:
    case, plan = sample("foot_ankle")
    (finding,) = plan.findings
    options = PrintOptions(acknowledgements=acknowledgements(plan, [(finding.code, "Dr A", "=agreed")]))
    (cells,) = table(opened(case, plan, options)["Findings"])
    assert (cells["Status"].value, cells["Code"].value, cells["Message"].value) == (
        "caution",
        finding.code,
        finding.message,
    )
    assert (cells["Acknowledged by"].value, cells["Reason"].value) == ("Dr A", "=agreed")
    assert cells["Reason"].data_type == "s"
    (cells,) = table(opened(case, plan)["Findings"])
    assert cells["Acknowledged by"].value is None
    assert table(of_sample("tibia_varus")["Findings"])[0]["Status"].value == "No findings."


@pytest.mark.hazard("H-16")
@pytest.mark.parametrize("start", ["2028-02-20", "2027-12-20", "1899-12-25", "0001-01-01", "9999-06-01"])
def test_dates_are_right_over_leap_days_year_ends_and_where_spreadsheets_know_none(start: str) -> None:
    value = plain_document()
    value["start_date"] = start
    case, plan = planned(value)
    (sheet,) = sheets(opened(case, plan), "Schedule")
    for cells, row in zip(table(sheet), plan.levels[0].rows, strict=True):
        shown = cells["Date"].value
        assert (shown if isinstance(shown, str) else shown.date().isoformat()) == row.date.isoformat()
        assert isinstance(shown, str) == (row.date.year < 1900)
        assert cells["Weekday"].value == f"{row.date:%A}"


@pytest.mark.hazard("H-14")
def test_the_same_plan_gives_the_same_bytes() -> None:
    case, plan = sample("forearm_fine_struts")
    made = workbook(plan, PrintOptions())
    assert made == workbook(plan, PrintOptions())
    properties = of_sample("forearm_fine_struts").properties
    assert properties.created.date() == case.first_day
    assert short_fingerprint(plan_sha256(plan)) in properties.title


def test_a_text_that_no_cell_can_hold_is_cut_with_a_sign() -> None:
    value = plain_document()
    value["title"] = "ab" * 40_000
    case, plan = planned(value)
    shown = opened(case, plan)["Inputs"]
    assert any(str(cell.value).endswith("ab … (cut)") for row in shown.iter_rows() for cell in row)
