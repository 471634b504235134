"""A signature for any plan, as the library gives it."""

from hexapod.plan.make_plan import Plan
from hexapod.plan.plan_file import plan_sha256
from hexapod.plan.sign_off import Signature

HEAD = "1284-9f3a6c01d2e4b7aa"
SIGNER, SIGNED_AT = "Dr Ida Adler", "2026-02-27T23:05:09.123456Z"


def signature(plan: Plan, **other: str) -> Signature:
    """The signature of a plan; `other` parts instead of the usual ones."""
    told = {"name": SIGNER, "by": "adler@example.org", "at": SIGNED_AT, "plan_sha256": plan_sha256(plan), "head": HEAD}
    return Signature(**(told | other))
