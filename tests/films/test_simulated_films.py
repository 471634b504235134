"""Simulated limbs: exact points give exact words, and the declared standard deviations cover what clicks and films do."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import hexapod
from tests.amount import ALL, amount
from tests.films.projector import LimbInSpace, Radiograph, document, film, signed_results

WORDS = ("valgus_deg", "apex_anterior_deg", "lateral_mm", "posterior_mm", "short_mm")
PIXEL_MM = 0.126
LIMBS = 400
# What the specification asks of the shares within one and two SD, and how much wider 60 limbs may be.
WITHIN_ONE, WITHIN_TWO = ((0.64, 0.76), (0.92, 0.98)) if ALL else ((0.52, 0.88), (0.86, 1.0))


def random_words(rng: np.random.Generator, deg: float, mm: float) -> dict[str, float]:
    return {word: float(rng.uniform(-1.0, 1.0)) * (deg if word.endswith("_deg") else mm) for word in WORDS}


EVERY_WAY = list(itertools.product(["right", "left"], ["proximal", "distal"], ["front", "back"], ["left", "right"]))


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(("side", "reference", "ap", "lateral"), EVERY_WAY)
def test_exact_points_give_exact_words(side: str, reference: str, ap: str, lateral: str) -> None:
    rng = np.random.default_rng(len(side) * 7 + len(reference) * 5 + len(ap) * 3 + len(lateral))
    for mirrored_ap, mirrored_lateral in itertools.product([False, True], repeat=2):
        truth = random_words(rng, 60.0, 25.0)
        limb = LimbInSpace(side, reference, truth, origin=rng.uniform(-20.0, 20.0, 3))
        films = [
            film(
                limb,
                Radiograph(
                    seen_from,
                    (rng.uniform(0.1, 0.2), rng.uniform(0.1, 0.2)),
                    roll_deg=rng.uniform(-180.0, 180.0),
                    mirrored=mirrored,
                    turned_deg=turned,
                ),
                name,
            )
            for name, seen_from, mirrored, turned in (
                ("a", ap, mirrored_ap, float(rng.choice([0.0, rng.uniform(-20.0, 20.0)]))),
                ("l", lateral, mirrored_lateral, float(rng.choice([0.0, rng.uniform(-20.0, 20.0)]))),
            )
        ]
        found = signed_results(hexapod.measure(document(limb, *films)))
        assert {word: size for word, (size, _) in found.items()} == pytest.approx(truth, abs=1e-6)


def simulated(
    limbs: int,
    seed: int,
    *,
    click_px: float,
    tilt_deg: float = 0.0,
    turn_sd_deg: float = 0.0,
    scale_percent: float = 0.0,
    apart_deg: float = 90.0,
    deg: float = 12.0,
    told: dict[str, Any] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Errors and declared SD (limbs, 5) of limbs seen from point sources 1.0 to 1.8 m away."""
    rng = np.random.default_rng(seed)
    errors, sds = [], []
    for _ in range(limbs):
        truth = random_words(rng, deg, 15.0)
        side, reference = str(rng.choice(["right", "left"])), str(rng.choice(["proximal", "distal"]))
        limb = LimbInSpace(side, reference, truth, origin=rng.uniform(-15.0, 15.0, 3))
        films = []
        for name, eyes, turned in (("a", ("front", "back"), 0.0), ("l", ("left", "right"), apart_deg - 90.0)):
            taken = Radiograph(
                str(rng.choice(eyes)),
                (PIXEL_MM, PIXEL_MM),
                roll_deg=rng.uniform(-180.0, 180.0),
                turned_deg=turned + turn_sd_deg * rng.standard_normal(),
                tilt_deg=tilt_deg * rng.choice([-1.0, 1.0]),
                source_mm=rng.uniform(1000.0, 1800.0),
                behind_mm=rng.uniform(50.0, 150.0),
                aim=limb.origin,
            )
            mm_per_px = PIXEL_MM * (1.0 + scale_percent / 100.0 * rng.standard_normal())
            scale = {"from": "ball", "mm_per_px": [mm_per_px] * 2, "sd_percent": scale_percent}
            entered = {"turned_deg": turned, "scale": scale, **(told or {})}
            films.append(film(limb, taken, name, click_px=click_px, rng=rng, told=entered))
        found = signed_results(hexapod.measure(document(limb, *films)))
        errors.append([abs(found[word][0] - truth[word]) for word in WORDS])
        sds.append([found[word][1] for word in WORDS])
    return np.array(errors), np.array(sds)


USUAL = {"click_px": 5.0, "tilt_deg": 3.0, "scale_percent": 2.0}


