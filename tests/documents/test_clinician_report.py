"""The clinician's report as its reader has it: text taken out of the PDF again and compared with the plan."""

from __future__ import annotations

import functools
import io
import itertools
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

import hexapod
from hexapod.about import LABEL
from hexapod.case.files import read_case
from hexapod.case.model import Case
from hexapod.checks.findings import Finding, grouped
from hexapod.documents.clinician_report.document import clinician_report
from hexapod.documents.document_set import PrintOptions
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import acknowledgements
from hexapod.preoperative.end_error import Goal
from hexapod.text.language import language
from hexapod.text.languages import NOTICE
from hexapod.text.numbers import number
from hexapod.text.preoperative_text import end_error_sentences
from tests.signatures import HEAD, SIGNER, signature

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json") if "refused" not in path.name)
# A row of the schedule: day, weekday and date, number of the stage (a dash on day 0), six settings.
ROW = re.compile(r"^(\d+) ([A-Z][a-z]{2} \d+ [A-Z][a-z]{2} \d{4}) (\d+|–) ((?:[\d.]+ ){5}[\d.]+)(?: |$)", re.MULTILINE)
MARKUP = "# = * $x^2$ _a_ `b` \\ <c> @d //e [f] ~ -- 'g' \"h\""


@functools.cache
def sample(name: str) -> tuple[Case, Plan]:
    case = hexapod.load_case(ROOT / "sample_cases" / f"{name}.json")
    return case, hexapod.make_plan(case)


@functools.cache
def pages(name: str) -> tuple[str, ...]:
    _, plan = sample(name)
    return pages_of(clinician_report(plan, PrintOptions(signature=signature(plan))))


def pages_of(pdf: bytes, most: int | None = None) -> tuple[str, ...]:
    """The text of every page, or of the first ones, in the order in which it was set."""
    with closing(pypdfium2.PdfDocument(pdf)) as opened:
        return tuple(_text(page) for page in itertools.islice(opened, most))


def _text(page: pypdfium2.PdfPage) -> str:
    with closing(page), closing(page.get_textpage()) as text:
        return text.get_text_bounded().replace("\r\n", "\n")


def plain(texts: tuple[str, ...] | str) -> str:
    """The text with lines joined: where they break is the typesetter's business."""
    return " ".join(("\n".join(texts) if isinstance(texts, tuple) else texts).split())


def expected_rows(level: LevelPlan) -> list[tuple[str, str, str, list[str]]]:
    assert level.frame is not None
    stages = ["–", *(str(count) for count, part in enumerate(level.frame.course.stages, 1) for _ in range(part.days))]
    return [
        (
            str(row.day),
            f"{row.date:%a} {language('en').short_date(row.date)}",
            stages[row.day],
            [number(setting) for setting in row.settings_mm],
        )
        for row in level.rows
    ]


@pytest.mark.hazard("H-14", "H-20")
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.some(6)
def test_every_setting_of_every_day_is_that_of_the_plan(name: str) -> None:
    found = [(day, date, stage, settings.split()) for day, date, stage, settings in ROW.findall("\n".join(pages(name)))]
    assert found == [row for level in sample(name)[1].levels for row in expected_rows(level)]


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", ["tibia_varus", "tibia_trifocal", "femur_valgus_distal_reference"])
def test_every_page_carries_identity_page_number_and_notice(name: str) -> None:
    case, plan = sample(name)
    words = language("en")
    last = max(level.rows[-1].date for level in plan.levels)
    told = pages(name)
    for count, page in enumerate(told, start=1):
        text = plain(page)
        for carried in (
            f"{case.limb.side} {case.limb.bone}".upper(),
            ", ".join(level.name for level in plan.levels),
            case.id,
            f"Plan ID {plan_sha256(plan)[:12]}",
            LABEL,
            f"{words.short_date(case.first_day)} to {words.short_date(last)}",
            f"page {count} of {len(told)}",
            NOTICE,
            f"Signed by {SIGNER} on 27 February 2026, 23:05 UTC. Audit trail: {HEAD}.",
        ):
            assert carried in text, (count, carried)
        assert "DRAFT" not in page


@pytest.mark.hazard("H-14")
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.some(4)
def test_only_a_signed_report_comes_without_the_word_draft(name: str) -> None:
    _, plan = sample(name)
    drafts = pages_of(clinician_report(plan, PrintOptions(paper="letter")))
    for page in drafts:
        assert page.startswith("DRAFT\n"), "across the page, set before all else"
        assert "DRAFT. Not signed. Not for the patient." in plain(page)
        assert HEAD not in page
        assert SIGNER not in page
    for page in pages(name):
        assert "DRAFT" not in page
        assert HEAD in page


