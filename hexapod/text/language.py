"""What a patient reads, in the patient's language, by gettext and Babel; and sentences shared by sheet and calendar.

A sentence is written in English where it is used, `language.say("Do not turn the struts.")`, and looked up in
`locale/CODE.po`.  `make messages` brings the catalogues up to date; a test fails for what is not translated.  Sheet and
calendar use the same sentences for visits, missed times, usual stages and scale readings.
"""

from __future__ import annotations

import datetime
import functools
import gettext
import io
import re
from collections.abc import Sequence
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol

from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.hardware.models import Strut
from hexapod.text.languages import LANGUAGES, translatable
from hexapod.text.numbers import number

CATALOGUES = Path(__file__).with_name("locale")
# Header of a catalogue with the clinician who reviewed the translation; "nobody" until one has.
REVIEW_HEAD = "X-Reviewed-By-Clinician"
NOBODY = "nobody"
# Stands wherever a strut is changed: nobody may turn the old strut to the numbers of the new one.
AFTER_CHANGE_OUT = translatable(
    "Only after the clinic has changed the strut or struts. If the visit has not taken place, turn nothing. The clinic "
    "tells you which of today's lines to do."
)
MISSED = translatable("If you missed a time or a day, turned wrongly, or a strut cannot be turned")

# Usual names of stages, as protocols and sample cases have them, and the words that a patient reads.
USUAL_STAGES = {
    "latency": translatable("latency"),
    "rest": translatable("rest"),
    "distract": translatable("distraction"),
    "distraction": translatable("distraction"),
    "lengthen": translatable("distraction"),
    "lengthening": translatable("distraction"),
    "correct": translatable("correction"),
    "correction": translatable("correction"),
    "reduce": translatable("setting of the bone"),
    "open the joint": translatable("opening of the joint"),
    "hold": translatable("rest"),
    "transport": translatable("transport"),
    "docking": translatable("docking"),
    "consolidation": translatable("consolidation"),
}
# The language in which names in a case are assumed to be typed.
AS_TYPED = "en"
# The most letters of a stage's name in the narrow column of the dates, where a longer one would fill a page.
STAGE_LETTERS = 200


class Language:
    """One language: sentences, dates and numbers as its readers know them."""

    def __init__(self, code: str, messages: gettext.NullTranslations, reviewed_by: str | None = None) -> None:
        self.code, self._messages, self.reviewed_by = code, messages, reviewed_by
        self._locale = Locale.parse(code)
        self._mark = get_decimal_symbol(self._locale)

    def say(self, sentence: str, **values: object) -> str:
        """A sentence in this language, with the values filled in by name."""
        return self._messages.gettext(sentence).format(**values)

    def say_many(self, one: str, many: str, n: int, **values: object) -> str:
        """A sentence that depends on a count, which is put in at `{n}`."""
        return self._messages.ngettext(one, many, n).format(n=n, **values)

    def number(self, value: float, least_places: int = 0) -> str:
        """A reading with the decimal mark of the language, digits as on the scale, no groups of thousands.

        It has at least `least_places` decimals, so that the numbers of a column line up.

        >>> language("de").number(142.25), language("en").number(142.25), language("fr").number(1042.5)
        ('142,25', '142.25', '1042,5')
        >>> language("de").number(142.0, 2), language("en").number(142.25, 1)
        ('142,00', '142.25')
        """
        whole, _, decimals = number(value).partition(".")
        decimals = decimals.ljust(least_places, "0")
        return f"{whole}{self._mark}{decimals}" if decimals else whole

    def date(self, day: datetime.date) -> str:
        """A date in full: `Thursday 30 April 2026` as the language writes it.

        >>> language("de").date(datetime.date(2026, 4, 30)), language("es").date(datetime.date(2026, 4, 30))
        ('Donnerstag, 30. April 2026', 'jueves, 30 de abril de 2026')
        """
        # In English for readers on both sides of the Atlantic: the month in letters, the day before it.
        return self._date(day, "EEEE d MMMM y" if self.code == "en" else "full")

    def long_date(self, day: datetime.date) -> str:
        """A date without its weekday, the month in full.

        >>> language("en").long_date(datetime.date(2026, 4, 3)), language("de").long_date(datetime.date(2026, 4, 3))
        ('3 April 2026', '3. April 2026')
        """
        return self._date(day, "d MMMM y" if self.code == "en" else "long")

    def short_date(self, day: datetime.date) -> str:
        """A date in a narrow column, the month in letters and the year in full.

        >>> language("en").short_date(datetime.date(2026, 4, 3)), language("de").short_date(datetime.date(2026, 4, 3))
        ('3 Apr 2026', '3. Apr. 2026')
        >>> language("fr").short_date(datetime.date(2026, 4, 1)), language("fr").short_date(datetime.date(2026, 4, 11))
        ('1er avr. 2026', '11 avr. 2026')
        """
        return self._date(day, {"de": "d. MMM y"}.get(self.code, "d MMM y"))

    def narrow_date(self, day: datetime.date) -> str:
        """A date in one line of a narrow column whose page gives the year: weekday and month in short.

        >>> [language(code).narrow_date(datetime.date(2026, 4, 30)) for code in ("en", "de", "es", "fr", "pt")]
        ['Thu 30 Apr', 'Do., 30. Apr.', 'jue, 30 abr', 'jeu. 30 avr.', 'qui. 30 abr.']
        """
        if self.code == "pt":  # CLDR's own has a "de" before the month, which the column has no room for
            return format_date(day, "EEE d MMM", self._locale)
        date = format_skeleton("MMMEd", day, locale=Locale.parse("en_GB") if self.code == "en" else self._locale)
        return re.sub(r"\b1 ", "1er ", date, count=1) if self.code == "fr" and day.day == 1 else date

    def _date(self, day: datetime.date, shape: str) -> str:
        """A date in a CLDR format, which lacks the French ordinal for the first of a month."""
        date = format_date(day, shape, self._locale)
        return re.sub(r"\b1 ", "1er ", date, count=1) if self.code == "fr" and day.day == 1 else date

    def own_name(self) -> str:
        """The language's name in itself, as its readers write it within a sentence.

        >>> language("de").own_name(), language("es").own_name()
        ('Deutsch', 'español')
        """
        return str(self._locale.get_display_name(self._locale))

    def weekday(self, day: datetime.date) -> str:
        """The day of the week in full."""
        return format_date(day, "EEEE", self._locale)

    def listed(self, items: Sequence[str]) -> str:
        """Several things in one line: `2, 3 and 5`.

        >>> language("en").listed(["2", "3", "5"]), language("de").listed(["2", "5"])
        ('2, 3 and 5', '2 und 5')
        """
        # Without the comma before "and", which only some readers of English expect.
        return format_list(items, locale=Locale.parse("en_GB") if self.code == "en" else self._locale)

    def time(self, time: datetime.time) -> str:
        """A time of the day: 24 hours, `08:00`, in every language alike."""
        return format_time(time, "HH:mm", locale=self._locale)


