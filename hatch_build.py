"""What the build does beyond pyproject.toml: dependencies from requirements*.txt, the 3D preview checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PREVIEW = "hexapod/app/viewer/dist/frame_viewer.js"


class Dependencies(MetadataHookInterface):
    """Dependencies and extras as the files of requirements name them, so that they stand in one place."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Put them into the metadata.  What `only-to-build` names is needed in a checkout, not by the package."""
        left_out = set(self.config.get("only-to-build", []))
        metadata["dependencies"] = [line for line in self._listed("requirements.txt") if _name(line) not in left_out]
        metadata["optional-dependencies"] = {
            extra: self._listed(file) for extra, file in self.config.get("extras", {}).items()
        }

    def _listed(self, file: str) -> list[str]:
        """The packages of one file; lines with options (-c, -r) and comments name none."""
        lines = (line.partition("#")[0].strip() for line in Path(self.root, file).read_text("utf-8").splitlines())
        return [line for line in lines if line and not line.startswith("-")]


class Preview(BuildHookInterface[Any]):
    """Refuse to build without the program of the 3D preview: the installed app would have none."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's own names)
        """Raises SystemExit when the preview is missing; an editable install may build it later."""
        if version != "editable" and not Path(self.root, PREVIEW).is_file():
            raise SystemExit(f"The 3D preview is not built: {PREVIEW} is missing. Run `make viewer`, then build again.")


def _name(line: str) -> str:
    """The name of a package in a line of requirements."""
    return re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
