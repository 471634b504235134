"""An outcome as it is typed: every line is read, or refused with what to type."""

import pytest

from hexapod.errors import HexapodError
from hexapod.follow_up.treatment_outcome import read_outcome
from hexapod.text.outcome_lines import outcome_from_lines

DATES = {"treated_for": "shortening", "applied": "2026-02-20", "removed": "2026-08-01"}


def test_lines_are_read() -> None:
    typed = DATES | {
        "osteotomy": " ",
        "gained_mm": "38,5",
        "alignment": "MAD 35 0 3\nmLDFA - - 88",
        "complications": "2026-04-01 minor complication, joint stiffness, 20 deg\n2026-05-01 obstacle, nonunion",
        "proms": "at removal SF-36 62",
    }
    value = outcome_from_lines(typed, ["1 varus, 2 short", "0", ""])
    found = read_outcome(value)
    assert value["hexapods"] == [{"reached": {"varus_deg": 1.0, "short_mm": 2.0}}, {"reached": {}}, {}]
    assert (found.gained_mm, found.osteotomy) == (38.5, None)
    assert [(one.measure, one.before, one.planned, one.reached) for one in found.alignment] == [
        ("MAD", 35.0, 0.0, 3.0),
        ("mLDFA", None, None, 88.0),
    ]
    assert [(one.grade, one.kind, one.note) for one in found.complications] == [
        ("minor complication", "joint stiffness", "20 deg"),
        ("obstacle", "nonunion", ""),
    ]
    assert [(one.moment, one.instrument, one.total) for one in found.proms] == [("at removal", "SF-36", 62.0)]


@pytest.mark.parametrize(
    ("typed", "ends", "told"),
    [
        ({}, ["1 bent"], "1 bent is no deformity: type 1 varus, 2 short"),
        ({}, ["1 varus, 2 varus"], "2 varus is no deformity"),
        ({}, ["-1 varus"], "must be 0 or more"),
        ({"gained_mm": "4 cm"}, [""], "Length gained: 4 cm is no number"),
        ({"alignment": "MAD 3"}, [""], "before, planned and reached"),
        ({"alignment": "HKA 1 2 3"}, [""], "begins with none of MAD"),
        ({"complications": "2026-04-01 pin site infection"}, [""], "begins with none of problem"),
        ({"complications": "1.4.2026 problem, pain"}, [""], "must be a date"),
        ({"complications": "2026-01-01 problem, pain"}, [""], "before 2026-02-20"),
        ({"consolidated": "2026-02-19"}, [""], "before 2026-02-20"),
        ({"proms": "before SF-36 good"}, [""], "good is no number|is no number"),
        ({"treated_for": ""}, [""], "treated_for"),
    ],
)
def test_a_line_that_cannot_be_read_says_what_to_type(typed: dict[str, str], ends: list[str], told: str) -> None:
    with pytest.raises(HexapodError, match=told):
        read_outcome(outcome_from_lines(DATES | typed, ends))