@pytest.mark.brief
@pytest.mark.parametrize(("apart_deg", "more"), [(90.0, 1.0), (60.0, 1.2)])
def test_square_films_and_sure_clicks(apart_deg: float, more: float) -> None:
    errors, _ = simulated(amount(LIMBS, 60), 2, click_px=0.5, apart_deg=apart_deg, deg=25.0)
    median, most = np.median(errors, axis=0), np.quantile(errors, 0.95, axis=0)
    assert np.all(median <= 0.15 * more)
    assert np.all(most[:2] <= 0.75 * more)
    assert np.all(most[2:] <= 0.55 * more)


def covered(errors: np.ndarray, sds: np.ndarray) -> bool:
    """Whether of every word as many lie within one and two SD as should."""
    one, two = (errors < sds).mean(axis=0), (errors < 2.0 * sds).mean(axis=0)
    return bool(
        np.all((WITHIN_ONE[0] <= one) & (one <= WITHIN_ONE[1]))
        and np.all((WITHIN_TWO[0] <= two) & (two <= WITHIN_TWO[1]))
    )


@pytest.mark.brief
@pytest.mark.hazard("H-33")
def test_films_of_the_clinic_are_covered_by_the_declared_sd() -> None:
    errors, sds = simulated(amount(LIMBS, 60), 3, turn_sd_deg=5.0, **USUAL)
    median = np.median(errors, axis=0)
    assert np.all(median[:2] <= 0.55)
    assert np.all(median[2:] <= 0.85)
    assert covered(errors, sds), ((errors < sds).mean(axis=0), (errors < 2.0 * sds).mean(axis=0))


@pytest.mark.brief
@pytest.mark.slow
def test_a_turn_of_ten_declared_as_five_is_not_covered() -> None:
    errors, sds = simulated(amount(LIMBS, 150), 4, turn_sd_deg=10.0, **USUAL)
    within = (errors < sds).mean(axis=0)
    assert not covered(errors, sds)
    assert np.all(within[:4] < 0.66)
    errors, sds = simulated(amount(LIMBS, 60), 4, turn_sd_deg=10.0, told={"turned_sd_deg": 10.0}, **USUAL)
    assert np.all((errors < 2.0 * sds).mean(axis=0) >= WITHIN_TWO[0] - 0.02)


@pytest.mark.brief
def test_clicks_alone_would_not_cover_the_angles() -> None:
    """What the model adds is needed: with the points' share alone far fewer lie within one SD."""
    rng = np.random.default_rng(6)
    within = []
    for _ in range(amount(LIMBS, 60)):
        truth = random_words(rng, 25.0, 15.0)
        limb = LimbInSpace("right", "proximal", truth)
        taken = [Radiograph(eye, turned_deg=5.0 * rng.standard_normal(), tilt_deg=3.0) for eye in ("front", "left")]
        films = [film(limb, one, one.seen_from, click_px=1.0, rng=rng, told={"turned_deg": 0.0}) for one in taken]
        measured = hexapod.measure(document(limb, *films))
        found = signed_results(measured)
        shares = [result["contributors"]["points"] for result in measured["results"][:2]]
        within += [abs(found[word][0] - truth[word]) < sd for word, sd in zip(WORDS[:2], shares, strict=True)]
    assert np.mean(within) < 0.45


def biased_middle(bias_deg: float, snapped: bool) -> dict[str, Any]:
    """A limb whose moving fragment's medial cortex was taken from a proposal that another bone has pulled aside."""
    limb = LimbInSpace("right", "proximal", {"valgus_deg": 10.0})
    films = [film(limb, Radiograph(eye), eye, told={"turned_sd_deg": 0.0}) for eye in ("front", "left")]
    for one in films:
        for point in one["points"]:
            point["sd_px"] = 0.3
            fragment, _, rest = point["is"].partition(".")
            if rest.startswith("cortex"):
                point["snapped"] = snapped
            if fragment == "moving" and rest.endswith(".medial"):
                height = limb.heights[int(rest.split(".")[1]) - 1] - 70.0
                point["at_px"][0] += 2.0 * height * np.tan(np.radians(bias_deg)) / 0.125
    return hexapod.measure(document(limb, *films))


def test_a_snapped_point_still_covers_its_bias() -> None:
    """Row 13: an axis repeatable to 0.02 deg and wrong by 0.29 under overlap has at least 0.4 deg and 2 px."""
    snapped = biased_middle(0.29, True)["results"][0]
    clicked = biased_middle(0.29, False)["results"][0]
    assert snapped["word"] == clicked["word"] == "deformity.valgus_deg"
    error = abs(snapped["size"] - 10.0)
    assert 0.2 < error < 0.4
    assert error < snapped["sd"]
    assert snapped["sd"] > 0.55 > clicked["sd"]
    assert snapped["contributors"]["points"] > 5.0 * clicked["contributors"]["points"]
