"""Cautions acknowledged: each by a box and a reason of its own, all by one name, and for one fingerprint only."""

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
class Answer:
    """What was said to one caution."""

    ticked: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Answers:
    """What was said to the cautions of one case; `ticket` names the fields on the page, so that none is used twice."""

    case_sha256: str = ""
    ticket: str = ""
    by: str = ""
    to: Mapping[Caution, Answer] = field(default_factory=dict)

    def answer(self, caution: Caution) -> Answer:
        """The answer to one caution, empty before anything was said."""
        return self.to.get(caution, Answer())


def cautions_of(plan: Plan | Refusal) -> list[Caution]:
    """The kinds of caution of a plan in the order of the screen; a refused plan has none to acknowledge."""
    if isinstance(plan, Refusal):
        return []
    found = [group.worst for group in grouped(plan.findings)]
    return [Caution(worst.code, worst.level) for worst in found if worst.verdict == "caution"]


def open_cautions(plan: Plan | Refusal, recorded: StoredPlan | None) -> list[Caution]:
    """The cautions that nobody has accepted in the library yet: all of a plan that was not issued."""
    done = {(one.code, one.level) for one in recorded.cautions if one.by is not None} if recorded else set()
    return [one for one in cautions_of(plan) if tuple(one) not in done]


def caution_name(caution: Caution) -> str:
    """A caution as the page names it.

    >>> caution_name(Caution("rate.above_limit", 0))
    'rate.above_limit (level 1)'
    """
    return f"{caution.code} (level {caution.level + 1})"


def missing(cautions: Sequence[Caution], answers: Answers) -> list[str]:
    """What is still missing before all cautions are acknowledged; nothing when there are none.

    >>> caution = Caution("rate.above_limit", 0)
    >>> missing([caution], Answers(by="AB", to={caution: Answer(ticked=True)}))
    ['the reason for rate.above_limit (level 1)']
    """
    told = [] if answers.by.strip() or not cautions else ["your name or initials"]
    for caution in cautions:
        answer = answers.answer(caution)
        parts = [*([] if answer.ticked else ["the box"]), *([] if answer.reason.strip() else ["the reason"])]
        told += [f"{' and '.join(parts)} for {caution_name(caution)}"] if parts else []
    return told


def acknowledgements_of(cautions: Sequence[Caution], answers: Answers) -> tuple[Acknowledgement, ...]:
    """Every caution with who accepts it and why; none at all as long as something is missing."""
    if missing(cautions, answers):
        return ()
    by = answers.by.strip()
    return tuple(Acknowledgement(*caution, by, answers.answer(caution).reason.strip()) for caution in cautions)
