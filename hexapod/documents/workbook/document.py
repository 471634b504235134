"""The workbook: schedule, struts, exchanges, inputs and findings as XLSX, in English."""

from __future__ import annotations

import datetime
import io

import xlsxwriter

from hexapod.case.model import Case
from hexapod.documents.identity import identity
from hexapod.documents.print_options import PrintOptions
from hexapod.documents.signature_status import standing_words
from hexapod.documents.workbook.tables import tables
from hexapod.documents.workbook.worksheet import Formats, Standing, add_table
from hexapod.plan.make_plan import Plan
from hexapod.text.language import language
from hexapod.text.safety_notice import DRAFT, NOTICE

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
