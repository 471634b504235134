from __future__ import annotations

import re

from hexapod.app.shell import strut_style
from hexapod.text.languages import STRUT_COLOURS
from hexapod.text.strut_looks import STRUT_LOOKS


def _light(shade: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(shade[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_number_can_be_read_on_its_colour() -> None:
    pairs = re.findall(r"hx-disc \{ background: (#\w{6}); color: (#\w{6});", strut_style())
    assert [shade for shade, _ in pairs] == [look.shade for look in STRUT_LOOKS.values()]
    assert list(STRUT_LOOKS) == list(STRUT_COLOURS)
    for shade, ink in pairs:
        lighter, darker = sorted((_light(shade), _light(ink)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, shade
