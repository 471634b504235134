"""The one small family of errors.  Every message says what was wrong and what to type or do instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class HexapodError(Exception):
    """Anything this package refuses to do, with a sentence that a clinician can act on."""


class GeometryError(HexapodError):
    """A matrix, a joint table or a list of lengths has no geometric meaning."""


class SingularFrame(GeometryError):
    """The frame has no definite pose here: the rings can move a little with all six struts locked."""


class NoPose(GeometryError):
    """No pose of the two rings fits the six lengths.

    Attributes:
        index: position of the first failing row in a batch (empty for a single row).
        worst_strut: strut 1 to 6 whose length is missed by the most where the search stopped.
        residual_mm: that difference in mm, given length minus reached length.
        where: positions of all failing rows of a batch.
    """

    def __init__(
        self,
        message: str,
        *,
        index: tuple[int, ...] = (),
        worst_strut: int,
        residual_mm: float,
        where: Sequence[tuple[int, ...]] = (),
    ) -> None:
        super().__init__(message)
        self.index = index
        self.worst_strut = worst_strut
        self.residual_mm = residual_mm
        self.where = tuple(where)


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a case: where (`levels[0].deformity.varus_deg`), the value as typed, what is acceptable.

    `missing` tells a required key that is not there yet from one that is wrong.
    """

    path: str
    value: str
    message: str
    missing: bool = False

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value else ""
        return f"{self.path}{shown}: {self.message}" if self.path else self.message


class CaseError(HexapodError):
    """A case that cannot be read or makes no sense; `problems` lists every place."""

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        if isinstance(problems, str):
            problems = [Problem("", "", problems)]
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CatalogueError(HexapodError):
    """A ring or strut that the catalogue does not have, or catalogue data that are not usable."""
