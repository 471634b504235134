"""A signed plan for the systems of a hospital: as a FHIR bundle, and its PDFs as DICOM objects."""