@functools.cache
def language(code: str) -> Language:
    """The language of a code.

    Raises:
        HexapodError: a language that the documents do not have.
    """
    if code not in LANGUAGES:
        have = ", ".join(f"{known} ({name})" for known, name in LANGUAGES.items())
        raise HexapodError(f"There is no language {code}: give one of {have}.")
    if code == "en":
        return Language(code, gettext.NullTranslations())
    text = catalogue_file(code).read_text("utf-8")
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(text), locale=code))
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled), reviewer(text))


def catalogue_file(code: str) -> Path:
    """The catalogue of a language."""
    return CATALOGUES / f"{code}.po"


def reviewer(catalogue: str) -> str | None:
    """The clinician who has reviewed a catalogue, by the text of its file; None as long as nobody has.

    Read from the text itself, because the catalogue reader keeps only the headers that it knows.

    >>> reviewer('"X-Reviewed-By-Clinician: Dr A, Exampletown\\\\n"'), reviewer('"Language: de\\\\n"')
    ('Dr A, Exampletown', None)
    """
    found = re.search(rf'^"{REVIEW_HEAD}: (.*)\\n"$', catalogue, re.MULTILINE)
    return None if found is None or found[1].strip() in {"", NOBODY} else found[1].strip()


def missed_or_stuck(case: Case, words: Language) -> str:
    """What to do when a time was missed, a strut turned wrongly or stuck: the clinic's own text, or ours."""
    return case.clinic.missed_or_stuck or words.say(
        "Do not catch up on your own and do not use force. Leave all struts as they are and call the clinic."
    )


def danger_signs(case: Case, words: Language) -> list[str]:
    """When to call, and whom: the clinic's own lines, or ours."""
    own = case.clinic.danger_signs
    return [line for line in own.splitlines() if line.strip()] if own else usual_danger_signs(words)


def usual_danger_signs(words: Language) -> list[str]:
    """Those of the same day, then those that cannot wait.

    Source: pin-site infection, compartment syndrome, thrombosis and embolism as textbooks of external fixation list
    them; reviewed by no clinician, as the sheet says.
    """
    return [
        words.say(
            "Call the clinic the same day: redness, swelling or heat round a pin or wire, thick or coloured discharge, "
            "a loose or broken pin, wire, bolt or strut, fever, pain that stays."
        ),
        words.say(
            "Go to an emergency department or call the emergency number at once: new numbness or tingling, fingers "
            "or toes that are cold, blue or cannot be moved, pain that grows and does not ease, a swollen or painful "
            "calf, chest pain or shortness of breath. Turn no strut meanwhile."
        ),
    ]


def stage_words(stage: str, words: Language) -> str:
    """A stage's name for the patient: in English as typed, in other languages only usual names, translated."""
    if words.code == AS_TYPED:
        return stage if len(stage) <= STAGE_LETTERS else stage[: STAGE_LETTERS - 1].rstrip() + "…"
    usual = USUAL_STAGES.get(stage.strip().lower())
    return "" if usual is None else words.say(usual)


def scale_places(strut: Strut) -> int:
    """How many decimals a reading of this strut is printed with: as many as its marks need."""
    return len(number(strut.graduation_mm).partition(".")[2])


def sheet_standing(state: str, on: datetime.date | None, words: Language) -> str:
    """Whether a sheet is in force: `state` is in force, replaced or stopped (since the date `on`), or unknown."""
    if state == "in force":
        return words.say("This sheet is in force.")
    if on is not None and state == "replaced":
        date = words.long_date(on)
        return words.say("This sheet was replaced on {date}. Destroy it and follow the new one.", date=date)
    if on is not None and state == "stopped":
        date = words.long_date(on)
        return words.say("This sheet was stopped on {date}. Turn no strut and call the clinic.", date=date)
    return words.say(
        "No sheet with this code is known here. Check the code, and ask the clinic before you turn anything."
    )
