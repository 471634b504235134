"""What is printed on the pages of a PDF, and where: read back from the file, as a reader's eye would find it.

Places are in points from the left and from the BOTTOM of the page.  Only what the typesetter writes is understood
(two-byte letters, straight text); the test of this module holds it against another extraction.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdf

NUMBERS = rb"((?:-?[\d.]+ ){6})"
MATRIX = re.compile(rb"^q " + NUMBERS + rb"cm")
RULE = re.compile(rb" ([\d.]+) w .*?\b0 0 m ([\d.]+) 0 l$")
PLACED = re.compile(rb"/(f\d+) ([\d.]+) Tf " + NUMBERS + rb"Tm|(?<= )" + NUMBERS + rb"Tm")
SHIFT = re.compile(rb"-?[\d.]+")
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r?\n)|(.))", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Run:
    """Letters set in one go: left end and right end of the baseline, its height, size, whether bold."""

    x: float
    right: float
    y: float
    size: float
    bold: bool
    text: str
    askew: bool = False

    @property
    def middle(self) -> float:
        return (self.x + self.right) / 2


@dataclass(frozen=True)
class Rule:
    """A horizontal line."""

    x: float
    right: float
    y: float
    thickness: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    runs: tuple[Run, ...]
    rules: tuple[Rule, ...]
    # What is set askew, over the page.
    across: tuple[str, ...] = ()

    def text(self) -> str:
        """All letters, lines from top to bottom; words broken over lines are joined by a space."""
        ordered = sorted(self.runs, key=lambda run: (-round(run.y), run.x))
        return " ".join(run.text for run in ordered).replace("\u200b", "")


@dataclass(frozen=True)
class Font:
    bold: bool
    letters: dict[int, str]
    widths: dict[int, float]
    # What was shown before, by its bytes: tables say the same again and again.
    shown: dict[bytes, tuple[str, float, int]] = field(default_factory=dict)


def read(pdf: bytes) -> list[Page]:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    fonts: dict[int, Font] = {}
    pages = []
    for page in reader.pages:
        named = {name[1:]: _font(entry, fonts) for name, entry in page["/Resources"].get("/Font", {}).items()}
        content = page.get_contents()
        marks = list(_marks(content.get_data() if content is not None else b"", named))
        runs = tuple(mark for mark in marks if isinstance(mark, Run) and not mark.askew)
        across = tuple(mark.text for mark in marks if isinstance(mark, Run) and mark.askew)
        rules = tuple(mark for mark in marks if isinstance(mark, Rule))
        pages.append(Page(float(page.mediabox.width), float(page.mediabox.height), runs, rules, across))
    return pages


def _marks(content: bytes, fonts: dict[str, Font]) -> Iterator[Run | Rule]:
    """The typesetter writes a step a line: `q … cm …` opens, `Q` closes, `… TJ` and `… Tj` are text."""
    stack: list[Matrix] = [(1, 0, 0, 1, 0, 0)]
    for line in content.split(b"\n"):
        if line == b"Q":
            stack.pop()
        elif line.startswith(b"q"):
            moved = MATRIX.match(line)
            stack.append(_after(_numbers(moved[1]), stack[-1]) if moved else stack[-1])
            if rule := RULE.search(line):
                a, _, _, _, x, y = stack[-1]
                yield Rule(x, x + a * float(rule[2]), y, float(rule[1]))
        elif line.endswith((b"TJ", b"Tj")):
            yield from _runs(line, stack[-1], fonts)


def _runs(line: bytes, now: Matrix, fonts: dict[str, Font]) -> Iterator[Run]:
    font: Font | None = None
    size, position = 0.0, 0
    while placed := PLACED.search(line, position):
        if placed[1]:
            font, size = fonts[placed[1].decode()], float(placed[2])
        assert font is not None, line
        at = _after(_numbers(placed[3] or placed[4]), now)
        raw = line[placed.end() :]
        if raw not in font.shown:
            font.shown[raw] = _shown(raw, 0, font)
        text, wide, length = font.shown[raw]
        position = placed.end() + length
        yield Run(at[4], at[4] + wide * size / 1000 * at[0], at[5], size, font.bold, text, at[1] != 0.0)


def _shown(line: bytes, position: int, font: Font) -> tuple[str, float, int]:
    """The letters shown by the next `[…]TJ` or `(…)Tj`, their width in thousandths of the size, and where it ends."""
    text, wide = [], 0.0
    while line[position : position + 1] not in {b"T", b""}:
        if line[position : position + 1] == b"(":
            end = _closing(line, position)
            codes = _bytes(line[position + 1 : end])
            for k in range(0, len(codes), 2):
                code = codes[k] << 8 | codes[k + 1]
                text.append(font.letters.get(code, ""))
                wide += font.widths.get(code, 1000.0)
            position = end + 1
        elif shift := SHIFT.match(line, position):
            wide -= float(shift[0])
            position = shift.end()
        else:
            position += 1
    return "".join(text), wide, position + 2


def _closing(line: bytes, position: int) -> int:
    """Where a string ends that begins here: brackets in it are paired or escaped."""
    depth = 0
    while True:
        letter = line[position]
        if letter == 0x5C:  # backslash
            position += 1
        elif letter == 0x28:
            depth += 1
        elif letter == 0x29:
            depth -= 1
            if depth == 0:
                return position
        position += 1


def _bytes(string: bytes) -> bytes:
    def letter(found: re.Match[bytes]) -> bytes:
        if found[1]:
            return bytes([int(found[1], 8)])
        return b"" if found[2] else LETTERS.get(found[3], found[3])

    return ESCAPE.sub(letter, string) if b"\\" in string else string


def _font(entry: Any, known: dict[int, Font]) -> Font:
    number = entry.idnum if isinstance(entry, pypdf.generic.IndirectObject) else id(entry)
    if number not in known:
        font = entry.get_object()
        below = font["/DescendantFonts"][0].get_object()
        letters = _letters(font["/ToUnicode"].get_object().get_data().decode("latin1"))
        known[number] = Font("Bold" in font["/BaseFont"], letters, _widths(below["/W"]))
    return known[number]


def _letters(table: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w*)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for k in range(int(first, 16), int(last, 16) + 1):
                found[k] = chr(int(text, 16) + k - int(first, 16))
    return found


def _widths(table: Any) -> dict[int, float]:
    found: dict[int, float] = {}
    entries = [entry.get_object() for entry in table]
    while entries:
        first, then = int(entries.pop(0)), entries.pop(0)
        if isinstance(then, list):
            found |= {first + k: float(width) for k, width in enumerate(then)}
        else:
            width = float(entries.pop(0))
            found |= dict.fromkeys(range(first, int(then) + 1), width)
    return found


def _numbers(found: bytes) -> Matrix:
    a, b, c, d, e, f = map(float, found.split())
    return a, b, c, d, e, f


def _after(inner: Matrix, outer: Matrix) -> Matrix:
    """A matrix in the axes of another."""
    a, b, c, d, e, f = inner
    A, B, C, D, E, F = outer
    return a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E, e * B + f * D + F
