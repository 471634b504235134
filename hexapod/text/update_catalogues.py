"""Brings the catalogues of translations up to date: `make messages`, or `python -m hexapod.text.update_catalogues`.

Every sentence that this package says or marks for translation is in every catalogue, once.  Unused sentences are
removed, and a changed sentence has to be translated again: no old translation is assumed to fit.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from hexapod.text.language import NOBODY, REVIEW_HEAD, catalogue_file, reviewer
from hexapod.text.languages import LANGUAGES

PACKAGE = Path(__file__).parents[1]
# Where to look for sentences that are translated.
SOURCES = [("text/**.py", "python"), ("documents/**.py", "python"), ("home/**.py", "python")]
SOURCE_LANGUAGE = "en"
# The functions whose sentences are translated, and which of their arguments are sentences.
SPOKEN = {"say": None, "say_many": (1, 2), "translatable": None}
# As wide as the code.
WIDTH = 120

Sentence = str | tuple[str, ...]


def translated_languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)


def spoken() -> Catalog:
    """All sentences of the package, with the modules that say them."""
    found = Catalog()
    sources = sorted(extract_from_dir(str(PACKAGE), SOURCES, keywords=SPOKEN), key=lambda one: one[:2])
    for module, line, sentence, _, _ in sources:
        found.add(sentence, locations=[(Path(module).as_posix(), line)])
    return found


def read_catalogue(code: str) -> Catalog:
    """The catalogue of a language as it stands."""
    return read_po(io.StringIO(catalogue_file(code).read_text("utf-8")), locale=code)


def updated(code: str) -> str:
    """The text of a catalogue brought up to date: translations kept, new sentences empty, unused ones removed."""
    catalogue = read_catalogue(code)
    clinician = reviewer(catalogue_file(code).read_text("utf-8")) or NOBODY
    catalogue.update(spoken(), no_fuzzy_matching=True, update_creation_date=False)
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, ignore_obsolete=True, include_lineno=False)
    head = (
        f"Language: {code}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalogue.plural_forms}",
        f"{REVIEW_HEAD}: {clinician}",
    )
    lines = "".join(f'"{line}\\n"\n' for line in head)
    return f'msgid ""\nmsgstr ""\n{lines}\n{body.getvalue().decode("utf-8").strip()}\n'


def untranslated(code: str) -> list[Sentence]:
    """The sentences of a catalogue without a translation; of two forms, neither may be missing."""
    forms = [
        (message.id, message.string if isinstance(message.string, tuple | list) else (message.string or "",))
        for message in read_catalogue(code)
        if message.id
    ]
    return [
        sentence if isinstance(sentence, str) else tuple(sentence)
        for sentence, translations in forms
        if not all(translations)
    ]


def main() -> None:
    """Write every catalogue, and print how many sentences wait for a translation."""
    for code in translated_languages():
        catalogue_file(code).write_text(updated(code), "utf-8")
        waiting = len(untranslated(code))
        print(f"{code}: {waiting} sentences wait for a translation")


if __name__ == "__main__":
    main()