@pytest.mark.hazard("H-14")
def test_a_signature_is_told_with_all_that_it_can_be_looked_up_by() -> None:
    case, plan = sample("tibia_varus")
    last = plain(pages("tibia_varus")[-1])
    assert (
        f"Signed by {SIGNER} As the user adler@example.org Signed on Friday 27 February 2026, 23:05 UTC Head of the audit "
        f"trail {HEAD} Plan ID {plan_sha256(plan)} Entries ID {case.sha256}" in last
    )
    other = signature(plan, name="Ada")
    told = plain(pages_of(clinician_report(plan, PrintOptions(signed_elsewhere=other)))[-1])
    assert "DRAFT. Not signed." in told
    assert "Imported from another library, where it was signed by Ada" in told
    assert HEAD in told
    for wrong in ("yesterday", "2026-02-27", "2026-02-27T23:05:09"):
        with pytest.raises(hexapod.HexapodError, match="no time of a signature"):
            clinician_report(plan, PrintOptions(signature=signature(plan, at=wrong)))


def test_findings_come_first_with_value_limit_day_and_who_acknowledged_them() -> None:
    _, plan = sample("foot_ankle")
    (finding,) = plan.findings
    open_page = plain(pages("foot_ankle")[0]).replace("/ ", "/")
    assert finding.message in open_page
    assert "CAUTION rate.above_limit" in open_page
    assert "1.1 deg/day" in open_page
    assert "limit 1 deg/day" in open_page
    assert "NOT ACKNOWLEDGED" in open_page
    assert open_page.index(finding.message) < open_page.index("Entries ID")
    said = acknowledgements(plan, [(finding.code, "Dr A. Example", "Soft tissue is lax; seen on 3 January.")])
    signed = plain(pages_of(clinician_report(plan, PrintOptions(acknowledgements=said)))[0])
    assert "NOT ACKNOWLEDGED" not in signed
    assert "by Dr A. Example: Soft tissue is lax; seen on 3 January." in signed


def test_an_acknowledgement_of_one_level_is_none_of_another(case_dict: dict[str, Any]) -> None:
    level = case_dict["levels"][0]
    level["stages"][1]["days"] = 6  # 9 mm in 6 days: 1.5 mm a day
    later = [level["stages"][0] | {"hold_days": 30}, *level["stages"][1:]]  # one after the other: never 3 mm a day
    case_dict["levels"].append(level | {"name": "distal tibia", "stages": later})
    case = read_case(case_dict)
    plan = hexapod.make_plan(case)
    said = tuple(one for one in acknowledgements(plan, [("rate.high", "Dr B", "agreed")]) if one.level == 1)
    first = plain(pages_of(clinician_report(plan, PrintOptions(acknowledgements=said)), most=3))
    table = first[: first.index("Entries ID")]
    rows = re.split(r"CAUTION (?=[a-z_]+\.[a-z_]+)", table)
    high = {re.search(r"\((proximal|distal) tibia\)", row)[1]: row for row in rows if row.startswith("rate.high")}  # type: ignore[index]
    assert "by Dr B: agreed" in high["distal"]
    assert "NOT ACKNOWLEDGED" in high["proximal"]


@pytest.mark.hazard("H-09")
def test_bodies_that_overlap_are_worse_than_those_that_come_near() -> None:
    def near(strut: int, mm: float) -> Finding:
        return Finding("clearance.strut_limb", "caution", 0, f"strut {strut}", strut=strut, value=mm, limit=20.0)

    (group,) = grouped([near(1, 15.4), near(2, 2.9), near(3, -2.9), near(4, 0.0), near(5, -1.0)])
    assert group.worst.strut == 3
    (touching,) = grouped([near(1, 0.1), near(2, 0.0)])
    assert touching.worst.strut == 2


