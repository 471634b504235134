"""Record the plans of all scenarios anew: python tests/golden/record.py --reason "why the numbers may change"."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Write the recordings, and print what changed with a line for the changelog's Numbers."""
    sys.path[:0] = [str(ROOT)]
    from hexapod import make_plan, read_case
    from tests.golden.recording import RECORDED, differences, read, recorded, text
    from tests.golden.scenarios import scenarios

    parser = argparse.ArgumentParser(description="Record the plans of all scenarios anew.")
    parser.add_argument("--reason", required=True, help="why the numbers may change; goes into the changelog")
    reason = parser.parse_args().reason.strip()
    if not reason:
        parser.error("--reason must say why the numbers may change")
    largest: dict[str, float] = {}
    changed, new = [], []
    wanted = scenarios()
    for name, scenario in wanted.items():
        document = recorded(make_plan(read_case(scenario.case)))
        old = read(name)
        (RECORDED / f"{name}.json").write_text(text(document), "utf-8")
        if old is None:
            new.append(name)
            continue
        found, broken = differences(old, document)
        for quantity, difference in found.items():
            largest[quantity] = max(largest.get(quantity, 0.0), difference)
        if broken:
            changed.append(name)
            print(f"{name}:", *broken[:5], *(["…"] if len(broken) > 5 else []), sep="\n  ")
    gone = [path for path in sorted(RECORDED.glob("*.json")) if path.stem not in wanted]
    for path in gone:
        path.unlink()
    print(
        f"{len(wanted)} scenarios: {len(new)} new, {len(gone)} gone, {len(changed)} with other settings, days or findings."
    )
    for quantity, difference in sorted(largest.items()):
        print(f"  largest change of {quantity}: {difference:.1e}")
    told = ", ".join(f"{quantity} by at most {value:.1e}" for quantity, value in sorted(largest.items()) if value > 0.0)
    print(
        f"For CHANGELOG, Numbers: {reason} ({told or 'no recorded number moved'}; {len(changed)} plans otherwise changed)."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
