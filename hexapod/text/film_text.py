"""Measurements on the radiographs of a hexapod compared with what its plan uses; and the source of each scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hexapod.case.film_format import Film, MeasuredWith, films_measured_in
from hexapod.case.model import Level
from hexapod.deformity.quantities import DEFORMITY, DEFORMITY_SD, Fragment, Pair, Side, sds
from hexapod.errors import HexapodError
from hexapod.films.film_reading import scale_share
from hexapod.films.measure import measure_films
from hexapod.films.scale import mm_per_px_by_points, spacing
from hexapod.preoperative.end_error import deformity_sds
from hexapod.text.case_sentences import spoken
from hexapod.text.numbers import number

# Measured values are taken over in tenths; an entry this close to the measured value counts as taken over.
AS_MEASURED = 0.05
SEEN = {"front": "the front", "back": "the back", "left": "the patient's left", "right": "the patient's right"}
AS_TAKEN, SAME, BY_HAND, NOT_USED = "taken over", "typed, the same", "entered otherwise", "not entered"


@dataclass(frozen=True)
class MeasuredRow:
    """A quantity measured on radiographs, and the value that the plan uses; both unsigned, in the unit of the pair.

    `used` and its word are None where nothing was entered; its SD is what the error bars of the plan are made with.
    """

    quantity: str
    unit: str
    size: float
    word: str
    sd: float
    films: tuple[str, ...]
    mostly: str
    used: float | None
    used_word: str | None
    used_sd: float
    words: str


def measured_rows(level: Level, side: Side) -> list[MeasuredRow] | str:
    """The measurements of a level, one row per quantity, or the sentence that says why there are none."""
    if level.measured_with is None:
        return []
    return _rows(level.measured_with, side, level.reference, level.deformity_words, deformity_sds(level))


def visit_rows(measured: Mapping[str, Any], side: Side, reference: Fragment) -> list[MeasuredRow] | str:
    """The same of what was measured again at a visit, with the keys of `hexapod-visits/1`: used is what it recorded."""
    films = films_measured_in(measured)
    if films is None:
        return []
    own = sds(DEFORMITY_SD, measured.get("deformity_sd", {}))
    return _rows(films, side, reference, measured.get("deformity", {}), own)


def _rows(
    films: MeasuredWith, side: Side, reference: Fragment, entered: Mapping[str, float], own: Sequence[float]
) -> list[MeasuredRow] | str:
    try:
        found = measure_films(films, side, reference).deformity.sizes
    except HexapodError as error:
        return str(error)
    used_sds = {pair.quantity: sd for pair, sd in zip(DEFORMITY, own, strict=True)}
    taken = {result.word.removeprefix("deformity.") for result in films.results if result.taken}
    rows = []
    for size in found:
        words = {word: entered[word] for word in (size.pair.positive, size.pair.negative) if word in entered}
        word, used = next(iter(words.items()), (None, None))
        signed = 0.0 if used is None else used if word == size.pair.positive else -used
        same = used is not None and abs(signed - size.signed) <= AS_MEASURED
        was_taken = not taken.isdisjoint((size.pair.positive, size.pair.negative))
        rows.append(
            MeasuredRow(
                quantity=size.pair.quantity,
                unit=size.pair.unit,
                size=size.size,
                word=spoken(size.word),
                sd=size.sd,
                films=size.films,
                mostly=max(size.contributors, key=lambda name: size.contributors[name]),
                used=used,
                used_word=None if word is None else spoken(word),
                used_sd=used_sds[size.pair.quantity],
                words=NOT_USED if used is None else BY_HAND if not same else AS_TAKEN if was_taken else SAME,
            )
        )
    return rows


def film_sentence(film: Film) -> str:
    """A radiograph in one sentence: view, date and scale."""
    day = f", {film.date}" if film.date else ""
    turned = f", turned {number(abs(film.turned_deg))} deg" if film.turned_deg else ""
    view = "AP" if film.view == "ap" else "lateral"
    return f"{film.id}: {view} from {SEEN[film.seen_from]}{turned}{day}. Scale: {scale_words(film)}."


def scale_words(film: Film) -> str:
    """The source of the scale of a radiograph and its formula with the numbers in it, with its SD."""
    scale = film.scale
    if scale is None:
        return "none: angles only"
    try:
        down, right = spacing(film)
    except HexapodError:  # said with the results
        return scale.from_
    size = f"{right:.4g}" if down == right else f"{down:.4g} (rows) x {right:.4g} (columns)"
    by_points = mm_per_px_by_points(film)
    if math.isfinite(by_points) and by_points > 0.0 and scale.true_mm is not None:
        other = "" if abs(by_points - right) <= 1e-4 * right else f"{by_points:.4g}, used "
        size = f"{scale.true_mm:g} mm / {scale.true_mm / by_points:.1f} px = {other}{size}"
    return f"{scale.from_}, {size} mm per pixel ± {100.0 * scale_share(film):g} %"


def beside_plan(planned: Mapping[str, float], measured: Mapping[str, float], sds: Sequence[float]) -> list[list[str]]:
    """A deformity measured at a visit compared with what the plan leaves that evening, one row per quantity.

    `planned` and `measured` are words with sizes, of which a quantity without a word is zero; `sds` are in the order of
    `DEFORMITY`.  Each row: quantity, planned, measured with its SD, and by how much it differs, also in SDs.

    >>> beside_plan({"varus_deg": 8.0}, {"valgus_deg": 1.0}, [0.5] * 6)[0]
    ['AP angulation', '8.0 deg varus', '1.0 ± 0.5 deg valgus', '9.0 deg valgus (18.0 SD)']
    """
    rows = []
    for pair, sd in zip(DEFORMITY, sds, strict=True):
        was, is_now = (words.get(pair.positive, 0.0) - words.get(pair.negative, 0.0) for words in (planned, measured))

        def in_words(size: float, sure: str = "", pair: Pair = pair) -> str:
            word = "" if round(size, 1) == 0.0 else f" {spoken(pair.positive if size > 0.0 else pair.negative)}"
            return f"{abs(size):.1f}{sure} {pair.unit}{word}"

        off = is_now - was
        in_sds = f" ({abs(off) / sd:.1f} SD)" if sd > 0.0 else ""
        rows.append([pair.quantity, in_words(was), in_words(is_now, f" ± {sd:.1f}"), in_words(off) + in_sds])
    return rows
