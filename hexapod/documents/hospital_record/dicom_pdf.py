"""A PDF of a signed plan as a DICOM object, for an archive of images (docs/hospital-record.md).

It names nobody: the patient is the number that the hospital has typed.  The same PDF gives the same bytes.  All objects
of a plan are one study, with a series of documents in it.

Source: DICOM PS3.3, Encapsulated PDF Information Object Definition (A.45.1); UIDs from UUIDs by PS3.5, B.2.
"""

from __future__ import annotations

import datetime
import io
import re
import uuid

from hexapod.about import SOFTWARE, VERSION
from hexapod.documents.hospital_record.fhir_bundle import PrintedFile, urn_of
from hexapod.errors import HexapodError
from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256, short_fingerprint
from hexapod.plan.sign_off import Signature

# A patient's number is a text of DICOM's kind LO: 64 characters, no backslash, no control character.
_NUMBER = re.compile(r"[^\\\x00-\x1f\x7f]{1,64}")
MISSING = "DICOM objects need pydicom: install it with `pip install 'hexapod[films]'` or requirements-films.txt."


def patient_number(text: str) -> str:
    """The patient's number as the hospital has typed it.

    Raises:
        HexapodError: it cannot stand in a DICOM object.

    >>> patient_number(" 0004711 ")
    '0004711'
    """
    typed = text.strip()
    if not _NUMBER.fullmatch(typed):
        raise HexapodError(
            f"{typed or 'Nothing'} is no patient's number: type it as the hospital has it, at most 64 letters, digits "
            "and signs without a backslash."
        )
    return typed


def dicom_pdf(plan: Plan, signature: Signature, patient: str, file: PrintedFile, number: int) -> bytes:
    """A PDF as an Encapsulated PDF object in explicit little endian.

    Args:
        plan, signature: a plan and its signature, which is the date of the object.
        patient: as `patient_number` reads it.
        file: the PDF.
        number: which of the plan's documents it is, from 1.

    Raises:
        HexapodError: `patient` is no number, or pydicom is not installed.
    """
    try:
        from pydicom.dataset import Dataset, FileMetaDataset
        from pydicom.uid import UID, EncapsulatedPDFStorage, ExplicitVRLittleEndian
    except ImportError as error:
        raise HexapodError(MISSING) from error

    def uid(name: str) -> UID:
        return UID(f"2.25.{uuid.UUID(urn_of(plan_sha256(plan), name)).int}")

    signed = datetime.datetime.fromisoformat(signature.at)
    date, time = f"{signed:%Y%m%d}", f"{signed:%H%M%S}"
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"  # UTF-8
    made.SOPClassUID = EncapsulatedPDFStorage
    made.SOPInstanceUID = uid(f"document {file.sha256} {patient}")
    made.TimezoneOffsetFromUTC = "+0000"
    made.PatientName, made.PatientID = "", patient_number(patient)
    made.PatientBirthDate = made.PatientSex = ""
    made.StudyInstanceUID = uid(f"study {patient}")
    made.StudyDate = made.ContentDate = made.SeriesDate = date
    made.StudyTime = made.ContentTime = made.SeriesTime = time
    made.StudyID = short_fingerprint(plan_sha256(plan))
    made.AccessionNumber = made.ReferringPhysicianName = ""
    made.StudyDescription = "Hexapod fixator plan"
    made.Modality = "DOC"
    made.SeriesInstanceUID = uid(f"series {patient}")
    made.SeriesNumber = 1
    made.InstanceNumber = number
    made.Manufacturer, made.ManufacturerModelName = "hexapod", SOFTWARE
    made.SoftwareVersions = VERSION
    made.ConversionType = "WSD"  # made by a workstation
    made.AcquisitionDateTime = ""
    # No name, birth date or number of a hospital is printed on them.
    made.BurnedInAnnotation = "NO"
    made.DocumentTitle = file.title
    made.ConceptNameCodeSequence = []
    made.MIMETypeOfEncapsulatedDocument = "application/pdf"
    made.EncapsulatedDocumentLength = len(file.content)
    # An element has an even number of bytes.
    made.EncapsulatedDocument = file.content + b"\0" * (len(file.content) % 2)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    # Of the program itself, the same in every version, so that the same PDF gives the same bytes.
    made.file_meta.ImplementationClassUID = UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, 'urn:hexapod').int}")
    whole = io.BytesIO()
    made.save_as(whole, enforce_file_format=True)
    return whole.getvalue()
