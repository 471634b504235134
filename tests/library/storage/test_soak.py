"""A library that is used for long neither swells nor slows down.  The whole of 2,000 visits is a line of `make bench`."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.library import counted, fill_list, pages, visits
from hexapod.library import ANYONE, open_library

pytestmark = pytest.mark.hazard("H-21")

# A visit is seven records: an entry of the trail has some 500 bytes, a case packed 1 kB and its draft, with the SD of
# every entry and the fields of a transport, 2 kB, and each stands in indexes.
LARGEST_GROWTH_BYTES = 13_000


@pytest.mark.slow
def test_every_visit_takes_the_same_number_of_statements_and_bytes(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite3"
    with open_library(f"sqlite:///{file}") as library:
        made = list(visits(library, file, 160, cases=4))
        quarters = [made[start : start + 40] for start in range(0, 160, 40)]
        # Not one statement more at the fortieth visit of a patient than at the tenth.
        assert {visit.statements for visit in quarters[1]} == {visit.statements for visit in quarters[3]}
        assert len({visit.statements for visit in made[4:]}) == 1
        growth = [statistics.mean(visit.bytes for visit in quarter) for quarter in quarters]
        assert all(size < LARGEST_GROWTH_BYTES for size in growth)
        assert growth[3] < 1.25 * growth[1]
        assert not library.as_user(ANYONE).audit.verify().faults


def test_a_page_of_a_long_list_is_found_by_few_statements(new_url: Callable[[str], str], database: str) -> None:
    with open_library(new_url(database)) as library:
        fill_list(library, 3000)
        records = library.as_user(ANYONE)
        for name, ask in pages(records).items():
            with counted(library) as statements:
                page = ask()
            assert 0 < len(page.cases) <= 50 or "last page" in name
            assert statements[0] <= 4, name  # one begins, one counts, one finds, one tells who signed
        assert records.cases.find("limb-0123").total == len(
            [1 for one in records.cases.find("limb-0123", limit=500).cases]
        )
        assert 0 < records.cases.find("limb-0123").total <= 10
