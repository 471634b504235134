"""The patient as the hospital's own systems have it: typed for the files that go there, and kept nowhere else."""

from __future__ import annotations

import streamlit as st

from hexapod.app.session import session
from hexapod.app.session.made_documents import Choices

FHIR, DICOM = ("print", "FHIR patient"), ("print", "DICOM patient")


def patient_fields(chosen: Choices) -> tuple[str, str]:
    """The fields, folded while they are empty; what stands in them."""
    text = (
        "With the patient's reference typed, a signed plan also comes as a FHIR R4 bundle, its PDFs as DICOM objects."
    )
    kinds = (
        (FHIR, "Patient on the FHIR server", chosen.fhir_patient, "Patient/123"),
        (DICOM, "Patient's number in the image archive (DICOM)", chosen.dicom_patient, "0004711"),
    )
    with st.expander("For the hospital's record", expanded=any(value for *_, value, _ in kinds)):
        st.html(f'<p class="hx-line hx-hint">{text} It stands in these files and nowhere else.</p>')
        fhir, dicom = (
            st.text_input(
                label, key=session.seed(session.widget_key(path), value), placeholder=example, autocomplete="off"
            ).strip()
            for path, label, value, example in kinds
        )
    return fhir, dicom
