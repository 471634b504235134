"""Which strut of which model is on the frame on which days of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.hardware.models import Strut
from hexapod.plan.make_plan import LevelPlan


@dataclass(frozen=True)
class FittedStrut:
    """A model on one place of the frame, from the evening of `first_day` to that of `last_day`."""

    model: Strut
    first_day: int
    last_day: int


def fitted_struts(level: LevelPlan, strut: int) -> list[FittedStrut]:
    """The models that strut 1 to 6 has, in order.  The level must have rows."""
    assert level.frame is not None
    last = level.rows[-1].day
    changes = sorted((one for one in level.exchanges if one.strut == strut), key=lambda one: one.planned_day)
    if not changes:
        return [FittedStrut(level.frame.setup.struts[strut - 1], 0, last)]
    models = [changes[0].old, *(one.new for one in changes)]
    firsts = [0, *(one.planned_day for one in changes)]
    lasts = [*(one.planned_day - 1 for one in changes), last]
    return [FittedStrut(*one) for one in zip(models, firsts, lasts, strict=True)]
