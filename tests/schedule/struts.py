"""Struts and needs for tests of exchanges."""

import numpy as np

from hexapod.hardware.models import Strut
from hexapod.schedule.strut_exchanges import StrutNeeds


def family(*ranges: tuple[int, int]) -> list[Strut]:
    """Models a, b, c … of one family with these scales."""
    return [Strut("abc"[k], "t", least, most, 1.0, series="t") for k, (least, most) in enumerate(ranges)]


MODELS = family((75, 100), (95, 130), (120, 180))
WIDE = family((75, 105), (88, 130), (110, 180))


def needs_of(lengths: list[float], fitted: Strut, at_end: bool = False, choices: list[Strut] = MODELS) -> StrutNeeds:
    """A strut with one dose a day, to be exchanged for any of three models."""
    evenings = np.array(lengths)
    return StrutNeeds(fitted, evenings, evenings[:, None], {}, {}, choices, at_end)
