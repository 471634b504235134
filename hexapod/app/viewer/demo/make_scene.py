"""Writes scene.json for the demo page: the preview of one level of a case file, as the plan has it.

Run it in the project folder: `python -m hexapod.app.viewer.demo.make_scene sample_cases/tibia_varus.json`, with
`--level 1` for another level (counted from 0) or `--out other.json`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hexapod.app.widgets.viewer_scene import frame_scene
from hexapod.case.files import load_case
from hexapod.plan.make_plan import make_plan


def main() -> None:
    """Command line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("case", type=Path)
    words.add_argument("--level", type=int, default=0)
    words.add_argument("--out", type=Path, default=Path(__file__).parent / "scene.json")
    asked = words.parse_args()
    case = load_case(asked.case)
    scene = frame_scene(case, make_plan(case), asked.level)
    if scene is None:
        raise SystemExit("The plan has no schedule for this level: choose another level or case.")
    text = json.dumps(scene, separators=(",", ":"))
    asked.out.write_text(text, encoding="utf-8")
    print(f"{asked.out.name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
