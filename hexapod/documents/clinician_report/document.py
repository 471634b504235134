"""The clinician's report: what was entered, what will happen, what was found, and room to sign."""

from __future__ import annotations

from hexapod.documents.clinician_report.blocks import Block, heading, picture
from hexapod.documents.clinician_report.case_sections import COVERS, case_section, findings_section, signing_section
from hexapod.documents.clinician_report.level_sections import entries_section, hardware_section, mounting_section
from hexapod.documents.clinician_report.treatment_sections import (
    clearances_section,
    exchanges_section,
    rates_table,
    rounding_section,
    schedule_section,
    stages_section,
)
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import identity, page_data
from hexapod.documents.typeset import typeset
from hexapod.drawings.charts.rate_chart import rate_chart
from hexapod.drawings.charts.day_charts import deformity_chart, gap_chart
from hexapod.drawings.charts.strut_chart import strut_chart
from hexapod.drawings.report.frame_view import frame_view
from hexapod.drawings.report.report_radiographs import radiograph_drawing
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.text.language import language

RADIOGRAPHS = (
    "The bone as radiographs square to the {reference} fragment show it: the AP view as if facing the patient, the "
    "lateral view with posterior on the right. A drawing with one scale, not to be measured on; fragments go on beyond "
    "their open ends.{bone} Settings known {known}."
)
SPACE = (
    "The frame seen from in front, from the lateral side and from above, as the plan has it. The dark part of a ring "
    "is its master tab."
)
STRUTS = "Settings every evening. Grey bands: the range of the model fitted on these days."
RATES = (
    "Daily path length of each structure at risk and of the bone edges on the exact path, over the maximum rates. "
    "Numbers above: the stages."
)
REMAINING = (
    "The deformity that remains every evening, as intended; the words tell its direction. Numbers above: the stages."
)
GAPS = "Distance to docking and length of the regenerate every evening."


def clinician_report(plan: Plan, options: PrintOptions) -> bytes:
    """The clinician's report on the whole case as PDF, in English."""
    whose = identity(plan)
    pictures: dict[str, bytes] = {}
    blocks = [*findings_section(plan, options.acknowledgements), *case_section(plan, whose)]
    for index in range(len(plan.levels)):
        blocks += _level(plan, index, pictures)
    data = page_data(whose, "Clinician's report", options.paper, language("en"), options.signature)
    signing = {"covers": COVERS, "blocks": signing_section(whose, options.signature, options.signed_elsewhere)}
    shown = {"name": "Clinician's report", "case_title": plan.case.title, "blocks": blocks, "signing": signing}
    return typeset("clinician_report/report.typ", data | shown, pictures)


def _level(plan: Plan, index: int, pictures: dict[str, bytes]) -> list[Block]:
    """All of one hexapod; its pictures are put into `pictures`."""
    level, limb = plan.levels[index], plan.case.limb
    entered = level.entered
    count = f"Hexapod {index + 1} of {len(plan.levels)}" if len(plan.levels) > 1 else "Hexapod"
    side = f"{limb.side} {limb.bone}"

    def shown(name: str, content: bytes, told: str, caption: str) -> Block:
        pictures[f"{name}-{index}.svg"] = content
        return picture(f"{name}-{index}.svg", f"{told}, {entered.name}, {side}", caption)

    last = level.last.day
    given = "" if entered.bone else " The bone was not entered: its width and the osteotomy level are assumed."
    known = "at the start (total residual)" if entered.frame.settings_at == "start" else "at the end (chronic)"
    caption = RADIOGRAPHS.format(reference=entered.reference, bone=given, known=known)
    return [
        heading(f"{count}: {entered.name}", new_page=index > 0),
        *entries_section(entered),
        heading("Before and after", 2),
        shown("radiographs", radiograph_drawing(level), f"AP and lateral views on day 0 and on day {last}", caption),
        *mounting_section(level),
        *hardware_section(level),
        *stages_section(level),
        *exchanges_section(level),
        *clearances_section(level),
        *rounding_section(level),
        heading("The frame on the first and the last day", 2),
        shown("frame", frame_view(level), f"The frame in space on day 0 and on day {last}", SPACE),
        heading("Charts", 2),
        shown("struts", strut_chart(level), "Chart of the settings of six struts by day", STRUTS),
        shown("rates", rate_chart(level), "Chart of the rates at structures at risk and bone edges by day", RATES),
        rates_table(level),
        shown("deformity", deformity_chart(level), "Chart of the deformity that remains by day", REMAINING),
        *_gaps(level, index, pictures),
        *schedule_section(level),
    ]


def _gaps(level: LevelPlan, index: int, pictures: dict[str, bytes]) -> list[Block]:
    content = gap_chart(level)
    if content is None:
        return []
    pictures[f"gaps-{index}.svg"] = content
    return [picture(f"gaps-{index}.svg", f"Chart of docking and regenerate by day, {level.name}", GAPS)]
