"""How far the entries of a level can be off: the case's own SD, that of the radiographs, or the usual one."""

from __future__ import annotations

from hexapod.case.model import Level
from hexapod.deformity.measurement_sd import DEFORMITY_SD, MOUNTING_SD, sds

# A size taken over from radiographs is shown, and typed, to two decimals (mm or deg).
TAKEN_OVER = 0.005


def deformity_sds(level: Level) -> list[float]:
    """SDs of the deformity in the order of `DEFORMITY`, deg and mm.

    The case's own (`deformity_sd`), else those of radiographs where the entry was taken from them, else the usual ones.
    """
    own = {} if level.deformity_sd is None else level.deformity_sd.model_dump(exclude_none=True)
    return sds(DEFORMITY_SD, _on_radiographs(level) | own)


def mounting_sds(level: Level) -> list[float]:
    """SDs of the mounting in the order of `MOUNTING`, mm and deg: the case's own, else the usual ones."""
    own = {} if level.mounting_sd is None else level.mounting_sd.model_dump(exclude_none=True)
    return sds(MOUNTING_SD, own)


def _on_radiographs(level: Level) -> dict[str, float]:
    """SDs by their keys of what was taken over from radiographs and still stands so."""
    found = {}
    for result in level.measured_with.results if level.measured_with is not None else ():
        for one in DEFORMITY_SD:
            words = {f"deformity.{word}": word for word in (one.pair.positive, one.pair.negative)}
            entered = level.deformity_words.get(words.get(result.word, ""))
            stands = entered is not None and abs(entered - result.size) <= TAKEN_OVER
            if result.taken and result.sd and stands:
                found[one.key] = result.sd
    return found
