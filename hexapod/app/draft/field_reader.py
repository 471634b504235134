"""Entries of a draft read one by one: text, words or number, with a trouble for each that has no single meaning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.deformity.quantities import Pair
from hexapod.errors import Problem
from hexapod.text.field_kinds import either, word_name


@dataclass(frozen=True)
class Trouble:
    """An entry that is missing or wrong: its path in the draft and in the case file, and what to do, in a sentence."""

    path: d.Path
    key: str
    sentence: str
    missing: bool


@dataclass
class Reading:
    """What a draft says: the document as far as it goes, the troubles so far, and which entry each key comes from."""

    document: dict[str, Any] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    places: dict[str, d.Path] = field(default_factory=dict)

    def trouble(self, problem: Problem) -> Trouble:
        """A problem of the case, put at the entry that it comes from."""
        path = self.places.get(problem.path)
        key = problem.path
        while path is None and key:
            key = re.sub(r"(?:^|\.)[^.\[\]]+$|\[[0-9]+\]$", "", key)
            path = self.places.get(key)
        message = "still to be entered." if problem.missing else problem.message
        return Trouble(path or (), problem.path, message, problem.missing)

    def add_problems(self, problems: tuple[Problem, ...]) -> None:
        """Add the problems of the case that do not follow from troubles already known."""
        known = [trouble.key for trouble in self.troubles]
        for problem in problems:
            follows = any(_inside(key, problem.path) for key in known)
            trouble = self.trouble(problem)
            same = any(old.path == trouble.path and old.sentence == trouble.sentence for old in self.troubles)
            if not (follows or same):
                self.troubles.append(trouble)


class EntryReader:
    """Reads single entries of a draft into a reading."""

    def __init__(self, draft: d.Draft, reading: Reading) -> None:
        self.draft = draft
        self.reading = reading
        self.exact: dict[str, float] = draft.get("exact", {})

    def at(self, key: str, path: d.Path) -> None:
        """Note that `key` of the document comes from the entry at `path`."""
        self.reading.places[key] = path

    def say(self, path: d.Path, key: str, sentence: str, *, missing: bool = False) -> None:
        self.reading.troubles.append(Trouble(path, key, sentence, missing))

    def number(self, path: d.Path, key: str, read: Callable[[str], float] = typed_text.size) -> float | None:
        """The number typed at `path`, or None when there is none (with a trouble when it cannot be read)."""
        self.at(key, path)
        text = d.entry(self.draft, path)
        if not text.strip(typed_text.SPACES):
            return None
        if text in self.exact:
            return self.exact[text]
        try:
            return read(text)
        except typed_text.NotANumber as error:
            self.say(path, key, str(error))
        return None

    def words(self, path: d.Path, key: str, pairs: tuple[Pair, ...]) -> dict[str, float]:
        """Sizes by word; a size without a word, or a word without a size, is a trouble."""
        found: dict[str, float] = {}
        for pair in pairs:
            here = (*path, pair.quantity)
            word = d.entry(self.draft, (*here, "word"))
            key_here = f"{key}.{word or pair.positive}"
            for either_word in (pair.positive, pair.negative):
                self.at(f"{key}.{either_word}", here)
            typed = d.entry(self.draft, (*here, "size")).strip(typed_text.SPACES)
            known = len(self.reading.troubles)
            value = self.number((*here, "size"), key_here)
            self.at(key_here, here)
            if len(self.reading.troubles) > known:
                bad = self.reading.troubles.pop()
                self.say(here, key_here, bad.sentence)
            elif value is not None and word is not None:
                found[word] = value
            elif value:
                self.say(here, key_here, f"choose {either(pair)}.")
            elif word is not None and not typed:
                self.say(here, key_here, f"type a size, or take the word {word_name(word)} away.")
        return found


def _inside(key: str, path: str) -> bool:
    return not path or key == path or key.startswith((f"{path}.", f"{path}["))
