"""What a hospital's systems get of a signed plan: read back by the definitions of others, and compared with the plan."""

from __future__ import annotations

import base64
import datetime
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pydicom
import pytest
from fhir.resources.R4B.bundle import Bundle

import hexapod
from hexapod.documents.document_set import Document, PrintOptions, documents
from hexapod.documents.hospital_record.fhir_bundle import fhir_bundle
from hexapod.errors import HexapodError
from hexapod.library.models import Readings, RecordedVisit, Visit
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import EarlierPlan, Signature

ROOT = Path(__file__).resolve().parents[2]
DAY = datetime.date(2026, 3, 12)


def planned(stem: str) -> Plan:
    plan = hexapod.make_plan(hexapod.load_case(ROOT / "sample_cases" / f"{stem}.json"))
    assert isinstance(plan, Plan)
    return plan


def made(plan: Plan, **options: Any) -> tuple[Document, ...]:
    signature = Signature(
        "Dr A. B.", "anyone", "2026-02-27T23:05:09.123456Z", plan_sha256(plan), "1284-9f3a6c01d2e4b7aa"
    )
    return documents(plan, PrintOptions(signature=signature, time_zone="Europe/Madrid", **options))


@pytest.fixture(scope="module")
def transport() -> Plan:
    return planned("tibia_stacked_transport")


@pytest.fixture(scope="module")
def bundle(transport: Plan) -> Any:
    measured = {"deformity": {"varus_deg": 2.5, "short_mm": 3.0}}
    readings = Readings(1, (151.0, 152.0, 153.0, 154.0, 155.0, 156.0), None, measured)
    visit = Visit(DAY, (readings,), "Mrs Somebody is well", None, "on schedule")
    recorded = (RecordedVisit("k", 3, 1, visit, "Nurse C.", "2026-03-12T10:00:00.000000Z"),)
    every = made(transport, fhir_patient="Patient/0815", visits=recorded)
    document = next(one for one in every if one.kind == "fhir")
    assert document.name.endswith(".json")
    assert document.content() == next(
        one.content() for one in made(transport, fhir_patient="Patient/0815", visits=recorded) if one.kind == "fhir"
    ), "the same plan gives the same bytes"
    return json.loads(document.content())


def of_type(bundle: Any, kind: str) -> list[Any]:
    return [each["resource"] for each in bundle["entry"] if each["resource"]["resourceType"] == kind]


def test_the_bundle_fits_the_definitions_of_fhir(bundle: Any) -> None:
    read = Bundle.model_validate(bundle)
    assert json.loads(read.model_dump_json())["type"] == "transaction"
    spoilt = json.loads(json.dumps(bundle))
    del of_type(spoilt, "CarePlan")[0]["intent"]
    with pytest.raises(ValueError, match="intent"):
        Bundle.model_validate(spoilt)


def test_every_reference_leads_to_a_resource_or_the_patient(bundle: Any) -> None:
    urns = [each["fullUrl"] for each in bundle["entry"]]
    assert len(set(urns)) == len(urns)
    asked = [each["request"].get("ifNoneExist") for each in bundle["entry"]]
    assert asked == [f"identifier=urn:ietf:rfc:3986|{urn}" for urn in urns[:-1]] + [None]
    care_plan, provenance = of_type(bundle, "CarePlan")[0], of_type(bundle, "Provenance")[0]
    assert [one["reference"] for one in provenance["target"]] == urns[:-1]
    named = {one["reference"] for one in care_plan["supportingInfo"]}
    kinds = ("DocumentReference", "DeviceRequest")
    assert named == {each["fullUrl"] for each in bundle["entry"] if each["resource"]["resourceType"] in kinds}
    for each in bundle["entry"][:-1]:
        assert each["resource"]["subject"] == {"reference": "Patient/0815"}


def test_its_documents_are_the_pdfs(bundle: Any, transport: Plan) -> None:
    pdfs = {one.name: one.content() for one in made(transport) if one.name.endswith(".pdf")}
    found = {}
    for one in of_type(bundle, "DocumentReference"):
        attachment = one["content"][0]["attachment"]
        content = base64.b64decode(attachment["data"])
        assert base64.b64decode(attachment["hash"]) == hashlib.sha1(content).digest()
        assert attachment["size"] == len(content)
        found[attachment["title"]] = content
    assert found == pdfs
    assert len(found) == 3, "a sheet for each hexapod, and the report"


def test_stages_and_hardware_are_those_of_the_plan(bundle: Any, transport: Plan) -> None:
    care_plan = of_type(bundle, "CarePlan")[0]
    assert care_plan["period"]["start"] == transport.case.first_day.isoformat()
    assert care_plan["period"]["end"] == max(level.last.date for level in transport.levels).isoformat()
    detail = [one["detail"] for one in care_plan["activity"]]
    assert [one["description"].partition(": ")[0] for one in detail] == [
        f"Hexapod {k}, {level.name}, {part.stage.name}"
        for k, level in enumerate(transport.levels, 1)
        for part in level.stages
        if part.stage is not None
    ]
    assert detail[0]["scheduledPeriod"]["start"] == transport.levels[0].rows[1].date.isoformat()
    requests = of_type(bundle, "DeviceRequest")
    exchanges = sum(len(level.exchanges) for level in transport.levels)
    assert exchanges > 0
    assert len(requests) == sum(2 + 6 for _ in transport.levels) + exchanges
    exchange = transport.levels[0].exchanges[0]
    on = f"Hexapod 1, {transport.levels[0].name}, strut {exchange.strut}"
    of_strut = [one for one in requests if one["parameter"][0]["valueCodeableConcept"]["text"] == on]
    days = [one["occurrencePeriod"] for one in of_strut]
    new = next(day for day in transport.levels[0].rows if day.day == exchange.planned_day)
    assert days[1]["start"] == new.date.isoformat()
    assert of_strut[0]["codeCodeableConcept"]["text"] == (exchange.old.label or exchange.old.name)
    assert of_strut[1]["codeCodeableConcept"]["text"] == (exchange.new.label or exchange.new.name)


