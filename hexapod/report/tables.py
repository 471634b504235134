"""The schedule as tables: CSV for spreadsheets, text for a terminal."""

from __future__ import annotations

import csv
import io

from hexapod.case.model import Case
from hexapod.plan import LevelPlan, Plan
from hexapod.report.milestones import docking_words, has_docking, has_regenerate, length_words, level_sentences
from hexapod.report.numbers import distance, number
from hexapod.report.sentences import exchange_sentences

STRUTS = range(1, 7)


def schedule_csv(case: Case, plan: Plan, level: int) -> str:
    """The schedule of one level as CSV (RFC 4180, ISO dates): one row a day, each row naming case, side and plan.

    `docking_mm` (negative: pressed together by so much) and `regenerate_mm` are empty where there are none.  Text that
    a spreadsheet could take for a formula is led by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    doses = case.levels[level].adjustments_per_day
    head = ["case", "side", "bone", "level", "case_sha256", "day", "date", "weekday", "stage"]
    head += [f"strut_{k}_mm" for k in STRUTS] + [f"strut_{k}_model" for k in STRUTS]
    head += [f"strut_{k}_dose_{j}_mm" for j in range(1, doses + 1) for k in STRUTS] if doses > 1 else []
    writer.writerow([*head, "docking_mm", "regenerate_mm"])
    for row in plan.levels[level].rows:
        fixed = [case.id, case.limb.side, case.limb.bone, plan.levels[level].name, plan.case_sha256]
        cells = [*fixed, str(row.day), row.date.isoformat(), f"{row.date:%A}", row.stage]
        cells += [number(setting) for setting in row.settings_mm] + list(row.models)
        gaps = ["" if gap is None else distance(gap) for gap in (row.docking_mm, row.regenerate_mm)]
        if doses > 1:
            by_dose = row.doses_mm or (row.settings_mm,) * doses
            cells += [number(setting) for dose in by_dose for setting in dose]
        writer.writerow([*map(_harmless, cells), *gaps])
    return out.getvalue()


def schedule_long_csv(case: Case, plan: Plan) -> str:
    """The schedule of all levels as one tidy CSV: one row for every setting of every day."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["case", "level", "date", "day", "strut", "setting_mm"])
    for level in plan.levels:
        for row in level.rows:
            for strut, setting in zip(STRUTS, row.settings_mm, strict=True):
                cells = [case.id, level.name, row.date.isoformat(), str(row.day), str(strut), number(setting)]
                writer.writerow(map(_harmless, cells))
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def schedule_text(level: LevelPlan) -> str:
    """The schedule of one level for a terminal: one line a day, readings in mm, and the gaps of the bone."""
    docks, grows = has_docking(level), has_regenerate(level)
    gaps = f"{'to dock':>14}" * docks + f"{'new bone':>10}" * grows
    lines = ["  day  date        " + "".join(f"  strut {k}" for k in STRUTS) + f"{gaps}   stage"]
    for row in level.rows:
        readings = "".join(f"{number(setting):>9}" for setting in row.settings_mm)
        gaps = f"{docking_words(row.docking_mm):>14}" * docks + f"{length_words(row.regenerate_mm):>10}" * grows
        lines.append(f"  {row.day:3d}  {row.date.isoformat()}  {readings}{gaps}   {row.stage}")
    lines += [f"  {sentence}" for sentence in (*exchange_sentences(level), *level_sentences(level))]
    return "\n".join(lines)
