"""Apply named mistakes one at a time and see the tests fail: `make mutants`.

Each mistake is one a person could make.  A mistake that no test notices is printed as SURVIVED and the status is 1.
"""

from __future__ import annotations

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("hexapod", "tests", "sample_cases", "docs", "pyproject.toml", "README.md", "LICENSE", "app.py")
# Laws first: they are the ones that a mistake should hurt most.
SUITES = ("tests/laws", "tests/oracles", "tests/unit", "tests/safety")
# Tests that look at the tree itself, not at what it computes.
NOT_RUN = ("tests/unit/test_imports.py", "tests/safety/test_hazards.py")


@dataclass(frozen=True)
class Mutant:
    """One mistake: the text that is right, and what stands there instead."""

    name: str
    file: str
    right: str
    wrong: str


MUTANTS = [
    Mutant("swapped side", "clinical/sides.py", '{"left": 1.0, "right": -1.0}', '{"left": -1.0, "right": 1.0}'),
    Mutant("reference fragment swapped", "clinical/sides.py", '{"proximal": -1.0, "distal": 1.0}', '{"proximal": 1.0, "distal": -1.0}'),
    Mutant("internal turn by the wrong sign", "clinical/sides.py", "return -lateral_x(side)", "return lateral_x(side)"),
    Mutant("rotation names the moving fragment", "clinical/deformity.py", "internal_turn(side) * -moving_end(reference)", "internal_turn(side)"),
    Mutant("varus and valgus swapped", "clinical/words.py", '"valgus", "varus"', '"varus", "valgus"'),
    Mutant("anterior and posterior swapped", "clinical/words.py", '"posterior", "anterior"', '"anterior", "posterior"'),
    Mutant("short and long swapped", "clinical/words.py", '"short", "long"', '"long", "short"'),
    Mutant("tilt before twist", "clinical/deformity.py", "R = swing([0.0, 0.0, far], axis) @ turn_about_z(twist)", "R = turn_about_z(twist) @ swing([0.0, 0.0, far], axis)"),
    Mutant("degrees for radians", "clinical/deformity.py", "ap = math.radians(w.AP_ANGULATION.signed(words))", "ap = w.AP_ANGULATION.signed(words)"),
    Mutant("sine for tangent", "clinical/deformity.py", "lat * math.tan(ap)", "lat * math.sin(ap)"),
    Mutant("axial translation by the wrong sign", "clinical/deformity.py", "-far * w.AXIAL_TRANSLATION.signed(words)", "far * w.AXIAL_TRANSLATION.signed(words)"),
    Mutant("ring turned the other way", "clinical/mounting.py", "turn = internal_turn(side)", "turn = -internal_turn(side)"),
    Mutant("ring leans the other way", "clinical/mounting.py", "math.tan(math.radians(w.LATERAL_LEAN.signed(words)))", "-math.tan(math.radians(w.LATERAL_LEAN.signed(words)))"),
    Mutant("transposed rotation", "geometry/transforms.py", 'R_b_a = np.swapaxes(T_a_b[..., :3, :3], -1, -2)', 'R_b_a = T_a_b[..., :3, :3]'),
    Mutant("angles counted clockwise", "geometry/joints.py", "radius * np.sin(angle)", "-radius * np.sin(angle)"),
    Mutant("front at the back", "geometry/joints.py", "-radius * np.cos(angle)", "radius * np.cos(angle)"),
    Mutant("struts numbered one off", "hardware/data/layouts.toml", "distal = [[300, 1], [60, -1], [60, 1], [180, -1], [180, 1], [300, -1]]", "distal = [[60, -1], [60, 1], [180, -1], [180, 1], [300, -1], [300, 1]]"),
    Mutant("joints on the far side of the ring", "hardware/catalogue.py", 'layout["proximal"], radius, half, -height', 'layout["proximal"], radius, half, height'),
    Mutant("joint pair doubled", "hardware/catalogue.py", 'values["joint_pair_mm"] / 2.0 / radius', 'values["joint_pair_mm"] / radius'),
    Mutant("scale direction ignored", "hardware/models.py", "(lengths_mm - self.scale_offset_mm) * self.scale_direction", "(lengths_mm - self.scale_offset_mm)"),
    Mutant("rounded down", "hardware/models.py", "settings_mm / g + 0.5 + TIE_SHARE", "settings_mm / g"),
    Mutant("ties not helped", "hardware/models.py", "TIE_SHARE = 1e-9", "TIE_SHARE = 0.0"),
    Mutant("known at the wrong end", "planning/course.py", 'self.T_ref_mov[0 if', 'self.T_ref_mov[-1 if'),
    Mutant("day counted one off", "planning/course.py", "return self.first_day + step + 1", "return self.first_day + step"),
    Mutant("lengths interpolated at the wrong dose", "planning/course.py", "np.arange(1, m + 1) / m", "np.arange(m) / m"),
    Mutant("moving ring on the wrong side of the chain", "planning/frame.py", "invert(T_ref_mov) @ setup.T_ref_ring @ T_ring_mring", "T_ref_mov @ setup.T_ref_ring @ T_ring_mring"),
    Mutant("distal reference not inverted", "planning/setup.py", 'return T_ring_mring if self.reference == "proximal" else invert(T_ring_mring)', "return T_ring_mring"),
    Mutant("structure given in moving axes", "planning/setup.py", "T_mov_ref[:3, :3] @ place(structure.at.words(), side) + T_mov_ref[:3, 3]", "place(structure.at.words(), side)"),
    Mutant("own limit of a structure ignored", "planning/setup.py", "mm_per_day if own is None else own", "mm_per_day"),
    Mutant("rim of twice the radius", "planning/setup.py", "bone.diameter_mm / 2.0", "bone.diameter_mm"),
    Mutant("chord for arc", "geometry/path.py", "return np.asarray(2.0 / angle * np.sqrt(A + B) * np.diff(integral, axis=0), float)", "return np.linalg.norm(np.diff(self.positions(points_mov_mm, s), axis=0), axis=-1)"),
    Mutant("no tolerance at a whole day", "geometry/path.py", "RELATIVE_TOLERANCE = 1e-9", "RELATIVE_TOLERANCE = -1e-9"),
    Mutant("transport from the origin", "planning/course.py", "T[:3, 3] += place", "T[:3, 3] = place"),
    Mutant("wrong root of the neutral height", "geometry/forward.py", "-(m + np.sqrt(np.where(tall, root, 0.0)))", "-(m - np.sqrt(np.where(tall, root, 0.0)))"),
    Mutant("Jacobian arm from the ring centre", "geometry/jacobian.py", "arm = joints_mm - joints_mm.mean(axis=0)", "arm = joints_mm - 10.0"),
    Mutant("rate limit twice too high", "safety/limits.py", "RATE_TOO_FAST = Limit(2.0", "RATE_TOO_FAST = Limit(4.0"),
    Mutant("singular limit ignored", "safety/limits.py", "SINGULAR = Limit(100.0", "SINGULAR = Limit(1e9"),
    Mutant("range ends excluded", "hardware/models.py", "RANGE_TOLERANCE_MM = 1e-9", "RANGE_TOLERANCE_MM = -1e-9"),
    Mutant("both words let through", "case/fields.py", "if pair.positive in given and pair.negative in given:", "if False:"),
    Mutant("duplicate keys let through", "case/files.py", "if key in plain:", "if False:"),
    Mutant("segment left out", "planning/coupling.py", "return segment_shift(setup) @ (T_ref_mov if", "return (T_ref_mov if"),
    Mutant("distal reference in a construct not inverted", "planning/coupling.py", '@ (T_ref_mov if setup.reference == "proximal" else invert(T_ref_mov))', "@ T_ref_mov"),
    Mutant("construct in the wrong order", "planning/coupling.py", "invert(before @ segment_shift(setups[number])) @ C @ invert(after)", "invert(after) @ C @ invert(before @ segment_shift(setups[number]))"),
    Mutant("coupled pose not turned back", "planning/coupling.py", 'return D if setups[number].reference == "proximal" else invert(D)', "return D"),
    Mutant("construct of the last day", "planning/coupling.py", "setup.T_ref_mov_course for setup in setups", "setup.T_ref_mov_course if setup.level.coupled else bone_course(setup).T_ref_mov[-1] for setup in setups"),
    Mutant("a re-plan goes on from the readings", "planning/course.py", "setup.T_ref_mov_course, 0", "setup.T_ref_mov_start, 0"),
    Mutant("the frame is bolted where the level should be", "planning/course.py", "T[times == 0.0] = setup.T_ref_mov_start", "pass"),
    Mutant("construct of where the levels are", "planning/coupling.py", "[setup.T_ref_mov_course for", "[setup.T_ref_mov_start for"),
    Mutant("any start of a course is believed", "planning/frame.py", "if not explained_by_marks(", "if False and not explained_by_marks("),
    Mutant("chord for arc on a coupled level", "geometry/motion.py", "np.linalg.norm(np.einsum(\"pq,dqkx->dpkx\", DERIVATIVE, places), axis=-1)", "np.repeat(np.linalg.norm(places[:, -1:] - places[:, :1], axis=-1), len(NODES), axis=1)"),
    Mutant("exchanged at the length of the evening after", "planning/exchanges.py", "np.concatenate([[math.nan], self.evenings_mm[:-1]])", "self.evenings_mm"),
    Mutant("reserve of one end", "planning/exchanges.py", "np.minimum(setting - strut.min_mm, strut.max_mm - setting)", "setting - strut.min_mm"),
    Mutant("clinic days ignored", "plan.py", "if case.open_on(", "if True or case.open_on("),
    Mutant("visit a day too early", "planning/visits.py", "if past.day < day <= until + 1:", "if past.day < day <= until:"),
    Mutant("days taken for alike that are not", "planning/visits.py", "return [*self.reached, *self.joins, *enough]", "return [*self.reached, *self.joins]"),
    Mutant("good plans forgotten", "planning/visits.py", "and strut.until[m][past.day] >= other.day", ""),
    Mutant("docking counted the other way", "planning/gaps.py", "level.docking_gap_mm - (away - away[0])", "level.docking_gap_mm + (away - away[0])"),
    Mutant("regenerate by the wrong sign", "planning/gaps.py", "bone.gap_mm + moving_end(course.setup.reference) * (height - height[0])", "bone.gap_mm - moving_end(course.setup.reference) * (height - height[0])"),
    Mutant("bone ends overlap when apart", "geometry/bone_ends.py", "mov_behind = far * (level_mm - centre_ref @ normal_ref)", "mov_behind = -far * (level_mm - centre_ref @ normal_ref)"),
    Mutant("girth taken for a diameter", "safety/bodies.py", "girth_mm[0] / (2.0 * math.pi)", "girth_mm[0] / 2.0"),
    Mutant("strut twice as thick", "safety/bodies.py", "strut.body_diameter_mm / 2 for", "strut.body_diameter_mm for"),
    Mutant("daily distances only", "geometry/least.py", "if not open_.any():", "if True:"),
    Mutant("skin rule halved", "safety/limits.py", "RING_TO_SKIN = Limit(20.0", "RING_TO_SKIN = Limit(10.0"),
    Mutant("behind and ahead swapped", "explain.py", '"behind" if late > 0 else "ahead"', '"ahead" if late > 0 else "behind"'),
    Mutant("structure left where it was in a re-plan", "replan.py", "T_new_old[:3, :3] @ place(at, setup.side) + T_new_old[:3, 3]", "place(at, setup.side)"),
    Mutant("regenerate forgotten in a re-plan", "replan.py", "opened > CLOSED_MM or", "opened > 1e9 or"),
    Mutant("part of a day forgotten in a re-plan", "replan.py", "[now.day + now.begun for", "[now.day for"),
    Mutant("fingerprint of the spelling", "case/model.py", "rfc8785.dumps(value)", "json.dumps(value).encode()"),
    Mutant("longer and shorter swapped on the sheet", "report/sheet_days.py", "Turn.LONGER if longer_mm > 0.0 else Turn.SHORTER if longer_mm < 0.0", "Turn.LONGER if longer_mm < 0.0 else Turn.SHORTER if longer_mm > 0.0"),
    Mutant("longer told by the reading", "report/turns.py", "strut.length(after) - strut.length(before)", "after - before"),
    Mutant("summer time begins an hour late", "report/ics_zone.py", "onset + before", "onset + _offset(onset, zone)"),
    Mutant("old calendar kept on the new first day", "report/ics_earlier.py", ">= case.first_day", "> case.first_day"),
    Mutant("wrong mounting the wrong way round", "sensitivity.py", "T_ref_ring @ T_motion @ invert(T_ref_ring)", "invert(T_ref_ring) @ T_motion @ T_ref_ring"),
    Mutant("second bone on the wrong side", "report/pictures/bone_outlines.py", "lateral = lateral_x(side)", "lateral = -lateral_x(side)"),
    Mutant("angle drawn at the reference fragment", "report/pictures/entry_plate.py", "(0.0, -moving_end(shown.reference))", "(0.0, moving_end(shown.reference))"),
    Mutant("chronic ring drawn as at the start", "report/pictures/entry_rings.py", "T = stage_target(Stage", "stage_target(Stage"),
    Mutant("rotation drawn of the moving fragment", "report/pictures/measure_figures.py", 'R_ref_mov if reference == "proximal" else R_ref_mov.T', "R_ref_mov"),
    Mutant("apex drawn where the bone leans", "report/pictures/measure_figures.py", '(1.0 if view == "AP" else -1.0)', "1.0"),
    Mutant("doses each rounded for itself", "plan.py", "schedule = choose_doses(schedule)", "schedule = schedule"),
    Mutant("struts turned to and fro within a day", "planning/doses.py", "< -SAME_MM] = np.inf", "< -1e9] = np.inf"),
    Mutant("doses that make the way longer taken", "planning/doses.py", "taken = possible & (shorter | _to_and_fro(readings[:, :, -1]))", "taken = possible"),
    Mutant("ties of doses decided by noise", "planning/doses.py", "TIE_MM2 = 1e-6", "TIE_MM2 = 0.0"),
    Mutant("errors of a day counted from where the level is", "planning/doses.py", "T_intended[:, 0] = frame.course.intended_at(np.asarray(days - 1, float))", "pass"),
    Mutant("turn of the bone between doses forgotten", "planning/doses.py", "TURN_ARM_MM * turned[:, None]", "0.0 * turned[:, None]"),
    Mutant("a whole day's marks in one dose", "planning/doses.py", "OVERSTEP_MM2 * np.maximum(beyond, 0.0)", "0.0 * np.maximum(beyond, 0.0)"),
    Mutant("turned on a day that ends where it began", "planning/doses.py", "doses[still, :-1] = schedule.mornings_mm[still, None]", "pass"),
    Mutant("a whole mark more let through", "safety/doses.py", "RATE_TOO_FAST.value + mark / 2.0", "RATE_TOO_FAST.value + mark"),
    Mutant("single doses not judged", "safety/doses.py", "alone = setup.level.adjustments_per_day > 1 and", "alone = False and"),
    Mutant("longest dose taken for their sum", "safety/doses.py", "self.doses_mm.sum(axis=1)", "self.doses_mm.max(axis=1)"),
    Mutant("reserve ignored when visits are settled", "planning/exchanges.py", "held = [day for day in days if all(now or not was for was, now in zip(kept[visit], kept[day], strict=True))]", "held = days"),
    Mutant("a reserve of exactly as much not kept", "planning/exchanges.py", "left_mm >= asked_mm - RESERVE_TOLERANCE_MM", "left_mm >= asked_mm + RESERVE_TOLERANCE_MM"),
    Mutant("a dose read in between taken for a slip", "planning/frame.py", "OFF_MARKS = 1.5", "OFF_MARKS = 1.0"),
]  # fmt: skip

