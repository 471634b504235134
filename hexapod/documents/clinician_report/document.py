"""The clinician's report: entries, treatment, findings, and the signature."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from hexapod.about import LABEL
from hexapod.case.film_format import films_measured_in
from hexapod.case.model import WEEKDAYS, Case
from hexapod.checks.findings import Finding, FindingGroup, grouped
from hexapod.documents.clinician_report.blocks import (
    NOTHING,
    SHARE,
    Block,
    Column,
    heading,
    number_rows,
    pairs,
    paragraph,
    picture,
    table,
)
from hexapod.documents.clinician_report.level_sections import (
    accuracy_section,
    entries_section,
    hardware_section,
    measurement_section,
)
from hexapod.documents.clinician_report.treatment_sections import (
    clearances_section,
    exchanges_section,
    rates_table,
    rounding_section,
    schedule_section,
    stages_section,
)
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.identity import DocumentIdentity, identity, page_data, signed_at, standing_words
from hexapod.documents.sanitise import one_line
from hexapod.documents.typeset import typeset
from hexapod.drawings.charts.day_charts import deformity_chart, gap_chart, rate_chart, strut_chart
from hexapod.drawings.report.frame_view import frame_view
from hexapod.drawings.report.report_radiographs import film_drawing, radiograph_drawing
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.sign_off import Acknowledgement, Signature
from hexapod.text.case_fields import CASE
from hexapod.text.film_text import measured_rows, visit_rows
from hexapod.text.language import language
from hexapod.text.numbers import distance, number

RADIOGRAPHS = (
    "The bone as radiographs square to the {reference} fragment show it: the AP view as if facing the patient, the "
    "lateral view with posterior on the right. A drawing with one scale, not to be measured on; fragments go on beyond "
    "their open ends.{bone} Settings known {known}."
)
FILMS = (
    "The radiographs as they were measured, small; yellow the points of the reference fragment, blue those of the "
    "moving one, green all others. Not to be measured on."
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
    """The clinician's report on the whole case as PDF, in English; the same plan gives the same bytes.

    Raises:
        HexapodError: a text of the case has a character that is not in the font.
    """
    whose = identity(plan)
    pictures: dict[str, bytes] = {}
    blocks = [*findings_section(plan, options.acknowledgements), *case_section(plan, whose)]
    for index in range(len(plan.levels)):
        blocks += _level(plan, index, pictures, options)
    data = page_data(whose, "Clinician's report", options.paper, language("en"), options.signature)
    signing = {"covers": COVERS, "blocks": signing_section(whose, options.signature, options.signed_elsewhere)}
    shown = {"name": "Clinician's report", "case_title": plan.case.title, "blocks": blocks, "signing": signing}
    return typeset("clinician_report/report.typ", data | shown, pictures)


def _level(plan: Plan, index: int, pictures: dict[str, bytes], options: PrintOptions) -> list[Block]:
    """The sections on one hexapod; its pictures are added to `pictures`."""
    level, limb = plan.levels[index], plan.case.limb
    entered = level.entered
    count = f"Hexapod {index + 1} of {len(plan.levels)}" if len(plan.levels) > 1 else "Hexapod"
    side = f"{limb.side} {limb.bone}"

    def shown(name: str, content: bytes, alt: str, caption: str) -> Block:
        pictures[f"{name}-{index}.svg"] = content
        return picture(f"{name}-{index}.svg", f"{alt}, {entered.name}, {side}", caption)

    last = level.last.day
    site = entered.indication
    given = "" if entered.bone else f" The bone was not entered: its width and the {site} level are assumed."
    known = "at the start (total residual)" if entered.frame.settings_at == "start" else "at the end (chronic)"
    caption = RADIOGRAPHS.format(reference=entered.reference, bone=given, known=known)
    return [
        heading(f"{count}: {entered.name}", new_page=index > 0),
        *entries_section(entered),
        *_radiographs(plan, index, pictures, options),
        heading("Before and after", 2),
        shown("radiographs", radiograph_drawing(level), f"AP and lateral views on day 0 and on day {last}", caption),
        *accuracy_section(level, options.goal),
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


def _radiographs(plan: Plan, index: int, pictures: dict[str, bytes], options: PrintOptions) -> list[Block]:
    """Radiographs of a hexapod, before surgery and at its visits, and what was measured on them.

    Those whose pictures are kept with the case are printed with their points.
    """
    entered, side = plan.levels[index].entered, plan.case.limb.side
    found = []
    if entered.measured_with is not None:
        own = measured_rows(entered, side)
        found.append(("Measured on radiographs", entered.measured_with, own, "Used"))
    for one in options.visits:
        for six in one.visit.readings:
            films = films_measured_in(six.measured)
            if six.level == index and films is not None and six.measured is not None:
                title = f"Measured on radiographs at the visit of {one.visit.date.isoformat()}"
                found.append((title, films, visit_rows(six.measured, side, entered.reference), "Recorded"))
    blocks: list[Block] = []
    for number_of, (title, measured, rows, used) in enumerate(found):
        shown = [film for film in measured.films if film.pixels_sha256 in options.films]
        section = measurement_section(title, measured, rows, used, pictures=bool(shown))
        if shown:
            name = f"films-{index}-{number_of}.svg"
            pictures[name] = film_drawing(shown, options.films, side, entered.reference, plan.case.limb.bone)
            section.insert(1, picture(name, f"{title}: {entered.name}, {side} {plan.case.limb.bone}", FILMS))
        blocks += section
    return blocks


def _gaps(level: LevelPlan, index: int, pictures: dict[str, bytes]) -> list[Block]:
    content = gap_chart(level)
    if content is None:
        return []
    pictures[f"gaps-{index}.svg"] = content
    return [picture(f"gaps-{index}.svg", f"Chart of docking and regenerate by day, {level.name}", GAPS)]


FINDING_COLUMNS = (
    Column("Finding", SHARE, lead=True),
    Column("Value and limit", 28.0),
    Column("Day", 11.0, "right"),
    Column("Acknowledged", 45.0),
)
# A message says what was found, then the limit, then what to do.
WHAT_WAS_FOUND = re.compile(r"; |: |\. |, above |, more ")
NOT_ACKNOWLEDGED = "NOT ACKNOWLEDGED"


def findings_section(plan: Plan, acknowledgements: Sequence[Acknowledgement]) -> list[Block]:
    """Status, and every finding with value, limit, day and acknowledgement."""
    groups = grouped(plan.findings)
    blocks = [heading("Status and findings"), paragraph(_verdict(plan, groups, acknowledgements), strong=True)]
    if groups:
        blocks.append(table(FINDING_COLUMNS, [_finding_row(plan, group, acknowledgements) for group in groups]))
    return blocks


def _verdict(plan: Plan, groups: Sequence[FindingGroup], acknowledgements: Sequence[Acknowledgement]) -> str:
    if not groups:
        return f"Status: {plan.verdict.upper()}. The checks have found nothing to acknowledge."
    open_ones = [group for group in groups if not _acknowledgements_of(group, acknowledgements)]
    kinds = f"{len(groups)} warning{'s' if len(groups) > 1 else ''} to acknowledge by name"
    done = "all are" if not open_ones else f"{len(open_ones)} not yet acknowledged"
    return f"Status: {plan.verdict.upper()}. {kinds}; {done}."


def _acknowledgements_of(group: FindingGroup, acknowledgements: Sequence[Acknowledgement]) -> list[Acknowledgement]:
    return [one for one in acknowledgements if (one.code, one.level) == (group.worst.code, group.worst.level)]


def _finding_row(plan: Plan, group: FindingGroup, acknowledgements: Sequence[Acknowledgement]) -> list[str | list[str]]:
    worst = group.worst
    where = f" ({plan.levels[worst.level].name})" if len(plan.levels) > 1 else ""
    others = [finding for finding in group.all if finding is not worst]
    sentences = [f"{worst.verdict.upper()} {worst.code}{where}", group.message, *_others(others)]
    accepted = [line for one in _acknowledgements_of(group, acknowledgements) for line in _acknowledged(one)]
    day = NOTHING if worst.day is None else str(worst.day)
    return [sentences, _value_and_limit(worst), day, accepted or NOT_ACKNOWLEDGED]


def _others(others: Sequence[Finding]) -> list[str]:
    """The other findings of a group, each by what it says before limit and advice: which point or pair, what, when."""
    beginnings = [WHAT_WAS_FOUND.split(finding.message, maxsplit=1)[0] for finding in others]
    return [f"Also: {'; '.join(beginnings)}."] if beginnings else []


def _value_and_limit(finding: Finding) -> list[str]:
    return [_measured(finding.value, finding.unit), f"limit {_measured(finding.limit, finding.unit)}"]


def _measured(value: float | None, unit: str | None) -> str:
    if value is None:
        return NOTHING
    return f"{distance(value)} {unit or ''}".strip()


def _acknowledged(one: Acknowledgement) -> list[str]:
    on = "" if one.on is None else f", {language('en').short_date(one.on)}"
    return [f"by {one.by}{on}:", one.reason]


COVERS = (
    "The plan ID covers the entries ID, the software, and every day, date, stage, setting, adjustment, strut model and "
    "change-out of all hexapods: two plans with one plan ID prescribe the same. It does not cover acknowledgements, "
    "nor the wording and the pictures of these pages."
)
DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


def case_section(plan: Plan, whose: DocumentIdentity) -> list[Block]:
    """The case read back."""
    case, words = plan.case, language("en")
    open_days = "every day" if case.clinic_days == WEEKDAYS else ", ".join(DAY_NAMES[day] for day in case.clinic_days)
    closed = [words.short_date(datetime.date.fromisoformat(day)) for day in case.clinic_closed]
    last = max(level.last.day for level in plan.levels)
    own = case.clinic
    clinic = [part for part in (own.name, own.contact, own.missed_or_stuck, own.danger_signs) if part]
    rows = [
        ("Case", case.id),
        ("Limb", f"{case.limb.side.upper()} {case.limb.bone}{', of a growing child' if case.limb.child else ''}"),
        ("Hexapods", [f"{count}: {level.name}" for count, level in enumerate(plan.levels, start=1)]),
        ("Day 0", words.date(whose.first_day)),
        ("Last day", f"{words.date(whose.last_day)} (day {last})"),
        ("Strut change-outs can be done on", open_days),
        ("Clinic closed on", ", ".join(closed) or NOTHING),
        ("Minimum strut travel remaining", f"{number(case.exchange_reserve_mm)} mm"),
        ("Clinic", clinic or NOTHING),
        ("Time zone", case.time_zone or NOTHING),
        ("Continues the case", case.derived_from or NOTHING),
        *number_rows(case, CASE),
        *([("Treatment began on", _began(case))] if case.treatment_started is not None else []),
        ("Software", LABEL),
        ("Entries ID", whose.case_sha256),
        ("Plan ID", whose.plan_sha256),
    ]
    return [heading("Case"), pairs(rows)]


def _began(case: Case) -> str:
    """The first day of the treatment, with the days before day 0."""
    assert case.treatment_started is not None
    date = language("en").date(datetime.date.fromisoformat(case.treatment_started))
    return f"{date}, {case.days_before} days before day 0"


def signing_section(whose: DocumentIdentity, signature: Signature | None, elsewhere: Signature | None) -> list[Block]:
    """The signature with everything that it can be looked up by, or that there is none, the plan ID and the entries ID.

    A signature given `elsewhere`, in the library from which the case was imported, is marked as such.
    """
    words = language("en")
    rows = []
    if signature is not None:
        moment = signed_at(signature)
        rows = [
            ("Signed by", one_line(signature.name)),
            ("As the user", one_line(signature.by)),
            ("Signed on", f"{words.date(moment.date())}, {words.time(moment.time())} UTC"),
            ("Head of the audit trail", signature.head),
        ]
    if elsewhere is not None:
        signer = f"{one_line(elsewhere.name)}, {words.date(signed_at(elsewhere).date())}, audit trail {elsewhere.head}"
        rows.append(("Imported from another library, where it was signed by", signer))
    rows += [("Plan ID", whose.plan_sha256), ("Entries ID", whose.case_sha256)]
    missing = [] if signature is not None else [paragraph(standing_words(None, words), strong=True)]
    return [*missing, pairs(rows)]
