"""A signed plan as a FHIR R4 bundle, to be posted to a hospital's server (docs/hospital-record.md).

It names nobody but the signer: the patient is the reference that the hospital has typed.  The same plan gives the same
bytes.  Its resources carry identifiers, so that a server that has them does not take them twice.

Source: HL7 FHIR Release 4 (4.0.1), https://hl7.org/fhir/R4/.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hexapod.about import LABEL
from hexapod.errors import HexapodError
from hexapod.hardware.models import Ring, Strut
from hexapod.plan.make_plan import LevelPlan, Plan
from hexapod.plan.plan_file import STRUTS, fitted_struts, plan_sha256, short_fingerprint
from hexapod.plan.sign_off import EarlierPlan, Signature
from hexapod.text.case_sentences import spoken, stage_sentence, unit_of
from hexapod.text.stage_spans import spans

if TYPE_CHECKING:
    from hexapod.library.models import Readings, RecordedVisit

Resource = dict[str, Any]

# What a FHIR server knows a patient by: a reference of its own, or an identifier with its system.
_REFERENCE = re.compile(r"(https?://[^\s|]+/)?Patient/[A-Za-z0-9.-]{1,64}")
_IDENTIFIER = re.compile(r"([a-z][a-z0-9+.-]*:[^\s|]+)\|([^\s|]+)")
# Names of resources are made from the fingerprint of the plan by version 5 of RFC 9562 below this name.
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:hexapod:plan")
_URI = "urn:ietf:rfc:3986"
UCUM = "http://unitsofmeasure.org"
# LOINC 18776-5, Plan of care note (https://loinc.org/18776-5).
_PLAN_OF_CARE = {"system": "http://loinc.org", "code": "18776-5", "display": "Plan of care note"}
_EXAM = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}
_AUTHOR = {"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author"}


@dataclass(frozen=True)
class PrintedFile:
    """A PDF of the plan: what it is, its file name and its bytes."""

    title: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Fingerprint of its bytes, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


def patient_reference(text: str) -> Resource:
    """The patient as the hospital has typed it: `Patient/123`, its whole address, or `SYSTEM|VALUE`.

    Raises:
        HexapodError: it is none of these.

    >>> patient_reference("Patient/123")
    {'reference': 'Patient/123'}
    >>> patient_reference("urn:oid:1.2.36.146|4711")
    {'type': 'Patient', 'identifier': {'system': 'urn:oid:1.2.36.146', 'value': '4711'}}
    """
    typed = text.strip()
    if _REFERENCE.fullmatch(typed):
        return {"reference": typed}
    if found := _IDENTIFIER.fullmatch(typed):
        return {"type": "Patient", "identifier": {"system": found[1], "value": found[2]}}
    raise HexapodError(
        f"{typed or 'Nothing'} is no reference to a patient: type it as the hospital's server has it, such as "
        "Patient/123 or https://fhir.example.org/Patient/123, or its number with the system behind it, such as "
        "urn:oid:1.2.36.146|4711."
    )


def fhir_bundle(
    plan: Plan,
    signature: Signature,
    patient: str,
    files: Sequence[PrintedFile],
    visits: Sequence[RecordedVisit] = (),
    earlier: Sequence[EarlierPlan] = (),
) -> bytes:
    """The bundle, a transaction: documents, plan of care, requests for rings and struts, visits, and who signed.

    Args:
        plan, signature: a plan and its signature.
        patient: as `patient_reference` reads it.
        files: the PDFs of the plan.
        visits: those recorded for the limb.  Notes that were typed are left out: they may name somebody.
        earlier: plans of the limb that were signed before; the last one's plan of care is replaced.

    Raises:
        HexapodError: `patient` is no reference.
    """
    made = _Bundle(plan, signature, patient_reference(patient))
    documents = [made.add(f"document {one.sha256}", made.document(one)) for one in files]
    devices = [made.add(name, request) for name, request in made.devices()]
    made.add("care plan", made.care_plan(documents, devices, earlier))
    for visit in visits:
        for readings in visit.visit.readings:
            for name, observation in made.observations(visit, readings):
                made.add(name, observation)
    made.entries.append(made.entry("provenance", made.provenance(), once=False))
    bundle = {"resourceType": "Bundle", "type": "transaction", "timestamp": signature.at, "entry": made.entries}
    return (json.dumps(bundle, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8")


class _Bundle:
    """The entries so far, and what every resource has of the plan."""

    def __init__(self, plan: Plan, signature: Signature, patient: Resource) -> None:
        self.plan = plan
        self.signature = signature
        self.patient = patient
        self.entries: list[Resource] = []
        self._sha256 = plan_sha256(plan)
        self._title = f"Hexapod plan {short_fingerprint(self._sha256)} of case {plan.case.id}"

    def add(self, name: str, resource: Resource) -> Resource:
        """Put a resource into the bundle; the reference to it."""
        entry = self.entry(name, resource, once=True)
        self.entries.append(entry)
        return {"reference": entry["fullUrl"]}

    def entry(self, name: str, resource: Resource, *, once: bool) -> Resource:
        """An entry; `once` asks a server not to make it where it has a resource with this identifier."""
        urn = urn_of(self._sha256, name)
        request = {"method": "POST", "url": resource["resourceType"]}
        if once:
            resource = {
                "resourceType": resource["resourceType"],
                "identifier": [{"system": _URI, "value": urn}],
            } | resource
            request["ifNoneExist"] = f"identifier={_URI}|{urn}"
        return {"fullUrl": urn, "resource": resource, "request": request}

    def document(self, file: PrintedFile) -> Resource:
        """A PDF with its bytes."""
        return {
            "resourceType": "DocumentReference",
            "status": "current",
            "docStatus": "final",
            "type": {"coding": [_PLAN_OF_CARE], "text": file.title},
            "subject": self.patient,
            "date": self.signature.at,
            "author": [{"display": self.signature.name}],
            "description": f"{file.title}. {self._title}",
            "content": [
                {
                    "attachment": {
                        "contentType": "application/pdf",
                        "data": base64.b64encode(file.content).decode("ascii"),
                        "size": len(file.content),
                        # FHIR R4 asks for SHA-1.
                        "hash": base64.b64encode(hashlib.sha1(file.content).digest()).decode("ascii"),
                        "title": file.name,
                        "creation": self.signature.at,
                    }
                }
            ],
        }

    def devices(self) -> Iterator[tuple[str, Resource]]:
        """A request for each ring and for each strut that the frame has in turn."""
        for index, level in enumerate(self.plan.levels):
            where = self._level(index, level)
            for place, ring in (("proximal ring", level.setup.proximal_ring), ("distal ring", level.setup.distal_ring)):
                yield f"{index} {place}", self._device(ring, f"{where}, {place}", level, 0, level.last.day)
            for number in STRUTS:
                for fitted in fitted_struts(level, number):
                    place = f"{where}, strut {number}"
                    name = f"{index} strut {number} from day {fitted.first_day}"
                    yield name, self._device(fitted.model, place, level, fitted.first_day, fitted.last_day)

    def _device(self, part: Ring | Strut, place: str, level: LevelPlan, first: int, last: int) -> Resource:
        position = {"code": {"text": "position in the frame"}, "valueCodeableConcept": {"text": place}}
        return {
            "resourceType": "DeviceRequest",
            "status": "active",
            "intent": "order",
            "codeCodeableConcept": {"text": part.label or part.name},
            "parameter": [position],
            "subject": self.patient,
            "occurrencePeriod": {
                "start": level.rows[first].date.isoformat(),
                "end": level.rows[last].date.isoformat(),
            },
            "authoredOn": self.signature.at,
            "requester": {"display": self.signature.name},
        }

    def care_plan(self, documents: list[Resource], devices: list[Resource], earlier: Sequence[EarlierPlan]) -> Resource:
        """The stages of every hexapod with their dates, and what belongs to them."""
        levels = self.plan.levels
        activities = [
            {
                "detail": {
                    "status": "scheduled",
                    "description": f"{self._level(index, level)}, {stage.name}: {sentence}",
                    "scheduledPeriod": {"start": span.first_date.isoformat(), "end": span.last_date.isoformat()},
                }
            }
            for index, level in enumerate(levels)
            for stage, sentence, span in _stages(level)
        ]
        care_plan = {
            "resourceType": "CarePlan",
            "status": "active",
            "intent": "plan",
            "title": self._title,
            "subject": self.patient,
            "period": {
                "start": levels[0].rows[0].date.isoformat(),
                "end": max(level.last.date for level in levels).isoformat(),
            },
            "created": self.signature.at,
            "author": {"display": self.signature.name},
            "supportingInfo": [*documents, *devices],
            "activity": activities,
        }
        if earlier:
            old = urn_of(earlier[-1].file["plan_sha256"], "care plan")
            care_plan["replaces"] = [{"type": "CarePlan", "identifier": {"system": _URI, "value": old}}]
        return care_plan

    def observations(self, visit: RecordedVisit, readings: Readings) -> Iterator[tuple[str, Resource]]:
        """The readings of a hexapod at a visit, and what was measured anew of it."""
        where = f"Hexapod {readings.level + 1}"  # a visit may be of an earlier plan, which had other levels
        name = f"visit {visit.number} {readings.level}"
        struts = [_component(f"strut {k}", mm, "mm") for k, mm in enumerate(readings.settings_mm, 1)]
        yield name, self._observation(visit, f"{where}: readings of the struts", struts)
        for part in ("deformity", "mounting"):
            words: Mapping[str, float] | None = (readings.measured or {}).get(part)
            if words:
                found = [_component(spoken(word), value, unit_of(word)) for word, value in words.items()]
                yield f"{name} {part}", self._observation(visit, f"{where}: {part} measured anew", found)

    def _observation(self, visit: RecordedVisit, what: str, components: list[Resource]) -> Resource:
        return {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [_EXAM]}],
            "code": {"text": what},
            "subject": self.patient,
            "effectiveDateTime": visit.visit.date.isoformat(),
            "issued": visit.at,
            "performer": [{"display": visit.by}],
            "component": components,
        }

    def provenance(self) -> Resource:
        """Who signed, when, with what, and the head of the audit trail that the documents carry."""
        return {
            "resourceType": "Provenance",
            "target": [{"reference": entry["fullUrl"]} for entry in self.entries],
            "recorded": self.signature.at,
            "activity": {"text": f"signature of plan {self._sha256}"},
            "agent": [{"type": {"coding": [_AUTHOR]}, "who": {"display": self.signature.name}}],
            "entity": [
                {"role": "source", "what": {"display": f"head of the audit trail: {self.signature.head}"}},
                {"role": "source", "what": {"display": f"case file, SHA-256 {self.plan.case_sha256}"}},
                {"role": "source", "what": {"display": LABEL}},
            ],
        }

    def _level(self, index: int, level: LevelPlan) -> str:
        return f"Hexapod {index + 1}, {level.name}"


def urn_of(sha256: str, name: str) -> str:
    """The name of a resource of the plan with this fingerprint, the same whenever it is asked for."""
    return uuid.uuid5(_SPACE, f"{sha256} {name}").urn


def _stages(level: LevelPlan) -> Iterator[tuple[Any, str, Any]]:
    stages = [part.stage for part in level.stages if part.stage is not None]
    for stage, span in zip(stages, spans(level), strict=True):
        yield stage, stage_sentence(stage, level.entered.reference), span


def _component(what: str, value: float, unit: str) -> Resource:
    return {"code": {"text": what}, "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}
