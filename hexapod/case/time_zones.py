"""Time zones by their place, and why any other name is refused.

Reminders ring by the clocks on the wall: only the zone of a place knows when these are changed (IANA time zone
database, file `backward` and the notes in `etcetera`).
"""

from __future__ import annotations

import functools
import zoneinfo

# The environment variable with the clinic's time zone, for cases that name none.
TIME_ZONE = "HEXAPOD_TIME_ZONE"
# Parts of the world by which the database names places.
AREAS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@functools.cache
def places() -> tuple[str, ...]:
    """The zones of this machine by area and city, sorted."""
    return tuple(sorted(zone for zone in zoneinfo.available_timezones() if zone.split("/")[0] in AREAS))


def why_refused(zone: str) -> str:
    """Why a name is no time zone of a place, and what to give instead; empty for one that is.

    >>> why_refused("Europe/Madrid"), why_refused("America/Argentina/Ushuaia")
    ('', '')
    >>> print(why_refused("EST"))
    must be a time zone by its place, such as Europe/Madrid: EST is one offset all the year, without summer time
    >>> print(why_refused("Etc/GMT+3"))
    must be a time zone by its place, such as Europe/Madrid: Etc/GMT+3 is 3 hours BEHIND Greenwich, not ahead of it
    """
    if zone in places():
        return ""
    must = "must be a time zone by its place, such as Europe/Madrid"
    sign = zone[7:8]
    if not _known(zone):
        return must
    if zone.startswith("Etc/GMT") and sign in ("+", "-") and int(zone[8:]):
        way = "BEHIND Greenwich, not ahead of it" if sign == "+" else "AHEAD OF Greenwich, not behind it"
        return f"{must}: {zone} is {int(zone[8:])} hours {way}"
    if zone in ("EST", "MST", "HST", "UTC", "GMT") or zone.startswith("Etc/"):
        return f"{must}: {zone} is one offset all the year, without summer time"
    return f"{must}: {zone} names no place, so that nobody can check it"


def _known(zone: str) -> bool:
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
