"""The workbook: schedule, struts, exchanges, inputs and findings as XLSX, in English."""

from __future__ import annotations

import datetime
import io

import xlsxwriter

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.identity import identity
from hexapod.report.language import language
from hexapod.report.notice import DRAFT, NOTICE
from hexapod.report.options import PrintOptions
from hexapod.report.standing import standing_words
from hexapod.report.workbook_page import Formats, Standing, add_table
from hexapod.report.workbook_tables import tables

# Text stays text, whatever it begins with.
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# No clock is read: the file was made on day 0, or on the first day that its format knows.
FIRST_CREATED = datetime.date(1980, 1, 1)


def workbook(case: Case, plan: Plan, options: PrintOptions) -> bytes:
    """The workbook of the whole case; the same plan gives the same bytes."""
    whose = identity(case, plan)
    standing = Standing(options.signature is None, standing_words(options.signature, language("en")))
    mark = f"{DRAFT}, " if standing.draft else ""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        book.set_properties(
            {
                "title": f"{mark}{whose.case_id}, {whose.side} {whose.bone}, plan {whose.plan}",
                "author": whose.software,
                "comments": f"{standing.words} {NOTICE}",
                "created": datetime.datetime.combine(max(case.first_day, FIRST_CREATED), datetime.time()),
            }
        )
        formats = Formats(book)
        for table in tables(case, plan, whose, options):
            add_table(book, formats, table, standing, options.paper)
    return out.getvalue()
