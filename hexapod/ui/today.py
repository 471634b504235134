"""The date where the browser is: a server may stand in another country, or keep its clock in UTC."""

from __future__ import annotations

import datetime
import zoneinfo

import streamlit as st


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
