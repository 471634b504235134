"""The schedule as tables: CSV for spreadsheets, text for a terminal."""

from __future__ import annotations

import csv
import io

from hexapod.case.model import Case
from hexapod.plan import LevelPlan, Plan
from hexapod.report.sentences import exchange_sentence

STRUTS = range(1, 7)


def number(value: float) -> str:
    """A reading as a scale shows it: at most six decimals (no scale is finer), no trailing zeros.

    >>> number(142.0), number(80.25)
    ('142', '80.25')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def schedule_csv(case: Case, plan: Plan, level: int) -> str:
    """The schedule of one level as CSV (RFC 4180, ISO dates): one row a day, each row naming case, side and plan.

    Text that a spreadsheet could take for a formula is led by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    doses = case.levels[level].adjustments_per_day
    head = ["case", "side", "bone", "level", "case_sha256", "day", "date", "weekday", "stage"]
    head += [f"strut_{k}_mm" for k in STRUTS] + [f"strut_{k}_model" for k in STRUTS]
    head += [f"strut_{k}_dose_{j}_mm" for j in range(1, doses + 1) for k in STRUTS] if doses > 1 else []
    writer.writerow(head)
    for row in plan.levels[level].rows:
        fixed = [case.id, case.limb.side, case.limb.bone, plan.levels[level].name, plan.case_sha256]
        cells = [*fixed, str(row.day), row.date.isoformat(), f"{row.date:%A}", row.stage]
        cells += [number(setting) for setting in row.settings_mm] + list(row.models)
        if doses > 1:
            by_dose = row.doses_mm or (row.settings_mm,) * doses
            cells += [number(setting) for dose in by_dose for setting in dose]
        writer.writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def schedule_text(level: LevelPlan) -> str:
    """The schedule of one level for a terminal: one line a day, readings in mm."""
    lines = ["  day  date        " + "".join(f"  strut {k}" for k in STRUTS) + "   stage"]
    for row in level.rows:
        readings = "".join(f"{number(setting):>9}" for setting in row.settings_mm)
        lines.append(f"  {row.day:3d}  {row.date.isoformat()}  {readings}   {row.stage}")
    lines += [f"  {exchange_sentence(exchange)}" for exchange in level.exchanges]
    return "\n".join(lines)
