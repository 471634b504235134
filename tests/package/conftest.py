"""The package built from the checkout, and installed outside it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# `make package` sets it: dependencies then come from the package registry, as for a stranger.
EMPTY = "HEXAPOD_EMPTY_INSTALL"
PREVIEW = "hexapod/app/viewer/dist/frame_viewer.js"


@dataclass(frozen=True)
class Installed:
    """An environment with the package in it, and an empty folder outside the checkout to stand in."""

    environment: Path
    folder: Path

    @property
    def command(self) -> str:
        return str(self.environment / "bin" / "hexapod")

    @property
    def surroundings(self) -> dict[str, str]:
        """Nothing of the checkout, and a library of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STREAMLIT_"))}
        return kept | {"HEXAPOD_DATA_DIR": str(self.folder / "library"), "HOME": str(self.folder)}

    def run(self, *words: str) -> str:
        """What a command prints.  It must succeed."""
        done = subprocess.run(
            [self.command, *words], cwd=self.folder, env=self.surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def package(self) -> Path:
        """Where the package is installed."""
        (found,) = (self.environment / "lib").glob("python*/site-packages/hexapod")
        return found


def build(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Build with the pinned hatchling of this environment, so that no registry is asked."""
    command = [sys.executable, "-m", "build", "--no-isolation", *words, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    # The sdist first, and the wheel from it: so both are made from what the sdist holds.
    done = build(ROOT, "--outdir", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.tar.gz")
    return found


@pytest.fixture(scope="session")
def wheel(sdist: Path) -> Path:
    (found,) = sdist.parent.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed_from_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(sdist, tmp_path_factory.mktemp("sdist"))


def install(what: Path, folder: Path) -> Installed:
    """Install into a new environment.

    To be quick, a .pth file lends it the dependencies of the environment that runs the tests; the package itself
    comes from `what`.  With HEXAPOD_EMPTY_INSTALL nothing is lent and pip fetches everything.
    """
    environment, place = folder / "environment", folder / "place"
    place.mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    words: list[str] = []
    if not os.environ.get(EMPTY):
        (own,) = (environment / "lib").glob("python*/site-packages")
        (own / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        words = ["--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed"]
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "-q", *words, str(what)]
    done = subprocess.run(pip, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Installed(environment, place)
