"""Dates and times of the day as they are typed, and dates as people say them."""

from __future__ import annotations

import datetime
import re
import zoneinfo

import streamlit as st

from hexapod.case.field_types import CLOCK, DATE


def today() -> datetime.date:
    """Today by the browser's time zone; by the server's where the browser tells none that is known."""
    return date_in(st.context.timezone, datetime.datetime.now(datetime.UTC))


def date_in(zone: str | None, moment: datetime.datetime) -> datetime.date:
    """The date that a moment has in a time zone by its name, or where the server is.

    >>> noon = datetime.datetime(2026, 3, 2, 20, tzinfo=datetime.UTC)
    >>> str(date_in("Asia/Seoul", noon)), str(date_in("Pacific/Pago_Pago", noon))
    ('2026-03-03', '2026-03-02')
    """
    try:
        return moment.astimezone(zoneinfo.ZoneInfo(zone) if zone else None).date()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return moment.astimezone().date()


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar in the one way in which dates are written.

    >>> is_date("2026-12-24"), is_date("2026-02-30"), is_date("24.12.2026")
    (True, False, False)
    """
    try:
        return DATE.fullmatch(text) is not None and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def listed(text: str) -> list[str]:
    """The dates of a list as they were typed, with lines, commas or semicolons between.

    >>> listed("2026-12-24, 2026-12-25\\n2027-01-01")
    ['2026-12-24', '2026-12-25', '2027-01-01']
    """
    return [part for part in map(str.strip, re.split(r"[\n,;]", text)) if part]


def is_time(text: str) -> bool:
    """Whether a text is a time of the day in the one way in which times are written: four digits, 24 hours.

    >>> is_time("08:00"), is_time("8:00"), is_time("24:00"), is_time("08:000")
    (True, False, False, False)
    """
    return CLOCK.fullmatch(text) is not None


def times_listed(text: str) -> list[str]:
    """The times of a list as they were typed, with spaces, commas or semicolons between.

    >>> times_listed("08:00, 12:00 20:00")
    ['08:00', '12:00', '20:00']
    """
    return [part for part in re.split(r"[\s,;]+", text) if part]


def spoken(text: str) -> str:
    """A date with its weekday, as people say it.

    >>> spoken("2026-12-24")
    'Thursday 24 December 2026'
    """
    date = datetime.date.fromisoformat(text)
    return f"{date:%A} {date.day} {date:%B %Y}"