def test_a_visit_is_told_in_numbers_and_without_its_note(bundle: Any) -> None:
    readings, deformity = of_type(bundle, "Observation")
    assert readings["effectiveDateTime"] == "2026-03-12"
    assert "Hexapod 2" in readings["code"]["text"]
    assert [one["valueQuantity"]["value"] for one in readings["component"]] == [151, 152, 153, 154, 155, 156]
    assert [one["code"]["text"] for one in readings["component"]] == [f"strut {k}" for k in range(1, 7)]
    told = [
        (one["code"]["text"], one["valueQuantity"]["value"], one["valueQuantity"]["code"])
        for one in deformity["component"]
    ]
    assert told == [("varus", 2.5, "deg"), ("short", 3.0, "mm")]
    assert "Mrs Somebody" not in json.dumps(bundle)


def test_a_visit_of_an_earlier_plan_may_be_of_a_hexapod_that_is_gone() -> None:
    plan = planned("tibia_varus")
    visit = Visit(DAY, (Readings(2, (151.0,) * 6),), "", None, "on schedule")
    recorded = (RecordedVisit("k", 3, 1, visit, "Nurse C.", "2026-03-12T10:00:00.000000Z"),)
    every = made(plan, fhir_patient="Patient/1", visits=recorded)
    (told,) = of_type(json.loads(next(one for one in every if one.kind == "fhir").content()), "Observation")
    assert told["code"]["text"] == "Hexapod 3: readings of the struts"


@pytest.mark.hazard("H-14")
def test_a_plan_that_replaces_another_says_so() -> None:
    old, new = planned("tibia_varus"), planned("tibia_chronic")
    before = Signature("Dr A. B.", "anyone", "2026-02-01T08:00:00.000000Z", plan_sha256(old), "3-9f3a6c01d2e4b7aa")
    earlier = (EarlierPlan(old.case, {"plan_sha256": plan_sha256(old)}, before),)
    first = json.loads(next(one for one in made(old, fhir_patient="Patient/1") if one.kind == "fhir").content())
    signature = Signature("Dr A. B.", "anyone", "2026-03-01T08:00:00.000000Z", plan_sha256(new), "4-9f3a6c01d2e4b7aa")
    second = json.loads(fhir_bundle(new, signature, "Patient/1", (), (), earlier))
    replaced = of_type(second, "CarePlan")[0]["replaces"][0]["identifier"]
    assert replaced == of_type(first, "CarePlan")[0]["identifier"][0]


@pytest.mark.parametrize("typed", [" ", "0815", "Patient/", "Mrs Somebody", "Patient/a b", "|4711"])
def test_what_is_no_reference_is_refused(typed: str) -> None:
    plan = planned("tibia_varus")
    bundle = next(one for one in made(plan, fhir_patient=typed) if one.kind == "fhir")
    with pytest.raises(HexapodError, match="such as Patient/123"):
        bundle.content()


def test_dicom_objects_hold_the_pdfs_bit_for_bit(transport: Plan) -> None:
    every = made(transport, dicom_patient="0004711")
    pdfs = [one for one in every if one.name.endswith(".pdf")]
    objects = [one for one in every if one.kind == "dicom"]
    assert len(objects) == len(pdfs) == 3
    studies, instances = set(), set()
    for number, (document, pdf) in enumerate(zip(objects, pdfs, strict=True), 1):
        read = pydicom.dcmread(io.BytesIO(document.content()))
        assert read.EncapsulatedDocument[: read.EncapsulatedDocumentLength] == pdf.content()
        assert (read.SOPClassUID.name, read.Modality) == ("Encapsulated PDF Storage", "DOC")
        assert (read.PatientID, str(read.PatientName), read.InstanceNumber) == ("0004711", "", number)
        assert (read.StudyDate, read.StudyTime) == ("20260227", "230509")
        assert read.DocumentTitle == pdf.title
        studies.add((read.StudyInstanceUID, read.SeriesInstanceUID))
        instances.add(read.SOPInstanceUID)
        assert document.content() == document.content()
    assert (len(studies), len(instances)) == (1, 3)
    again = [one.content() for one in made(transport, dicom_patient="0004711") if one.kind == "dicom"]
    assert again == [one.content() for one in objects], "the same plan gives the same bytes"


@pytest.mark.parametrize("typed", ["a\\b", "x" * 65, "\n1\n2"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    first = next(one for one in made(planned("tibia_varus"), dicom_patient=typed) if one.kind == "dicom")
    with pytest.raises(HexapodError, match="no patient's number"):
        first.content()


def test_drafts_never_go_into_a_record() -> None:
    every = documents(planned("tibia_varus"), PrintOptions(fhir_patient="Patient/1", dicom_patient="1"))
    assert not {"fhir", "dicom"} & {one.kind for one in every}
