"""Sections on the entries of a hexapod: read back in words, the effect of wrong mounting parameters, the hardware."""

from __future__ import annotations

from collections.abc import Mapping

from hexapod.case.film_format import MeasuredWith
from hexapod.case.level_parts import SoFar
from hexapod.case.model import Level
from hexapod.deformity.pose import along_bone
from hexapod.deformity.quantities import other
from hexapod.documents.clinician_report.blocks import (
    NOTHING,
    SHARE,
    Block,
    Column,
    heading,
    number_rows,
    pairs,
    paragraph,
    points,
    table,
)
from hexapod.hardware.models import Ring, Strut, marked_name, shown_name, unverified
from hexapod.plan.make_plan import LevelPlan
from hexapod.plan.plan_file import FittedStrut, adjustment_times, fitted_struts
from hexapod.preoperative.end_error import Goal
from hexapod.text.case_fields import LEVEL
from hexapod.text.case_sentences import at_a_gap, level_sentences, spoken, unit_of
from hexapod.text.field_kinds import INDICATION_SENTENCES
from hexapod.text.film_text import MeasuredRow, film_sentence
from hexapod.text.numbers import distance, number
from hexapod.text.preoperative_text import end_error_sentences, sensitivity_rows
from hexapod.text.strut_looks import STRUT_LOOKS

KNOWN_AT = {
    "start": "at the start (total residual)",
    "end": "at the end (chronic: frame built to the deformity)",
}

SEGMENT_RING = {
    "shared": "one ring carries the struts of the hexapod above and of this one",
    "separate": "the hexapod above and this one have a ring each",
}
NEVER = "not entered; planned as zero"


def exact_words(words: Mapping[str, float], *, gap: bool = False) -> str:
    """Words and sizes as they were entered, nothing rounded; `gap` as in `spoken`.

    >>> exact_words({"varus_deg": 12.25, "apex_anterior_deg": 6.0})
    '12.25 deg varus, 6 deg apex anterior'
    """
    sizes = (f"{number(value)} {unit_of(word)} {spoken(word, gap=gap)}" for word, value in words.items())
    return ", ".join(sizes) or ("not displaced" if gap else "none")


def entries_section(level: Level) -> list[Block]:
    """Reference, deformity, mounting, bone, structures at risk, limits and adjustments of a hexapod."""
    fixed = "is taken as fixed, and this hexapod compensates" if level.coupled else "is fixed"
    *deformity, mounting = level_sentences(level)
    return [
        heading("Entries read back", 2),
        paragraph(f"The {level.reference} fragment {fixed}; the {other(level.reference)} fragment moves."),
        *points(deformity),
        paragraph(mounting),
        pairs(_rows(level)),
        *_structures(level),
    ]


def measurement_section(
    title: str, films: MeasuredWith, rows: list[MeasuredRow] | str, used: str, *, pictures: bool
) -> list[Block]:
    """Radiograph measurements compared with the values used, each with its SD; `used` heads the column of those."""
    sentences = (
        [] if pictures else ["The pictures of these radiographs are not kept with the case, or not printed here."]
    )
    sentences += [film_sentence(film) for film in films.films]
    if isinstance(rows, str):
        return [heading(title, 2), paragraph(rows, strong=True), *points(sentences)]
    columns = (
        Column("Quantity", SHARE),
        Column("Measured ± SD", 42.0),
        Column("Radiographs", 28.0),
        Column(f"{used} ± SD", 42.0),
        Column("", 30.0),
    )
    cells = [
        (
            row.quantity[0].upper() + row.quantity[1:],
            [f"{row.size:.1f} ± {row.sd:.1f} {row.unit} {row.word}", f"mostly: {row.mostly}"],
            ", ".join(row.films),
            NOTHING if row.used is None else f"{number(row.used)} ± {row.used_sd:.1f} {row.unit} {row.used_word}",
            row.words,
        )
        for row in rows
    ]
    counted = "Counted from the reference fragment's axis in each view; other programs measure translations otherwise."
    return [
        heading(title, 2),
        *([table(columns, cells, firm=True)] if cells else [paragraph("The points tell no size of the deformity.")]),
        *points([*sentences, counted]),
    ]


