"""The log as JSON: every line can be read by a program, and none holds what was in a message or an error."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from hexapod.app.server import json_log
from hexapod.app.server.json_log import JsonLines
from hexapod.errors import HexapodError

pytestmark = pytest.mark.hazard("H-22")
SECRET = "Mrs Smith, case p-014 of 10.0.0.7"


def line(name: str, message: str, *values: object, error: bool = False) -> dict[str, object]:
    record = logging.getLogger(name).makeRecord(name, logging.ERROR, "/somewhere/headers.py", 7, message, values, None)
    if error:
        try:
            raise HexapodError(SECRET)
        except HexapodError:
            record.exc_info = sys.exc_info()
    text = JsonLines().format(record)
    assert "\n" not in text
    assert not [word for word in SECRET.split() if word in text and word not in ("of", "case")], text
    found: dict[str, object] = json.loads(text)
    return found


def test_a_message_is_told_without_the_values_in_it() -> None:
    found = line("hexapod.app.server.headers", "refused: %s has %d connections", SECRET, 201)
    assert found["what"] == "refused: %s has %d connections"
    assert (found["level"], found["logger"], found["place"]) == ("ERROR", "hexapod.app.server.headers", "headers:7")
    assert str(found["at"]).endswith("+00:00")


def test_an_error_is_told_by_its_kind_and_where_it_came_through() -> None:
    assert line("hexapod.app", "%s", HexapodError(SECRET))["kinds"] == ["HexapodError"]
    found = line("hexapod.app.shell", "the page failed", error=True)
    assert (found["what"], found["error"]) == ("the page failed", "HexapodError")
    assert str(found["through"]).startswith("['test_json_log.py:")


def test_what_others_say_is_told_by_its_place_alone() -> None:
    found = line("streamlit.web", f"{SECRET} came", error=True)
    assert "what" not in found
    assert found["error"] == "HexapodError"


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(json_log.SWITCH, "xml")
    with pytest.raises(ValueError, match="json is the only other form"):
        json_log.switch_on()
