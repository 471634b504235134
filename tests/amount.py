"""How much of a proof `make test` runs: a part.  The rest of `make test-all` (HEXAPOD_TESTS=all) runs the whole of it.

* `slow` marks a test that only `make test-all` runs.
* `some(n)` marks a parametrized test of which `make test` runs n cases, spread evenly; the others are slow.
* `brief` marks a test with fewer examples in `make test`, as `amount` has it; `make test-all` runs it again with all.
  Tests by hypothesis are brief by themselves.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, settings

ALL = os.environ.get("HEXAPOD_TESTS") == "all"
# Hypothesis has a hundred examples by itself.
EXAMPLES, FEWER_EXAMPLES = 100, 20


def amount(whole: int, part: int) -> int:
    """The one number in `make test-all`, the other in `make test`."""
    return whole if ALL else part


def load_profile() -> None:
    """The same examples on every run, no timing."""
    settings.register_profile(
        "repeatable",
        max_examples=amount(EXAMPLES, FEWER_EXAMPLES),
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("repeatable")


def mark(items: Iterable[pytest.Item]) -> None:
    """Give the tests of a run their marks `slow` and `brief`."""
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        groups.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cases in groups.values():
        some = cases[0].get_closest_marker("some")
        taken = set(spread(len(cases), some.args[0])) if some else set(range(len(cases)))
        for number, case in enumerate(cases):
            if number not in taken:
                case.add_marker("slow")
            if getattr(getattr(case, "obj", None), "is_hypothesis_test", False):
                case.add_marker("brief")


def spread(count: int, part: int) -> list[int]:
    """Numbers of `part` cases out of `count`, first and last among them when there are two or more."""
    if part >= count:
        return list(range(count))
    return [round(k * (count - 1) / max(part - 1, 1)) for k in range(part)]
