"""The schedule as tables: CSV for spreadsheets, text for a terminal."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable

from hexapod.about import LABEL
from hexapod.documents.sanitise import harmless
from hexapod.plan.make_plan import LevelPlan, Plan, Row
from hexapod.plan.plan_file import plan_sha256, turns
from hexapod.plan.sign_off import Signature
from hexapod.text.case_sentences import exchange_sentences
from hexapod.text.languages import DRAFT
from hexapod.text.milestones import docking_words, has_docking, has_regenerate, length_words, level_sentences
from hexapod.text.numbers import distance, number

STRUTS = range(1, 7)


def schedule_csv(plan: Plan, level: int, signature: Signature | None = None) -> str:
    """The schedule of one level as wide CSV (RFC 4180, ISO dates): one row a day, each row naming case, side and plan.

    With several adjustments a day `strut_K_reading_J_mm` is what the scale reads after adjustment J, empty on day 0.
    `docking_mm` (negative: compressed by so much) and `regenerate_mm` are empty where there are none.  Text that
    a spreadsheet could take for a formula is preceded by an apostrophe; numbers are plain, with a decimal point.
    `signed` is the head of the audit trail at the signature, or `DRAFT`.
    """
    case, planned = plan.case, plan.levels[level]
    doses = planned.entered.adjustments_per_day
    head = ["case", "side", "bone", "level", "case_sha256", "plan_sha256", "software", "signed"]
    head += ["day", "date", "weekday", "stage"]
    head += [f"strut_{k}_mm" for k in STRUTS] + [f"strut_{k}_model" for k in STRUTS]
    head += [f"strut_{k}_reading_{j}_mm" for j in range(1, doses + 1) for k in STRUTS] if doses > 1 else []
    whose = [harmless(case.id), case.limb.side, case.limb.bone, harmless(planned.name)]
    whose += [plan.case_sha256, plan_sha256(plan), LABEL, _signed(signature)]
    rows = []
    for row in planned.rows:
        cells = [*whose, *_day(row), *map(number, row.settings_mm), *map(harmless, row.models)]
        if doses > 1:
            by_dose = [*map(number, itertools.chain(*row.doses_mm))]
            cells += by_dose or [""] * (doses * len(STRUTS))  # nothing is adjusted on day 0
        rows.append([*cells, *("" if gap is None else distance(gap) for gap in (row.docking_mm, row.regenerate_mm))])
    return _csv([*head, "docking_mm", "regenerate_mm"], rows)


LONG_HEAD = (
    "case", "side", "bone", "level", "plan_sha256", "software", "signed", "day", "date", "weekday", "stage",
    "adjustment", "time", "strut", "model", "setting_mm", "change_mm", "exchanged",
)  # fmt: skip


def schedule_long_csv(plan: Plan, signature: Signature | None = None) -> str:
    """The schedule of all levels as one tidy CSV: one row for each level, day, adjustment and strut.

    Day 0 is adjustment 0, without time and change: the readings as mounted.  `change_mm` is by how much the strut gets
    longer in this adjustment (negative: shorter); for the first one after a change-out it counts from the reading at
    which the new strut was fitted.  `exchanged` is `yes` on the day on which the strut was fitted, else empty.
    """
    case, sha256, rows = plan.case, plan_sha256(plan), []
    for planned in plan.levels:
        whose = [harmless(case.id), case.limb.side, case.limb.bone, harmless(planned.name), sha256]
        whose += [LABEL, _signed(signature)]
        first = planned.rows[0]
        start = [*whose, *_day(first), "0", ""]
        for k, model, setting in zip(STRUTS, first.models, first.settings_mm, strict=True):
            rows.append([*start, str(k), harmless(model), number(setting), "", ""])
        days = [_day(row) for row in planned.rows]
        for turn in turns(planned):
            start = [*whose, *days[turn.day], str(turn.number), f"{turn.time:%H:%M}"]
            struts = zip(STRUTS, turn.struts, turn.settings_mm, turn.longer_mm, turn.exchanged, strict=True)
            for k, strut, setting, longer, exchanged in struts:
                cells = [str(k), harmless(strut.name), number(setting), number(longer), "yes" if exchanged else ""]
                rows.append([*start, *cells])
    return _csv(LONG_HEAD, rows)


def _signed(signature: Signature | None) -> str:
    return DRAFT if signature is None else harmless(signature.head)


def _day(row: Row) -> list[str]:
    return [str(row.day), row.date.isoformat(), f"{row.date:%A}", harmless(row.stage)]


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def schedule_text(level: LevelPlan) -> str:
    """The schedule of one level for a terminal: one line a day, readings in mm, and the gaps of the bone."""
    docks, grows = has_docking(level), has_regenerate(level)
    gaps = f"{'to docking':>16}" * docks + f"{'regenerate':>12}" * grows
    lines = ["  day  date        " + "".join(f"  strut {k}" for k in STRUTS) + f"{gaps}   stage"]
    for row in level.rows:
        readings = "".join(f"{number(setting):>9}" for setting in row.settings_mm)
        gaps = f"{docking_words(row.docking_mm):>16}" * docks + f"{length_words(row.regenerate_mm):>12}" * grows
        lines.append(f"  {row.day:3d}  {row.date.isoformat()}  {readings}{gaps}   {row.stage}")
    lines += [f"  {sentence}" for sentence in (*exchange_sentences(level), *level_sentences(level))]
    return "\n".join(lines)
