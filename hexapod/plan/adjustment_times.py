"""The times of the day at which struts are turned."""

from __future__ import annotations

import datetime

from hexapod.case.model import Level

# The waking hours over which adjustments are spread when the case names no times, minutes after midnight.
FIRST_MINUTE, LAST_MINUTE = 8 * 60, 20 * 60
# Times that people can keep, minutes.
ROUND_TO_MINUTES = 5


def adjustment_times(level: Level) -> tuple[datetime.time, ...]:
    """The times of a day's adjustments: those of the case, else evenly from 08:00 to 20:00, a single one at 08:00."""
    if level.adjustment_times is not None:
        return tuple(datetime.time.fromisoformat(time) for time in level.adjustment_times)
    return spread(level.adjustments_per_day)


def spread(count: int) -> tuple[datetime.time, ...]:
    """`count` times evenly from 08:00 to 20:00.

    >>> [f"{time:%H:%M}" for time in spread(4)], [f"{time:%H:%M}" for time in spread(1)]
    (['08:00', '12:00', '16:00', '20:00'], ['08:00'])
    """
    step = (LAST_MINUTE - FIRST_MINUTE) / max(count - 1, 1)
    minutes = [round((FIRST_MINUTE + k * step) / ROUND_TO_MINUTES) * ROUND_TO_MINUTES for k in range(count)]
    return tuple(datetime.time(*divmod(minute, 60)) for minute in minutes)
