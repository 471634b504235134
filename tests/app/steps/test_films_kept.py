"""Pictures of radiographs in the library: only when it is ticked, seen again when the case is opened again."""

from __future__ import annotations

from typing import Any

import pytest

from hexapod.app.steps.radiographs import film_view
from hexapod.films.film_file import pixels_sha256
from hexapod.library import ANYONE, open_library
from tests.app.driver import Form

pytestmark = pytest.mark.hazard("H-22")
TICK = "Keep the pictures in the library, too"


def kept(form: Form) -> tuple[str, ...]:
    with open_library() as library:
        return library.as_user(ANYONE).films.of(form.case.token)


def tick(form: Form) -> Any:
    return next(box for box in form.at.checkbox if box.label == TICK)


@pytest.fixture
def opened() -> Form:
    return Form(case="sample-tibia_varus", step="radiographs").press("film-open-sample")


def test_pictures_are_kept_only_when_it_is_ticked(opened: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tick(opened).value is False
    assert kept(opened) == ()
    tick(opened).check()
    opened.run()
    pictures = opened.case.pictures
    assert kept(opened) == tuple(pictures)
    assert len(pictures) == 2
    assert any("Kept in the library: 2 of 2 pictures." in str(one.value) for one in opened.at.caption)
    shown: list[tuple[str, Any]] = []
    monkeypatch.setattr(film_view, "show_film", lambda data, picture, **_: shown.append((data["sha256"], picture)))
    # Opened anew, in another window: the browser fetches it from the library.
    again = Form(case=opened.case.token, step="radiographs")
    assert again.case.pictures == {}
    first = next(iter(pictures))
    assert shown == [(first, f"films/{opened.case.token}/{first}.png")]
    assert tick(again).value is True
    with open_library() as library:
        png = library.as_user(ANYONE).films.pixels(opened.case.token, first)
    assert pixels_sha256(png) == first
    # No longer ticked, no more are kept; those that are stay until an administrator removes them.
    tick(again).uncheck()
    again.run()
    assert len(kept(again)) == 2


def test_without_the_tick_nothing_of_a_picture_is_in_the_library(opened: Form) -> None:
    again = Form(case=opened.case.token, step="radiographs")
    assert "is not open in this window" in again.html
    assert kept(again) == ()


def test_entries_kept_as_another_case_take_their_pictures_along(opened: Form) -> None:
    tick(opened).check()
    opened.run()
    before, token = kept(opened), opened.case.token
    # Somebody else saves in another window, and then an entry is changed here.
    Form(case=token, step="limb").type("Title (may stay empty)", "theirs")
    opened.case.pictures.clear()
    opened.step("limb").type("Title (may stay empty)", "mine")
    opened.press("save-as-another")
    assert opened.case.token != token
    assert kept(opened) == before
    assert len(before) == 2


def test_kept_pictures_are_removed_with_a_ground_and_exported_when_asked(opened: Form) -> None:
    tick(opened).check()
    opened.run()
    opened.step("limb")
    assert any(box.label == "With the 2 radiographs kept" and box.value is False for box in opened.at.checkbox)
    opened.type("Why the 2 radiographs kept are removed", "agreement withdrawn")
    opened.press("do-remove-films")
    assert kept(opened) == ()
    assert opened.step("radiographs").case.record is not None
    assert any("radiograph.removed" in one for one in _history(opened))


def _history(form: Form) -> list[str]:
    with open_library() as library:
        return [entry.action for entry in library.as_user(ANYONE).audit.history(form.case.token)]
