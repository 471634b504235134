"""The server's log as JSON lines, without personal data: `HEXAPOD_LOG=json`.

A message is told by its wording alone, never by the values in it: case ids, names and addresses stand in values.  An
error is told by its kind and the places in the program that it came through, never by its sentence.  What other
packages say is told by its place: their wording may hold values already.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

SWITCH = "HEXAPOD_LOG"
OWN = "hexapod"
# Places told of an error, the innermost last.
MOST_PLACES = 20


class JsonLines(logging.Formatter):
    """One line of JSON for each record: `at` (UTC), `level`, `logger`, `place`; `what`, `kinds`, `error`, `through`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "at": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
        }
        if record.name == OWN or record.name.startswith(f"{OWN}."):
            line["what"] = str(record.msg)
            kinds = [type(one).__name__ for one in _values(record) if isinstance(one, Exception)]
            line |= {"kinds": kinds} if kinds else {}
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "through": _places(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def _values(record: logging.LogRecord) -> tuple[object, ...]:
    return record.args if isinstance(record.args, tuple) else ()


def _places(found: TracebackType | None) -> list[str]:
    """Where an error came through: file, line and function, without what stood there."""
    frames = traceback.extract_tb(found)[-MOST_PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def switch_on() -> None:
    """Let every logger write JSON lines on standard error, where the environment asks for it.

    Raises:
        ValueError: the environment asks for another form.
    """
    asked = os.environ.get(SWITCH, "")
    if not asked:
        return
    if asked != "json":
        raise ValueError(f"{SWITCH} is {asked}: json is the only other form of the log; leave it out for plain text.")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for name in list(root.manager.loggerDict):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    root.handlers[:] = [handler]
