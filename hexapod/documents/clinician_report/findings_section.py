"""The verdict of a plan, and its findings with who has accepted which and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hexapod.checks.findings import Finding
from hexapod.documents.clinician_report.blocks import NOTHING, SHARE, Block, Column, heading, paragraph, table
from hexapod.plan.make_plan import Plan
from hexapod.plan.sign_off import Acknowledgement
from hexapod.text.grouped_findings import FindingGroup, grouped
from hexapod.text.language import language
from hexapod.text.numbers import distance

COLUMNS = (
    Column("Finding", SHARE, lead=True),
    Column("Value and limit", 28.0),
    Column("Day", 11.0, "right"),
    Column("Acknowledged", 45.0),
)
# A message says what was found, then the limit, then what to do.
WHAT_WAS_FOUND = re.compile(r"; |: |\. |, above |, more ")
NOT_ACKNOWLEDGED = "NOT ACKNOWLEDGED"


def findings_section(plan: Plan, said: Sequence[Acknowledgement]) -> list[Block]:
    """Verdict, and every finding with value, limit, day and acknowledgement."""
    groups = grouped(plan.findings)
    blocks = [heading("Verdict and findings"), paragraph(_verdict(plan, groups, said), strong=True)]
    if groups:
        blocks.append(table(COLUMNS, [_row(plan, group, said) for group in groups]))
    return blocks


def _verdict(plan: Plan, groups: Sequence[FindingGroup], said: Sequence[Acknowledgement]) -> str:
    if not groups:
        return f"Verdict: {plan.verdict.upper()}. The checks have found nothing to acknowledge."
    open_ones = [group for group in groups if not _said_of(group, said)]
    kinds = f"{len(groups)} kind{'s' if len(groups) > 1 else ''} of finding to be acknowledged by name"
    done = "all are" if not open_ones else f"{len(open_ones)} not yet acknowledged"
    return f"Verdict: {plan.verdict.upper()}. {kinds}; {done}."


def _said_of(group: FindingGroup, said: Sequence[Acknowledgement]) -> list[Acknowledgement]:
    return [one for one in said if (one.code, one.level) == (group.worst.code, group.worst.level)]


def _row(plan: Plan, group: FindingGroup, said: Sequence[Acknowledgement]) -> list[str | list[str]]:
    worst = group.worst
    where = f" ({plan.levels[worst.level].name})" if len(plan.levels) > 1 else ""
    others = [finding for finding in group.all if finding is not worst]
    told = [f"{worst.verdict.upper()} {worst.code}{where}", group.message, *_others(others)]
    accepted = [line for one in _said_of(group, said) for line in _acknowledged(one)]
    day = NOTHING if worst.day is None else str(worst.day)
    return [told, _value_and_limit(worst), day, accepted or NOT_ACKNOWLEDGED]


def _others(others: Sequence[Finding]) -> list[str]:
    """The other findings of a group, each by what it says before limit and advice: which point or pair, what, when."""
    told = [WHAT_WAS_FOUND.split(finding.message, maxsplit=1)[0] for finding in others]
    return [f"Also: {'; '.join(told)}."] if told else []


def _value_and_limit(finding: Finding) -> list[str]:
    return [_measured(finding.value, finding.unit), f"limit {_measured(finding.limit, finding.unit)}"]


def _measured(value: float | None, unit: str | None) -> str:
    if value is None:
        return NOTHING
    return f"{distance(value)} {unit or ''}".strip()


def _acknowledged(one: Acknowledgement) -> list[str]:
    on = "" if one.on is None else f", {language('en').short_date(one.on)}"
    return [f"by {one.by}{on}:", one.reason]
