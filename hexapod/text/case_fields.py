"""The table of fields: every entry of a case described once, for the draft, the pages and the documents.

A row has its key as in the case file (inside its level, stage or structure), its kind, the label and hint on the page,
and the step in which it is entered.  A new optional number is a line in `hexapod/case` and a row here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hexapod.case.model import DEFAULT_DEG_PER_DAY, DEFAULT_MM_PER_DAY, DEFAULT_RESERVE_MM
from hexapod.deformity import quantities as w
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD, MeasurementSd
from hexapod.text.field_kinds import (
    BONES,
    COURSES,
    CROSSES,
    DATES_TYPED,
    FRAGMENTS,
    INDICATIONS,
    KEPT_NAMES,
    MISSING,
    PAPERS,
    RATES,
    SEGMENT_RINGS,
    SETTINGS_AT,
    SIDES,
    STAGE_KINDS,
    UNITS,
    WEEKDAY_NAMES,
    YES_OR_NO,
    CaseField,
)
from hexapod.text.languages import LANGUAGES
from hexapod.text.numbers import number

_AS_THERE = "In the same way, in the plane of this ring."
_FROM_TAPE = "With a tape round the skin, in the plane of this ring."
_HINTS_OF_DEFORMITY = {
    w.AP_ANGULATION.quantity: "Between the axes of the two fragments, on the AP radiograph.",
    w.LATERAL_ANGULATION.quantity: "On the lateral radiograph. Apex anterior: procurvatum. Apex posterior: recurvatum.",
    w.AXIAL_ROTATION.quantity: "Always the distal fragment against the proximal one.",
    w.AP_TRANSLATION.quantity: "From the origin to the corresponding point, across the AP radiograph.",
    w.LATERAL_TRANSLATION.quantity: "From the origin to the corresponding point, across the lateral radiograph.",
    w.AXIAL_TRANSLATION.quantity: "Short: the fragments overlap. Long: they stand apart.",
}
_MOUNTING = {
    w.AP_TRANSLATION.quantity: "AP frame offset",
    w.LATERAL_TRANSLATION.quantity: "lateral frame offset",
    w.ALONG_BONE.quantity: "axial frame offset",
    w.AXIAL_ROTATION.quantity: "rotary frame offset",
    w.AP_TILT.quantity: "tilt on the AP view",
    w.LATERAL_TILT.quantity: "tilt on the lateral view",
}
_HINTS_OF_MOUNTING = {
    w.AP_TRANSLATION.quantity: "From the origin to the centre of the reference ring, across the AP radiograph.",
    w.LATERAL_TRANSLATION.quantity: "From the origin to the centre of the ring, across the lateral radiograph.",
    w.ALONG_BONE.quantity: "From the origin to the middle of the ring's thickness, along the bone.",
    w.AXIAL_ROTATION.quantity: "Which way the master tab is turned from anterior, seen from proximal.",
    w.AP_TILT.quantity: "To which side a line square to the ring tilts proximally, on the AP radiograph.",
    w.LATERAL_TILT.quantity: "To which side a line square to the ring tilts proximally, on the lateral radiograph.",
}
PLACES = {
    w.AP_TRANSLATION.quantity: "across, on the AP view",
    w.LATERAL_TRANSLATION.quantity: "across, on the lateral view",
    w.ALONG_BONE.quantity: "along the bone",
}
_ZERO_OF_MOUNTING = {pair.quantity: "0" for pair in w.MOUNTING} | {
    w.AP_TILT.quantity: "square",
    w.LATERAL_TILT.quantity: "square",
}
_FROM_BEFORE = {
    w.AP_TRANSLATION.quantity: "from the point before, on the AP view",
    w.LATERAL_TRANSLATION.quantity: "from the point before, on the lateral view",
    w.ALONG_BONE.quantity: "from the point before, along the bone",
}
_MOVES = ("kind", ("correct_to", "transport"))
_OWN, _FOLLOWS = ("couple", ("stages",)), ("couple", ("keep-length",))
_SO_FAR = "Since the treatment began"


def _sds(part: str, table: tuple[MeasurementSd, ...], names: Mapping[str, str] | None = None) -> tuple[CaseField, ...]:
    """A row for the SD of each quantity of a part; its hint gives the usual SD and its source."""
    rows = []
    for one in table:
        name, unit = (names or {}).get(one.pair.quantity, one.pair.quantity), one.pair.unit
        hint = f"Empty: {number(one.sd)} {unit}. {one.source[0].upper()}{one.source[1:]}."
        rows.append(CaseField(f"{part}_sd.{one.key}", "size", part, f"SD of the {name}, {unit}", hint, section="",
            place=f"SD of the {name}", named=f"SD of the {name}"))  # fmt: skip
    return tuple(rows)


STRUCTURE: tuple[CaseField, ...] = (
    CaseField("name", "text", "deformity", "Structure {}: name", place="Name",
        hint="As it stands on radiographs and documents, for example: peroneal nerve."),
    CaseField("at", "words", "deformity", PLACES, "From the origin, in the axes of the reference fragment.",
        place="Place", pairs=w.PLACE, drawing="structure {}", always=True),
    CaseField("limit_mm_per_day", "size", "deformity", "Its own maximum rate, mm per day",
        "Empty: that of the stage or the hexapod.", place="Its own maximum rate"),
    CaseField("crosses", "choice", "deformity", "It runs past", options=CROSSES, place="Hexapods that it runs past",
        hint="All hexapods: its limit is that of its way over all of them. Nothing chosen: this one alone."),
)  # fmt: skip
STAGE: tuple[CaseField, ...] = (
    CaseField("name", "text", "treatment", "Stage {}: name", "Stands in the schedule on each of its days.",
        place="Name"),
    CaseField("kind", "page", "treatment", "Stage type", options=STAGE_KINDS, place="Stage type",
        required="choose the stage type."),
    CaseField("hold_days", "count", "treatment", "Hold, days", "Whole days on which nothing is turned.",
        place="Days to hold", only=("kind", ("hold_days",)), required=MISSING),
    CaseField("correct_to", "words", "treatment", hint="What remains of it after this stage.", place="Target deformity",
        pairs=w.DEFORMITY, drawing="{}", only=("kind", ("correct_to",)), always=True, named="target deformity"),
    CaseField("correct_to.keep", "marks", "treatment", "Leave unchanged", options=KEPT_NAMES,
        hint="What is kept has no size above, and stays right when the deformity is corrected afterwards.",
        place="Left unchanged", only=("kind", ("correct_to",))),
    CaseField("transport", "words", "treatment", hint="From where the stage finds the moving fragment.",
        place="Transport", pairs=w.PLACE, drawing="transport {}", only=("kind", ("transport",)), always=True,
        named="transport vector"),
    CaseField("meant", "mark", "treatment", "This stage may enlarge the deformity", place="Meant", start=False,
        hint="For a gap opened on purpose or an overcorrection; otherwise it is a caution.",
        only=("kind", tuple(STAGE_KINDS))),
    CaseField("days", "count", "treatment", "Fixed length, days", "Empty: as many as the limits need.", place="Days",
        only=_MOVES, shape="above"),
    CaseField("limits.mm_per_day", "size", "treatment", "Maximum rate of this stage, mm per day",
        "Empty: as for the hexapod.",
        place="Maximum rate", only=_MOVES, shape="above"),
    CaseField("limits.deg_per_day", "turn", "treatment", "Maximum angular rate, deg per day",
        "Empty: as for the hexapod. none: no limit.", place="Maximum angular rate", only=_MOVES, shape="above"),
)  # fmt: skip
LEVEL: tuple[CaseField, ...] = (
    CaseField("name", "text", "limb", "Name of hexapod {}", "For example: proximal tibia.", place="Name", section=""),
    CaseField("reference", "choice", "deformity", "Reference fragment (fixed)", options=FRAGMENTS, section="",
        hint="Radiographs are taken square to it; the origin is a point that you pick on it.",
        place="Reference fragment"),
    CaseField("indication", "choice", "deformity", "What is treated", options=INDICATIONS, section="",
        start="osteotomy", hint="Decides the limits, the protocols, and whether latency and regenerate are judged.",
        place="Indication"),
    CaseField("segment", "segment", "treatment", _FROM_BEFORE, "In the axes of the shared fragment at rest.",
        section="", place="Point on the segment", pairs=w.PLACE, drawing="segment {}"),
    CaseField("segment.ring", "page", "treatment", "The ring on the segment", options=SEGMENT_RINGS, section="",
        hint="The distal ring of the hexapod above and the proximal ring of this one. One ring: what both hexapods "
        "say of it is compared.", place="Ring on the segment"),
    CaseField("frame.proximal_ring", "ring", "frame", "Proximal ring", section=""),
    CaseField("frame.distal_ring", "ring", "frame", "Distal ring", section=""),
    CaseField("frame.alike", "page", "frame", "All six struts are the same", start=True, section=""),
    CaseField("frame.every_strut", "page", "frame", "Struts", section=""),
    CaseField("frame.struts", "struts", "frame", "Struts", section=""),
    CaseField("frame.settings_mm", "settings", "frame", "Strut", required=MISSING, section=""),
    CaseField("frame.settings_at", "choice", "frame", "Mode", "How the frame stands at these settings.",
        options=SETTINGS_AT, section="", place="Mode", named="settings known at"),
    CaseField("mounting", "said", "mounting", _MOUNTING, _HINTS_OF_MOUNTING, section="", place="Mounting",
        pairs=w.MOUNTING, drawing="mounting {}", named="mounting parameters", zero=_ZERO_OF_MOUNTING),
    CaseField("mounting_zero", "page", "mounting", "Nothing to enter above", options={"zero": "0, square"}, section="",
        hint="Only if the ring is centred on the origin, square to the bone, its master tab anterior.",
        place="Mounting"),
    CaseField("deformity", "said", "deformity", hint=_HINTS_OF_DEFORMITY, section="", place="Deformity",
        pairs=w.DEFORMITY, drawing="{}", zero="none"),
    CaseField("deformity_zero", "page", "deformity", "Nothing to enter above", options={"zero": "none"}, section="",
        hint="Only if the two fragments stand as they belong on day 0, their length too.", place="Deformity"),
    CaseField("bone.diameter_mm", "size", "deformity", "Diameter of the bone at the osteotomy, mm",
        "Needed to watch how fast the bone edges move.", place="Diameter of the bone",
        section="Osteotomy (optional)", drawing="diameter"),
    CaseField("bone.osteotomy", "words", "deformity", "osteotomy level from the corresponding point",
        "Along the axis of the moving fragment.", place="Osteotomy level", section="Osteotomy (optional)",
        pairs=(w.ALONG_BONE,), drawing="osteotomy"),
    CaseField("bone.gap_mm", "size", "deformity", "Gap at the osteotomy on day 0, mm",
        "A defect, or the regenerate of an earlier plan. Empty: the ends touch.", place="Gap at the osteotomy on day 0",
        section="Osteotomy (optional)", drawing="gap"),
    CaseField("structures_at_risk", "list", "deformity", place="Structure at risk", each="Structure at risk",
        rows=STRUCTURE, section=""),
    CaseField("limb_girth_mm.proximal", "size", "mounting", "Girth at the proximal ring, mm", _FROM_TAPE,
        drawing="girth", place="Girth of the limb · at the proximal ring", section="Girth of the limb (optional)"),
    CaseField("limb_girth_mm.distal", "size", "mounting", "Girth at the distal ring, mm", _AS_THERE, drawing="girth",
        place="Girth of the limb · at the distal ring", section="Girth of the limb (optional)"),
    CaseField("limits.mm_per_day", "size", "treatment", "Maximum rate, mm per day",
        f"Empty: {number(DEFAULT_MM_PER_DAY)} mm per day.", place="Maximum rate", section="", shape="above"),
    CaseField("limits.deg_per_day", "turn", "treatment", "Maximum angular rate, deg per day",
        f"Empty: {number(DEFAULT_DEG_PER_DAY)} deg per day. none: no limit.", place="Maximum angular rate", section="",
        shape="above"),
    CaseField("adjustments_per_day", "count", "treatment", "Adjustments per day", "1 to 12. Empty: once a day.",
        section="", shape="above"),
    CaseField("adjustment_times", "times", "treatment", "Times of the adjustments (may stay empty)",
        place="Times of the day", section=""),
    CaseField("course_from", "words", "treatment", hint="As the previous plan has it on day 0.", pairs=w.DEFORMITY,
        section="", place="Planned position on day 0", none="short_mm", named="planned position"),
    CaseField("so_far.latency_days", "count", "treatment", "Days of rest before the bone ends parted",
        "Empty: not judged, or not parted yet.", place=f"{_SO_FAR} · Latency that it had, days", section=_SO_FAR),
    CaseField("so_far.rest_days", "count", "treatment", "Days of rest so far, where they have not parted",
        "Empty: not judged, or parted already.", place=f"{_SO_FAR} · Rest so far, days", section=_SO_FAR),
    CaseField("so_far.first_gap_mm", "size", "treatment", "Gap at the osteotomy on the first day, mm", "Empty: none.",
        place=f"{_SO_FAR} · Gap on the first day", section=_SO_FAR),
    CaseField("so_far.largest_gap_mm", "size", "treatment", "Largest gap since then, mm", "Empty: none.",
        place=f"{_SO_FAR} · Largest gap since then", section=_SO_FAR),
    CaseField("so_far.overlap_mm", "size", "treatment", "Overlap of the ends on day 0 by the readings, mm",
        "Empty: none.", place=f"{_SO_FAR} · Overlap of the ends on day 0", section=_SO_FAR),
    CaseField("measured_with", "kept", "radiographs", "Radiographs measured", section=""),
    *_sds("deformity", DEFORMITY_SD),
    *_sds("mounting", MOUNTING_SD, _MOUNTING),
    CaseField("reading_sd_mm", "size", "frame", "SD of a reading, mm",
        "Empty: half a mark of its scale, as a number read between two marks is off.", section="",
        named="SD of a reading"),
    CaseField("couple", "choice", "treatment", "This hexapod", "It moves as its stages below say.", options=COURSES,
        place="What this hexapod does", start="stages", section=""),
    CaseField("return_stages", "list", "treatment", place="Return to the plan", each="Stage of the return", rows=STAGE,
        only=_FOLLOWS, section=""),
    CaseField("docking_gap_mm", "size", "treatment", "Distance to docking on day 0, mm",
        "For a segment carried to its docking site. Empty: no docking is watched, unless the fragments stand apart.",
        place="Distance to docking", section="Docking and time in the frame (optional)", drawing="docking gap",
        only=_OWN, named="distance to docking", pattern="{} on day 0"),
    CaseField("index_days_per_cm", "size", "treatment", "External fixation index, days/cm",
        "Your own index; the plan tells how long the frame is likely to stay. Empty: not told.",
        place="External fixation index", section="Docking and time in the frame (optional)",
        named="external fixation index", pattern="{}, by the surgeon's own experience"),
    CaseField("stages", "list", "treatment", place="Stages", each="Stage", rows=STAGE, only=_OWN, start=1, section=""),
)  # fmt: skip
_CLINIC, _BEFORE = "Clinic", "Continues from"
CASE: tuple[CaseField, ...] = (
    CaseField("id", "text", "limb", "Case id", section="",
        hint="A pseudonym: letters, digits, - _ and . only. Never a name or a birth date."),
    CaseField("title", "text", "limb", "Title (may stay empty)", "What is planned, for example: proximal tibia, varus.",
        place="Title", section=""),
    CaseField("limb.side", "choice", "limb", "Side", "The patient's own side, opposite to yours on an AP radiograph.",
        options=SIDES, section=""),
    CaseField("limb.bone", "choice", "limb", "Bone", "Decides what is drawn, and some of the warnings.", options=BONES,
        section=""),
    CaseField("limb.child", "flag", "limb", "Still growing",
        "Yes: warnings are those for children. Nothing chosen: no.", options=YES_OR_NO, section=""),
    CaseField("start_date", "date", "limb", "Date of day 0", place="Date of day 0", section="",
        hint="Day 0 is the frame as it stands; the first adjustment follows on day 1 or after the latency."),
    CaseField("exchange_reserve_mm", "size", "treatment", "Minimum strut travel remaining, mm",
        f"At a change-out. Empty: {number(DEFAULT_RESERVE_MM)} mm.",
        place="Minimum strut travel remaining", section="", named="minimum strut travel remaining", shape="above"),
    CaseField("clinic.name", "note", "limb", "Name of the clinic", "Printed on the patient's sheet.",
        place="Clinic · Name", section=_CLINIC),
    CaseField("clinic.contact", "note", "limb", "How to reach the clinic",
        "A telephone number; better one that answers at all hours.", place="Clinic · How to reach it",
        section=_CLINIC),
    CaseField("clinic.visit_time", "pasted", "limb", "Time of visits for strut change-outs",
        "As HH:MM, such as 10:30. On such a day nothing up to then is turned at home. Empty: in the morning.",
        place="Clinic · Time of visits", section=_CLINIC),
    CaseField("clinic_days", "marks", "limb", "Clinic days",
        "Struts are changed out on these. None: any day, Sundays too.", options=WEEKDAY_NAMES, section=_CLINIC),
    CaseField("clinic_closed", "dates", "limb", "Closed dates", place="Closed dates", section=_CLINIC,
        hint="No strut is changed out on these. Empty: never closed."),
    CaseField("usual_times", "page", "limb", "Usual times of the adjustments",
        "As HH:MM, such as 08:00 12:00 16:00 20:00: every new hexapod starts with them.", place="Clinic · Usual times",
        section=_CLINIC, start=""),
    CaseField("clinic.missed_or_stuck", "note", "limb", "What to do when a day was missed or a strut will not turn",
        "In your clinic's own words, in the patient's language: it is printed as it stands, not translated.",
        place="Clinic · A day missed, a strut stuck", section=_CLINIC, shape="block"),
    CaseField("clinic.danger_signs", "note", "limb", "When to call at once, in place of the sheet's own sentences",
        "In your clinic's own words, in the patient's language: danger signs, whom to call, when to go to the "
        "emergency department. Empty: the sheet's own sentences.",
        place="Clinic · When to call", section=_CLINIC, shape="block"),
    CaseField("time_zone", "pasted", "limb", "Time zone of the calendar",
        "By its place, such as Europe/Madrid. Empty: it is chosen when the documents are made.", place="Time zone",
        section=_CLINIC),
    CaseField("language", "page", "limb", "Usual language of the patients", options=LANGUAGES, section=_CLINIC,
        start="en", hint="For one patient it is changed in step Prescription."),
    CaseField("paper", "page", "limb", "Paper", options=PAPERS, section=_CLINIC, start="a4",
        hint="Of the patient's sheet and the clinician's report."),
    CaseField("dates_typed", "page", "limb", "How dates are typed",
        "Dates are written with their weekday below the field.", options=DATES_TYPED, section=_CLINIC,
        start="day first"),
    CaseField("derived_from", "text", "limb", "SHA-256 of the previous case", place="Continues from the case",
        hint="This case continues that one. Empty: a case of its own.", section=_BEFORE),
    CaseField("treatment_started", "date", "limb", "First day of the whole treatment", section=_BEFORE,
        hint="Latency, gaps and time in the frame are judged from this day on. Empty: they are not.",
        place="First day of the treatment"),
    CaseField("estimated_from", "kept", "limb", "Estimated from visits", section=""),
    CaseField("levels", "list", "limb", place="hexapods", each="Hexapod", rows=LEVEL, start=1, section=""),
)  # fmt: skip


def all_fields(rows: tuple[CaseField, ...] = CASE) -> Iterator[CaseField]:
    """Every row, including those of levels, stages and structures."""
    for row in rows:
        yield row
        yield from all_fields(row.rows)


def field_at(path: tuple[str, ...], rows: tuple[CaseField, ...] = CASE) -> tuple[CaseField | None, tuple[str, ...]]:
    """The row of an entry by its path in the draft, and what is left of the path inside the entry.

    An item of a list, named by its uid, belongs to the row of the list.  None where nothing matches.

    >>> field_at(("levels", "a1", "stages", "b2", "days"))[0].place, field_at(("levels", "a1", "bone"))[0]
    ('Days', None)
    """
    row = max((one for one in rows if path[: len(one.path)] == one.path), key=lambda one: len(one.path), default=None)
    if row is None:
        return None, path
    inside = path[len(row.path) :]
    return field_at(inside[1:], row.rows) if row.rows and len(inside) > 1 else (row, inside)


def group_at(path: tuple[str, ...]) -> tuple[CaseField, ...]:
    """The rows of a part of a level or of the case, such as `("levels", "a1", "limb_girth_mm")`."""
    rows = LEVEL if path[:1] == ("levels",) else CASE
    inside = path[2:] if path[:1] == ("levels",) else path
    return tuple(row for row in rows if inside and row.path[: len(inside)] == inside)


_NAMED = {row.path[-1]: row.named for row in all_fields() if row.named}


def key_in_words(key: str) -> tuple[str, str]:
    """A key of the case file as documents name it, and its unit, taken from the end of the key.

    >>> key_in_words("limit_mm_per_day"), key_in_words("mm_per_day"), key_in_words("days")
    (('limit', 'mm/day'), ('maximum rate', 'mm/day'), ('days', 'days'))
    >>> key_in_words("leans_medial_deg"), key_in_words("index_days_per_cm")
    (('tilts medial', 'deg'), ('external fixation index', 'days/cm'))
    """
    end, unit = next(((end, unit) for end, unit in UNITS.items() if f"_{key}".endswith(end)), ("", ""))
    if unit and key == end.removeprefix("_"):
        return RATES.get(unit, key), unit
    return _NAMED.get(key) or key.removesuffix(end).replace("_", " ").replace("leans ", "tilts "), unit
