"""What is due from home: silent patients, readings that are not the plan's, signs at the pin sites, pain that rises.

A visit that was recorded on that day or later settles it, and so does a later report that is right again; but for the
signs that cannot wait, which stay until somebody has seen the patient.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from hexapod.library import HomePost, Records

# A patient who turns every day reports every day: two days of silence are no slip.
SILENT_DAYS = 2
# On the scale from 0 to 10 a rise of 2 is one that matters to patients.
# Source: Farrar et al., Pain 2001;94:149-158 (a change of 2 points or 30 %).
PAIN_RISE = 2
# With what the last answer is compared: the week before it.
PAIN_DAYS = 7
SIGN_WORDS = (
    "redness or swelling",
    "discharge",
    "something loose or broken",
    "fever",
    "NUMB, COLD OR BLUE FINGERS OR TOES",
)
KIND_WORDS = {
    "behind": "behind the plan",
    "ahead": "ahead of the plan",
    "some-turned": "only some struts turned",
    "misread": "probably misread",
    "wrong-way": "turned the wrong way",
    "exchanged": "readings of two struts exchanged",
    "not-turned": "a strut not turned",
    "numbered-clockwise": "struts counted the other way round",
    "increments-swapped": "turns of two struts swapped",
    "scales-shifted": "scales read from the wrong mark",
    "unexplained": "readings that nothing explains",
}


@dataclass(frozen=True)
class HomeDue:
    """What the clinic should look at in a case (its key): a line for each thing, the most urgent first."""

    case: str
    case_id: str
    lines: tuple[str, ...]


def due_from_home(records: Records, today: datetime.date) -> tuple[HomeDue, ...]:
    """What is due from home today, by case.  Raises NotPermitted, Unreadable."""
    found = []
    for one in records.home.followed():
        seen = None if one.seen is None else datetime.date.fromisoformat(one.seen)
        began = max(datetime.date.fromisoformat(one.opened[:10]), one.first)
        sentences = (
            *_answers(one.posts, seen),
            *_readings(one.posts, seen),
            *_silent(one.posts, began, one.last, today),
        )
        if sentences:
            found.append(HomeDue(one.case, one.case_id, sentences))
    return tuple(found)


def kind_text(post: HomePost) -> str:
    """What readings were explained by, in a few words, with the struts that it is about."""
    words = KIND_WORDS.get(post.report.kind, post.report.kind)
    struts = ", ".join(map(str, post.report.struts))
    return f"{words} (strut {struts})" if struts else words


def signs_text(post: HomePost) -> str:
    """The signs at the pin sites that were told, the one that cannot wait in capitals; empty for none."""
    signs = zip(post.report.signs, SIGN_WORDS, strict=True) if post.report.signs else ()
    return ", ".join(words for there, words in signs if there)


def _unseen(post: HomePost, seen: datetime.date | None) -> bool:
    return seen is None or post.report.date > seen


def _answers(posts: Sequence[HomePost], seen: datetime.date | None) -> list[str]:
    answers = [one for one in posts if one.report.told == "answers"]
    if not answers or not _unseen(answers[-1], seen):
        return []
    last, sentences = answers[-1], []
    if signs := signs_text(last):
        sentences.append(f"{signs} on {last.report.date.isoformat()}")
    # What cannot wait is not settled by a later answer, which may have come before anybody looked.
    urgent = [one for one in answers[:-1] if one.report.signs[-1:] == (True,) and _unseen(one, seen)]
    if urgent and not last.report.signs[-1]:
        sentences.append(f"{SIGN_WORDS[-1]} on {urgent[-1].report.date.isoformat()}, no longer by the last answer")
    since = last.report.date - datetime.timedelta(days=PAIN_DAYS)
    before = [one.report.pain for one in answers[:-1] if one.report.pain is not None and one.report.date >= since]
    if before and last.report.pain is not None and last.report.pain - min(before) >= PAIN_RISE:
        sentences.append(f"pain rising, {min(before)} to {last.report.pain}")
    return sorted(sentences, key=lambda one: SIGN_WORDS[-1] not in one)


def _readings(posts: Sequence[HomePost], seen: datetime.date | None) -> list[str]:
    last: dict[int, HomePost] = {
        one.report.level: one for one in posts if one.report.level is not None and one.report.told in ("right", "stop")
    }
    return [
        f"{kind_text(one)} on {one.report.date.isoformat()}"
        for _, one in sorted(last.items())
        if one.report.told == "stop" and _unseen(one, seen)
    ]


def _silent(posts: Sequence[HomePost], began: datetime.date, last: datetime.date, today: datetime.date) -> list[str]:
    heard = max((one.report.date for one in posts), default=began)
    days = (min(today, last) - max(heard, began)).days
    return [f"silent for {days} days"] if days >= SILENT_DAYS and today <= last else []
