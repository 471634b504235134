"""What the library knows of a plan, as its documents tell it: who signed, and who accepted which caution."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from hexapod.library.models import Caution, SignOff
from hexapod.plan.sign_off import Acknowledgement, Signature


def signature_of(sign_off: SignOff) -> Signature:
    """A signature for `PrintOptions`."""
    return Signature(sign_off.name, sign_off.by, sign_off.at, sign_off.plan_sha256, sign_off.head)


def acknowledgements_of(cautions: Iterable[Caution]) -> tuple[Acknowledgement, ...]:
    """The cautions that somebody has accepted, for `PrintOptions`; days are those of UTC."""
    return tuple(
        Acknowledgement(one.code, one.level, one.by, one.reason, datetime.datetime.fromisoformat(one.at).date())
        for one in cautions
        if one.by is not None and one.at is not None and one.reason is not None
    )
