"""The offset of a strut's scale from measured lengths and readings, by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hexapod import load_catalogue
from hexapod.cli.main import main
from hexapod.errors import CaseError
from hexapod.preoperative.strut_calibration import MeasuredScale, calibrate_strut, strut_calibration_of

FILE = {"format": "hexapod-calibration/1", "strut": "generic-medium", "sd_mm": 0.3}


def scale_of(*pairs: tuple[float, float], **changed: Any) -> MeasuredScale:
    told = FILE | {"lengths_mm": [list(pair) for pair in pairs]} | changed
    return calibrate_strut(strut_calibration_of(told), load_catalogue())


def test_the_offset_is_the_mean_of_length_less_reading() -> None:
    """130 reads 131.2, 150 reads 150.8, 170 reads 171.0: 1.2, 0.8 and 1.0 are 1.0 on average, SD 0.3 / sqrt 3."""
    found = scale_of((130.0, 131.2), (150.0, 150.8), (170.0, 171.0))
    assert found.scale_offset_mm == pytest.approx(1.0)
    assert found.sd_mm == pytest.approx(0.1732, abs=1e-4)
    assert found.chi2_dof == pytest.approx((0.2**2 + 0.2**2) / 0.3**2 / 2)
    assert (found.suspect, found.agrees) == ((), True)


def test_a_length_misread_by_5_mm_is_found_and_two_that_contradict_are_not_believed() -> None:
    found = scale_of((130.0, 131.0), (150.0, 156.0), (170.0, 171.0))
    assert (found.suspect, found.agrees) == ((2,), True)
    assert found.scale_offset_mm == pytest.approx(1.0)
    assert not scale_of((130.0, 131.0), (150.0, 156.0)).agrees


def test_a_scale_that_counts_down_has_length_and_reading_added(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(
        'family = "ours"\ntitle = "Ours"\nstatus = "user"\nsource = "a test"\n[struts.common]\nscale_direction = -1\n'
        "scale_offset_mm = 180.0\nbody_diameter_mm = 12.0\nmax_lean_deg = 60.0\n[[struts.series]]\n"
        'name = "down-{size}"\ngraduation_mm = 1.0\nsizes = { one = [0.0, 60.0] }\n',
        "utf-8",
    )
    told = FILE | {"strut": "down-one", "lengths_mm": [[20.0, 161.0], [40.0, 141.0]]}
    found = calibrate_strut(strut_calibration_of(told), load_catalogue(file))
    assert (found.scale_direction, found.scale_offset_mm, found.catalogue_mm) == (-1, 181.0, 180.0)


def test_the_command_takes_a_strut_and_refuses_what_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "strut.json"
    file.write_text(json.dumps(FILE | {"lengths_mm": [[130, 131.0], [150, 151.0], [170, 171.0]]}), "utf-8")
    assert main(["calibrate", str(file), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["scale_offset_mm"] == 1.0
    assert main(["calibrate", str(file)]) == 0
    assert "scale_offset_mm = 1.00" in capsys.readouterr().out
    with pytest.raises(CaseError, match="at most 1000"):
        scale_of((130.0, 1310.0))
