"""A reader of calendars for the tests that shares nothing with the library, and a calendar that takes files in."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple


class Line(NamedTuple):
    """A content line: its name, its parameters as they stand, its value with the signs of TEXT undone."""

    name: str
    parameters: str
    value: str


@dataclass
class Component:
    """A component: its lines by name, and the components inside it."""

    kind: str
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    inside: list["Component"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        (line,) = self.lines[name]
        return line.value

    def get(self, name: str) -> str | None:
        return self[name] if name in self.lines else None

    def all(self, kind: str) -> list["Component"]:
        return [one for one in self.inside if one.kind == kind]


_LINE = re.compile(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(.*)", re.DOTALL)


def read(raw: bytes) -> Component:
    """The calendar in the bytes of a file, by RFC 5545, 3.1 and 3.3.11."""
    assert raw.endswith(b"\r\n")
    physical = raw.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in physical), max(physical, key=len)
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    for line in physical:
        line.decode("utf-8")  # no sign is cut in two
    logical = b"\r\n".join(physical).replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    open_ones = [Component("")]
    for line in logical:
        matched = _LINE.fullmatch(line)
        assert matched, line
        name, parameters, value = matched.groups()
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), line
        if name == "BEGIN":
            made = Component(value)
            open_ones[-1].inside.append(made)
            open_ones.append(made)
        elif name == "END":
            assert open_ones.pop().kind == value
        else:
            open_ones[-1].lines[name].append(Line(name, parameters, _text(value)))
    (root,) = open_ones
    (calendar,) = root.inside
    return calendar


def _text(value: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), value)


_READING = re.compile(r"^\S+ ([1-6]) \([^)]+\)\s?: ([\d.,]+)(?: mm$|\s\()", re.MULTILINE)


def settings(event: Component) -> tuple[float, ...]:
    """The six readings that an entry of one hexapod tells in its sentences, of whatever language, mm."""
    (six,) = settings_by_level(event).values()
    return six


def settings_by_level(event: Component) -> dict[str, tuple[float, ...]]:
    """The six readings of every hexapod that an entry is about, by its name as the entry's line has it."""
    told = _READING.findall(event["DESCRIPTION"])
    names = event["X-HEXAPOD-LEVEL"].split(" · ")
    assert [strut for strut, _ in told] == list("123456") * len(names), event["DESCRIPTION"]
    reads = [float(one.replace(",", ".")) for _, one in told]
    return {name: tuple(reads[6 * k : 6 * k + 6]) for k, name in enumerate(names)}


class Client:
    """A calendar that takes files in: of two entries of one UID the one with the higher SEQUENCE stays.

    With equal numbers the one with the later DTSTAMP does (RFC 5546, 2.1.5).
    """

    def __init__(self) -> None:
        self.entries: dict[str, Component] = {}

    def take(self, raw: bytes) -> None:
        """Import a file."""
        for event in read(raw).all("VEVENT"):
            there = self.entries.get(event["UID"])
            if there is None or self._rank(event) > self._rank(there):
                self.entries[event["UID"]] = event

    @staticmethod
    def _rank(event: Component) -> tuple[int, str]:
        return int(event["SEQUENCE"]), event["DTSTAMP"]

    def shown(self) -> list[Component]:
        """The entries that the patient still sees, by time."""
        live = [event for event in self.entries.values() if event.get("STATUS") != "CANCELLED"]
        return sorted(live, key=lambda event: event["DTSTART"])
