"""The hardware of a level: rings, struts with their readings, and where every value comes from."""

from __future__ import annotations

from hexapod.documents.clinician_report.blocks import SHARE, Block, Column, heading, paragraph, table
from hexapod.hardware.models import Ring, Strut, unverified
from hexapod.plan.fitted_struts import FittedStrut, fitted_struts
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.numbers import distance, number
from hexapod.text.strut_colours import STRUT_LOOKS

CHECK = "Some of these values are unverified: check ring and strut data against the maker's manual before use."
# A table of so few rows is not torn apart: a line for every strut, and an exchange or two.
FEW_ROWS = 12
STRUT_COLUMNS = (
    Column("Strut", 22.0),
    Column("Model", SHARE),
    Column("FittedStrut", 30.0),
    Column("Scale reads, mm", 27.0),
    Column("Marks, mm", 20.0, "right"),
    Column("Day 0", 15.0, "right"),
    Column("Last day", 16.0, "right"),
)
PART_COLUMNS = (Column("Part", 46.0), Column("Status", 20.0), Column("Values and their source", SHARE))


def hardware_section(level: LevelPlan) -> list[Block]:
    """Rings and struts of a level with ranges, marks, readings, sources and status.  The level must have rows."""
    assert level.frame is not None
    setup = level.frame.setup
    fitted = {strut: fitted_struts(level, strut) for strut in STRUT_LOOKS}
    models = {one.model.name: one.model for parts in fitted.values() for one in parts}
    rings = {"Proximal ring": setup.proximal_ring, "Distal ring": setup.distal_ring}
    parts: dict[str, Ring | Strut] = {
        **{f"{place}: {ring.name}": ring for place, ring in rings.items()},
        **{f"Strut {name}": model for name, model in models.items()},
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
    first, last = level.rows[0].settings_mm[strut - 1], level.rows[-1].settings_mm[strut - 1]
    rows = []
    for count, one in enumerate(parts):
        days = "always" if len(parts) == 1 else f"day {one.first_day} to {one.last_day}"
        rows.append(
            [
                f"{strut} ({STRUT_LOOKS[strut].name})",
                one.model.name,
                days,
                f"{number(one.model.min_mm)} to {number(one.model.max_mm)}",
                number(one.model.graduation_mm),
                number(first) if count == 0 else "",
                number(last) if count == len(parts) - 1 else "",
            ]
        )
    return rows


def _odd_scales(models: list[Strut]) -> list[Block]:
    """A sentence for every model whose reading is not its length: people expect it to be."""
    return [paragraph(scale_sentence(model), strong=True) for model in models if _odd(model)]


def _odd(model: Strut) -> bool:
    return model.scale_direction != 1 or model.scale_offset_mm != 0.0


def scale_sentence(model: Strut) -> str:
    """How the scale of a model stands to its length.

    >>> scale_sentence(Strut("back", "own", 0, 60, 1, scale_direction=-1, scale_offset_mm=180))
    'back: its scale counts DOWN as the strut gets longer; joint to joint it is 180 mm less the reading.'
    """
    way, sign = ("DOWN", "less") if model.scale_direction < 0 else ("up", "plus")
    return (
        f"{model.name}: its scale counts {way} as the strut gets longer; joint to joint it is "
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
