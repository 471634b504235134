"""Fingerprints are of RFC 8785 JSON, whoever writes it."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from hexapod.case.canonical_json import canonical

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1000.0, 1000.0).map(lambda mm: round(mm, 2))
    | st.text(st.characters(exclude_categories=["Cs"]))
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
        | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_any_value_has_the_bytes_of_the_standard(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-4, "0.0001"),
        (9.5e-5, "0.000095"),
        (1e-7, "1e-7"),
        (-0.0, "0"),
        (1e15, "1000000000000000"),
        (2.0**53, "9007199254740992"),
        (1e21, "1e+21"),
        (0.1 + 0.2, "0.30000000000000004"),
        ("\b\x1f\x7f\u2028é😀", '"\\b\\u001f\x7f\u2028é😀"'),
        ({"\ufb33": 1, "😀": 2, "a": 3}, '{"a":3,"😀":2,"\ufb33":1}'),
    ],
)
def test_numbers_letters_and_order_of_the_standard(value: Any, text: str) -> None:
    assert canonical(value).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1: 2}, {"a": {3}}, "\ud800"])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises((rfc8785.CanonicalizationError, UnicodeEncodeError)):
        canonical(value)