@pytest.mark.hazard("H-09")
def test_findings_of_one_kind_are_all_told(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["limb_girth_mm"] = {"proximal": 470, "distal": 420}
    case = read_case(case_dict)
    plan = hexapod.make_plan(case)
    text = plain(pages_of(clinician_report(plan, PrintOptions()))[0])
    limbs = [finding for finding in plan.findings if finding.code == "clearance.strut_limb"]
    assert len(limbs) == 6
    for finding in limbs:
        assert finding.message.split(";")[0] in text


def test_entries_are_read_back() -> None:
    case, plan = sample("femur_valgus_distal_reference")
    text = plain(pages("femur_valgus_distal_reference"))
    for told in (
        "The distal fragment is fixed; the proximal fragment moves.",
        "13 deg valgus: the proximal end of the proximal fragment deviates away from the midline.",
        "Deformity 13 deg valgus, 4 deg apex posterior, 6 deg external rotation, 4 mm lateral, 12 mm short",
        "Mounting parameters of the distal (reference) ring from the origin",
        "Entries ID " + case.sha256,
        "Plan ID " + plan_sha256(plan),
        "femoral artery at the adductor hiatus",
        "LEFT femur",
    ):
        assert told in text, told


def test_an_entry_is_read_back_exactly(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["deformity"]["varus_deg"] = 9.125
    case = read_case(case_dict)
    text = plain(pages_of(clinician_report(hexapod.make_plan(case), PrintOptions())))
    assert "9.125 deg varus" in text


@pytest.mark.hazard("H-08")
def test_exchanges_stages_and_milestones_are_told() -> None:
    _, plan = sample("tibia_trifocal")
    text = plain(pages("tibia_trifocal"))
    for level in plan.levels:
        for one in level.exchanges:
            day = level.rows[one.planned_day]
            assert (
                f"out: {one.old.label}, reads {number(one.old_reads_mm)} mm in: {one.new.label}, fitted at {number(one.new_reads_mm)} mm"
                in text
            )
            assert f"day {one.planned_day} {day.date:%A} {day.date.day} {day.date:%B %Y}" in text
            assert f"Morning of day {one.planned_day}: change strut {one.strut}" in text
    assert "Docking: the bone ends meet on the evening of day 74, Friday 20 November 2026." in text
    assert (
        "2 transport distally 8 to 74 15 Sep 2026 20 Nov 2026 0.6 mm/day 2 deg/day The distal fragment moves 40 mm distal, 2 mm medial."
        in text
    )
    assert "This hexapod compensates (keeps overall length)." in text


@pytest.mark.hazard("H-09")
def test_every_clearance_is_told() -> None:
    _, plan = sample("tibia_varus")
    text = plain(pages("tibia_varus"))
    table = plan.levels[0].clearances
    assert table is not None
    assert len(table.pairs) == 22
    for pair in table.pairs:
        assert f"{pair.pair} {pair.distance_mm:.1f} {pair.day} " in text, pair
    assert "Not judged: limb (girth not given)." in text


@pytest.mark.hazard("H-19")
def test_hardware_is_told_with_its_status_and_unverified_values_are_marked(case_dict: dict[str, Any]) -> None:
    frame = case_dict["levels"][0]["frame"]
    frame["struts"] = ["tsf-medium"] * 6
    case = read_case(case_dict)
    plan = hexapod.make_plan(case)
    assert plan.verdict == "caution"
    text = plain(pages_of(clinician_report(plan, PrintOptions())))
    assert "unverified" in text
    assert "check ring and strut data against the maker's manual before use" in text


def test_there_is_room_to_sign_by_the_whole_fingerprint() -> None:
    case, plan = sample("tibia_varus")
    last = plain(pages("tibia_varus")[-1])
    signatures = last[last.index("Signatures") :]
    assert f"Plan ID {plan_sha256(plan)} Entries ID {case.sha256}" in signatures
    assert "The plan ID covers" in signatures
    for field in ("Name", "Date", "Signature", "Planned by", "Checked by"):
        assert field in signatures


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_file_is_tagged_titled_bookmarked_and_has_its_typeface(paper: Any) -> None:
    case, plan = sample("tibia_two_levels")
    made = clinician_report(plan, PrintOptions(paper=paper, signature=signature(plan)))
    reader = pypdf.PdfReader(io.BytesIO(made))
    root: Any = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == f"Clinician's report, {case.id}, {plan_sha256(plan)[:12]}"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    width, height = ({"a4": (595.3, 841.9), "letter": (612.0, 792.0)})[paper]
    assert [float(side) for side in reader.pages[0].mediabox[2:]] == pytest.approx([width, height], abs=0.1)
    titles = list(_titles(reader.outline))
    assert titles[:3] == ["Clinician's report", "Status and findings", "Case"]
    assert [title for title in titles if title.startswith("Hexapod ")] == [
        "Hexapod 1 of 2: proximal tibia",
        "Hexapod 2 of 2: distal tibia",
    ]
    assert titles.count("Schedule") == 2
    assert titles[-1] == "Signatures"
    kinds, pictures_told = _tags(root["/StructTreeRoot"])
    assert {"/Table", "/TH", "/TD", "/Figure", "/H1", "/H2", "/H3"} <= kinds
    assert all(pictures_told)
    assert len(pictures_told) >= 2 * 5
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    for font in fonts:
        described = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
        assert "FiraGO" in described["/FontName"]
        assert {"/FontFile2", "/FontFile3"} & set(described)


def _titles(outline: Any) -> Any:
    for one in outline:
        if isinstance(one, list):
            yield from _titles(one)
        else:
            yield one.title


def _tags(root: Any) -> tuple[set[str], list[bool]]:
    """Kinds of tags of a file, and of every picture whether it is told in words."""
    kinds, told, rest = set(), [], [root]
    while rest:
        node = rest.pop().get_object()
        if isinstance(node, list):
            rest += node
        elif isinstance(node, dict):
            if "/S" in node:
                kinds.add(node["/S"])
                if node["/S"] == "/Figure":
                    told.append(bool(node.get("/Alt")))
            if "/K" in node:
                rest.append(node["/K"])
    return kinds, told


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hexapod, hashlib, sys; from hexapod.documents.clinician_report.document import clinician_report; "
        "from hexapod.documents.document_set import PrintOptions; case = hexapod.load_case(sys.argv[1]); "
        "print(hashlib.sha256(clinician_report(hexapod.make_plan(case), PrintOptions())).hexdigest())"
    )
    path = str(ROOT / "sample_cases" / "tibia_varus.json")
    told = {
        subprocess.run(
            [sys.executable, "-c", code, path], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_a_year_makes_a_correct_document(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["stages"][-1]["hold_days"] = 336
    case = read_case(case_dict)
    plan = hexapod.make_plan(case)
    assert plan.levels[0].rows[-1].day >= 365
    told = pages_of(clinician_report(plan, PrintOptions(paper="letter")))
    found = [(day, date, stage, settings.split()) for day, date, stage, settings in ROW.findall("\n".join(told))]
    assert found == expected_rows(plan.levels[0])
    assert f"page {len(told)} of {len(told)}" in plain(told[-1])


def test_text_is_printed_as_typed(case_dict: dict[str, Any]) -> None:
    level = case_dict["levels"][0]
    case_dict["title"] = f"Title {MARKUP}"
    level["name"] = f"Level {MARKUP}"
    level["stages"][0]["name"] = f"Stage {MARKUP}"
    level["structures_at_risk"][0]["name"] = f"Nerve {MARKUP}"
    case_dict["clinic"] = {"name": f"Clinic {MARKUP}"}
    case = read_case(case_dict)
    text = plain(pages_of(clinician_report(hexapod.make_plan(case), PrintOptions())))
    for what in ("Title", "Level", "Stage 1: Stage", "Nerve", "Clinic"):
        assert plain(f"{what} {MARKUP}") in text, what


def test_a_sign_that_the_typeface_lacks_is_told(case_dict: dict[str, Any]) -> None:
    case_dict["levels"][0]["structures_at_risk"][0]["name"] = "nerve 神"
    case = read_case(case_dict)
    with pytest.raises(hexapod.HexapodError, match="神"):
        clinician_report(hexapod.make_plan(case), PrintOptions())


def test_a_frame_without_bone_and_with_own_hardware_has_a_report(case_dict: dict[str, Any]) -> None:
    level = case_dict["levels"][0]
    del level["bone"]
    joints = hexapod.load_catalogue().ring("generic-full-180").proximal_joints_mm.tolist()
    level["frame"]["proximal_ring"] = {"joints_mm": joints}
    level["frame"]["struts"][2] = {"min_mm": 90, "max_mm": 190, "graduation_mm": 0.5}
    case = read_case(case_dict)
    text = plain(pages_of(clinician_report(hexapod.make_plan(case), PrintOptions())))
    assert "The bone was not entered" in text
    assert "3 (yellow) own always 90 to 190 0.5 134" in text
    assert "joints given in the case file" in text


@pytest.mark.hazard("H-06")
def test_what_a_wrong_mounting_would_leave_is_told() -> None:
    """Pure lengthening by 40 mm: a tilt of 0.6 deg sends it 40 sin 0.6 deg = 0.4 mm aside, all else does nothing."""
    told = plain(pages("femur_lengthening"))
    assert "How exact the end will be" in told
    assert "Left at the end, with 90 % chance: at most 2.4 deg and 3.0 mm" in told
    assert "tilted 0.6 deg more posterior than entered 0.4 mm off 0.4 mm anterior" in told
    assert "1.6 mm more lateral than entered not off none" in told


@pytest.mark.hazard("H-06")
def test_the_report_is_of_the_goal_chosen() -> None:
    _, plan = sample("femur_lengthening")
    level = plan.levels[0]
    texts = {
        goal: plain(pages_of(clinician_report(plan, PrintOptions(goal=goal)))) for goal in (Goal(), Goal(1.0, 1.5))
    }
    for goal, told in texts.items():
        assert end_error_sentences(level, goal)[1] in told
    assert "Within 5 deg and 5 mm in about" in texts[Goal()]
    assert "Within 1 deg and 1.5 mm in about" in texts[Goal(1.0, 1.5)]
    assert "5 deg and 5 mm" not in texts[Goal(1.0, 1.5)]
