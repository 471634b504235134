"""How a person works the app: with the mouse, every action counted, or with the keyboard alone.

An action is a press of a button or a choice (one click), or a field typed: gone into, typed and left, however many keys
that takes.  A key by itself, such as Enter, is one too.  Looking and scrolling are none.
"""

from __future__ import annotations

from typing import Protocol

import pytest

from tests.browser.screen import Screen

# More elements than any page has to be gone through.
MOST_TABS = 150
FOCUSED = "(() => { const e = document.activeElement; return (e.ariaLabel || e.innerText || '').trim(); })()"
GROUP = "document.activeElement.closest('[role=radiogroup]')?.ariaLabel ?? ''"


class Hands(Protocol):
    """What a journey does, by the words of the screen."""

    actions: int

    def press(self, button: str) -> None: ...
    def choose(self, group: str, word: str) -> None: ...
    def type(self, label: str, text: str) -> None: ...


class Mouse:
    """A mouse, and keys for what is typed."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.actions = screen, 0

    def press(self, button: str) -> None:
        self.actions += 1
        # A button of a step tells its mark and its state behind its name.
        found = self.screen.page.get_by_role("button", name=button).and_(self.screen.page.locator(":visible")).first
        found.click()
        self.screen.settle()

    def choose(self, group: str, word: str) -> None:
        self.actions += 1
        self.screen.choose(group, word)

    def type(self, label: str, text: str) -> None:
        self.actions += 1
        self.screen.enter(label, text)


class Keys:
    """A keyboard and nothing else."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.actions = screen, 0

    def press(self, button: str) -> None:
        self._tab(lambda name, _: name == button or name.startswith(f"{button} "), button)
        self._key("Enter")

    def choose(self, group: str, word: str) -> None:
        self._tab(lambda _, of: of == group, group)
        for _ in range(10):
            if self.screen.page.evaluate(FOCUSED) == word:
                self._key("Space")
                return
            self.screen.page.keyboard.press("ArrowRight")
        pytest.fail(f"{word} of {group} cannot be reached by the arrow keys")

    def type(self, label: str, text: str) -> None:
        self._tab(lambda name, _: name == label, label)
        self.screen.page.keyboard.insert_text(text)
        self._key("Tab")

    def _key(self, key: str) -> None:
        self.actions += 1
        self.screen.page.keyboard.press(key)
        self.screen.settle()

    def _tab(self, is_it: object, name: str) -> None:
        """Press the tabulator until what is looked for has the focus."""
        assert callable(is_it)
        page = self.screen.page
        for _ in range(MOST_TABS):
            if is_it(page.evaluate(FOCUSED), page.evaluate(GROUP)):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"{name} cannot be reached by the tabulator")
