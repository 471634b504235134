"""What people read uses the words of the field: no phrase of old_phrases.csv stands in a message, a page or a help text.

Read are the sentences in the code (all string constants of several words), its docstrings, those in scripts of the
browser, all pages of documentation, the catalogues of translations and the templates of documents.  Code spans and keys
of files are exempt; an ordinary word such as level or cut is old only as part of a listed phrase.
"""

import ast
import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("old_phrases.csv")
with TABLE.open(encoding="utf-8", newline="") as file:
    PHRASES = {row["phrase"]: row["say"] for row in csv.DictReader(file)}
# In docstrings and for contributors these are names of the code: `Verdict`, the room and the format of the films.
NAMES = {"verdict", "film", "films"}
# A word boundary that also keeps `--level 0` (an option) and `level_0` (a key) out.
OLD = {
    phrase: re.compile(r"(?<![\w-])" + r"\s+".join(map(re.escape, phrase.split())) + r"(?![\w-])", re.IGNORECASE)
    for phrase in PHRASES
}
# In pages: blocks of code, code spans, and where links lead.
CODE = re.compile(r"^```.*?^```|`[^`]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`]*`")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\]|\\.)*`')
ENTRY = re.compile(r'^msgid (".*"(?:\n".*")*)', re.MULTILINE)


def _of_code(text: str) -> Iterator[str]:
    """The sentences of a module: string constants of more than one word, formatted ones as a whole, no docstrings."""
    tree = ast.parse(text)
    skip = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # docstrings
            skip.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skip.update(id(part) for part in node.values if isinstance(part, ast.Constant))
            whole = "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
                for part in node.values
            )
            if " " in whole.strip():
                yield SPAN.sub("``", whole)
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip
        if is_text and " " in node.value.strip():
            yield SPAN.sub("``", node.value)


def _of_docstrings(text: str) -> Iterator[str]:
    """The docstrings of a module, without their code spans, links and doctests."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (told := ast.get_docstring(node)):
            yield re.sub(r"docs/\w+\.md|^>>> .*", "", SPAN.sub("``", told), flags=re.MULTILINE)


def _of_page(text: str) -> Iterator[str]:
    """A page of Markdown without its code and the targets of its links."""
    yield CODE.sub("``", text)


def _of_catalogue(text: str) -> Iterator[str]:
    """The English sentences of a catalogue of translations."""
    for entry in ENTRY.findall(text):
        yield "".join(ast.literal_eval(line) for line in entry.splitlines())


def _of_script(text: str) -> Iterator[str]:
    """The sentences of a script of the browser: its strings of more than one word, without its comments."""
    for string in STRING.findall(re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)):
        if " " in string[1:-1].strip():
            yield string


def _of_template(text: str) -> Iterator[str]:
    """A template of a document, without its comments."""
    yield re.sub(r"//[^\n]*", "", text)


READ: dict[str, tuple[str, Callable[[str], Iterator[str]]]] = {
    "code": ("hexapod/**/*.py", _of_code),
    "docstrings": ("hexapod/**/*.py", _of_docstrings),
    "pages": ("docs/**/*.md", _of_page),
    "pages at the top": ("*.md", _of_page),
    "catalogues": ("hexapod/**/*.po", _of_catalogue),
    "scripts": ("hexapod/**/*.js", _of_script),
    "templates": ("hexapod/**/*.typ", _of_template),
}


def old_phrases(root: Path) -> dict[str, set[str]]:
    """Old phrases by the file in which they stand."""
    found: dict[str, set[str]] = {}
    for kind, (pattern, sentences) in READ.items():
        for path in sorted(root.glob(pattern)):
            where = path.relative_to(root)
            # Style sheets are no text; built scripts have the strings of their sources.
            if {"node_modules", "dist"} & set(where.parts) or where.name.endswith("_style.js"):
                continue
            for sentence in sentences(path.read_text("utf-8")):
                old = {phrase for phrase, pattern_ in OLD.items() if pattern_.search(sentence)}
                old -= NAMES if kind == "docstrings" or where.name in ("CONTRIBUTING.md", "CHANGELOG.md") else set()
                if old:
                    found.setdefault(where.as_posix(), set()).update(old)
    return found


def test_no_old_phrase_is_left() -> None:
    found = old_phrases(ROOT)
    assert {where: {phrase: PHRASES[phrase] for phrase in sorted(old)} for where, old in found.items()} == {}


def test_every_kind_of_text_is_read() -> None:
    for pattern, _ in READ.values():
        assert list(ROOT.glob(pattern)), pattern


PLANTED = {
    "hexapod/checks/one.py": 'text = f"The {name} is pressed\\n together by {mm} mm."\n',
    "hexapod/documents/one.py": 'TITLE = "Effect of the treatment"\n',
    "hexapod/cli/one.py": 'parser.add_argument("--level", help="the bone at the cut")\n',
    "hexapod/schedule/one.py": 'def one() -> None:\n    """The scale\n    left of a strut."""\n',
    "docs/one.md": "# One\n\nThe frame is built\ncrooked.\n",
    "docs/decisions/one.md": "The new bone.\n",
    "CHANGELOG.md": "* The new bone.\n",
    "README.md": "Measure the film.\n",
    "hexapod/text/locale/de/one.po": 'msgid ""\n"The way left "\n"is 3 mm."\nmsgstr "Rest"\n',
    "hexapod/app/one.py": 'st.subheader("Issue this plan")\n',
    "hexapod/home/static/one.js": "say(`The way left\n  is ${mm} mm.`);\n",
    "hexapod/documents/one.typ": '#let title = "Two papers"\n',
}


@pytest.mark.parametrize("where", PLANTED)
def test_a_planted_phrase_is_found(where: str, tmp_path: Path) -> None:
    path = tmp_path / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PLANTED[where], "utf-8")
    assert list(old_phrases(tmp_path)) == [where]


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("docs/one.md", "The key `new bone` and the level cut the way.\n\n```\nverdict held still\n```\n"),
        ("hexapod/cli/one.py", 'KEY = {"verdict": 1, "leans_medial_deg": 2}\nSAY = "give --level 0"\n'),
        ("hexapod/cli/one.py", 'def one():\n    """The `new bone`, its verdict and docs/films.md."""\n'),
        ("hexapod/app/viewer/src/one.js", '// the new bone\nconst kind = "verdict", at = "https://a/film";\n'),
        ("hexapod/text/one.po", 'msgid "Regenerate"\nmsgstr "new bone"\n'),
    ],
)
def test_code_keys_and_ordinary_words_are_let_through(where: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    assert old_phrases(tmp_path) == {}
