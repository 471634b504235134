"""Simple outlines of the ends of the bones, enough to tell one from another: drawings, not anatomy to measure on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hexapod.deformity.sides import Fragment

# Radius of the shaft (mm) of the usual adult bone, at which the sizes below hold, and how far they shrink and grow.
USUAL_RADIUS_MM = {"tibia": 14.0, "femur": 15.0, "humerus": 12.0, "forearm": 7.0, "foot": 15.0}
SMALLEST, LARGEST = 0.55, 1.3
# Stations of a ball: its poles and as many rounds between them.
BALL_STATIONS = 7


@dataclass(frozen=True)
class Station:
    """A cross-section, an ellipse.  mm on the usual adult bone.

    `inwards` is how far it lies from the far end of the fragment towards the cut (from the cut outwards in a part
    `from_cut`); its middle lies `lateral` and `posterior` of the fragment's axis; half its width across the AP and
    across the lateral view, None where it is the shaft itself.
    """

    inwards: float
    lateral: float = 0.0
    posterior: float = 0.0
    across_ap: float | None = None
    across_lateral: float | None = None


@dataclass(frozen=True)
class Part:
    """Cross-sections in order; `to_cut`: a shaft that begins at the cut; `to_end`: one that goes on to the far end."""

    stations: tuple[Station, ...]
    to_cut: bool = False
    from_cut: bool = False
    to_end: bool = False


def _shaft(*rows: tuple[float, ...]) -> Part:
    return Part(tuple(Station(*row) for row in rows), to_cut=True)


def _piece(*rows: tuple[float, ...], from_cut: bool = False) -> Part:
    return Part(tuple(Station(*row) for row in rows), from_cut=from_cut)


def _ball(
    inwards: float, lateral: float, posterior: float, across_ap: float, across_lateral: float, tall: float
) -> Part:
    turns = [math.pi * k / (BALL_STATIONS - 1) for k in range(BALL_STATIONS)]
    return Part(
        tuple(
            Station(
                inwards + tall * math.cos(turn),
                lateral,
                posterior,
                across_ap * math.sin(turn),
                across_lateral * math.sin(turn),
            )
            for turn in turns
        )
    )


# Of the second bone beside the first: the thin shaft of the fibula stands lateral and behind.
_FIBULA = (27.0, 14.0)
ENDS: dict[str, dict[Fragment, tuple[Part, ...]]] = {
    "tibia": {
        "proximal": (
            Part((Station(22, *_FIBULA, 4, 4), Station(16, *_FIBULA, 10, 9), Station(8, *_FIBULA, 6, 6)), to_cut=True),
            _shaft(
                (56,), (38, 0, 2, 16, 17), (20, 0, 5, 29, 21), (10, 0, 6, 37, 25), (3, 0, 6, 38, 25), (0, 0, 6, 35, 22),
            ),
        ),
        "distal": (
            Part(
                (
                    Station(30, 25, 6, 4, 4), Station(10, 25, 5, 8, 8),
                    Station(-8, 25, 5, 7, 8), Station(-20, 24, 5, 3, 4),
                ),
                to_cut=True,
            ),
            _shaft((50,), (28, 0, 0, 15, 15), (12, -1, 0, 22, 18), (3, -1, 0, 25, 20), (0, -1, 0, 23, 18)),
            _piece((16, -15, -1, 7, 11), (4, -19, -1, 7, 12), (-8, -20, -1, 6, 10), (-14, -20, -1, 2.5, 5)),
        ),
    },
    "femur": {
        "proximal": (
            _piece((38, 4, 0, 18, 12), (8, -36, -5, 15, 12)),
            _shaft(
                (62,), (44, 2, 0, 19, 17), (26, 5, 0, 23, 18), (14, 11, 2, 14, 16), (6, 13, 3, 9, 11), (3, 13, 3, 3, 4),
            ),
            _ball(6, -40, -6, 23, 23, 23),
        ),
        "distal": (
            _shaft((70,), (44, 0, 1, 20, 16), (26, 0, 3, 36, 20), (16, 0, 4, 34, 18)),
            _ball(19, -21, 7, 18, 30, 20),
            _ball(19, 21, 7, 18, 30, 20),
        ),
    },
    "humerus": {
        "proximal": (
            _shaft(
                (52,), (34, 0, 0, 14, 14), (18, 2, 0, 20, 19), (8, 8, -1, 14, 15), (2, 9, -1, 9, 10), (0, 9, -1, 3, 4),
            ),
            _ball(17, -9, 5, 22, 22, 22),
        ),
        "distal": (
            _shaft((56,), (34, 0, 0, 14.5, 9.6), (19, -3, 0, 29, 9), (11, -2, -1, 25, 9), (5, -2, -2, 18, 7)),
            _ball(8, -12, -3, 10, 12, 13),
            _ball(9, 14, -6, 10, 10, 10),
            _ball(20, -30, 1, 7, 6, 8),
        ),
    },
    "foot": {
        "proximal": (
            Part(
                (
                    Station(0), Station(12, 0, 0, 22, 20), Station(26, 0, 0, 24, 20),
                    Station(44, 0, 0, 16, 15), Station(60, 0, 0, 14, 14),
                ),
                from_cut=True,
                to_end=True,
            ),
            _piece((-3, -21, -1, 3, 4), (12, -21, -1, 7, 11), (27, -21, -1, 3, 4), from_cut=True),
            _piece((-10, 22, 5, 3, 4), (8, 22, 5, 7, 9), (26, 22, 5, 3, 4), from_cut=True),
        ),
        "distal": (
            _piece(
                (14, 0, 34, 12, 14), (24, 0, 36, 17, 24), (36, 0, 34, 17, 26), (48, 0, 32, 15, 24), (54, 0, 30, 9, 18),
                from_cut=True,
            ),
            _piece((0,), (10, 0, 0, 20, 24), (24, 0, 4, 21, 32), (36, 0, 0, 20, 30), from_cut=True),
            _piece(
                (12, 0, -18, 18, 12), (24, 0, -36, 24, 32), (36, -2, -54, 28, 50), (46, -3, -62, 30, 56),
                (54, -3, -68, 28, 50),
                from_cut=True,
            ),
        ),
    },
}  # fmt: skip

# The two bones of the forearm, each about its own axis.
RADIUS: dict[Fragment, tuple[Part, ...]] = {
    "proximal": (_shaft((40,), (26, 0, 0, 6.3, 6.3), (19, 0, 0, 11, 11), (11, 0, 0, 11.5, 11.5), (9, 0, 0, 10, 10)),),
    "distal": (
        _shaft((40,), (16, 0, 0, 13, 10), (4, 0, 0, 16, 11), (0, 0, 0, 14, 9.5)),
        _piece((10, 8, 0, 6, 8), (0, 10.5, 0, 5, 7), (-8, 11, 0, 2, 3)),
    ),
}
ULNA: dict[Fragment, tuple[Part, ...]] = {
    "proximal": (
        _shaft(
            (46, 0, 2), (24, 0, 4, 11, 13), (10, 0, 10, 11, 8), (-4, 0, 10, 11, 9), (-10, 0, 8, 9, 8),
            (-14, 0, 6, 4, 4),
        ),
    ),
    "distal": (
        _shaft((40,), (14, 0, 0, 7.5, 7.5), (6, 0, 0, 9, 9), (3, 0, 0, 7.5, 7.5)),
        _piece((6, -6, 3, 3, 3), (-6, -6, 3, 1.5, 1.5)),
    ),
}  # fmt: skip
# How far the second bone of the forearm stands from the first: in radii of the shaft, and mm besides.
BESIDE_RADII, BESIDE_MM = 2.1, 6.0


def end_parts(bone: str, fragment: Fragment, *, on_ulna: bool = False) -> list[tuple[Part, bool, float]]:
    """The parts of a fragment's end, back to front: each with whether it is a second bone's, and which way that stands.

    The way is -1 for medial, +1 for lateral, 0 for the bone on the axis.  Palms forward, the radius lies lateral.
    """
    if bone != "forearm":
        return [(part, False, 0.0) for part in ENDS[bone][fragment]]
    first, second = (ULNA, RADIUS) if on_ulna else (RADIUS, ULNA)
    way = 1.0 if on_ulna else -1.0
    return [*((part, True, way) for part in second[fragment]), *((part, False, 0.0) for part in first[fragment])]
