"""What this program is: its version and label, and the files that come along with it.

They stand here only: the command, the documents, the library's records, the app and the built package read them.
"""

from __future__ import annotations

import glob
import importlib.util
from pathlib import Path

VERSION = "0.1.0"
SOFTWARE = f"hexapod {VERSION}"
# The day on which this version came out, YYYY-MM-DD, as the changelog has it.
RELEASED = "unreleased"
# The place for a device identifier (UDI-DI), which whoever places the program on a market is given; nobody has.
IDENTIFIER = "none"
LABEL = f"{SOFTWARE} ({RELEASED}) UDI {IDENTIFIER}"

_PACKAGE = Path(__file__).parent


def folder_of_files() -> Path:
    """The folder that holds `app.py`, `.streamlit/config.toml` and `sample_cases/`.

    An installed package has copies of them in its folder `shipped`, which the build makes (pyproject.toml); a checkout
    has them at its top.
    """
    shipped = _PACKAGE / "shipped"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def sample_files() -> list[Path]:
    """The case files of the invented patients, by name."""
    return sorted((folder_of_files() / "sample_cases").glob("*.json"))


def sample_radiographs(case_id: str) -> list[Path]:
    """The radiographs that belong to an invented patient, AP first; none for any other case."""
    return sorted((folder_of_files() / "sample_cases" / "radiographs").glob(f"{glob.escape(case_id)}_*.png"))


def real_radiograph() -> Path | None:
    """A real right lower leg from the front (RG3 of pydicom-data, MIT), where that package is installed, as for tests.

    It is stored mirrored, as its header says, and has no scale.
    """
    found = importlib.util.find_spec("data_store")
    file = None if found is None or found.origin is None else Path(found.origin).with_name("data") / "RG3_UNCR.dcm"
    return file if file is not None and file.is_file() else None
