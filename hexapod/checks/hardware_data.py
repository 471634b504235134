"""H-19: hardware data that nobody has read in the maker's document."""

from __future__ import annotations

from hexapod.checks.findings import Finding
from hexapod.hardware.models import Ring, Strut, unverified
from hexapod.trajectory.level_setup import LevelSetup


def check_hardware(setup: LevelSetup) -> list[Finding]:
    """One caution that names every ring and strut model with unverified values."""
    items: list[Ring | Strut] = [setup.proximal_ring, setup.distal_ring, *setup.struts]
    names = sorted({item.name for item in items if unverified(item)})
    if not names:
        return []
    return [
        Finding(
            "hardware.unverified",
            "caution",
            setup.index,
            f"Unverified values are used for {', '.join(names)}: check ring and strut data against the maker's manual "
            f"before use.",
        )
    ]
