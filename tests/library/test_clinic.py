"""The clinic's defaults: kept once, every save on record, nobody's overwritten, and along with the library."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from hexapod.library import ANYONE, Library, Records, Refused, open_library


@pytest.mark.hazard("H-21", "H-22")
def test_defaults_of_the_clinic_are_kept_audited_and_never_overwritten(records: Records) -> None:
    assert records.clinic.kept() is None
    first = records.clinic.keep(0, '{"n": 1}')
    assert records.clinic.keep(0, '{"n": 1}') == first  # an answer that was lost
    second = records.clinic.keep(first, '{"n": 2}')
    kept = records.clinic.kept()
    assert kept is not None
    assert (kept.text, kept.entry, kept.by) == ('{"n": 2}', second, ANYONE.name)
    with pytest.raises(Refused, match=r"anyone at this computer changed the clinic’s defaults at 2026-05-20"):
        records.clinic.keep(first, '{"n": 3}')
    with pytest.raises(Refused, match="invisible"):
        records.clinic.keep(second, "a\x07b")
    assert records.clinic.kept() == kept
    assert [one.action for one in records.audit.history("library")] == ["clinic.kept"] * 2
    assert not records.audit.verify().faults


def test_defaults_of_the_clinic_move_with_the_library(
    library: Library, records: Records, new_url: Callable[[str], str]
) -> None:
    records.clinic.keep(0, '{"name": "Limb clinic"}')
    out = io.BytesIO()
    records.transfer.export_library(out)
    with open_library(new_url("sqlite")) as other:
        there = other.as_user(ANYONE)
        there.transfer.import_file(out)
        assert there.clinic.kept() == records.clinic.kept()
