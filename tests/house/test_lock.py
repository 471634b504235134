"""The lists of hashes hold every pinned package, and no other version of it: `make lock` writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = ("requirements.txt", "requirements-films.txt")
WITH_POSTGRES = (*RUN, "requirements-postgres.txt", "requirements-study.txt")
LOCKS = {
    "requirements.lock": RUN,
    "requirements-all.lock": WITH_POSTGRES,
    "requirements-dev.lock": (*WITH_POSTGRES, "requirements-dev.txt"),
}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def pins(file: str) -> dict[str, str]:
    """Version by name; names as packages spell them are told apart by neither letter case nor signs."""
    found = PIN.findall((ROOT / file).read_text("utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_the_pinned_versions_of_all_requirements_and_what_they_bring(lock: str) -> None:
    locked, known = pins(lock), pins("constraints.txt")
    wanted = {name: version for file in LOCKS[lock] for name, version in pins(file).items()}
    assert {name: locked.get(name) for name in wanted} == wanted, "run `make lock`"
    assert {name: known.get(name, wanted.get(name)) for name in locked} == locked, "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_no_address_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [one.split()[0] for one in packages if not HASH.search(one)] == []
    assert len(packages) == len(pins(lock))
    assert "://" not in text
    assert "-index" not in text


def test_apps_and_tests_are_installed_by_hash() -> None:
    made = (ROOT / "Makefile").read_text("utf-8")
    assert "INSTALL = $(BIN)/python -m pip install -q --require-hashes -r" in made
    for stamp, lock in (("run", "requirements.lock"), ("dev", "requirements-dev.lock")):
        assert f"$(STAMPS)/{stamp}: {lock} | $(VENV)/bin/python\n\t$(INSTALL) {lock}\n" in made
