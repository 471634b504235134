"""Apply named mistakes one at a time and see the tests fail: `make mutants`.

Each mistake is one a person could make.  A mistake that no test notices is printed as SURVIVED and the status is 1.
Tests are tried from the likeliest to the longest: those that name the module, laws and the room of the module, every
suite, each as in `make test`; at last every suite with all examples.

Words choose the mistakes whose names have them; `--part 2/5` the second of five parts, for a machine that is shared.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("hexapod", "tests", "sample_cases", "docs", "pyproject.toml", "README.md", "LICENSE", "app.py")
# Laws first: they are the ones that a mistake should hurt most.
ROOMS = (
    "geometry",
    "kinematics",
    "collision",
    "hardware",
    "case",
    "films",
    "stages",
    "schedule",
    "checks",
    "plan",
    "preoperative",
)
PAPERS = ("follow_up", "estimation", "text", "library", "drawings", "documents", "cli")
SUITES = ("tests/laws", "tests/oracles", *(f"tests/{room}" for room in ROOMS + PAPERS))
# Tests that look at the tree itself, not at what it computes.
NOT_RUN = ("tests/house/test_imports.py", "tests/house/test_hazards.py")


@dataclass(frozen=True)
class Mutant:
    """One mistake: the text that is right, and what stands there instead."""

    name: str
    file: str
    right: str
    wrong: str


MUTANTS = [
    Mutant("swapped side", "deformity/quantities.py", '{"left": 1.0, "right": -1.0}', '{"left": -1.0, "right": 1.0}'),
    Mutant("reference fragment swapped", "deformity/quantities.py", '{"proximal": -1.0, "distal": 1.0}', '{"proximal": 1.0, "distal": -1.0}'),
    Mutant("internal turn by the wrong sign", "deformity/quantities.py", "return -lateral_x(side)", "return lateral_x(side)"),
    Mutant("rotation names the moving fragment", "deformity/pose.py", "internal_turn(side) * -moving_end(reference)", "internal_turn(side)"),
    Mutant("varus and valgus swapped", "deformity/quantities.py", '"valgus", "varus"', '"varus", "valgus"'),
    Mutant("anterior and posterior swapped", "deformity/quantities.py", '"posterior", "anterior"', '"anterior", "posterior"'),
    Mutant("short and long swapped", "deformity/quantities.py", '"short", "long"', '"long", "short"'),
    Mutant("tilt before twist", "deformity/pose.py", "R = swing([0.0, 0.0, far], axis) @ turn_about_z(twist)", "R = turn_about_z(twist) @ swing([0.0, 0.0, far], axis)"),
    Mutant("degrees for radians", "deformity/pose.py", "ap = math.radians(w.AP_ANGULATION.signed(words))", "ap = w.AP_ANGULATION.signed(words)"),
    Mutant("sine for tangent", "deformity/pose.py", "lat * math.tan(ap)", "lat * math.sin(ap)"),
    Mutant("axial translation by the wrong sign", "deformity/pose.py", "-far * w.AXIAL_TRANSLATION.signed(words)", "far * w.AXIAL_TRANSLATION.signed(words)"),
    Mutant("ring turned the other way", "deformity/pose.py", "turn = internal_turn(side)", "turn = -internal_turn(side)"),
    Mutant("ring leans the other way", "deformity/pose.py", "math.tan(math.radians(w.LATERAL_TILT.signed(words)))", "-math.tan(math.radians(w.LATERAL_TILT.signed(words)))"),
    Mutant("transposed rotation", "geometry/transforms.py", 'T[..., :3, :3] = np.swapaxes(R, -1, -2)', 'T[..., :3, :3] = R'),
    Mutant("angles counted clockwise", "kinematics/inverse.py", "radius * np.sin(angle)", "-radius * np.sin(angle)"),
    Mutant("front at the back", "kinematics/inverse.py", "-radius * np.cos(angle)", "radius * np.cos(angle)"),
    Mutant("struts numbered one off", "hardware/data/layouts.toml", "distal = [[300, 1], [60, -1], [60, 1], [180, -1], [180, 1], [300, -1]]", "distal = [[60, -1], [60, 1], [180, -1], [180, 1], [300, -1], [300, 1]]"),
    Mutant("joints on the far side of the ring", "hardware/catalogue.py", 'up = -height if used == "proximal" else height', "up = height"),
    Mutant("open rings open on the other side", "hardware/ring_bodies.py", '"distal": 180.0', '"distal": 0.0'),
    Mutant("holes counted from 0", "hardware/ring_bodies.py", "((hole - 1.0) / (holes - 1.0) - 0.5)", "(hole / (holes - 1.0) - 0.5)"),
    Mutant("retrograde segment away from the other end", "preoperative/bone_transport.py", 'way = -1.0 if measured.direction == "retrograde"', 'way = 1.0 if measured.direction == "retrograde"'),
    Mutant("rings beyond the docking site as before it", "preoperative/bone_transport.py", "pair.signed(measured.beside) if beyond_docking else 0.0", "0.0"),
    Mutant("retrograde osteotomy from the wrong ring", "preoperative/bone_transport.py", "osteotomy = sum(measured.rings_mm) - measured.osteotomy_mm", "osteotomy = measured.osteotomy_mm"),
    Mutant("joint pair doubled", "hardware/catalogue.py", "pair_mm / 2.0 / radius_mm", "pair_mm / radius_mm"),
    Mutant("scale direction ignored", "hardware/models.py", "(lengths_mm - self.scale_offset_mm) * self.scale_direction", "(lengths_mm - self.scale_offset_mm)"),
    Mutant("rounded down", "hardware/models.py", "settings_mm / g + 0.5 + TIE_SHARE", "settings_mm / g"),
    Mutant("ties not helped", "hardware/models.py", "TIE_SHARE = 1e-9", "TIE_SHARE = 0.0"),
    Mutant("known at the wrong end", "trajectory/bone_trajectory.py", "self.T_ref_mov[self.setup.known]", "self.T_ref_mov[-1 - self.setup.known]"),
    Mutant("day counted one off", "trajectory/bone_trajectory.py", "return self.first_day + step + 1", "return self.first_day + step"),
    Mutant("lengths interpolated at the wrong dose", "trajectory/bone_trajectory.py", "np.arange(1, m + 1) / m", "np.arange(m) / m"),
    Mutant("moving ring on the wrong side of the chain", "trajectory/frame_trajectory.py", "invert(T_ref_mov) @ setup.T_ref_ring @ T_ring_mring", "T_ref_mov @ setup.T_ref_ring @ T_ring_mring"),
    Mutant("distal reference not inverted", "trajectory/level_setup.py", 'return T_ring_mring if self.reference == "proximal" else invert(T_ring_mring)', "return T_ring_mring"),
    Mutant("structure given in moving axes", "trajectory/level_setup.py", "T_mov_ref[:3, :3] @ place(structure.at.words(), side) + T_mov_ref[:3, 3]", "place(structure.at.words(), side)"),
    Mutant("own limit of a structure ignored", "trajectory/level_setup.py", "mm_per_day if own is None else own", "mm_per_day"),
    Mutant("rim of twice the radius", "trajectory/level_setup.py", "bone.diameter_mm / 2.0", "bone.diameter_mm"),
    Mutant("chord for arc", "geometry/pose_path.py", "return np.asarray(2.0 / angle * np.sqrt(A + B) * np.diff(integral, axis=0), float)", "return np.linalg.norm(np.diff(self.positions(points_mov_mm, s), axis=0), axis=-1)"),
    Mutant("no tolerance at a whole day", "geometry/pose_path.py", "RELATIVE_TOLERANCE = 1e-9", "RELATIVE_TOLERANCE = -1e-9"),
    Mutant("transport from the origin", "trajectory/bone_trajectory.py", "T[:3, 3] += place", "T[:3, 3] = place"),
    Mutant("wrong root of the neutral height", "kinematics/forward.py", "-(m + np.sqrt(np.where(tall, root, 0.0)))", "-(m - np.sqrt(np.where(tall, root, 0.0)))"),
    Mutant("Jacobian arm from the ring centre", "kinematics/inverse.py", "arm = joints_mm - joints_mm.mean(axis=0)", "arm = joints_mm - 10.0"),
    Mutant("rate limit twice too high", "checks/limits.py", "RATE_TOO_FAST = Limit(2.0", "RATE_TOO_FAST = Limit(4.0"),
    Mutant("singular limit ignored", "checks/limits.py", "SINGULAR = Limit(100.0", "SINGULAR = Limit(1e9"),
    Mutant("range ends excluded", "hardware/models.py", "RANGE_TOLERANCE_MM = 1e-9", "RANGE_TOLERANCE_MM = -1e-9"),
    Mutant("both words let through", "case/field_types.py", "if pair.positive in given and pair.negative in given:", "if False:"),
    Mutant("duplicate keys let through", "case/files.py", "if key in plain:", "if False:"),
    Mutant("segment left out", "trajectory/coupled_levels.py", "return segment_shift(setup) @ (T_ref_mov if", "return (T_ref_mov if"),
    Mutant("distal reference in a construct not inverted", "trajectory/coupled_levels.py", '@ (T_ref_mov if setup.reference == "proximal" else invert(T_ref_mov))', "@ T_ref_mov"),
    Mutant("construct in the wrong order", "trajectory/coupled_levels.py", "invert(before @ segment_shift(setups[number])) @ C @ invert(after)", "invert(after) @ C @ invert(before @ segment_shift(setups[number]))"),
    Mutant("coupled pose not turned back", "trajectory/coupled_levels.py", 'return D if setups[number].reference == "proximal" else invert(D)', "return D"),
    Mutant("construct of the last day", "trajectory/coupled_levels.py", "others_at(np.array([returned]))", "others_at(np.array([1e9]))"),
    Mutant("a re-plan goes on from the readings", "trajectory/bone_trajectory.py", "setup.T_ref_mov_course, 0", "setup.T_ref_mov_start, 0"),
    Mutant("the frame is bolted where the level should be", "trajectory/bone_trajectory.py", "T[times == 0.0] = setup.T_ref_mov_start", "pass"),
    Mutant("construct of where the levels are", "trajectory/coupled_levels.py", "if parts else setup.T_ref_mov_course", "if parts else setup.T_ref_mov_start"),
    Mutant("any start of a course is believed", "trajectory/frame_trajectory.py", "if not explained_by_marks(", "if False and not explained_by_marks("),
    Mutant("chord for arc on a coupled level", "geometry/pose_path.py", "np.linalg.norm(np.einsum(\"pq,dqkx->dpkx\", DERIVATIVE, places), axis=-1)", "np.repeat(np.linalg.norm(places[:, -1:] - places[:, :1], axis=-1), len(NODES), axis=1)"),
    Mutant("exchanged at the length of the evening after", "schedule/strut_exchanges.py", "np.concatenate([[math.nan], self.evenings_mm[:-1]])", "self.evenings_mm"),
    Mutant("reserve of one end", "schedule/strut_exchanges.py", "np.minimum(setting - strut.min_mm, strut.max_mm - setting)", "setting - strut.min_mm"),
    Mutant("clinic days ignored", "plan/make_plan.py", "if case.open_on(", "if True or case.open_on("),
    Mutant("visit a day too early", "schedule/exchange_visits.py", "if past.day < day <= until + 1:", "if past.day < day <= until:"),
    Mutant("days taken for alike that are not", "schedule/exchange_visits.py", "return np.concatenate([self.fixed_marks, self.enough])", "return self.fixed_marks"),
    Mutant("good plans forgotten", "schedule/exchange_visits.py", "and strut.until[m][past.day] >= other.day", ""),
    Mutant("docking counted the other way", "trajectory/gaps.py", "level.docking_gap_mm - (left - ", "level.docking_gap_mm + (left - "),
    Mutant("regenerate by the wrong sign", "trajectory/gaps.py", "bone.gap_mm + moving_end(course.setup.reference) * risen", "bone.gap_mm - moving_end(course.setup.reference) * risen"),
    Mutant("bone ends overlap when apart", "collision/bone_end_overlap.py", "mov_behind = far * (level_mm - centre_ref @ normal_ref)", "mov_behind = -far * (level_mm - centre_ref @ normal_ref)"),
    Mutant("girth taken for a diameter", "checks/collision_bodies.py", "girth_mm[0] / (2.0 * math.pi)", "girth_mm[0] / 2.0"),
    Mutant("strut twice as thick", "checks/collision_bodies.py", "strut.body_diameter_mm / 2 for", "strut.body_diameter_mm for"),
    Mutant("daily distances only", "collision/closest_approach.py", "if not open_.any():", "if True:"),
    Mutant("a pair in doubt passes as clear", "collision/closest_approach.py", "np.where(keeps, np.maximum(sure, asked_mm - 2.0 * SAME_MM), sure)[pair]", "sure[pair]"),
    Mutant("skin rule halved", "checks/limits.py", "RING_TO_SKIN = Limit(20.0", "RING_TO_SKIN = Limit(10.0"),
    Mutant("behind and ahead swapped", "follow_up/reading_explanation.py", '"behind" if late > 0 else "ahead"', '"ahead" if late > 0 else "behind"'),
    Mutant("structure left where it was in a re-plan", "follow_up/replan.py", "T_new_old[:3, :3] @ place(at, setup.side) + T_new_old[:3, 3]", "place(at, setup.side)"),
    Mutant("regenerate forgotten in a re-plan", "follow_up/replan.py", "opened > CLOSED_MM or", "opened > 1e9 or"),
    Mutant("part of a day forgotten in a re-plan", "follow_up/replan.py", "[now.day + now.begun for", "[now.day for"),
    Mutant("fingerprint of the spelling", "case/model.py", "canonical(value)", "json.dumps(value).encode()"),
    Mutant("longer and shorter swapped on the sheet", "documents/patient_sheet/days.py", "Direction.LONGER if longer_mm > 0.0 else Direction.SHORTER if longer_mm < 0.0", "Direction.LONGER if longer_mm < 0.0 else Direction.SHORTER if longer_mm > 0.0"),
    Mutant("longer told by the reading", "plan/plan_file.py", "strut.length(after) - strut.length(before)", "after - before"),
    Mutant("summer time begins an hour late", "documents/calendar/document.py", "onset + before", "onset + _offset(onset, zone)"),
    Mutant("old calendar kept on the new first day", "documents/calendar/document.py", "not in kept and one.day >= since", "not in kept and one.day > case.first_day"),
    Mutant("calendar of an idle adjustment cancelled", "documents/calendar/calendar_entries.py", "if any(round(now - was", "if all(round(now - was"),
    Mutant("wrong mounting the wrong way round", "trajectory/frame_trajectory.py", "T_ref_ring @ T_ring_mring_end @ invert(T_ring_mring_start) @ invert(T_ref_ring)", "invert(T_ref_ring) @ T_ring_mring_end @ invert(T_ring_mring_start) @ T_ref_ring"),
    Mutant("motion of the frame run backward", "trajectory/frame_trajectory.py", "T_ring_mring_end @ invert(T_ring_mring_start)", "T_ring_mring_start @ invert(T_ring_mring_end)"),
    Mutant("end error: a reading counted the other way", "preoperative/end_error.py", "inverse[:3] - cross(turn.T", "inverse[:3] + cross(turn.T"),
    Mutant("end error: mounting and bone exchanged", "preoperative/end_error.py", "for T in (invert(T_ref_ring), invert(T_start), frame)", "for T in (invert(T_start), invert(T_ref_ring), frame)"),
    Mutant("end error: chance of either instead of both", "preoperative/end_error.py", "(deg <= self.deg) & (mm <= self.mm)", "(deg <= self.deg) | (mm <= self.mm)"),
    Mutant("many plans bolted at the wrong moment", "plan/plan_outcomes.py", "(courses.T_start, courses.T_end) if setup.known == 0", "(courses.T_end, courses.T_start) if setup.known == 0"),
    Mutant("paths turned the other way", "geometry/pose_path.py", "M[..., 2, :3, :3] = cross(", "M[..., 2, :3, :3] = -cross("),
    Mutant("longest day of many plans misplaced", "geometry/pose_path.py", "(day + 0.5) * step - peak", "(day + 0.5) * step + peak"),
    Mutant("many deformities: short for long", "deformity/pose.py", "numbers[..., 3:] * [lat, 1.0, -far]", "numbers[..., 3:] * [lat, 1.0, far]"),
    Mutant("many mountings: side of the rotation", "deformity/pose.py", "turns_about_z(internal_turn(side) * turn)", "turns_about_z(turn)"),
    Mutant("second bone on the wrong side", "drawings/bone_outlines.py", "lateral = lateral_x(side)", "lateral = -lateral_x(side)"),
    Mutant("angle drawn at the reference fragment", "drawings/entry/radiograph_labels.py", "(0.0, -moving_end(shown.reference))", "(0.0, moving_end(shown.reference))"),
    Mutant("chronic ring drawn as at the start", "drawings/entry/level.py", "T = stage_target(Stage", "stage_target(Stage"),
    Mutant("rotation drawn of the moving fragment", "drawings/entry/measure_figures.py", 'R_ref_mov if reference == "proximal" else R_ref_mov.T', "R_ref_mov"),
    Mutant("apex drawn where the bone leans", "drawings/entry/measure_figures.py", '(1.0 if view == "AP" else -1.0)', "1.0"),
    Mutant("segment left out between two rings", "checks/ring_places.py", "segment_shift(below.setup) @ from_below", "from_below"),
    Mutant("rings of a distal reference exchanged", "trajectory/frame_trajectory.py", 'return rings if setup.reference == "proximal" else (rings[1], rings[0])', "return rings"),
    Mutant("rings known at the wrong end", "trajectory/frame_trajectory.py", "frame.T_prox_dist[frame.setup.known]", "frame.T_prox_dist[-1 - frame.setup.known]"),
    Mutant("a ring in two places is a caution", "checks/limits.py", "RING_TWICE_MM = Limit(10.0", "RING_TWICE_MM = Limit(100.0"),
    Mutant("a turned ring is a caution", "checks/limits.py", "RING_TWICE_DEG = Limit(5.0", "RING_TWICE_DEG = Limit(50.0"),
    Mutant("a shared ring may be two models", "checks/shared_rings.py", "if None not in models and models[0] != models[1]:", "if False:"),
    Mutant("joints on any circle are one ring", "checks/shared_rings.py", "(max(apart.mm, abs(wider_mm)),", "(apart.mm,"),
    Mutant("rings turned told the other way", "checks/shared_rings.py", "AXIAL_ROTATION.say(internal_turn(side) * z)", "AXIAL_ROTATION.say(-internal_turn(side) * z)"),
    Mutant("place above and below exchanged", "checks/ring_places.py", "RingsApart(T_frag_below[:3, 3] - T_frag_above[:3, 3], R)", "RingsApart(T_frag_above[:3, 3] - T_frag_below[:3, 3], R)"),
    Mutant("separate rings may be one", "checks/ring_places.py", 'return segment.ring == "shared"', "return True"),
    Mutant("segment left out of the way of rings", "trajectory/frame_trajectory.py", "T_frag = T_frag @ segment_shift(setup)", "pass"),
    Mutant("a fragment stands still under its rings", "trajectory/frame_trajectory.py", "course.poses_at(np.minimum(times, course.days))", "course.poses_at(0.0 * times)"),
    Mutant("any entry explains a ring", "checks/shared_ring_entry.py", "if fit.agreeing == agreeing and fit.misfit", "if fit.misfit"),
    Mutant("the other ring's side", "checks/ring_places.py", 'ends["proximal"] - float(proximal[2, 3])', 'float(proximal[2, 3]) - ends["proximal"]'),
    Mutant("osteotomy left out", "checks/ring_places.py", "height = 0.0 if bone is None else along_bone(bone.osteotomy.words())", "height = 0.0"),
    Mutant("a gap is bone", "checks/ring_places.py", "self.beyond_mm[w.other(fragment)] - self.apart_mm)", "self.beyond_mm[w.other(fragment)])"),
    Mutant("the opposite word explains everything", "checks/ring_places.py", "mirrored = not _other_way(frame).wrong()", "mirrored = True"),
    Mutant("the opposite word explains nothing", "checks/ring_places.py", "mirrored = not _other_way(frame).wrong()", "mirrored = False"),
    Mutant("visit compared with day 0", "checks/readings.py", "compared = plan[min(max((read.date - first.date).days, 0), last.day)]", "compared = plan[0]"),
    Mutant("visit compared by settings, not lengths", "checks/readings.py", "planned.length(planned_mm) - fitted.length(read_mm)", "planned_mm - read_mm"),
    Mutant("not a number continues a visit", "checks/readings.py", "if not abs(off_mm) <= allowed_mm + TOLERANCE_MM:", "if abs(off_mm) > allowed_mm + TOLERANCE_MM:"),
    Mutant("finer scale decides at a visit", "checks/readings.py", "max(planned.graduation_mm, fitted.graduation_mm)", "min(planned.graduation_mm, fitted.graduation_mm)"),
    Mutant("frame moves on before the visit", "checks/readings.py", "if read.date <= one.date <= first.date", "if one.date <= first.date"),
    Mutant("frame moves on beyond day 0", "checks/readings.py", "if read.date <= one.date <= first.date", "if read.date <= one.date"),
    Mutant("longer and shorter swapped at a visit", "checks/readings.py", "'longer' if off_mm > 0.0 else 'shorter'", "'shorter' if off_mm > 0.0 else 'longer'"),
    Mutant("exchange in between not asked about", "follow_up/reading_explanation.py", "if level.rows[found.day].models != level.rows[today].models:", "if False:"),
    Mutant("re-plan without an answer", "follow_up/replan.py", "found.asked is not None and found.asked.needed", "False and found.asked is not None and found.asked.needed"),
    Mutant("struts that were said forgotten", "follow_up/compare_with_plan.py", "explain(planned, intended.day, settings_mm, on)", "explain(planned, intended.day, settings_mm)"),
    Mutant("unread hexapod has the calendar's struts", "follow_up/replan.py", "if level.rows[taken].models != level.rows[dated].models:", "if False:"),
    Mutant("turned the wrong way is not turned", "follow_up/possible_errors.py", "2.0 * starts_mm - state.settings_mm", "starts_mm"),
    Mutant("struts counted the plan's way", "follow_up/possible_errors.py", "[(first - k) % 6 for k in range(6)]", "[(first + k) % 6 for k in range(6)]"),
    Mutant("steps swapped with themselves", "follow_up/possible_errors.py", "starts_mm + steps_mm[:, order]", "starts_mm + steps_mm"),
    Mutant("scales read high only", "follow_up/possible_errors.py", '(-SHIFT_MM, "low")', '(SHIFT_MM, "low")'),
    Mutant("nothing else fits", "follow_up/reading_explanation.py", "others = tuple(map(_as_alternative, stories[1:]))", "others = ()"),
    Mutant("another likely mistake not asked about", "follow_up/reading_explanation.py", "if doubtful is not None:", "if False:"),
    Mutant("struts of a visit not kept", "library/calls/visits.py", '_struts(one.get("struts"))', "None"),
    Mutant("visit after today recorded", "library/calls/visits.py", "if visit.date > self._access.store.today_at_the_latest():", "if False:"),
    Mutant("kept as on the first day", "trajectory/bone_trajectory.py", "target_words(stage.correct_to, T_start, side, reference)", "target_words(stage.correct_to, deformity_pose({}, side, reference), side, reference)"),
    Mutant("angulation kept on one view only", "case/level_parts.py", '"angulation": (w.AP_ANGULATION, w.LATERAL_ANGULATION)', '"angulation": (w.AP_ANGULATION,)'),
    Mutant("through zero taken for smaller", "checks/deformity_change.py", "beyond = abs(end) if through else abs(end) - abs(start)", "beyond = abs(end) - abs(start)"),
    Mutant("increase of what is meant", "checks/deformity_change.py", "part.stage.correct_to is not None and not part.stage.meant", "part.stage.correct_to is not None"),
    Mutant("mounting never entered passes", "checks/case_entries.py", "if level.mounting is None:", "if level.mounting is None and not level.coupled and course.days < 0:"),
    Mutant("zero taken for never entered", "checks/case_entries.py", "if level.deformity is None and corrects:", "if not level.deformity_words and corrects:"),
    Mutant("kept words of the plan kept anew", "follow_up/remaining_stages.py", 'elif own.get("keep") and not measured:', "elif not own:"),
    Mutant("measured deformity bent back", "follow_up/remaining_stages.py", 'elif own.get("keep") and not measured:', 'elif own.get("keep"):'),
    Mutant("radial on every bone", "case/validation_messages.py", 'by_bone = BY_BONE.get(place.bone or "", {})', 'by_bone = BY_BONE["forearm"]'),
    Mutant("apex lateral taken for valgus", "case/validation_messages.py", '("lateral", "varus")', '("lateral", "valgus")'),
    Mutant("nearest key guessed in a tie", "case/validation_messages.py", "if len(nearest) != 1:", "if not nearest:"),
    Mutant("null takes the usual limit of rotation", "case/level_parts.py", 'return "deg_per_day" in self.model_fields_set', "return self.deg_per_day is not None"),
    Mutant("null of a limit dropped", "case/field_types.py", "cls.model_fields.keys() - cls.NULL_SAYS", "cls.model_fields.keys()"),
    Mutant("no usual limit of rotation", "case/model.py", "else usual_deg", "else None"),
    Mutant("level stands above its stage", "case/model.py", "for limits in (own, self.limits) if limits.has_turn", "for limits in (self.limits, own) if limits.has_turn"),
    Mutant("nine levels pass", "case/model.py", "MOST_LEVELS = 8", "MOST_LEVELS = 9"),
    Mutant("turn that is refused is a caution", "checks/daily_motion.py", '"turn.too_fast" if refused else "turn.high",\n            limit.verdict', '"turn.high",\n            "caution"'),
    Mutant("four degrees a day pass", "checks/limits.py", 'TURN_HIGH = Limit(3.0', 'TURN_HIGH = Limit(4.0'),
    Mutant("turn refused from six degrees", "checks/limits.py", 'TURN_TOO_FAST = Limit(5.0', 'TURN_TOO_FAST = Limit(6.0'),
    Mutant("turn of a day in radians", "checks/daily_motion.py", "return np.degrees(course.daily_turns)", "return course.daily_turns"),
    Mutant("only struts that grow", "checks/daily_motion.py", "abs(np.diff(frame.lengths_mm, axis=0))", "np.diff(frame.lengths_mm, axis=0)"),
    Mutant("step of a strut halved", "checks/limits.py", "STRUT_STEP_TOO_FAR = Limit(8.0", "STRUT_STEP_TOO_FAR = Limit(16.0"),
    Mutant("day of the worst one off", "checks/daily_motion.py", "(1.0 - RELATIVE_TOLERANCE))) + 1", "(1.0 - RELATIVE_TOLERANCE)))"),
    Mutant("a bone is needed for a structure", "checks/daily_motion.py", "len(course.setup.tracked.names) > 1", "course.setup.level.bone is not None"),
    Mutant("slow where the turn is fast", "checks/daily_motion.py", "or pace.turn_usual.exceeded_by(", "or pace.turn_too_fast.exceeded_by("),
    Mutant("slow where another day is fast", "checks/daily_motion.py", "or pace.rate_high.exceeded_by(float(part.arcs_mm.max()))", ""),
    Mutant("slow where nothing is judged", "checks/daily_motion.py", "unjudged(course, part)\n        or ", ""),
    Mutant("slow where a strut steps far", "checks/daily_motion.py", "or pace.strut_step_high.exceeded_by(steps_mm)", ""),
    Mutant("length of a construct without signs", "checks/combined_rates.py", "return np.diff(away)", "return abs(np.diff(away))"),
    Mutant("length by the wrong end", "checks/combined_rates.py", "away = moving_end(course.setup.reference) *", "away ="),
    Mutant("compensation forgotten", "checks/combined_rates.py", "-np.diff(_construct(courses, np.arange(days + 1.0))[:, 2, 3])", "sum(abs(_own_change_mm(course, days)) for course in courses)"),
    Mutant("hexapods together never refused", "checks/combined_rates.py", "for limit in (pace.combined_too_fast, caution)", "for limit in (caution,)"),
    Mutant("structure of one hexapod only", "checks/combined_rates.py", "np.asarray(sum(places_at(times) for places_at in single))", "single[0](times)"),
    Mutant("proximal fragment moves", "checks/combined_rates.py", "return T_ref_mov if _held(course) else invert(T_ref_mov)", "return T_ref_mov"),
    Mutant("girth of the other ring", "checks/clearances.py", '("distal", setup.distal_ring, girth.distal)', '("distal", setup.distal_ring, girth.proximal)'),
    Mutant("limb compared with a radius", "checks/clearances.py", "return 2.0 * ring.inner_radius_mm", "return 4.0 * ring.inner_radius_mm"),
    Mutant("ten years ahead pass", "checks/limits.py", "START_AHEAD = Limit(3.0", "START_AHEAD = Limit(10.0"),
    Mutant("a year ago is today", "checks/case_entries.py", "if _years_later(first, limits.START_AGO) < today:", "if False:"),
    Mutant("a child's arm at a millimetre a day", "checks/timing.py", "if not limit.undercut_by(arc)]", "if limit.exceeded_by(arc)]"),
    Mutant("a slip of a construct kept for ever", "follow_up/return_to_plan.py", "if together and min(now.day for now in moments) >= back:", "if True:"),
    Mutant("the construct of day 0 kept in a return", "trajectory/coupled_levels.py", "others_at(np.array([returned]))", "others_at(np.zeros(1))"),
    Mutant("a return faster than the slowest level may", "follow_up/return_to_plan.py", "days = max(part.days for part in parts)", "days = min(part.days for part in parts)"),
    Mutant("days of the treatment before day 0 forgotten", "checks/timing.py", "days = days_before + course.days", "days = course.days"),
    Mutant("first day of a treatment anew in every re-plan", "follow_up/remaining_stages.py", "case.first_day - datetime.timedelta(days=case.days_before)", "case.first_day"),
    Mutant("rest before a re-plan forgotten", "checks/timing.py", "parted - 1 + (before or 0)", "parted - 1"),
    Mutant("gap of the first day forgotten", "checks/timing.py", "level.bone.gap_mm if level.so_far is None else level.so_far.first_gap_mm", "level.bone.gap_mm"),
    Mutant("what a slip pressed together taken for regenerate", "trajectory/gaps.py", "opened - so_far.overlap_mm", "opened"),
    Mutant("longest regenerate forgotten", "trajectory/gaps.py", "0.0 if so_far is None else so_far.largest_gap_mm", "0.0"),
    Mutant("models of the reached day instead of today's", "follow_up/remaining_stages.py", "LevelState(found.settings_mm, found.struts,", "LevelState(found.settings_mm, found.planned.rows[day].struts,"),
    Mutant("condition on evenings only", "checks/singularity.py", "if share * LARGEST_PRINTED < 1.0 or not open_.any():", "if True:"),
    Mutant("a determinant that changes its sign is no news", "checks/singularity.py", "if turned.any():", "if False:"),
    Mutant("way from the readings to the course not judged", "checks/singularity.py", "if not np.array_equal(T_start, T_first):", "if False:"),
    Mutant("way to the readings not judged", "checks/singularity.py", "if limits.SINGULAR.exceeded_by(frame.condition_from_neutral):", "if False:"),
    Mutant("singular neutral frame told as readings", "plan/make_plan.py", "if singularity.neutral_is_singular(self.course.setup):", "if False:"),
    Mutant("leaps of the fast solver believed", "kinematics/batch_newton.py", "np.flatnonzero(sure[block] & doubtful)", "np.flatnonzero(sure[block] & False)"),
    Mutant("a sum of squares is enough for a rotation", "kinematics/inverse.py", "exact = exact and _all_near(_determinants(block, spare), 1.0)", "pass"),
    Mutant("last row ignored", "kinematics/inverse.py", "if not (exact and rigid):", "if not exact:"),
    Mutant("working memory shared by all threads", "kinematics/batch_newton.py", "class Space(threading.local):", "class Space(object):"),
    Mutant("any direction of a scale", "hardware/strut_series.py", "if direction not in (1.0, -1.0):", "if direction == 0.0:"),
    Mutant("range of a scale either way round", "hardware/strut_series.py", "if not least < most:", "if least == most:"),
    Mutant("offset that makes lengths negative", "hardware/strut_series.py", "if not min(shortest.length(least), shortest.length(most)) >= 0.0:", "if False:"),
    Mutant("open rings taken for full ones", "checks/collision_bodies.py", "    if outline.closed:", "    if True:"),
    Mutant("legs of a foot plate left out", "checks/collision_bodies.py", "outline.arc_deg, outline.legs_mm, MIDDLE_DEG", "outline.arc_deg, 0.0, MIDDLE_DEG"),
    Mutant("spin of an open ring left out", "checks/collision_bodies.py", "    if isinstance(body, Annulus):", "    if True:"),
    Mutant("hollow beside the lowest place overlooked", "collision/open_rings.py", "hollow = (falls & rises) | ((low[:, :-1] | low[:, 1:]) & (falls | rises))", "hollow = falls & ~falls"),
    Mutant("acute part left out of the length", "hardware/models.py", "scale_offset_mm=part.constant_mm + mark", "scale_offset_mm=part.constant_mm"),
    Mutant("acute part off its marks", "hardware/models.py", "abs(mark - acute_mm) <= RANGE_TOLERANCE_MM", "abs(mark - acute_mm) <= 0.5"),
    Mutant("other sizes before a reset", "schedule/exchange_visits.py", "alone < NEVER and alone <= best", "False"),
    Mutant("zero taken for above zero", "hardware/toml_table.py", "(above and value == least)", "False"),
    Mutant("keys that nobody knows", "hardware/toml_table.py", "if key not in keys:", "if False:"),
    Mutant("truth for a number", "hardware/toml_table.py", "and not isinstance(value, bool) and", "and"),
    Mutant("refusal by the model of day 0", "checks/struts.py", "strut, days = closed[number].old, days[closed[number].first_day :]", "pass"),
    Mutant("advice before its frame is set to marks", "preoperative/ring_distance.py", "return _built(case, course, bolt_frame(course, marked), height, catalogue)", "return option"),
    Mutant("doses each rounded for itself", "plan/make_plan.py", "schedule = choose_doses(schedule)", "schedule = schedule"),
    Mutant("struts turned to and fro within a day", "schedule/doses.py", "np.sign(all_day) < -SAME_MM", "np.sign(all_day) < -1e9"),
    Mutant("doses that make the way longer taken", "schedule/doses.py", "taken = possible & (shorter | _to_and_fro(tried.readings_mm[:, :, -1]))", "taken = possible"),
    Mutant("ties of doses decided by noise", "schedule/doses.py", "TIE_MM2 = 1e-6", "TIE_MM2 = 0.0"),
    Mutant("errors of a day counted from where the level is", "schedule/doses.py", "T_intended[:, 0] = frame.course.intended_at(np.asarray(days - 1, float))", "pass"),
    Mutant("turn of the bone between doses forgotten", "schedule/doses.py", "TURN_ARM_MM * turned.T[None]", "0.0 * turned.T[None]"),
    Mutant("a whole day's marks in one dose", "schedule/doses.py", "OVERSTEP_MM2 * beyond", "0.0 * beyond"),
    Mutant("turned on a day that ends where it began", "schedule/doses.py", "doses[still, :-1] = schedule.mornings_mm[still, None]", "pass"),
    Mutant("a whole mark more let through", "checks/dose_accuracy.py", "too_fast.value + mark / 2.0", "too_fast.value + mark"),
    Mutant("single doses not judged", "checks/dose_accuracy.py", "alone = setup.level.adjustments_per_day > 1 and", "alone = False and"),
    Mutant("longest dose taken for their sum", "checks/dose_accuracy.py", "self.doses_mm.sum(axis=1)", "self.doses_mm.max(axis=1)"),
    Mutant("reserve ignored when visits are settled", "schedule/strut_exchanges.py", "held = [day for day in days if all(now or not was for was, now in zip(kept[visit], kept[day], strict=True))]", "held = days"),
    Mutant("a reserve of exactly as much not kept", "schedule/strut_exchanges.py", "return asked_mm - RESERVE_TOLERANCE_MM", "return asked_mm + RESERVE_TOLERANCE_MM"),
    Mutant("a dose read in between taken for a slip", "trajectory/frame_trajectory.py", "OFF_MARKS = 1.5", "OFF_MARKS = 1.0"),
    Mutant("slower leaves a nerve its own limit", "follow_up/replan.py", 'structure["limit_mm_per_day"] = min(own_limit, mm_per_day)', "pass"),
    Mutant("separate rings in any order", "checks/shared_rings.py", "if not limit.exceeded_by(beyond_mm):", "if True:"),
    Mutant("a case's own family in a file", "hardware/catalogue.py", 'if family.text("family").strip().lower() == OWN_FAMILY:', "if False:"),
    Mutant("mirrored radiograph turned back twice", "films/film_reading.py", "self.film.columns - px[..., 0] if self.film.mirrored", "px[..., 0] if self.film.mirrored"),
    Mutant("lateral radiograph seen from the other side", "films/film_reading.py", '"left": 90.0, "back": 180.0, "right": 270.0', '"left": 270.0, "back": 180.0, "right": 90.0'),
    Mutant("AP radiograph seen from the other side", "films/film_reading.py", '{"front": 0.0, "left": 90.0, "back": 180.0', '{"front": 180.0, "left": 90.0, "back": 0.0'),
    Mutant("rows and columns of a radiograph swapped", "films/film_reading.py", "down_mm, right_mm = spacing(self.film)\n        columns =", "right_mm, down_mm = spacing(self.film)\n        columns ="),
    Mutant("rows and columns of a header swapped", "films/scale.py", "rows, columns = (_positive(part, keyword) for part in parts)", "columns, rows = (_positive(part, keyword) for part in parts)"),
    Mutant("scale as pixels per millimetre", "films/film_reading.py", "columns * right_mm, -px[..., 1] * down_mm", "columns / right_mm, -px[..., 1] / down_mm"),
    Mutant("ball as pixels per millimetre", "films/scale.py", "return scale.true_mm / pixels if pixels", "return pixels / scale.true_mm if pixels"),
    Mutant("magnification the wrong way up", "films/scale.py", "(imager[0] / factor, imager[1] / factor)", "(imager[0] * factor, imager[1] * factor)"),
    Mutant("distances of a header the wrong way up", "films/scale.py", "imager[0] * patient / detector, imager[1] * patient / detector", "imager[0] * detector / patient, imager[1] * detector / patient"),
    Mutant("bone axes directed oppositely", "films/film_reading.py", "self._up = -moving_end(reference)", "self._up = moving_end(reference)"),
    Mutant("tangent of a sum of angles", "films/deformity_words.py", "x = float(G[row] @ values)", "x = float(np.tan(G[row] @ np.arctan(values))) if which == SLOPE else float(G[row] @ values)"),
    Mutant("radiograph turned the other way", "films/film_reading.py", "RIGHT_DEG[film.seen_from] + film.turned_deg", "RIGHT_DEG[film.seen_from] - film.turned_deg"),
    Mutant("translation across the moving axis", "films/deformity_words.py", "values[:, ACROSS] = (apart * reference.right)", "values[:, ACROSS] = (apart * (moving or reference).right)"),
    Mutant("SD of a snapped point passed on", "films/film_reading.py", "right, down = max(right, SNAPPED_PX.value), max(down, SNAPPED_PX.value)", "right, down = right, down"),
    Mutant("snapped axis as sure as its clicks", "films/film_reading.py", "return AXIS_FLOOR_DEG.value\n", "return 0.0\n"),
    Mutant("scale of one radiograph for both", "films/measure.py", "read = [ReadFilm(film, side, reference)", 'read = [ReadFilm(film.model_copy(update={"scale": measured.films[0].scale}), side, reference)'),
    Mutant("left limb with the signs of a right one", "films/deformity_words.py", "self.lat, self.far = lateral_x(side), moving_end(reference)", 'self.lat, self.far = lateral_x("right"), moving_end(reference)'),
    Mutant("axial translation of radiographs by the wrong sign", "films/deformity_words.py", "signed = -self.far * float(share @ values)", "signed = self.far * float(share @ values)"),
    Mutant("turn of the view left out of the SD", "films/deformity_words.py", "turn=J_turn * turns @ J_turn.T", "turn=J_turn * 0.0 @ J_turn.T"),
    Mutant("scale left out of the SD", "films/film_reading.py", "scale=np.outer(scaled, scaled)", "scale=np.outer(scaled, scaled * 0.0)"),
    Mutant("oblique plane from the wrong side", "films/measure.py", "math.atan2(abs(tangents[1]), abs(tangents[0]))", "math.atan2(abs(tangents[0]), abs(tangents[1]))"),
    Mutant("radiograph inverted twice", "films/film_decoder.py", 'inverted = interpretation == "MONOCHROME1" or', 'inverted = (interpretation == "MONOCHROME1") !='),
    Mutant("inversion before the window", "films/film_decoder.py", "grey = _to_grey(values, after, ends)", 'grey = _to_grey(values.max() - values if interpretation == "MONOCHROME1" else values, after, ends)\n    interpretation = "MONOCHROME2"'),
    Mutant("rescale left out", "films/film_decoder.py", "functools.partial(processing.apply_modality_lut, ds=dataset)", "lambda block: block"),
    Mutant("mirrored by the letters the wrong way", "films/film_file.py", "None if turns == 0 else turns > 0", "None if turns == 0 else turns < 0"),
    Mutant("seen from the wrong side by the letters", "films/film_file.py", '"left": "P", "right": "A"', '"left": "A", "right": "P"'),
    Mutant("side of a header not compared", "films/film_file.py", "if written != side:", "if written == side:"),
    Mutant("box beside what it covers", "films/film_decoder.py", "grey[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]", "grey[max(left, 0) : max(right, 0), max(top, 0) : max(bottom, 0)]"),
    Mutant("axis drawn along the other one", "films/placing.py", "way * axis.direction[0]", "way * axis.right[0]"),
    Mutant("points kept in screen pixels", "app/viewer/src/films/film_view.js", "const x = (right - this.left) / this.scale;", "const x = right;"),
    Mutant("mirrored view places mirrored points", "app/viewer/src/films/film_view.js", "return [this.mirrored ? this.columns - x : x, (down", "return [x, (down"),
    Mutant("a moved point still counts as snapped", "app/viewer/src/films/placed_points.js", "snapped ? { is: name, at_px: at, snapped } : { is: name, at_px: at }", "{ is: name, at_px: at, snapped: true }"),
    Mutant("ruler across to the wrong side", "films/ruler.py", "axes = (plane.reference.direction, plane.reference.right)", "axes = (plane.reference.direction, -plane.reference.right)"),
    Mutant("ruler along the bone upside down", "films/ruler.py", "apart = plane.at[name] - plane.at[\"origin\"]", "apart = plane.at[\"origin\"] - plane.at[name]"),
    Mutant("arc on the other side of the crossing", "films/placing.py", "away = moving_end(reference)", "away = -moving_end(reference)"),
    Mutant("height on the other radiograph upside down", "films/placing.py", "origin[0] + height * axis", "origin[0] - height * axis"),
    Mutant("a pair off its axis not told", "films/film_warnings.py", "> OFF_AXIS_SD * sd[worst]", "> 1e9"),
    Mutant("another height of the corresponding point not told", "films/film_reading.py", 'HEIGHTS = ("corresponding", "osteotomy")', 'HEIGHTS = ("osteotomy",)'),
    Mutant("radiographs of different days not told", "films/film_warnings.py", "if len(days) < 2:", "if True:"),
    Mutant("mechanical axis deviation to the wrong side", "films/alignment.py", "if lateral > 0.0 else", "if lateral < 0.0 else"),
    Mutant("the packing of a picture names it", "films/film_decoder.py", "sha256.update(grey.tobytes())", "sha256.update(_png(grey))"),
    Mutant("an older name of a picture finds nothing", "films/film_file.py", "names = {self.sha256, hashlib.sha256(self.png).hexdigest()}", "names = {self.sha256}"),
    Mutant("text beside the pixels let through", "films/film_file.py", 'set(kinds[1:-1]) != {b"IDAT"}', "False"),
    Mutant("pixels of every case under every case", "library/calls/films.py", "mine = (FilmPixelsRow.case_key == case, FilmPixelsRow.pixels_sha256 == sha256)\n    found", "mine = (FilmPixelsRow.pixels_sha256 == sha256,)\n    found"),
    Mutant("pixels that were altered handed out", "library/calls/films.py", "if not is_picture_of(png, sha256):\n        raise Unreadable(", "if False:\n        raise Unreadable("),
    Mutant("removed pixels stay", "library/calls/films.py", "tx.connection.execute(delete(FilmPixelsRow).where(*mine))", "pass"),
    Mutant("pixels removed without a record", "library/calls/films.py", '    _record(tx, case, sha256, "removed", why)\n', ""),
    Mutant("the picture before it was covered kept", "library/calls/films.py", "if instead_of is not None:\n                _remove(", "if False:\n                _remove("),
    Mutant("another picture in an export taken in", "library/calls/films.py", "if not is_picture_of(png, sha256):\n            raise ImportRefused(", "if False:\n            raise ImportRefused("),
    Mutant("pictures that an export left out forgotten", "library/calls/films.py", '_record(tx, case, sha256, "left out")', "pass"),
    Mutant("no limit of pixels to a case", "library/calls/films.py", "+ len(png) > MOST_BYTES_OF_CASE", "+ len(png) < 0"),
    Mutant("no picture goes along with a copy", "library/calls/films.py", "            if sha256 in kept:\n                self._keep(other", "            if False:\n                self._keep(other"),
    Mutant("signed grey of a radiograph wraps round", "films/film_decoder.py", '(block - first).view(f"u{values.dtype.itemsize}")', "block"),
    Mutant("rows of a kept picture from below", "films/film_decoder.py", "np.subtract(grey[1:], grey[:-1], out=lines[1:, 1:])", "np.subtract(grey[:-1], grey[1:], out=lines[1:, 1:])"),
    Mutant("moving ring not undone in the chain", "estimation/chain.py", "return np.asarray(T_ref_mring @ invert(self.T_mov_mring(x))[:, None])", "return np.asarray(T_ref_mring @ self.T_mov_mring(x)[:, None])"),
    Mutant("ring and frame in the wrong order", "estimation/chain.py", "self.T_ref_ring(x)[:, None] @ self.T_ring_mring(x)", "self.T_ring_mring(x) @ self.T_ref_ring(x)[:, None]"),
    Mutant("every estimate of a right limb", "estimation/chain.py", "return ring_mounts(self.mountings(x), self.side)", 'return ring_mounts(self.mountings(x), "right")'),
    Mutant("every estimate with a proximal reference", "estimation/chain.py", "deformity_numbers(T.reshape(-1, 4, 4), self.side, self.reference)", 'deformity_numbers(T.reshape(-1, 4, 4), self.side, "proximal")'),
    Mutant("frame of an estimate upside down", "estimation/hardware.py", "T_prox_dist = setup.T_prox_dist(T_ring_mring)", "T_prox_dist = T_ring_mring"),
    Mutant("misfit by the wrong sign", "estimation/chain.py", "off = self._measured - implied", "off = implied - self._measured"),
    Mutant("rotation the long way round", "estimation/chain.py", "off[:, self._turns] = short_way(off[:, self._turns])", "pass"),
    Mutant("measurements all as sure as each other", "estimation/chain.py", "return np.asarray(off / self._sd)", "return np.asarray(off)"),
    Mutant("lean and offset exchanged in the steps", "estimation/chain.py", "self.mounting_typed + x[:, MOUNTED] * MOUNTING_STEP", "self.mounting_typed + x[:, MOUNTED] * MOUNTING_STEP[::-1]"),
    Mutant("slopes of half a step", "estimation/chain.py", "/ (2.0 * DIFFERENCE)", "/ DIFFERENCE"),
    Mutant("correlation of an estimate forgotten", "estimation/fit.py", "return np.asarray(spread @ spread.T)", "return np.asarray(np.diag(np.diag(spread @ spread.T)))"),
    Mutant("rings drawn without their correlation", "estimation/fit.py", "np.asarray(self.x + normal @ self.roots.T)", "np.asarray(self.x + np.random.default_rng(seed).standard_normal((count, len(self.x))) * np.linalg.norm(self.roots, axis=1))"),
    Mutant("offset of the scales by the wrong sign", "estimation/hardware.py", "lengths - off_mm[:, None, 2:]", "lengths + off_mm[:, None, 2:]"),
    Mutant("both joints of a tab moved to one side", "estimation/hardware.py", "aside[one] = -aside[other]", "aside[one] = aside[other]"),
    Mutant("end as if the hardware were published", "estimation/chain.py", "self.frames_reading(x, T_ring_mring) @ invert", "T_ring_mring @ invert"),
    Mutant("readings taken for each other seen nowhere", "estimation/contradictions.py", "if exchanged := exchanged_readings(estimate):", "if exchanged := ():"),
    Mutant("variance widened as an SD", "estimation/fit.py", "widened = max(1.0, chi2 / dof) ** 0.5", "widened = max(1.0, chi2 / dof)"),
    Mutant("misfit that is no chance ignored", "estimation/fit.py", "if dof and chance_above(chi2, dof) < BY_CHANCE else", "if False else"),
    Mutant("unmeasured taken for measured", "estimation/fit.py", ">= UNMEASURED", ">= -1.0"),
    Mutant("an answer that has not settled", "estimation/fit.py", "np.linalg.norm(U.T @ residuals) <= SETTLED", "True"),
    Mutant("pre-deformed frame read on day 0 as it will end", "estimation/observations.py", "setup.settings_mm if setup.known == 0 else row.settings_mm", "setup.settings_mm"),
    Mutant("visits of an estimated case counted again", "estimation/observations.py", "if fingerprint in sources:", "if False:"),
    Mutant("a repeated measurement counted twice", "estimation/observations.py", "if visit.date == plan.case.start_date:", "if False:"),
    Mutant("SD of an estimate taken for a clinician's", "estimation/observations.py", "own = entered if case.estimated_from is None else None", "own = entered"),
    Mutant("the last measurement never alone", "estimation/observations.py", "found = _last_alone(found)", "pass"),
    Mutant("readings after a change-out on the old scales", "estimation/observations.py", "if not planned.exchanges:", "if True:"),
    Mutant("contradiction without leverage", "estimation/contradictions.py", "np.abs(estimate.residuals) / scale, 0.0)", "np.abs(estimate.residuals), 0.0)"),
    Mutant("what a wrong number drags along named too", "estimation/contradictions.py", "        kept[places] = False", "        kept[places[:0]] = False"),
    Mutant("others say what was measured", "estimation/contradictions.py", "others[place] = False", "pass"),
    Mutant("bone ends between the marks", "estimation/follow_up_estimate.py", "strut.length(strut.nearest_mark(strut.setting(length)))", "float(length)"),
    Mutant("rotation counted at the end", "estimation/follow_up_estimate.py", "left_of(T_ref_mov[:, :3, 2],", "left_of(T_ref_mov[:, :3, 0],"),
    Mutant("half of the ends below the bounds", "preoperative/end_error.py", "LIKELY = 0.9", "LIKELY = 0.5"),
    Mutant("re-plan keeps the old mounting", "estimation/follow_up_estimate.py", 'written["mounting"] = rounded_words(words_of(estimate.mounting.tolist(), MOUNTING), START_DECIMALS)', "pass"),
    Mutant("a fracture fits on day 0", "trajectory/gaps.py", 'if indication == "osteotomy":\n        return T_ref_mov_start', 'if True:\n        return T_ref_mov_start'),
    Mutant("a fracture grows regenerate", "trajectory/gaps.py", 'return course_gap_mm(course) if course.setup.level.indication == "osteotomy" else None', "return course_gap_mm(course)"),
    Mutant("a joint as fast as a fracture", "checks/limits.py", "rate=(1.0, 3.0)", "rate=(1.0, 15.0)"),
    Mutant("working values unsaid", "checks/case_entries.py", 'if pace.status == "working":', "if False:"),
    Mutant("low struts at twenty degrees", "checks/limits.py", "STRUT_TO_RING = Limit(35.0", "STRUT_TO_RING = Limit(20.0"),
    Mutant("the least delicate hexapod decides", "checks/combined_rates.py", "return min((pace_of", "return max((pace_of"),
    Mutant("a fracture planned at the pace of callus", "case/model.py", '"fracture": (5.0, 4.0)', '"fracture": (1.0, 2.0)'),
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
        every = [suite for suite in SUITES if (tree / suite).exists()]
        near = ["tests/laws", *(suite for suite in every if suite == f"tests/{Path(mutant.file).parts[0]}")]
        for tests in filter(None, (_likely(tree, path), near, every)):
            if (caught := _first_failing(tree, tests, whole=False)) is not None:
                return caught
        if mutant is UNCHANGED:
            return None
        # Few mistakes come so far.  With all examples, too, the tests must pass when nothing is changed.
        if (failing := _unchanged_whole()) is not None:
            return f"(fails without any mistake: {failing})"
        return _first_failing(tree, every, whole=True)


@functools.cache
def _unchanged_whole() -> str | None:
    """The first test that fails without any mistake, with all examples."""
    return _first_failing(ROOT, [suite for suite in SUITES if (ROOT / suite).exists()], whole=True)


def _likely(tree: Path, mutated: Path) -> list[str]:
    """Test files that name the module with the mistake: they are tried first, as most mistakes fall there."""
    name = re.compile(rf"\b{re.escape(mutated.stem)}\b")
    files = [file for suite in SUITES for file in sorted((tree / suite).glob("test_*.py"))]
    found = [file for file in files if mutated.stem in file.stem or name.search(file.read_text("utf-8"))]
    return [file.relative_to(tree).as_posix() for file in found if file.relative_to(tree).as_posix() not in NOT_RUN]


def _first_failing(tree: Path, tests: Sequence[str], *, whole: bool) -> str | None:
    """The first test of these that fails, or None when all pass; the `whole` of each proof, or as in `make test`."""
    ignored = [f"--ignore={test}" for test in NOT_RUN]
    call = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *ignored, *tests]
    call += [] if whole else ["-m", "not slow"]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environment["HEXAPOD_TESTS"] = "all" if whole else ""
    done = subprocess.run(call, cwd=tree, capture_output=True, text=True, env=environment, check=False)
    if done.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return None
    told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return told[0].split(" - ")[0] if told else f"(pytest status {done.returncode})"


def main() -> int:
    """Try all; the exit status."""
    parser = argparse.ArgumentParser(description="Apply named mistakes one at a time and see the tests fail.")
    parser.add_argument("words", nargs="*", help="only mistakes with one of these in their names")
    parser.add_argument("--part", default="1/1", help="such as 2/5: the second of five parts")
    given = parser.parse_args()
    part, parts = map(int, given.part.split("/"))
    chosen = [mutant for mutant in MUTANTS if not given.words or any(word in mutant.name for word in given.words)]
    chosen = chosen[part - 1 :: parts]
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