# The tree as it is: with it, every test must pass, or nothing below means anything.
UNCHANGED = Mutant("nothing changed", "errors.py", "class HexapodError(Exception):", "class HexapodError(Exception):")


def caught_by(mutant: Mutant) -> str | None:
    """The first test that fails with the mistake, or None when all pass."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        tree = Path(name)
        for item in COPIED:
            source = ROOT / item
            if source.is_dir():
                shutil.copytree(
                    source, tree / item, ignore=shutil.ignore_patterns("node_modules", "__pycache__", "dist")
                )
            elif source.exists():
                shutil.copy2(source, tree / item)
        path = tree / "hexapod" / mutant.file
        text = path.read_text("utf-8")
        if text.count(mutant.right) != 1:
            return f"(the text of this mistake stands {text.count(mutant.right)} times: mend tests/mutants/run.py)"
        path.write_text(text.replace(mutant.right, mutant.wrong), "utf-8")
        suites = [suite for suite in SUITES if (tree / suite).exists()]
        ignored = [f"--ignore={test}" for test in NOT_RUN]
        call = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *ignored, *suites]
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(call, cwd=tree, capture_output=True, text=True, env=environment, check=False)
        if done.returncode == 0:
            return None
        told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return told[0].split(" - ")[0] if told else f"(pytest status {done.returncode})"


def main() -> int:
    """Try all; the exit status."""
    wanted = sys.argv[1:]
    chosen = [mutant for mutant in MUTANTS if not wanted or any(word in mutant.name for word in wanted)]
    survived = 0
    failing = caught_by(UNCHANGED)
    if failing is not None:
        print(f"the tests fail without any mistake: {failing}")
        return 1
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for mutant, catcher in zip(chosen, pool.map(caught_by, chosen), strict=True):
            lost = catcher is None or catcher.startswith("(")
            survived += lost
            print(f"{'SURVIVED' if lost else 'caught  '}  {mutant.name:45} {catcher or ''}", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} mistakes caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
