"""Who has signed the plan, as the library knows it."""

from __future__ import annotations

from hexapod.documents.clinician_report.blocks import Block, pairs, paragraph
from hexapod.documents.identity import Identity
from hexapod.documents.sanitise import one_line
from hexapod.documents.signature_status import signed_at, standing_words
from hexapod.plan.sign_off import Signature
from hexapod.text.language import language


def signing_section(whose: Identity, signature: Signature | None, elsewhere: Signature | None) -> list[Block]:
    """The signature with everything that it can be looked up by, or that there is none, and both fingerprints.

    One given `elsewhere`, in the library from which the case was taken in, is told as such.
    """
    words = language("en")
    rows = []
    if signature is not None:
        moment = signed_at(signature)
        rows = [
            ("Signed by", one_line(signature.name)),
            ("As the user", one_line(signature.by)),
            ("Signed on", f"{words.date(moment.date())}, {words.time(moment.time())} UTC"),
            ("Head of the audit trail", signature.head),
        ]
    if elsewhere is not None:
        told = f"{one_line(elsewhere.name)}, {words.date(signed_at(elsewhere).date())}, audit trail {elsewhere.head}"
        rows.append(("Taken in from another library, where it was signed by", told))
    rows += [("Plan", whose.plan_sha256), ("Entries", whose.case_sha256)]
    missing = [] if signature is not None else [paragraph(standing_words(None, words), strong=True)]
    return [*missing, pairs(rows)]
