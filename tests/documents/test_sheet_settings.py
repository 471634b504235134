"""Every setting of every day of every sample case, read back from the patient's sheet in all languages on both papers."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from hexapod.about import LABEL
from hexapod.documents.identity import LIMBS
from hexapod.documents.patient_sheet.days import visit_days
from hexapod.plan.plan_file import adjustment_times
from hexapod.text.field_kinds import PAPERS, Paper
from hexapod.text.language import Language, language, stage_words
from hexapod.text.languages import LANGUAGES, NOT_SIGNED, NOTICE, STRUT_COLOURS
from tests.documents.printed import Page, Run
from tests.documents.samples import NAMES, planned, printed_reading, sheets, signs_of, whole_day, whose
from tests.documents.sheet_reader import blocks_by_date, list_of_strut
from tests.signatures import HEAD, SIGNER

MARKS = {"en": ".", "es": ",", "fr": ",", "de": ",", "pt": ","}
WORDS = {"▲": "longer", "▼": "shorter", "=": "stays", "▲▼": "both ways"}
SIZES_PT = {"a4": (595.3, 841.9), "letter": (612.0, 792.0)}
# What is read across the pages of a draft, and in words at the foot, on each paper in one language.
DRAFTS = {
    ("en", "a4"): (("DRAFT",), "DRAFT. Not signed. Not for the patient."),
    ("de", "letter"): (("DRAFT", "ENTWURF"), "DRAFT · ENTWURF. Nicht unterschrieben. Nicht an Patienten aushändigen."),
}
# In `make test` every sample in one language on one paper, and every language on every paper with one of these samples.
SHORT = ("tibia_varus", "forearm_fine_struts", "foot_ankle", "tibia_two_levels", "tibia_chronic")
PRINTS = [(code, paper) for code in LANGUAGES for paper in PAPERS]


def prints() -> list[Any]:
    """Sample, language and paper."""
    taken = {(name, "en", "a4") for name in NAMES}
    taken |= {(SHORT[k % len(SHORT)], *printed) for k, printed in enumerate(PRINTS)}
    every = [(name, *printed) for name in NAMES for printed in PRINTS]
    assert taken <= set(every)
    return [one if one in taken else pytest.param(*one, marks=pytest.mark.slow) for one in every]


@pytest.mark.hazard("H-20")
@pytest.mark.hazard("H-16")
@pytest.mark.hazard("H-08")
@pytest.mark.parametrize(("name", "code", "paper"), prints())
def test_every_setting_of_every_day_stands_in_both_tables(name: str, code: str, paper: Paper) -> None:
    for level, pages in enumerate(sheets(name, code, paper)):
        check_table_by_date(name, level, pages, language(code))
        for k in range(6):
            check_list(name, level, k, pages, language(code))
        check_every_page(name, level, pages, language(code), paper)
        check_signature(pages, language(code))
    if own := DRAFTS.get((code, paper)):
        for pages, signed in zip(sheets(name, code, paper, draft=True), sheets(name, code, paper), strict=True):
            check_draft(pages, signed, *own)


def check_draft(drafts: list[Page], signed: list[Page], own: tuple[str, ...], line: str) -> None:
    """The same letters at the same places: what is read back of the signed sheet is true of the draft too."""
    for number, (page, other) in enumerate(zip(drafts, signed, strict=True), 1):
        assert page.across == own
        assert line in [run.text for run in page.runs if run.y < 75 and run.bold]
        assert SIGNER not in page.text()
        assert HEAD not in page.text()
        assert [run for run in page.runs if run.y >= 75] == [
            run for run in other.runs if run.y >= 75 and not (number == 1 and _of_the_code(run))
        ]
        assert page.rules == other.rules


def _of_the_code(run: Run) -> bool:
    """The code of a signed sheet and its sentence, in the upper right corner of the first page."""
    return run.size in (8.0, 9.0) and run.x > 380 and run.y > 600


def check_signature(pages: list[Page], words: Language) -> None:
    """Who has signed, when and the head of the audit trail on every page, and nowhere that it is a draft."""
    day = words.long_date(datetime.date(2026, 2, 27))
    for page in pages:
        assert page.across == ()
        text = page.text()
        assert not any(word in text for word in ("DRAFT", words.say("DRAFT"), words.say(NOT_SIGNED)))
        foot = " ".join(run.text for run in page.runs if run.y < 75)
        assert all(told in foot for told in (SIGNER, f"{day}, 23:05 UTC", HEAD)), foot


def check_table_by_date(name: str, level: int, pages: list[Page], words: Language) -> None:
    case, plan = planned(name)
    rows, exchanges = plan.levels[level].rows, plan.levels[level].exchanges
    signs, mark = signs_of(name, level), MARKS[words.code]
    times = [f"{time:%H:%M}" for time in adjustment_times(case.levels[level])]
    day, named = 0, ""
    for block in blocks_by_date(pages):
        row = rows[day]

        def dated(day: int) -> list[str]:
            return [words.weekday(rows[day].date), words.short_date(rows[day].date), words.say("Day {day}", day=day)]

        stage = words.say("starting position") if day == 0 else stage_words(row.stage, words)
        begun, named = ([stage] if stage != named else []), stage
        if block.rest:
            last = day
            while last + 1 < len(rows) and rows[last + 1].stage == row.stage and not any(map(any, signs[last + 1])):
                if {last + 1} & {one.planned_day for one in exchanges} or last == 0:
                    break
                last += 1
            until = [words.say("up to and including"), *dated(last)] if last > day else []
            assert " ".join(block.left).split() == " ".join([*dated(day), *until, *begun]).split()
            for kept in rows[day : last + 1]:
                for readings in (kept.settings_mm, *kept.doses_mm):
                    told = tuple(printed_reading(kept, k, readings[k], mark) for k in range(6))
                    assert block.rest == told, f"day {kept.day}"
            day = last + 1
            continue
        turning = [k for k, turned in enumerate(signs[day]) if any(turned)] or [len(times) - 1]
        due = {one.strut: one for one in exchanges if one.planned_day == day}
        narrow = len(turning) == 1 and not begun and not due and not block.text
        short = [words.narrow_date(row.date), words.say("Day {day}", day=day)]
        assert " ".join(block.left).split() == " ".join(short if narrow else [*dated(day), *begun]).split()
        assert [line.time for line in block.lines] == [times[k] for k in turning], "only where something is turned"
        doses, turned_at = [row.doses_mm[k] for k in turning], [signs[day][k] for k in turning]
        for line, readings, turned in zip(block.lines, doses, turned_at, strict=True):
            assert line.readings == tuple(printed_reading(row, k, readings[k], mark) for k in range(6)), f"day {day}"
            assert line.signs == turned, f"day {day}"
        assert block.put_in == {
            strut: printed_reading(row, strut - 1, one.new_reads_mm, mark) for strut, one in due.items()
        }
        # A visit of another hexapod of the frame is one of this one, too.
        assert (words.say("CLINIC VISIT") in block.text) == (day in visit_days(planned(name)[1]))
        for one in due.values():
            # A line of the sheet may end inside a name.
            assert {*one.new.label.split(), *one.old.label.split()} <= set(re.split(r"[\s()]+", block.text))
        day += 1
    assert day == len(rows)


def check_list(name: str, level: int, k: int, pages: list[Page], words: Language) -> None:
    rows, exchanges = planned(name)[1].levels[level].rows, planned(name)[1].levels[level].exchanges
    signs, mark = signs_of(name, level), MARKS[words.code]
    title = words.say("Strut {strut} ({colour})", strut=k + 1, colour=words.say(STRUT_COLOURS[k + 1]))
    entries = list_of_strut(pages, title)
    assert next(entry.day for entry in entries) == 0
    for number, entry in enumerate(entries):
        row = rows[entry.day]
        assert (entry.weekday, entry.date) == (words.weekday(row.date), words.short_date(row.date))
        until = entries[number + 1].day if number + 1 < len(entries) else len(rows)
        due = [one for one in exchanges if one.planned_day == entry.day and one.strut == k + 1]
        assert (words.say("CLINIC VISIT") in entry.text) == bool(due)
        for one in due:
            assert set(one.new.label.split()) <= set(re.split(r"[\s()]+", entry.text))
            assert f"{printed_reading(row, k, one.new_reads_mm, mark)} mm" in entry.text
        turn = whole_day(signs[entry.day])[k] if signs[entry.day] else "="
        if f"{turn} {words.say(WORDS[turn])}" in entry.text:
            told = [
                (turned[k], printed_reading(row, k, six[k], mark))
                for turned, six in zip(signs[row.day], row.doses_mm, strict=True)
            ]
            assert list(entry.cells) == told, f"day {entry.day}"
            assert until == entry.day + 1
            continue
        for kept in rows[entry.day : until]:
            assert not any(turned[k] for turned in signs[kept.day]), f"day {kept.day}"
            for readings in (kept.settings_mm, *kept.doses_mm):
                assert entry.cells == (("", printed_reading(kept, k, readings[k], mark)),), f"day {kept.day}"


def check_every_page(name: str, level: int, pages: list[Page], words: Language, paper: Paper) -> None:
    """Whose sheet it is, of which plan and dates, which page, and the notice."""
    case, plan = planned(name)
    mine = whose(name, level)
    for number, page in enumerate(pages, 1):
        assert (round(page.width, 1), round(page.height, 1)) == SIZES_PT[paper]
        text = page.text()
        for told in (
            words.say(LIMBS[case.limb.side, case.limb.bone]),
            case.id,
            plan.levels[level].name,
            mine.plan,
            LABEL,
            words.short_date(mine.first_day),
            words.short_date(mine.last_day),
            words.say("page {page} of {pages}", page=number, pages=len(pages)),
        ):
            assert told in text, (number, told)
        foot = " ".join(run.text.strip() for run in page.runs if run.size == 7.5 and run.y < 75)
        assert words.say(NOTICE) in foot, number
