"""The patient's sheet as a document: complete, calm in any language, findable, and the same every time."""

from __future__ import annotations

import gettext
import io
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import segno

from hexapod import load_catalogue, make_plan, read_case
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.documents.patient_sheet.document import code_picture, patient_sheet, sheet_data
from hexapod.documents.typeset import typeset
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import Catalogue
from hexapod.plan.plan_file import plan_document
from hexapod.plan.sign_off import EarlierPlan, sheet_code
from hexapod.text.field_kinds import PAPERS, Paper
from hexapod.text.language import Language, language
from hexapod.text.languages import LANGUAGES
from tests.documents.layout import trouble
from tests.documents.printed import Page, read
from tests.documents.samples import FOLDER, NAMES, planned, sheets
from tests.documents.sheet_reader import READING, blocks_by_date, heads_by_date, list_of_strut
from tests.signatures import signature

STRUT_1 = "Strut 1 (red)"


def sample(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def sheet_of(document: dict[str, Any], paper: Paper = "a4", catalogue: Catalogue | None = None) -> list[Page]:
    case = read_case(document)
    plan = make_plan(case, catalogue)
    return read(patient_sheet(plan, 0, PrintOptions("en", paper, signature=signature(plan), strut_tables=True)))


def words_on(pages: list[Page]) -> str:
    return " ".join(" ".join(page.text() for page in pages).split())


def in_order(page: Page) -> str:
    """The page's text in the order in which it was set: sentences stay whole beside pictures."""
    return " ".join(" ".join(run.text for run in page.runs).replace("\u200b", "").split())


@pytest.mark.hazard("H-14")
def test_whose_sheet_it_is_stands_on_every_page_in_literal_words() -> None:
    pages = sheets("tibia_varus", "en", "a4")[0]
    assert len(pages) == 10
    for number, page in enumerate(pages, 1):
        for told in ("RIGHT TIBIA", "proximal tibia", "demo-TV-014", "Plan ID 1dbaaad719bf", "hexapod 0.1.0"):
            assert told in page.text()
        assert "2 Mar 2026 to 31 May 2026" in page.text()
        assert f"page {number} of 10" in page.text()
        assert "Not a cleared medical device" in page.text()


@pytest.mark.hazard("H-20")
@pytest.mark.hazard("H-16")
def test_a_day_reads_as_it_should_in_literal_words() -> None:
    """Tibia varus, day 8: the first turn, 155 to 156 and so on, all six longer; day 20: strut 1 from 164 to 163."""
    pages = sheets("tibia_varus", "en", "a4")[0]
    blocks = {block.left[2]: block for block in blocks_by_date(pages)}
    first = blocks["Day 8"]
    assert first.left == ("Tuesday", "10 Mar 2026", "Day 8", "distract")
    assert "First adjustment day." in first.text
    assert first.lines[-1].time == "16:00", "at 20:00 nothing is turned: there is no line"
    assert first.lines[-1].readings == ("156", "160", "122", "138", "152", "165")
    assert blocks["Day 20"].lines[-1].readings[0] == "163"
    assert blocks["Day 20"].lines[-1].signs[0] == "▼"
    assert blocks["Day 1"].left[3:7] == ("up to and including", "Monday", "9 Mar 2026", "Day 7")
    assert "Pause of 7 days. Do not turn any strut until the pause is over." in blocks["Day 1"].text
    assert "Last adjustment day" in blocks["Day 30"].text
    assert "Do not turn any strut from now on, unless the clinic gives you a new table." in blocks["Day 31"].text
    assert "until the pause is over" not in blocks["Day 31"].text
    assert "End of this table: Sunday 31 May 2026 (day 90). After that do not turn any strut" in words_on(pages)


@pytest.mark.hazard("H-08")
def test_a_clinic_visit_says_which_strut_gets_which_model_and_where_it_is_put_in() -> None:
    pages = sheets("tibia_transport", "en", "a4")[0]
    blocks = {block.left[2]: block for block in blocks_by_date(pages)}
    visit = blocks["Day 14"]
    assert visit.left[:2] == ("Monday", "23 Feb 2026")
    assert visit.put_in == {2: "124.25", 4: "126.00"}
    assert (
        "CLINIC VISIT In the morning, before anything is turned, the clinic changes one or more struts." in visit.text
    )
    assert "If the visit has not taken place, turn nothing." in visit.text
    assert visit.text.count("Generic fine medium (scale ") == 2
    assert (
        "The numbers below are for the new scales of struts 2 and 4. Before the first line each must read" in visit.text
    )
    entry = next(entry for entry in list_of_strut(pages, "Strut 2 (orange)") if entry.day == 14)
    # The line may end inside the name, where the cells beside it come next in the text of the page.
    assert re.search(r"The new one \(Generic.* medium.* strut\).* set.* 124\.25", entry.text)
    assert "CLINIC VISIT: struts 2 and 4 are changed" in in_order(pages[0]) + in_order(pages[1])


def test_docking_is_told_on_its_day_and_beforehand() -> None:
    pages = sheets("tibia_stacked_transport", "en", "a4")[1]
    (day,) = [block for block in blocks_by_date(pages) if "Docking" in block.text]
    assert day.left[:3] == ("Saturday", "20 Jun 2026", "Day 68")
    assert "Go on exactly as the table says." in day.text
    assert "docking: by the evening the bone ends should meet" in words_on(pages[:2])


@pytest.mark.hazard("H-14")
def test_with_several_parts_the_sheet_says_which_it_is_for() -> None:
    pages = sheets("tibia_trifocal", "en", "a4")[1]
    assert "This sheet is only for the frame part “docking site”." in in_order(pages[0])
    assert (
        "The frame has 3 parts, and each has a sheet of its own: proximal tibia · docking site · distal tibia. Use all "
        "3 sheets: at each time in the tables turn the struts of every part." in in_order(pages[0])
    )
    assert "(frame part “distal tibia”)" in words_on(pages[:2]), "visits for other parts are told too"


REVERSED = """
family = "reversed"
title = "Scale that counts down"
status = "generic"
source = "a test"
[struts.common]
scale_direction = -1
scale_offset_mm = 300.0
body_diameter_mm = 12.0
max_lean_deg = 60.0
[[struts.series]]
name = "reversed-{size}"
graduation_mm = 1.0
sizes = { medium = [120.0, 180.0] }
"""


@pytest.mark.hazard("H-02")
@pytest.mark.hazard("H-20")
def test_on_a_scale_that_counts_down_the_numbers_fall_and_the_words_stay(tmp_path: Path) -> None:
    (tmp_path / "reversed.toml").write_text(REVERSED, "utf-8")
    document = sample("tibia_varus")
    frame = document["levels"][0]["frame"]
    frame["settings_mm"] = [300 - mm for mm in frame["settings_mm"]]
    frame["struts"] = ["reversed-medium"] * 6
    pages = sheet_of(document, catalogue=load_catalogue(tmp_path / "reversed.toml"))
    ordinary = blocks_by_date(sheets("tibia_varus", "en", "a4")[0])
    for block, usual in zip(blocks_by_date(pages), ordinary, strict=True):
        for line, same in zip(block.lines, usual.lines, strict=True):
            assert line.signs == same.signs
            assert [int(mm) for mm in line.readings] == [300 - int(mm) for mm in same.readings]
    told = in_order(pages[0]) + in_order(pages[1])
    assert "Careful: a larger number means a SHORTER strut." in told
    assert "← longer" in told
    usual = sheets("tibia_varus", "en", "a4")[0]
    assert "A larger number means a longer strut." in in_order(usual[0]) + in_order(usual[1])


def test_a_refused_plan_cannot_be_printed() -> None:
    case = read_case(sample("refused_strut_travel"))
    with pytest.raises(HexapodError, match="refused"):
        documents(make_plan(case))


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, '.')\n"
        "from tests.documents.samples import planned\n"
        "from hexapod.documents.document_set import documents\n"
        "sheet = next(one for one in documents(planned('tibia_varus')[1]) if one.kind == 'sheet')\n"
        "print(sheet.name, hashlib.sha256(sheet.content()).hexdigest())"
    )
    root = FOLDER.parent
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert "demo-TV-014_right_DRAFT_proximal-tibia_sheet-en-a4_1dbaaad719bf.pdf" in told.pop()


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_file_is_tagged_and_tells_its_title_language_and_parts(code: str) -> None:
    _, plan = planned("forearm_fine_struts")
    reader = pypdf.PdfReader(
        io.BytesIO(patient_sheet(plan, 0, PrintOptions(code, signature=signature(plan), strut_tables=True)))
    )
    root = reader.trailer["/Root"]
    words = language(code)
    assert root["/Lang"] == code
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == f"{words.say('Adjusting your frame')}, demo-UL-003, 156aa7353003"
    bookmarks = [entry["/Title"] for entry in reader.outline[1]]  # type: ignore[index, union-attr, call-overload]
    assert words.say("Table by date") in bookmarks
    assert [title for title in bookmarks if re.search(r"[1-6] \(", str(title))] == [
        words.say("Strut {strut} ({colour})", strut=k, colour=words.say(colour))
        for k, colour in enumerate(("red", "orange", "yellow", "green", "blue", "violet"), 1)
    ]
    fonts = {
        font.get_object()["/BaseFont"]: font.get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    for name, font in fonts.items():
        assert "FiraGO" in name
        below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(below), f"{name} is not embedded"
    tables = [one for one in tagged(root["/StructTreeRoot"]) if one.get("/S") == "/Table"]
    heads = [sum(one.get("/S") == "/TH" for one in tagged(table)) for table in tables]
    assert len(tables) == 7, "one by date, six by strut"
    assert heads == [9, *[1 + 4 + 3] * 6], "date, time, what is read, six struts; a strut's name and its columns"


@pytest.mark.hazard("H-14")
def test_the_word_across_a_draft_is_no_part_of_its_text_and_its_title_tells_of_it() -> None:
    _, plan = planned("forearm_fine_struts")
    reader = pypdf.PdfReader(io.BytesIO(patient_sheet(plan, 0, PrintOptions("de"))))
    assert "pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert reader.metadata is not None
    assert reader.metadata.title == "DRAFT · ENTWURF: So verstellen Sie Ihren Fixateur, demo-UL-003, 156aa7353003"
    signed = pypdf.PdfReader(io.BytesIO(patient_sheet(plan, 0, PrintOptions("de", signature=signature(plan)))))
    assert len(reader.pages) == len(signed.pages)
    for page in reader.pages:
        content = page.get_contents()
        assert content is not None
        # An artifact, by its kind in PDF 2.0: screen readers pass over it.
        assert re.match(rb"/Artifact<<[^\n]*/Type/Background>>BDC\nq 0\.5\d+ 0\.8\d+ ", content.get_data())


def tagged(element: Any) -> list[Any]:
    """An element of the tag tree with all beneath it."""
    found = [element]
    below = element.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        entry = child.get_object()
        if isinstance(entry, dict) and "/S" in entry:
            found += tagged(entry)
    return found


class Longer(gettext.NullTranslations):
    """A language whose every word is 40 % longer than in English, without a place to break it."""

    def gettext(self, message: str) -> str:
        parts = re.split(r"(\{\w+\})", message)
        return "".join(part if part.startswith("{") else re.sub(r"[^\W\d_]+", self.word, part) for part in parts)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    @staticmethod
    def word(found: re.Match[str]) -> str:
        return found[0] + "mnemonic"[: math.ceil(0.4 * len(found[0]))] * (len(found[0]) <= 20)


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("name", ["tibia_varus", "tibia_trifocal", "tibia_transport", "forearm_fine_struts"])
@pytest.mark.some(3)
def test_a_language_40_percent_longer_neither_overlaps_nor_leaves_the_page(name: str, paper: Paper) -> None:
    _, plan = planned(name)
    words = Language("de", Longer())
    assert len(words.say("Do not turn.")) >= 1.4 * len("Do not turn.")
    options = PrintOptions(paper=paper, signature=signature(plan))
    for level, one in enumerate(plan.levels):
        pages = read(typeset("patient_sheet/sheet.typ", sheet_data(plan, level, words, options), code_picture(options)))
        assert trouble(pages) == []
        assert columns_overrun(pages) == []
        assert len([block for block in blocks_by_date(pages) if block.lines]) == len(
            [block for block in blocks_by_date(sheets(name, "en", paper)[level]) if block.lines]
        ), one.name


def columns_overrun(pages: list[Page]) -> list[str]:
    """What of the table by date is wider than the column of its strut: colours, readings, signs with their words."""
    told = []
    for page in pages:
        if not (heads := heads_by_date(page)):
            continue
        wide = (heads[5].middle - heads[0].middle) / 5
        for run in page.runs:
            if run.y > heads[0].y + 1:
                continue  # the guide above the table
            column = round((run.middle - heads[0].middle) / wide)
            middle = heads[0].middle + column * wide
            colour = 15 < heads[0].y - run.y < 32 and abs(run.middle - middle) < 2
            beyond = run.x < middle - wide / 2 or run.right > middle + wide / 2
            concerned = colour or re.match(r"[▲▼=]", run.text) or READING.fullmatch(run.text)
            if column in range(6) and concerned and beyond:
                told.append(run.text)
    return told


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.some(4)
def test_nothing_overlaps_or_leaves_the_page_in_any_sample(name: str) -> None:
    for pages in sheets(name, "en", "letter"):
        assert trouble(pages) == []
        assert columns_overrun(pages) == []


@pytest.mark.hazard("H-14")
@pytest.mark.slow
def test_long_names_wrap_and_break_nothing() -> None:
    document = sample("tibia_trifocal")
    document["id"] = "A" * 32 + "-" + "b" * 31
    document["title"] = "A long title of the surgeon's. " * 8
    level = document["levels"][0]
    level["name"] = ("Proximal " + "x" * 90 + " with a name that the hospital asks for in every record " * 2)[:200]
    for stage in level["stages"]:
        stage["name"] = (stage["name"] + " Distraktionsosteogenesephase" * 7)[:200]
    pages = sheet_of(document, "letter")
    assert trouble(pages) == []
    for page in pages:
        head = (
            "".join(run.text for run in page.runs if run.y > page.height - 110).replace("\u200b", "").replace(" ", "")
        )
        assert document["id"] in head
        assert level["name"].replace(" ", "") in head
    assert len(blocks_by_date(pages)) > 60


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.slow
def test_any_number_of_adjustments_a_day_is_printed_whole(count: int) -> None:
    document = sample("forearm_fine_struts")
    document["levels"][0]["adjustments_per_day"] = count
    pages = sheet_of(document)
    rows = make_plan(read_case(document)).levels[0].rows
    assert trouble(pages) == []
    turning = [block for block in blocks_by_date(pages) if block.lines]
    entries = {entry.day: entry for entry in list_of_strut(pages, STRUT_1)}
    assert len(turning) > 25
    for block in turning:
        day = int(next(text for text in block.left if text.startswith("Day ")).removeprefix("Day "))
        before = [rows[day - 1].settings_mm, *rows[day].doses_mm]
        turned = [dose for was, dose in zip(before, rows[day].doses_mm, strict=False) if dose != was]
        assert len(block.lines) <= count
        assert [line.readings for line in block.lines] == [tuple(f"{mm:.2f}" for mm in dose) for dose in turned]
        assert [text for _, text in entries[day].cells] == [f"{dose[0]:.2f}" for dose in rows[day].doses_mm]


def test_scales_of_several_graduations_keep_their_decimals() -> None:
    document = sample("tibia_varus")
    marks = [1, 1, 0.5, 0.25, 0.125, 0.001]
    own = [{"min_mm": 100, "max_mm": 200, "graduation_mm": mark} for mark in marks]
    document["levels"][0]["frame"]["struts"] = own
    pages = sheet_of(document, "letter")
    assert trouble(pages) == []
    assert columns_overrun(pages) == []
    row = make_plan(read_case(document)).levels[0].rows[8]
    block = next(block for block in blocks_by_date(pages) if block.left[2] == "Day 8")
    told = tuple(f"{mm:.{places}f}" for mm, places in zip(row.settings_mm, (0, 0, 1, 2, 3, 3), strict=True))
    assert block.lines[-1].readings == told
    assert "Strut 5: From one mark to the next is 0.125 mm." in in_order(pages[1])
    assert "scale 100 to 200 mm" in in_order(pages[1])
    assert "own (scale" not in in_order(pages[1])


@pytest.mark.parametrize(("days", "adjustments"), [(365, 4), pytest.param(1990, 1, marks=pytest.mark.slow)])
def test_a_plan_of_a_year_and_of_more_than_five_is_printed_whole(days: int, adjustments: int) -> None:
    document = sample("forearm_fine_struts")
    level = document["levels"][0]
    level["adjustments_per_day"] = adjustments
    level["deformity"] = {"short_mm": 18}
    level["stages"] = [{"name": "latency", "hold_days": 5}]
    left, number = days - 5, 0
    while left:
        part, number = min(left, 700), number + 1
        level["stages"].append(
            {
                "name": f"part {number}",
                "correct_to": {"short_mm": round(18 - 17.9 * (days - 5 - left + part) / days, 3)},
                "days": part,
            }
        )
        left -= part
    case = read_case(document)
    plan = make_plan(case)
    rows = plan.levels[0].rows
    assert len(rows) == days + 1
    pages = read(patient_sheet(plan, 0, PrintOptions(signature=signature(plan))))
    shown: dict[int, tuple[str, ...]] = {}
    for block in blocks_by_date(pages):
        told = [int(text.removeprefix("Day ")) for text in block.left if text.startswith("Day ")]
        for day in range(told[0], told[-1] + 1):
            shown[day] = block.rest or block.lines[-1].readings
    assert shown == {row.day: tuple(f"{mm:.2f}" for mm in row.settings_mm) for row in rows}
    assert f"page {len(pages)} of {len(pages)}" in pages[-1].text()


def test_a_sign_that_cannot_be_printed_is_refused_with_the_place() -> None:
    document = sample("tibia_varus")
    document["levels"][0]["name"] = "left \N{BONE} tibia"
    case = read_case(document)
    with pytest.raises(HexapodError, match="“\N{BONE}” in “left \N{BONE} tibia” cannot be printed"):
        patient_sheet(make_plan(case), 0, PrintOptions())


def test_markup_in_a_name_is_printed_as_typed() -> None:
    document = sample("tibia_varus")
    document["levels"][0]["name"] = '*tibia* #pagebreak() $x^2$ "q" \\ <b> = 1'
    assert '*tibia* #pagebreak() $x^2$ "q" \\ <b> = 1' in sheet_of(document)[4].text()


@pytest.mark.hazard("H-20")
def test_help_is_told_once_before_the_table_in_the_clinics_own_words() -> None:
    document = sample("tibia_varus")
    plain = sheet_of(document)
    ours = "Do not catch up on your own and do not use force. Leave all struts as they are and call the clinic."
    told = in_order(plain[0]) + in_order(plain[1])
    assert told.count(ours) == 1
    assert told.count("If you missed a time or a day, turned wrongly, or a strut cannot be turned") == 1
    document["clinic"] = {
        "name": "Limb Unit",
        "contact": "+34 900 000 000",
        "missed_or_stuck": "Stop, and ring the ward.",
    }
    pages = sheet_of(document)
    assert "Stop, and ring the ward. Limb Unit +34 900 000 000" in in_order(pages[0]) + in_order(pages[1])
    assert ours not in words_on(pages)


@pytest.mark.hazard("H-19")
def test_small_print_tells_of_the_wording_and_of_unverified_hardware() -> None:
    document = sample("tibia_varus")
    assert "Language: English. No clinician has reviewed the wording of this sheet." in words_on(sheet_of(document)[:2])
    assert "unverified" not in words_on(sheet_of(document)[:2])
    _, plan = planned("tibia_varus")
    reviewed = Language("de", gettext.NullTranslations(), "Dr Example")
    told = words_on(read(typeset("patient_sheet/sheet.typ", sheet_data(plan, 0, reviewed, PrintOptions()))))
    assert "Language: Deutsch. The wording of this sheet was reviewed by Dr Example." in told
    document["levels"][0]["frame"]["proximal_ring"] = {"model": "tsf-full-180"}
    assert "Check ring and strut data against the maker's manual before use." in words_on(sheet_of(document)[:2])


# Pages of a sheet for 40 days with its cover, at adjustments a day.
MOST_PAGES = {4: 5, 1: 3}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("often", MOST_PAGES)
@pytest.mark.some(4)
def test_forty_days_fit_on_few_pages_of_large_numbers_and_none_has_a_single_row(
    often: int, code: str, paper: Paper
) -> None:
    document = sample("forearm_fine_struts")
    level = document["levels"][0]
    level["adjustments_per_day"] = often
    level["stages"] = [
        {"name": "latency", "hold_days": 5},
        {"name": "correction", "correct_to": {}, "days": 35},
    ]
    plan = make_plan(read_case(document))
    assert len(plan.levels[0].rows) == 41
    pages = read(patient_sheet(plan, 0, PrintOptions(code, paper, signature=signature(plan))))
    assert len(pages) <= MOST_PAGES[often]
    assert trouble(pages) == []
    blocks = blocks_by_date(pages)
    for number, page in enumerate(pages):
        assert not heads_by_date(page) or len([one for one in blocks if one.page == number]) > 1
        heads = heads_by_date(page)
        numbers = [run for run in page.runs if heads and READING.fullmatch(run.text) and run.x > heads[0].x - 20]
        numbers = [run for run in numbers if run.y < heads[0].y]
        assert all(run.size >= 11 for run in numbers if run.y > 75)
    assert blocks[0].left[0] == language(code).weekday(plan.levels[0].rows[0].date)


@pytest.mark.hazard("H-14")
def test_a_sheet_that_replaces_another_says_so_on_every_page_with_both_readings_and_its_own_code() -> None:
    _, plan = planned("tibia_varus")
    moved = sample("tibia_varus") | {"start_date": "2026-03-09"}
    new = make_plan(read_case(moved))
    before = EarlierPlan(plan.case, plan_document(plan), signature(plan), "ABCD-EFGH-JKMN-PQRS")
    pages = read(patient_sheet(new, 0, PrintOptions(signature=signature(new), earlier=(before,))))
    told = "Replaces the sheet of 2 March 2026 (code ABCD-EFGH-JKMN-PQRS). Destroy that one."
    code = sheet_code(signature(new))
    for page in pages:
        assert told in page.text()
        assert f"Code {code}" in page.text()
    first = in_order(pages[0])
    assert "Your scales on 9 March 2026, in mm" in first
    old = next(row for row in plan.levels[0].rows if row.date.isoformat() == "2026-03-09")
    for name, row in (("by the old sheet", old), ("by this sheet", new.levels[0].rows[0])):
        assert f"{name} {' '.join(f'{mm:.0f}' for mm in row.settings_mm)}" in first
    assert "as it was fitted" not in words_on(pages)
    draft = read(patient_sheet(new, 0, PrintOptions(earlier=(before,))))
    assert all("Destroy" not in page.text() and code not in page.text() for page in draft)
    assert "This draft replaces no sheet." in words_on(draft)
    several = (replace(before, case=new.case), before)
    later = words_on(read(patient_sheet(new, 0, PrintOptions(signature=signature(new), earlier=several))))
    assert "Replaces the sheets of 9 March 2026 and 2 March 2026. Destroy those." in later
    assert "Replaces" not in words_on(read(patient_sheet(plan, 0, PrintOptions())))


@pytest.mark.parametrize(("public", "held"), [("", "{}"), ("https://a.example", "https://a.example/in-force/{}")])
def test_the_picture_holds_the_address_or_the_code(public: str, held: str) -> None:
    _, plan = planned("tibia_varus")
    (picture,) = code_picture(PrintOptions(signature=signature(plan), public_address=public)).values()
    wanted = io.BytesIO()
    segno.make_qr(held.format(sheet_code(signature(plan))), error="m").save(wanted, kind="svg", border=4, xmldecl=False)
    assert picture == wanted.getvalue()
    assert code_picture(PrintOptions()) == {}, "a draft has no code"


@pytest.mark.hazard("H-20")
def test_the_clinics_own_danger_signs_take_the_place_of_the_usual_ones() -> None:
    plain = sample("tibia_varus")
    own = make_plan(read_case(plain | {"clinic": {"danger_signs": "Fever: call 112.\n\nPus: call 113."}}))
    sheet = words_on(read(patient_sheet(own, 0, PrintOptions())))
    assert "Fever: call 112." in sheet
    assert "Pus: call 113." in sheet
    assert "thick or coloured discharge" not in sheet
    assert "thick or coloured discharge" in words_on(
        read(patient_sheet(make_plan(read_case(plain)), 0, PrintOptions()))
    )
