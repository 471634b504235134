"""Marks sentences that stand in a table or a constant, so that `make messages` finds them."""

from __future__ import annotations


def translatable(sentence: str) -> str:
    """The sentence itself; where it is used, `language.say` looks it up.

    >>> translatable("red")
    'red'
    """
    return sentence
