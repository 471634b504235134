from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import hexapod
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import Draft, entry
from hexapod.app.session import session
from hexapod.app.session.session import OpenCase, Session
from hexapod.case.model import Case
from hexapod.plan.plan_file import plan_sha256, short_fingerprint

ROOT = Path(__file__).resolve().parents[2]
# The time zone that the clinic of these tests has set.
CLINIC_ZONE = "Europe/Madrid"
SAMPLES = ROOT / "sample_cases"


class Address(dict[str, str]):
    """The address of the page where there is no page."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, wanted: dict[str, str]) -> None:
        self.clear()
        self.update(wanted)


class State(dict[str, Any]):
    """Streamlit's state of a session where there is no page."""

    def to_dict(self) -> dict[str, Any]:
        return dict(self)


def without_page(
    monkeypatch: pytest.MonkeyPatch, draft: Draft, widgets: dict[str, Any] | None = None, **of_case: Any
) -> OpenCase:
    """The open case of a session with this draft, not in the library yet, for callbacks called without a page.

    `widgets` says what fields of this draft (`now|...`) or of others say that was not reported yet.
    """
    case = OpenCase(**({"place": "new", "sheet": "now", "meant": "0" * 24} | of_case), draft=draft)
    for key in widgets or ():
        sheet, *path = key.split("|")
        if sheet == "now":
            case.shown_by_fields[tuple(path)] = entry(draft, tuple(path))
    state = State({"session": Session(case=case, started=True)} | (widgets or {}))
    page = SimpleNamespace(session_state=state, query_params=Address(case=case.place))
    monkeypatch.setattr(session, "st", page)
    session.begin()
    return case


def plan_id(case: Case) -> str:
    """The plan ID that the banner shows for a case."""
    return short_fingerprint(plan_sha256(hexapod.make_plan(case)))


class Form:
    """The app as AppTest sees it, with the words of the screen for names."""

    def __init__(self, **address: str) -> None:
        self.at = AppTest.from_file(str(ROOT / "hexapod" / "app" / "page.py"), default_timeout=120)
        for name, value in address.items():
            self.at.query_params[name] = value
        self.run()

    @property
    def session(self) -> Session:
        found: Session = self.at.session_state["session"]
        return found

    @property
    def case(self) -> OpenCase:
        return self.session.case

    def run(self) -> Form:
        self.at.run()
        assert not self.at.exception
        return self

    def sample(self, stem: str) -> Form:
        if "case" in self.at.query_params:
            self.press("go-to-list")
        self.at.button(key=f"sample-{stem}").click()
        return self.run()

    def step(self, name: str) -> Form:
        self.at.button(key=f"step-{name}").click()
        return self.run()

    def field(self, label: str, number: int = 0) -> Any:
        return [field for field in self.at.text_input if field.label == label][number]

    def type(self, label: str, text: str, number: int = 0) -> Form:
        self.field(label, number).input(text)
        return self.run()

    def choose(self, label: str, option: str | None, number: int = 0) -> Form:
        group = [group for group in self.at.button_group if group.label == label][number]
        group.set_value(option)
        return self.run()

    def press(self, key: str) -> Form:
        self.at.button(key=key).click()
        return self.run()

    def acknowledge(self, by: str = "AB", reason: str = "seen") -> Form:
        """Every warning, with a reason that names its place in the list, and the name."""
        for number, field in enumerate(field for field in self.at.text_input if field.label.startswith("Reason for")):
            field.input(f"{reason} {number + 1}")
        return self.type("Your name, for the warnings and the signature", by)

    def make(self) -> Form:
        """Have the documents made, in their step."""
        self.step("prescription")
        return self.press("make") if any(button.key == "make" for button in self.at.button) else self

    def can_make(self) -> bool:
        """Whether documents can be made now; the step Check is shown again afterwards."""
        able = self.step("prescription").case.plan_documents is not None
        self.step("check")
        return able

    @property
    def html(self) -> str:
        bodies = [element.proto.body for element in self.at.get("html")]
        return "\n".join(body for body in bodies if not body.lstrip().startswith("<style"))

    @property
    def downloads(self) -> list[str]:
        return [button.label.partition(" · ")[0] for button in self.at.get("download_button")]

    @property
    def document(self) -> dict[str, Any]:
        return read_draft(self.case.draft).document
