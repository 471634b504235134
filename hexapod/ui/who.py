"""Who is at the page: the one place that tells, for every page and every call of the library."""

from __future__ import annotations

from hexapod.records import ANYONE, Actor


def actor() -> Actor:
    """The user of this run.  Without sign-in nobody is told apart."""
    return ANYONE


def notice() -> str:
    """What the first screen says about who can use it."""
    return "There is no sign-in: anyone at this computer can open, change and sign every case."
