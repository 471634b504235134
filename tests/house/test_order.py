from __future__ import annotations

from tests.order import LONGEST, TESTS


def test_the_longest_files_of_tests_are_there() -> None:
    assert not [name for name in LONGEST if not (TESTS / name).is_file()]
