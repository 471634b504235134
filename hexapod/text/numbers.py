"""Numbers as a scale, a table or a sentence shows them."""

from __future__ import annotations


def number(value: float) -> str:
    """A reading as a scale shows it: at most six decimals (no scale is finer), no trailing zeros.

    >>> number(142.0), number(80.25)
    ('142', '80.25')
    """
    return f"{value:.6f}".rstrip("0").rstrip(".")


def distance(value_mm: float) -> str:
    """A distance that was worked out, to a hundredth of a millimetre, and never "-0".

    >>> distance(59.016393), distance(-0.25), distance(-0.0001)
    ('59.02', '-0.25', '0')
    """
    return number(round(value_mm, 2) + 0.0)
