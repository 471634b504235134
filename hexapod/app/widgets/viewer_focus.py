"""A jump of the 3D preview: the day of a finding, and the bodies that it is about."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.checks.findings import Finding


@dataclass(frozen=True)
class Jump:
    """Where the preview shall go: a day, and the names of the bodies that shall stand out there (none, one or two).

    Names are those of `Finding.bodies`: "strut 1" to "strut 6", "proximal ring", "distal ring", "bone", "limb".
    `number` tells one click from the next: the preview follows a number once, so that the same jump can be asked for
    again, and a page that is drawn anew does not throw back the day that was chosen since.
    """

    day: int
    bodies: tuple[str, ...] = ()
    number: int = 0


def jump_of(finding: Finding, number: int = 0) -> Jump | None:
    """The jump to what a finding is about, or None when it belongs to no day.

    A finding is shown in the preview of its own level, `finding.level`.
    """
    if finding.day is None:
        return None
    bodies = finding.bodies or (() if finding.strut is None else (f"strut {finding.strut}",))
    return Jump(finding.day, bodies, number)
