"""The documents of a plan: patient sheet, clinician's report, workbook, calendar, CSV."""
