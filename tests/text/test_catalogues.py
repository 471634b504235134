"""The catalogues of translations: every sentence in every one, nothing left over, the same blanks to fill in."""

from __future__ import annotations

import re
import string

import pytest

from hexapod.text.language import CATALOGUES, REVIEW_HEAD, catalogue_file, language, reviewer
from hexapod.text.languages import LANGUAGES
from hexapod.text.update_catalogues import read_catalogue, spoken, translated_languages, untranslated, updated

# The languages whose catalogue must have every sentence.  A language is added here when its translation is complete,
# and from then on a sentence without a translation fails.
TRANSLATED = ("es", "fr", "de", "pt")
catalogues = pytest.mark.parametrize("code", translated_languages())


def test_every_language_but_english_has_a_catalogue() -> None:
    assert {path.stem for path in CATALOGUES.glob("*.po")} == set(LANGUAGES) - {"en"} == set(translated_languages())


def test_the_sentences_of_all_documents_are_found() -> None:
    sentences = {message.id if isinstance(message.id, str) else message.id[0] for message in spoken() if message.id}
    assert len(sentences) > 90
    assert {"red", "RIGHT TIBIA", "longer", "Table by date", "page {page} of {pages}"} <= sentences
    assert any(sentence.startswith("Decision support for trained clinicians.") for sentence in sentences)
    assert "Do not turn any strut on this day. The scales keep reading:" in sentences


@catalogues
def test_a_catalogue_has_every_sentence_and_no_other(code: str) -> None:
    told = {message.id for message in read_catalogue(code)}
    said = {message.id for message in spoken()}
    assert told == said, "run `make messages`"
    assert catalogue_file(code).read_text("utf-8") == updated(code), "run `make messages`"


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize("code", TRANSLATED)
def test_no_sentence_lacks_its_translation(code: str) -> None:
    assert untranslated(code) == []


@pytest.mark.hazard("H-20")
@catalogues
def test_a_translation_has_the_blanks_of_its_sentence_and_no_guess(code: str) -> None:
    for message in read_catalogue(code):
        if not message.id:
            continue
        sentences = [message.id] if isinstance(message.id, str) else list(message.id)
        told = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert not message.fuzzy, sentences[0]
        for translation in filter(None, told):
            assert blanks(translation) - {"n"} == blanks(sentences[-1]) - {"n"}, translation
            assert set(re.findall(r"[▲▼=]", translation)) == set(re.findall(r"[▲▼=]", sentences[-1])), translation


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@catalogues
def test_a_catalogue_says_that_no_clinician_has_reviewed_it(code: str) -> None:
    text = catalogue_file(code).read_text("utf-8")
    assert f'"{REVIEW_HEAD}: nobody\\n"' in text
    assert language(code).reviewed_by is None
    assert (
        reviewer(text.replace(f"{REVIEW_HEAD}: nobody", f"{REVIEW_HEAD}: Dr Example, Exampletown"))
        == "Dr Example, Exampletown"
    )


def test_a_changed_sentence_is_to_be_translated_anew_and_others_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pathlib import Path

    from hexapod.text import update_catalogues

    old = Path(str(tmp_path)) / "de.po"
    text = catalogue_file("de").read_text("utf-8")
    text = text.replace("nobody", "Dr Example").replace('msgid "red"\nmsgstr ""', 'msgid "red"\nmsgstr "rot"')
    text = re.sub(r'msgid "longer"\nmsgstr "[^"]*"', 'msgid "longr"\nmsgstr "länger"', text)
    old.write_text(text, "utf-8")
    monkeypatch.setattr(update_catalogues, "catalogue_file", lambda _: old)
    new = updated("de")
    assert 'msgid "red"\nmsgstr "rot"' in new
    assert 'msgid "longer"\nmsgstr ""' in new
    assert 'msgstr "länger"' not in new
    assert "longr" not in new
    assert f"{REVIEW_HEAD}: Dr Example" in new
