"""The plan summary: days, visits, strut change-outs, docking and the worst day, as numbers and in words."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from hexapod.checks.collision_bodies import Kind
from hexapod.checks.findings import RANK, RELATIVE_TOLERANCE, Verdict, grouped
from hexapod.checks.limits import NEAR_SINGULAR
from hexapod.checks.singularity import worst_condition_of
from hexapod.collision.closest_approach import SAME_MM
from hexapod.plan.make_plan import LevelPlan, Plan, Refusal
from hexapod.text.case_sentences import size
from hexapod.text.milestones import Longest, Travelled, docking_words, has_docking, travelled

Neighbour = Literal["frame", "bone", "skin"]
# Kinds of pairs of bodies, by what comes near the frame; neighbouring struts are always near and are left out.
NEIGHBOURS: Mapping[Kind, Neighbour] = MappingProxyType(
    {"strut_strut": "frame", "ring_ring": "frame", "strut_bone": "bone", "strut_limb": "skin", "ring_limb": "skin"}
)


@dataclass(frozen=True)
class PlanDay:
    """A day of the plan and its date."""

    day: int
    date: datetime.date


@dataclass(frozen=True)
class Extreme:
    """The worst value of its kind: in mm a day, mm, or as a condition number; what it belongs to, level and day."""

    value: float
    what: str
    level: str
    on: PlanDay


@dataclass(frozen=True)
class Docking:
    """The docking of a hexapod: the evening on which it is reached, or None with the mm that remain at the end."""

    level: str
    reached: PlanDay | None
    left_mm: float


@dataclass(frozen=True)
class PlanSummary:
    """The summary of a plan over all its levels.  A refused plan has only its verdict and its finding.

    `finding` is the message of the worst finding, empty when there is none; `warnings` is how many kinds there are.
    `last` is the last day of the plan, `last_adjustment` the last one on which something moves.  `visits` are the
    mornings on which struts are changed.
    `days_in_frame` is what the user's index makes likely, None where none was entered; `days_before` of these days
    were before day 0; `grows` whether a regenerate does. `fastest` is planned, `really_fastest` what the marks of
    the scales make of it from one evening to the next, and `doses_of_a_day` of all doses of a day together.
    `nearest` are the least distances within the frame, to the bone and to the skin, as far as they could be judged.
    """

    verdict: Verdict
    finding: str
    warnings: int = 0
    last: PlanDay | None = None
    last_adjustment: PlanDay | None = None
    visits: tuple[PlanDay, ...] = ()
    exchanges: int = 0
    dockings: tuple[Docking, ...] = ()
    days_in_frame: float | None = None
    days_before: int = 0
    grows: bool = True
    fastest: Extreme | None = None
    really_fastest: Extreme | None = None
    doses_of_a_day: Extreme | None = None
    nearest: Mapping[Neighbour, Extreme] = field(default_factory=dict)
    conditioning: Extreme | None = None


def summary_of(plan: Plan | Refusal) -> PlanSummary:
    """The summary of a plan."""
    groups = grouped(plan.findings)
    finding = groups[0].message if groups else ""
    if isinstance(plan, Refusal):
        return PlanSummary(plan.verdict, finding, len(groups))
    levels = plan.levels
    exchanges = [exchange for level in levels for exchange in level.exchanges]
    moving = [part.last_day for level in levels for part in level.course.moving_stages()]
    in_frame = [level.expected_days_in_frame for level in levels if level.expected_days_in_frame is not None]
    longest = max(levels, key=lambda level: level.last.day)

    def moment(day: int) -> PlanDay:
        return PlanDay(day, longest.rows[day].date)

    return PlanSummary(
        verdict=plan.verdict,
        finding=finding,
        warnings=len(groups),
        last=moment(longest.last.day),
        last_adjustment=moment(max(moving)) if moving else None,
        visits=tuple(moment(day) for day in sorted({exchange.planned_day for exchange in exchanges})),
        exchanges=len(exchanges),
        dockings=tuple(_docking(level) for level in levels if has_docking(level)),
        days_in_frame=max(in_frame, default=None),
        days_before=plan.case.days_before or 0,
        grows=any(level.entered.indication == "osteotomy" for level in levels),
        fastest=_worst([_fastest(level) for level in levels]),
        really_fastest=_worst([_really(level, lambda one: one.evening) for level in levels]),
        doses_of_a_day=_worst([_really(level, lambda one: one.doses) for level in levels]),
        nearest=_nearest(levels),
        conditioning=_worst([_conditioning(level) for level in levels]),
    )


def _moment(level: LevelPlan, day: int) -> PlanDay:
    return PlanDay(day, level.rows[day].date)


def _docking(level: LevelPlan) -> Docking:
    reached = None if level.docking_day is None else _moment(level, level.docking_day)
    return Docking(level.name, reached, level.last.docking_mm or 0.0)


def _fastest(level: LevelPlan) -> Extreme:
    """The tracked point that moves farthest on one day."""
    rates = [(rate.name, *rate.fastest) for rate in level.rates]
    name, value, day = rates[_first_of_the_largest([value for _, value, _ in rates])]
    return Extreme(value, name, level.name, _moment(level, day))


def _really(level: LevelPlan, longest: Callable[[Travelled], Longest]) -> Extreme:
    """The tracked point that actually moves farthest on one day, by one way of counting."""
    found = travelled(level)
    one = found[_first_of_the_largest([longest(point).mm for point in found])]
    return Extreme(longest(one).mm, one.planned.name, level.name, _moment(level, longest(one).day))


def _conditioning(level: LevelPlan) -> Extreme:
    worst = worst_condition_of(level.frame)
    return Extreme(worst.condition, "", level.name, _moment(level, worst.day))


def _nearest(levels: Sequence[LevelPlan]) -> dict[Neighbour, Extreme]:
    """The least distance to every neighbour, over all levels; of equal ones the first, on every machine."""
    found: dict[Neighbour, Extreme] = {}
    for level in levels:
        for pair in level.clearances.pairs:
            to = NEIGHBOURS[pair.kind]
            if to not in found or pair.distance_mm < found[to].value - SAME_MM:
                found[to] = Extreme(pair.distance_mm, pair.pair, level.name, _moment(level, pair.day))
    return found


def _worst(extremes: list[Extreme]) -> Extreme:
    return extremes[_first_of_the_largest([one.value for one in extremes])]


def _first_of_the_largest(values: list[float]) -> int:
    """Index of the first value that is the largest but for rounding, the same on every machine; a NaN comes first."""
    table = np.asarray(values, dtype=float)
    return int(np.argmax(~(table < table.max() * (1.0 - RELATIVE_TOLERANCE))))


VERDICTS: dict[Verdict, str] = {"ok": "OK", "caution": "caution", "refused": "REFUSED"}
CLEARANCES: dict[Neighbour, str] = {
    "frame": "Minimum clearance within the frame",
    "bone": "Minimum clearance to the bone",
    "skin": "Minimum clearance to the skin",
}
SAME, NOT_KNOWN = "the same", "not told"


@dataclass(frozen=True)
class Line:
    """One quantity of a summary: its name, in words, and as a number (None where there is none).

    `difference` words how the number of another summary differs, when it is less and when it is more; `{}` is the size
    of the difference.
    """

    name: str
    text: str
    value: float | None
    difference: tuple[str, str]


@dataclass(frozen=True)
class Comparison:
    """One quantity of two summaries, and in words how the second differs from the first."""

    name: str
    first: str
    second: str
    difference: str


def summary_lines(summary: PlanSummary, *, levels: int = 1) -> tuple[Line, ...]:
    """Every quantity of a summary, always in the same order; levels are named where the case has several (`levels`).

    A refused plan has a status only: nothing else is said of it.
    """
    phrases = _Phrases(levels > 1)
    refused, near = "none: refused", summary.nearest
    verdict = Line("Status", VERDICTS[summary.verdict], RANK[summary.verdict], ("better", "worse"))
    lines = [
        Line("Days of treatment", phrases.days(summary), phrases.day(summary.last), ("{} days fewer", "{} days more")),
        Line(
            "Last adjustment",
            phrases.moment(summary.last_adjustment, "nothing is adjusted"),
            phrases.day(summary.last_adjustment),
            ("{} days earlier", "{} days later"),
        ),
        Line("Visits for strut change-outs", phrases.visits(summary), len(summary.visits), ("{} fewer", "{} more")),
        Line("Strut change-outs", str(summary.exchanges), summary.exchanges, ("{} fewer", "{} more")),
        Line("Warnings", str(summary.warnings or "none"), summary.warnings, ("{} fewer", "{} more")),
        Line("Docking", phrases.dockings(summary), phrases.last_docking(summary), ("{} days earlier", "{} days later")),
        Line(
            "Time in the frame",
            phrases.in_frame(summary),
            summary.days_in_frame,
            ("{} days fewer", "{} days more"),
        ),
        Line(
            "Fastest structure at risk or bone edge",
            phrases.extreme(summary.fastest, " mm a day", 2),
            phrases.value(summary.fastest),
            ("{} mm a day slower", "{} mm a day faster"),
        ),
        *(
            Line(
                name,
                phrases.extreme(extreme, " mm", 2),
                phrases.value(extreme),
                ("{} mm a day less", "{} mm a day more"),
            )
            for name, extreme in (
                ("Actual path from evening to evening", summary.really_fastest),
                ("Actual daily path length, all doses", summary.doses_of_a_day),
            )
        ),
        *(
            Line(
                name,
                phrases.extreme(near.get(to), " mm", 1),
                phrases.value(near.get(to)),
                ("{} mm nearer", "{} mm farther"),
            )
            for to, name in CLEARANCES.items()
        ),
        Line(
            f"Singularity index (condition number; caution above {NEAR_SINGULAR.value:g}; lower is better)",
            phrases.extreme(summary.conditioning, "", 1),
            phrases.value(summary.conditioning),
            ("{} lower: better", "{} higher: worse"),
        ),
    ]
    if summary.last is None:
        lines = [Line(line.name, refused, None, line.difference) for line in lines]
    return (verdict, *lines)


def brief(summary: PlanSummary) -> str:
    """A summary in one line: status, days, visits, and docking where there is one."""
    phrases = _Phrases(False)
    if summary.last is None:
        return VERDICTS[summary.verdict]
    visits = f"{len(summary.visits)} visit{'' if len(summary.visits) == 1 else 's'} for strut change-outs"
    parts = [VERDICTS[summary.verdict], f"{summary.last.day} days until {_date(summary.last)}", visits]
    parts += [f"docking {phrases.dockings(summary)}"] if summary.dockings else []
    return " · ".join(parts)


def compared(first: PlanSummary, second: PlanSummary, *, levels: int = 1) -> tuple[Comparison, ...]:
    """Two summaries side by side, with the differences of the second from the first in words."""
    pairs = zip(summary_lines(first, levels=levels), summary_lines(second, levels=levels), strict=True)
    return tuple(Comparison(a.name, a.text, b.text, _difference(a, b)) for a, b in pairs)


def _difference(first: Line, second: Line) -> str:
    if first.value is None or second.value is None:
        return SAME if first.text == second.text else "differs"
    # Differences below a millionth are rounding errors of the same quantity.
    by = second.value - first.value
    if abs(by) <= 1e-6 * max(1.0, abs(first.value)):
        return SAME if first.text == second.text else "the same, another day or place"
    less, more = first.difference
    return (less if by < 0.0 else more).format(_by(abs(by)))


def _by(difference: float) -> str:
    """The size of a difference to a hundredth, never as zero.

    >>> _by(12.0), _by(0.034), _by(0.001)
    ('12', '0.03', 'under 0.01')
    """
    text = f"{difference:.2f}".rstrip("0").rstrip(".")
    return "under 0.01" if text == "0" else text


class _Phrases:
    """Words for moments and extremes, naming the level where a case has several."""

    def __init__(self, names_levels: bool) -> None:
        self.names_levels = names_levels

    def moment(self, moment: PlanDay | None, otherwise: str = NOT_KNOWN) -> str:
        return otherwise if moment is None else f"day {moment.day}, {_date(moment)}"

    def day(self, moment: PlanDay | None) -> float | None:
        return None if moment is None else float(moment.day)

    def days(self, summary: PlanSummary) -> str:
        if summary.last is None:
            return NOT_KNOWN
        since = f"; {summary.days_before + summary.last.day} since the treatment began" if summary.days_before else ""
        return f"{summary.last.day}, until {_date(summary.last)}{since}"

    def visits(self, summary: PlanSummary) -> str:
        if not summary.visits:
            return "none"
        return f"{len(summary.visits)}: {'; '.join(self.moment(visit) for visit in summary.visits)}"

    def in_frame(self, summary: PlanSummary) -> str:
        if summary.days_in_frame is None:
            return "no external fixation index entered" if summary.grows else "no index applies: no regenerate grows"
        before = f", {summary.days_before} of them before day 0" if summary.days_before else ""
        return f"about {summary.days_in_frame:.0f} days, by the external fixation index{before}"

    def dockings(self, summary: PlanSummary) -> str:
        return "; ".join(map(self._docking, summary.dockings)) or "none to watch"

    def _docking(self, docking: Docking) -> str:
        if docking.reached is None:
            text = f"NOT reached, {docking_words(docking.left_mm)} mm left"
        else:
            text = self.moment(docking.reached)
        return text + self._of(docking.level)

    def last_docking(self, summary: PlanSummary) -> float | None:
        """The day on which the last docking is reached; none while one is not."""
        days = [docking.reached.day for docking in summary.dockings if docking.reached is not None]
        return float(max(days)) if days and len(days) == len(summary.dockings) else None

    def value(self, extreme: Extreme | None) -> float | None:
        return None if extreme is None else extreme.value

    def extreme(self, extreme: Extreme | None, unit: str, decimals: int) -> str:
        if extreme is None:
            return "not judged"
        value = size(extreme.value) if decimals == 1 and extreme.value >= 0.0 else f"{extreme.value:.{decimals}f}"
        what = f": {extreme.what}" if extreme.what else ""
        return f"{value}{unit}{what}{self._of(extreme.level)}, day {extreme.on.day}"

    def _of(self, level: str) -> str:
        return f" ({level})" if self.names_levels else ""


def _date(moment: PlanDay) -> str:
    return f"{moment.date:%a} {moment.date.day} {moment.date:%b %Y}"
