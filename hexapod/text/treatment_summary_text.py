"""The effect of a treatment in words, and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.checks.limits import NEAR_SINGULAR, RANK, Verdict
from hexapod.text.deformity_sentences import size
from hexapod.text.milestones import docking_words
from hexapod.text.treatment_summary import Docking, Effect, Extreme, Moment, Neighbour

VERDICTS: dict[Verdict, str] = {"ok": "OK", "caution": "caution", "refused": "REFUSED"}
CLEARANCES: dict[Neighbour, str] = {
    "frame": "Least clearance within the frame",
    "bone": "Least clearance to the bone",
    "skin": "Least clearance to the skin",
}
SAME, NOT_TOLD = "the same", "not told"


@dataclass(frozen=True)
class Line:
    """One quantity of an effect: its name, in words, and as a number (None where there is none).

    `difference` says how the number of another is told, `{}` being the size of the difference: when it is less, when it
    is more.
    """

    name: str
    text: str
    value: float | None
    difference: tuple[str, str]


@dataclass(frozen=True)
class Comparison:
    """One quantity of two effects, and in words how the second differs from the first."""

    name: str
    first: str
    second: str
    difference: str


def effect_lines(effect: Effect, *, levels: int = 1) -> tuple[Line, ...]:
    """Every quantity of an effect, always the same ones in the same order; `levels` of the case are named when several.

    A refused plan has a verdict only: nothing else is told of it.
    """
    told = _Teller(levels > 1)
    refused, near = "none: refused", effect.nearest
    verdict = Line("Verdict", VERDICTS[effect.verdict], RANK[effect.verdict], ("better", "worse"))
    lines = [
        Line("Days of treatment", told.days(effect), told.day(effect.last), ("{} days fewer", "{} days more")),
        Line(
            "Last adjustment",
            told.moment(effect.last_adjustment, "nothing is adjusted"),
            told.day(effect.last_adjustment),
            ("{} days earlier", "{} days later"),
        ),
        Line("Visits to exchange struts", told.visits(effect), len(effect.visits), ("{} fewer", "{} more")),
        Line("Strut exchanges", str(effect.exchanges), effect.exchanges, ("{} fewer", "{} more")),
        Line("Docking", told.dockings(effect), told.last_docking(effect), ("{} days earlier", "{} days later")),
        Line(
            "Time in the frame",
            told.in_frame(effect),
            effect.days_in_frame,
            ("{} days fewer", "{} days more"),
        ),
        Line(
            "Fastest tracked point",
            told.extreme(effect.fastest, " mm a day", 2),
            told.value(effect.fastest),
            ("{} mm a day slower", "{} mm a day faster"),
        ),
        *(
            Line(
                name,
                told.extreme(extreme, " mm", 2),
                told.value(extreme),
                ("{} mm a day less", "{} mm a day more"),
            )
            for name, extreme in (
                ("Real travel from evening to evening", effect.really_fastest),
                ("Real travel of a day's doses together", effect.doses_of_a_day),
            )
        ),
        *(
            Line(
                name,
                told.extreme(near.get(to), " mm", 1),
                told.value(near.get(to)),
                ("{} mm nearer", "{} mm farther"),
            )
            for to, name in CLEARANCES.items()
        ),
        Line(
            f"Worst conditioning (caution above {NEAR_SINGULAR.value:g})",
            told.extreme(effect.conditioning, "", 1),
            told.value(effect.conditioning),
            ("{} lower: better", "{} higher: worse"),
        ),
    ]
    if effect.last is None:
        lines = [Line(line.name, refused, None, line.difference) for line in lines]
    return (verdict, *lines)


def brief(effect: Effect) -> str:
    """An effect in one line: verdict, days, visits, and docking where there is one."""
    told = _Teller(False)
    if effect.last is None:
        return VERDICTS[effect.verdict]
    visits = f"{len(effect.visits)} visit{'' if len(effect.visits) == 1 else 's'} to exchange struts"
    parts = [VERDICTS[effect.verdict], f"{effect.last.day} days until {_date(effect.last)}", visits]
    parts += [f"docking {told.dockings(effect)}"] if effect.dockings else []
    return " · ".join(parts)


def compared(first: Effect, second: Effect, *, levels: int = 1) -> tuple[Comparison, ...]:
    """Two effects side by side, with the differences of the second from the first in words."""
    pairs = zip(effect_lines(first, levels=levels), effect_lines(second, levels=levels), strict=True)
    return tuple(Comparison(a.name, a.text, b.text, _difference(a, b)) for a, b in pairs)


def _difference(first: Line, second: Line) -> str:
    if first.value is None or second.value is None:
        return SAME if first.text == second.text else "differs"
    # A millionth is far below anything that is told: two computations of the same thing.
    by = second.value - first.value
    if abs(by) <= 1e-6 * max(1.0, abs(first.value)):
        return SAME if first.text == second.text else "the same, another day or place"
    less, more = first.difference
    return (less if by < 0.0 else more).format(_by(abs(by)))


def _by(difference: float) -> str:
    """How large a difference is: to a hundredth, and never nothing.

    >>> _by(12.0), _by(0.034), _by(0.001)
    ('12', '0.03', 'under 0.01')
    """
    told = f"{difference:.2f}".rstrip("0").rstrip(".")
    return "under 0.01" if told == "0" else told


class _Teller:
    """Tells moments and extremes, with their level where a case has several."""

    def __init__(self, names_levels: bool) -> None:
        self.names_levels = names_levels

    def moment(self, moment: Moment | None, otherwise: str = NOT_TOLD) -> str:
        return otherwise if moment is None else f"day {moment.day}, {_date(moment)}"

    def day(self, moment: Moment | None) -> float | None:
        return None if moment is None else float(moment.day)

    def days(self, effect: Effect) -> str:
        if effect.last is None:
            return NOT_TOLD
        since = f"; {effect.days_before + effect.last.day} since the treatment began" if effect.days_before else ""
        return f"{effect.last.day}, until {_date(effect.last)}{since}"

    def visits(self, effect: Effect) -> str:
        if not effect.visits:
            return "none"
        return f"{len(effect.visits)}: {'; '.join(self.moment(visit) for visit in effect.visits)}"

    def in_frame(self, effect: Effect) -> str:
        if effect.days_in_frame is None:
            return "no index entered"
        before = f", {effect.days_before} of them before day 0" if effect.days_before else ""
        return f"some {effect.days_in_frame:.0f} days, by index{before}"

    def dockings(self, effect: Effect) -> str:
        return "; ".join(map(self._docking, effect.dockings)) or "none to watch"

    def _docking(self, docking: Docking) -> str:
        if docking.reached is None:
            told = f"NOT reached, {docking_words(docking.left_mm)} mm left"
        else:
            told = self.moment(docking.reached)
        return told + self._of(docking.level)

    def last_docking(self, effect: Effect) -> float | None:
        """The day on which the last docking is reached; none while one is not."""
        days = [docking.reached.day for docking in effect.dockings if docking.reached is not None]
        return float(max(days)) if days and len(days) == len(effect.dockings) else None

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


def _date(moment: Moment) -> str:
    return f"{moment.date:%a} {moment.date.day} {moment.date:%b %Y}"
