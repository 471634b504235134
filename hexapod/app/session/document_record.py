"""Documents of an issued or signed plan: the library keeps names and fingerprints before any can be saved."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hexapod.app.session import library_access, session
from hexapod.app.session.made_documents import Papers
from hexapod.errors import HexapodError
from hexapod.library import DocumentRecord, StoredPlan


def keep_record(papers: Papers, plan: StoredPlan) -> Papers:
    """The documents, once the library has their fingerprints with this plan of the open case.

    When that fails it is told.  Signed ones are then taken away: whatever is handed out signed is known to the library.
    """
    made = [(one.document.name, one.content) for one in papers.made if one.content is not None]
    listed = [DocumentRecord(name, hashlib.sha256(content).hexdigest()) for name, content in made]
    new = [one for one in listed if one not in plan.documents]
    try:
        if new:
            library_access.records().record_documents(session.token(), plan.number, new)
    except HexapodError as error:
        told = f"The library could not keep the fingerprints of these documents. {error}"
        if papers.signature is None:
            return replace(papers, unrecorded=told)
        return replace(papers, made=(), unrecorded=f"{told} Signed documents are not handed out without that.")
    return papers
