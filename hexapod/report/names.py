"""Names of files that leave the program: whose they are, what they are, and of which entries.  Safe on Windows."""

from __future__ import annotations

import re

from hexapod.case.model import Case
from hexapod.plan import Plan
from hexapod.report.fingerprint import plan_sha256, short_fingerprint


def case_file_name(case: Case) -> str:
    """Name of the case file."""
    return f"{case.id}_{case.limb.side}_case_{short_fingerprint(case.sha256)}.json"


def document_name(case: Case, plan: Plan, kind: str, ending: str, level: int | None = None) -> str:
    """Name of a document of a plan: case, side, level, kind and the plan's fingerprint; `level` counts from 0.

    A document on the whole case of several levels names no level.
    """
    if level is None and len(case.levels) == 1:
        level = 0
    part = "" if level is None else f"_{_level_name(case, level)}"
    return f"{case.id}_{case.limb.side}{part}_{kind}_{short_fingerprint(plan_sha256(plan))}.{ending}"


def _level_name(case: Case, level: int) -> str:
    """The level's name in plain letters, digits and hyphens; numbered where that leaves nothing or is not unique."""
    plain = [re.sub(r"[^A-Za-z0-9]+", "-", one.name).strip("-")[:40].lower() for one in case.levels]
    name = plain[level]
    return name if name and plain.count(name) == 1 else f"{name or 'level'}-{level + 1}"