def _rows(level: Level) -> list[tuple[str, str]]:
    mm_per_day, deg_per_day = level.stage_limits()
    rotation = ", no maximum angular rate" if deg_per_day is None else f"; {number(deg_per_day)} deg of rotation a day"
    times = ", ".join(f"{time:%H:%M}" for time in adjustment_times(level))
    rows = [
        (
            "Defect and displacement" if level.coupled else "Deformity",
            NEVER if level.deformity is None else exact_words(level.deformity_words, gap=at_a_gap(level)),
        ),
        ("Mounting parameters", NEVER if level.mounting is None else exact_words(level.mounting_words)),
        ("Settings known", KNOWN_AT[level.frame.settings_at]),
        ("Maximum rate", f"{number(mm_per_day)} mm a day at structures at risk and bone edges{rotation}"),
        ("Adjustments", f"{level.adjustments_per_day} a day, at {times}"),
    ]
    if level.indication != "osteotomy":
        rows.insert(0, ("Indication", INDICATION_SENTENCES[level.indication]))
    if level.bone is None:
        rows.append(("Bone", "not entered: no bone edge is tracked and no clearance to the bone is judged"))
    else:
        cut = level.bone.osteotomy.words()
        at = f"{exact_words(cut)} of the corresponding point" if along_bone(cut) else "at the corresponding point"
        site = level.indication
        rows.append((site.capitalize(), f"{at}; diameter of the bone {number(level.bone.diameter_mm)} mm"))
        if level.bone.gap_mm:
            rows.append((f"Gap at the {site} on day 0", f"{number(level.bone.gap_mm)} mm"))
    if level.limb_girth_mm is not None:
        girth = level.limb_girth_mm
        text = f"{number(girth.proximal)} mm at the proximal ring, {number(girth.distal)} mm at the distal ring"
        rows.append(("Girth of the limb", text))
    rows += number_rows(level, LEVEL)
    if level.segment is not None:
        ring = level.segment.ring
        rows.append(("From the point of the previous hexapod", exact_words(level.segment.words())))
        rows += [] if ring is None else [("Ring on this segment", SEGMENT_RING[ring])]
    if level.course_from is not None:
        rows.append(("Planned position, previous plan", exact_words(level.course_from.words())))
    if level.so_far is not None:
        rows.append(("Since the treatment began", _so_far(level.so_far)))
    return rows


def _structures(level: Level) -> list[Block]:
    if not level.structures_at_risk:
        return []
    columns = (
        Column("", 9.0),
        Column("Structure at risk", SHARE),
        Column("Where, on day 0, from the origin", 75.0),
        Column("Its maximum rate", 30.0),
    )
    rows = [
        (
            f"S{count}",
            one.name if one.crosses is None else f"{one.name} (crosses all hexapods)",
            exact_words(one.at.words()),
            NOTHING if one.limit_mm_per_day is None else f"{number(one.limit_mm_per_day)} mm a day",
        )
        for count, one in enumerate(level.structures_at_risk, start=1)
    ]
    return [table(columns, rows)]


def _so_far(so_far: SoFar) -> str:
    """Latency and gaps since the treatment began."""
    rest = so_far.latency_days if so_far.latency_days is not None else so_far.rest_days
    parted = "before the bone ends parted" if so_far.latency_days is not None else "so far"
    sentences = [] if rest is None else [f"{rest} days of rest {parted}"]
    sentences.append(
        f"gap {number(so_far.first_gap_mm)} mm on the first day, {number(so_far.largest_gap_mm)} mm at most"
    )
    return "; ".join(sentences)


ERROR_COLUMNS = (
    Column("If the ring really is", SHARE),
    Column("the bone ends", 32.0),
    Column("with this deformity remaining", SHARE),
)
ERROR_SENTENCE = (
    "The settings stay as planned; what an error of one SD in each mounting parameter would leave at the end, in its "
    "worse direction:"
)


def accuracy_section(level: LevelPlan, goal: Goal) -> list[Block]:
    """How exact the end will be, by the goal chosen, and what an error of each mounting parameter would leave."""
    rows = [[f"{row.ring} than entered", f"{row.off} off", row.left] for row in sensitivity_rows(level)]
    return [
        heading("How exact the end will be", 2),
        *(paragraph(sentence) for sentence in end_error_sentences(level, goal)),
        paragraph(ERROR_SENTENCE, sticky=True),
        table(ERROR_COLUMNS, rows, whole=True),
    ]


