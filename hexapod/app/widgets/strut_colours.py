"""Strut colours as the screen shows them, always together with number and name."""

from __future__ import annotations

from hexapod.text.strut_looks import STRUT_LOOKS

STRUT_NAMES = {strut: look.name for strut, look in STRUT_LOOKS.items()}
STRUT_SHADES = {strut: look.shade for strut, look in STRUT_LOOKS.items()}


def strut_style() -> str:
    """Style rules that give every strut its colour: the stripe of its entry, the disc in the head of the schedule."""
    rules = []
    for strut, look in STRUT_LOOKS.items():
        rules.append(
            f'.st-key-strut-{strut} [data-testid="stTextInputRootElement"] {{ border-top: 6px solid {look.shade}; }}'
        )
        rules.append(f".hx-strut-{strut} .hx-disc {{ background: {look.shade}; color: {look.ink}; }}")
    return f"<style>{' '.join(rules)}</style>"
