"""H-30: a limb that is too wide to be inside the ring round it, as its girth tells."""

from __future__ import annotations

import math

import numpy as np

from hexapod.checks.findings import Finding
from hexapod.checks.limits import Limit
from hexapod.hardware.models import Ring
from hexapod.trajectory.level_setup import LevelSetup

SOURCE = "no limb is wider than the opening it stands in"


def check_limb_in_rings(setup: LevelSetup) -> list[Finding]:
    """`limb.wider_than_ring`: a limb as thick as its girth says is wider than the inside of the ring at that place."""
    girth = setup.level.limb_girth_mm
    if girth is None:
        return []
    found = []
    for name, ring, girth_mm in (
        ("proximal", setup.proximal_ring, girth.proximal),
        ("distal", setup.distal_ring, girth.distal),
    ):
        wide_mm, inside = girth_mm / math.pi, Limit(_inside_mm(ring), "mm", "refused", "H-30", SOURCE)
        if not inside.exceeded_by(wide_mm):
            continue
        found.append(
            Finding(
                "limb.wider_than_ring",
                inside.verdict,
                setup.index,
                f"The girth of {girth_mm:g} mm at the {name} ring makes the limb {wide_mm:.0f} mm wide, "
                f"{_mm(wide_mm - inside.value)} mm wider than the inside of that ring ({ring.name}, "
                f"{inside.value:g} mm). "
                f"Correct the girth (in mm, measured round the skin), or choose a larger ring.",
                value=wide_mm,
                limit=inside.value,
                unit=inside.unit,
                bodies=(f"{name} ring", "limb"),
            )
        )
    return found


def _inside_mm(ring: Ring) -> float:
    """How wide a ring is inside; one of the user's own is known by its joints only, and no wider than their circle."""
    if ring.family == "own":
        return 2.0 * float(np.linalg.norm(ring.proximal_joints_mm[:, :2], axis=1).mean())
    return 2.0 * ring.inner_radius_mm


def _mm(size: float) -> str:
    """A length in whole mm, a small one with its first digits: "0 mm wider" would tell nothing."""
    return f"{size:.0f}" if size >= 1.0 else f"{size:.2g}"
