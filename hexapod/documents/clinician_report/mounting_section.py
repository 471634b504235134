"""Section on the mounting: what an error of it would do (hazard H-06)."""

from __future__ import annotations

from hexapod.documents.clinician_report.blocks import SHARE, Block, Column, heading, paragraph, table
from hexapod.plan.make_plan import LevelPlan
from hexapod.text.mounting_error_text import sensitivity_rows

COLUMNS = (
    Column("If the ring really is", SHARE),
    Column("the bone ends", 32.0),
    Column("with this deformity left", SHARE),
)
SAID = (
    "Errors of the mounting are the commonest cause of residual deformity. The settings stay as planned; what a wrong "
    "entry of each quantity would leave at the end, in its worse direction:"
)


def mounting_section(level: LevelPlan) -> list[Block]:
    """For each quantity of the mounting what an error would leave, the worst first."""
    rows = [[f"{row.ring} than entered", f"{row.off} off", row.left] for row in sensitivity_rows(level)]
    return [heading("If the mounting is wrong", 2), paragraph(SAID, sticky=True), table(COLUMNS, rows, whole=True)]