CHECK = "Some of these values are unverified: check ring and strut data against the maker's manual before use."
# A table of at most so many rows stays on one page: a row for every strut, and a change-out or two.
FEW_ROWS = 12
STRUT_COLUMNS = (
    Column("Strut", 22.0),
    Column("Model", SHARE),
    Column("Fitted", 30.0),
    Column("Scale reads, mm", 27.0),
    Column("Marks, mm", 20.0, "right"),
    Column("Day 0", 15.0, "right"),
    Column("Last day", 16.0, "right"),
)
PART_COLUMNS = (Column("Part", 46.0), Column("Status", 20.0), Column("Values and their source", SHARE))


def hardware_section(level: LevelPlan) -> list[Block]:
    """Rings and struts of a level with ranges, marks, readings, sources and status."""
    setup = level.setup
    fitted = {strut: fitted_struts(level, strut) for strut in STRUT_LOOKS}
    models = {one.model.name: one.model for parts in fitted.values() for one in parts}
    rings = {"Proximal ring": setup.proximal_ring, "Distal ring": setup.distal_ring}
    parts: dict[str, Ring | Strut] = {
        **{f"{place}: {marked_name(ring)}": ring for place, ring in rings.items()},
        **{f"Strut: {marked_name(model)}": model for model in models.values()},
    }
    readings = [row for strut, ones in fitted.items() for row in _strut_rows(level, strut, ones)]
    blocks = [
        heading("Hardware and its status", 2),
        table(STRUT_COLUMNS, readings, whole=len(readings) <= FEW_ROWS),
        *_odd_scales(list(models.values())),
        table(PART_COLUMNS, [row for name, part in parts.items() for row in _part_rows(name, part)]),
    ]
    if any(unverified(part) for part in parts.values()):
        blocks.append(paragraph(CHECK, strong=True))
    return blocks


def _strut_rows(level: LevelPlan, strut: int, parts: list[FittedStrut]) -> list[list[str]]:
    first, last = level.rows[0].settings_mm[strut - 1], level.last.settings_mm[strut - 1]
    rows = []
    for count, one in enumerate(parts):
        days = "always" if len(parts) == 1 else f"day {one.first_day} to {one.last_day}"
        rows.append(
            [
                f"{strut} ({STRUT_LOOKS[strut].name})",
                marked_name(one.model),
                days,
                f"{number(one.model.min_mm)} to {number(one.model.max_mm)}",
                number(one.model.graduation_mm),
                number(first) if count == 0 else "",
                number(last) if count == len(parts) - 1 else "",
            ]
        )
    return rows


def _odd_scales(models: list[Strut]) -> list[Block]:
    """A sentence for every model whose reading differs from its length, as people expect them to be equal."""
    return [paragraph(scale_sentence(model), strong=True) for model in models if _odd(model)]


def _odd(model: Strut) -> bool:
    return model.scale_direction != 1 or model.scale_offset_mm != 0.0


def scale_sentence(model: Strut) -> str:
    """How the scale of a model stands to its length.

    >>> scale_sentence(Strut("back", "own", 0, 60, 1, scale_direction=-1, scale_offset_mm=180))
    'back: its scale counts DOWN as the strut gets longer; joint to joint it is 180 mm less the reading.'
    """
    way, sign = ("DOWN", "less") if model.scale_direction < 0 else ("up", "plus")
    if model.acute is not None:
        constant, acute = number(model.acute.constant_mm), number(model.acute_mm or 0.0)
        return (
            f"{shown_name(model)}: joint to joint it is {constant} mm, plus {acute} mm of its acute part, {sign} the "
            f"reading of its gradual scale. The acute part ({model.acute_text()}) stays locked."
        )
    return (
        f"{shown_name(model)}: its scale counts {way} as the strut gets longer; joint to joint it is "
        f"{number(model.scale_offset_mm)} mm {sign} the reading."
    )


def _part_rows(name: str, part: Ring | Strut) -> list[list[str | list[str]]]:
    """One row for every status and source of a part, with the values that have it."""
    size = (
        f"inner diameter {distance(2.0 * part.inner_radius_mm)} mm"
        if isinstance(part, Ring)
        else f"family {part.family}"
    )
    values: dict[tuple[str, str], list[str]] = {}
    for key, given in part.provenance.items():
        values.setdefault((given.status, given.source), []).append(
            key.replace("_mm", "").replace("_deg", "").replace("_", " ")
        )
    return [
        [[name, size] if count == 0 else "", status, [", ".join(keys), source]]
        for count, ((status, source), keys) in enumerate(values.items())
    ]
