"""Warnings acknowledged: each by a reason of its own, all by one name, and for one plan only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hexapod.checks.findings import grouped
from hexapod.library import StoredPlan
from hexapod.plan.make_plan import Plan, Refusal
from hexapod.plan.sign_off import Acknowledgement


class Caution(NamedTuple):
    """A kind of caution on a level, which counts from 0."""

    code: str
    level: int


@dataclass(frozen=True)
class Answers:
    """The reasons given for the cautions of one case; `ticket` names their fields, so that none is used twice."""

    case_sha256: str = ""
    ticket: str = ""
    by: str = ""
    to: Mapping[Caution, str] = field(default_factory=dict)

    def reason(self, caution: Caution) -> str:
        """The reason for one caution, empty before anything was said."""
        return self.to.get(caution, "")


def cautions_of(plan: Plan | Refusal) -> list[Caution]:
    """The kinds of caution of a plan in the order of the screen; a refused plan has none to acknowledge."""
    if isinstance(plan, Refusal):
        return []
    found = [group.worst for group in grouped(plan.findings)]
    return [Caution(worst.code, worst.level) for worst in found if worst.verdict == "caution"]


def open_cautions(plan: Plan | Refusal, recorded: StoredPlan | None) -> list[Caution]:
    """The cautions that nobody has accepted in the library yet: all of a plan that was not finalised."""
    done = {(one.code, one.level) for one in recorded.cautions if one.by is not None} if recorded else set()
    return [one for one in cautions_of(plan) if tuple(one) not in done]


def caution_name(caution: Caution) -> str:
    """A caution as the page names it.

    >>> caution_name(Caution("rate.above_limit", 0))
    'rate.above_limit (hexapod 1)'
    """
    return f"{caution.code} (hexapod {caution.level + 1})"


def missing(cautions: Sequence[Caution], answers: Answers) -> list[str]:
    """What is still missing before all cautions are acknowledged; nothing when there are none.

    >>> caution = Caution("rate.above_limit", 0)
    >>> missing([caution], Answers(by="AB"))
    ['your reason for 1 of 1 warning']
    """
    lacking = [] if answers.by.strip() or not cautions else ["your name"]
    if left := sum(not answers.reason(caution).strip() for caution in cautions):
        lacking.append(f"your reason for {left} of {count_of(len(cautions), 'warning')}")
    return lacking


def count_of(count: int, what: str) -> str:
    """A number of things.

    >>> count_of(1, "warning"), count_of(2, "warning")
    ('1 warning', '2 warnings')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def acknowledgements_of(cautions: Sequence[Caution], answers: Answers) -> tuple[Acknowledgement, ...]:
    """Every caution with who accepts it and why; none at all as long as something is missing."""
    if missing(cautions, answers):
        return ()
    by = answers.by.strip()
    return tuple(Acknowledgement(*caution, by, answers.reason(caution).strip()) for caution in cautions)
