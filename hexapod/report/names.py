"""Names of files that leave the program: whose they are, what they are, and of which entries.  Safe on Windows."""

from __future__ import annotations

import re

from hexapod.case.model import Case

# Enough of the fingerprint to tell the versions of a case apart by eye.
SHORT = 12


def short_fingerprint(sha256: str) -> str:
    """The part of a fingerprint that people see.

    >>> short_fingerprint("8b1bd944f41f0123")
    '8b1bd944f41f'
    """
    return sha256[:SHORT]


def case_file_name(case: Case) -> str:
    """Name of the case file."""
    return f"{case.id}_{case.limb.side}_case_{short_fingerprint(case.sha256)}.json"


def schedule_file_name(case: Case, level: int) -> str:
    """Name of the schedule of level `level`, counted from 0, as CSV."""
    return f"{case.id}_{case.limb.side}_{_level_name(case, level)}_schedule_{short_fingerprint(case.sha256)}.csv"


def _level_name(case: Case, level: int) -> str:
    """The level's name in plain letters, digits and hyphens; numbered where that leaves nothing or is not unique."""
    plain = [re.sub(r"[^A-Za-z0-9]+", "-", one.name).strip("-")[:40].lower() for one in case.levels]
    name = plain[level]
    return name if name and plain.count(name) == 1 else f"{name or 'level'}-{level + 1}"
