from __future__ import annotations

import pytest

from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import blank_draft


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", 0.0),
        ("12", 12.0),
        ("1,5", 1.5),
        ("12.7", 12.7),
        ("12,75", 12.75),
        ("0.125", 0.125),
        ("9999.9", 9999.9),
        ("  7.5 ", 7.5),
        ("\u00a07.5\u202f", 7.5),
        ("007", 7.0),
    ],
)
def test_a_size_has_one_meaning(typed: str, meant: float) -> None:
    assert typed_text.size(typed) == meant


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("sign", ["-", "+", "\u2212", "\u2013", "\u2014", "\u2012", "\u2010", "\ufe63", "\uff0d"])
def test_a_sign_is_seen_and_refused_and_it_is_said_what_to_type(sign: str) -> None:
    """At a word, at a bare size and at a scale: only where there is a word is it spoken of."""
    told = {
        typed_text.size: "a size has no sign. Type it without one, such as 7.5.",
        typed_text.reading: "no scale reads less than 0. Type what it reads, such as 117.5.",
    }
    for read, why in told.items():
        with pytest.raises(typed_text.NotANumber) as refusal:
            read(f"{sign}7.5")
        assert str(refusal.value) == f"“{sign}7.5”: {why}"
    draft = blank_draft()
    draft["levels"][0]["deformity"]["AP angulation"] = {"size": f"{sign}7.5", "word": "varus_deg"}
    beside = [one.sentence for one in read_draft(draft).troubles if "7.5" in one.sentence]
    assert beside == [f"“{sign}7.5”: a size has no sign. Type the size alone; the word gives the direction."]


@pytest.mark.parametrize("sign", ["-", "\u2212", "\u2013", "\u2014"])
def test_a_coordinate_keeps_its_sign(sign: str) -> None:
    assert typed_text.coordinate(f"{sign}71.748") == -71.748
    assert typed_text.coordinate("+3.25") == 3.25


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1e2", "powers of ten"),
        ("1.5E-3", "powers of ten"),
        ("7.5 mm", "the number alone"),
        ("7.5mm", "the number alone"),
        ("12 deg", "the number alone"),
        ("12°", "the number alone"),
        ("1.234,5", "without thousands marks"),
        ("1,234.5", "without thousands marks"),
        ("1.2.3", "without thousands marks"),
        ("1,234", "thousands or decimals? Type 1.234 or 1234."),
        ("12345", "more than four digits"),
        ("1.2345", "more than 3 decimals"),
        (".5", "a zero before"),
        ("5.", "is not a number"),
        ("1 234", "is not a number"),
        ("1'234", "is not a number"),
        ("abc", "is not a number"),
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("0x10", "is not a number"),
        ("1_0", "is not a number"),
        ("--5", "is not a number"),
        ("٣", "is not a number"),
        ("１２", "is not a number"),
        ("½", "is not a number"),
        ("", "is not a number"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(typed_text.NotANumber) as refusal:
        typed_text.size(typed)
    assert why in str(refusal.value)


@pytest.mark.parametrize("typed", ["12.7", "12,7", "12.0", "-3", "+3", "1e1"])
def test_a_count_is_a_whole_number_without_a_sign(typed: str) -> None:
    with pytest.raises(typed_text.NotANumber):
        typed_text.whole(typed)
    assert typed_text.whole("12") == 12


def test_a_long_text_is_shown_short() -> None:
    with pytest.raises(typed_text.NotANumber) as refusal:
        typed_text.size("x" * 5000)
    assert len(str(refusal.value)) < 120


@pytest.mark.hazard("H-04")
def test_pasted_readings_that_are_not_six_say_so() -> None:
    assert typed_text.reading("117,5") == 117.5
    for text, count in (("117 120 118", 3), ("1;2;3;4;5;6;7", 7), ("117\t120", 2)):
        with pytest.raises(typed_text.NotANumber, match=f"these are {count} numbers. Paste all six together"):
            typed_text.reading(text)
    with pytest.raises(typed_text.NotANumber, match=r"7\.5 mm"):
        typed_text.reading("7.5 mm")


@pytest.mark.hazard("H-04")
def test_six_readings_are_read_also_with_commas_between_them() -> None:
    plain = ["150", "151", "152", "153", "154", "155"]
    for text in ("150, 151, 152, 153, 154, 155", "150,\t151,\n152, 153 ,154;155"):
        assert typed_text.six_in(text) == plain
    assert typed_text.six_in("150,5, 151,25, 152, 153, 154, 155")[:2] == ["150,5", "151,25"]
    assert typed_text.six_in("150,151,152,153,154,155") == []


@pytest.mark.hazard("H-04")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("150, 151, 152", "these are 3 numbers"),
        ("150,5, 151,5", "these are 2 numbers"),
        ("150,151,152,153,154,155", "are these 6 numbers? Type a space after the comma"),
        ("150 151 152 153 154 x", "the 6 readings cannot be read at number 6. “x”: is not a number"),
        ("150, 151, 1e2, 153, 154, 155", "the 6 readings cannot be read at number 3. “1e2”: powers of ten"),
        ("150 151 152 153 154 -155", "the 6 readings cannot be read at number 6. “-155”: no scale reads less than 0"),
        ("150 mm 151 mm 152 mm", "type the numbers alone; their unit stands in the label"),
    ],
)
def test_pasted_readings_that_cannot_be_read_are_told_as_what_they_are(text: str, why: str) -> None:
    assert typed_text.six_in(text) == []
    with pytest.raises(typed_text.NotANumber) as refusal:
        typed_text.reading(text)
    assert why in str(refusal.value)
