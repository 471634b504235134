"""Clinic visits: exchanges of several struts done on one morning where their windows allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from hexapod.hardware.models import Strut
from hexapod.planning.exchanges import Exchange

# The least scale left in mm on either strut when an exchange is done on a morning.
Reserve = Callable[[Exchange, int], float]


def gather_visits(exchanges: Sequence[Exchange], reserve: Reserve) -> list[Exchange]:
    """The same exchanges, planned on the fewest mornings; on each morning as much scale is left as can be.

    The exchanges of a strut that has several keep their days, because each window depends on the others.

    Source: fewest points that meet all intervals, always taking the end that comes first (Gavril 1972).
    """
    count = Counter(exchange.strut for exchange in exchanges)
    windows = [(e.first_day, e.last_day) if count[e.strut] == 1 else (e.planned_day, e.planned_day) for e in exchanges]
    waiting = sorted(range(len(exchanges)), key=lambda number: windows[number][1])
    planned: dict[int, int] = {}
    while waiting:
        day = windows[waiting[0]][1]
        together = [number for number in waiting if windows[number][0] <= day]
        waiting = [number for number in waiting if number not in together]
        first, last = max(windows[n][0] for n in together), min(windows[n][1] for n in together)
        best = max(range(first, last + 1), key=lambda d: min(reserve(exchanges[n], d) for n in together))
        planned.update(dict.fromkeys(together, best))
    return [replace(exchange, planned_day=planned[number]) for number, exchange in enumerate(exchanges)]


def models_after(exchanges: Sequence[Exchange], models: list[Strut], strut: int) -> list[Strut]:
    """The model of strut 1 to 6 on every day, by its exchanges' planned days."""
    moved = list(models)
    for exchange in exchanges:
        if exchange.strut == strut:
            for day in range(exchange.first_day, exchange.last_day + 1):
                moved[day] = exchange.new if day >= exchange.planned_day else exchange.old
    return moved
