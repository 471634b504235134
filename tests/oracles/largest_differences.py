"""Print the largest differences between product and scalar reckoning: python tests/oracles/largest_differences.py."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(120)
COURSE_SEEDS = range(200, 240)


def main() -> None:
    """Compare every sample case and the random cases of the tests, and print one line a quantity."""
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    import coupled_cases
    from comparison import UNITS, Differences, compared
    from random_cases import course_case, random_case

    samples = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "sample_cases").glob("*.json"))]
    rows, levels, whole = 0, 0, Differences()
    drawn = [
        *map(random_case, SEEDS),
        *map(course_case, COURSE_SEEDS),
        *map(coupled_cases.coupled_case, coupled_cases.SEEDS),
        *map(coupled_cases.nudged_case, coupled_cases.SEEDS),
    ]
    for case in [*samples, *drawn]:
        plan, found = compared(case)
        whole.widen(found)
        levels += len(plan.levels)
        rows += sum(len(level.rows) for level in plan.levels)
    print(f"{len(samples)} sample cases and {len(drawn)} random cases: {levels} levels, {rows} rows.")
    print("Days, dates, stages, settings and doses are identical. Largest differences:")
    for name, told in UNITS.items():
        print(f"  {getattr(whole, name):8.1e}  {told}")


if __name__ == "__main__":
    main()
