"""The UID of a calendar entry: made of case, limb, level, date, kind and number, never of the plan.

So the same adjustment in another plan's calendar is the same entry, and the newer one takes its place.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Literal

from hexapod.case.model import Case

Kind = Literal["adjustment", "exchange", "last-turn", "docking", "end"]
# The level of an entry: its name and how many before it have the same; empty for entries of all levels.
Key = list[object]
# The family of our UIDs (RFC 9562, version 5): a fixed number that makes them differ from everyone else's.
FAMILY = uuid.UUID("6f1f4c52-6f0b-5f3a-9c39-0c6c1d1f8e70")


def level_key(names: Sequence[str], index: int) -> Key:
    """The key of a level, by its index from 0."""
    return [names[index], list(names[:index]).count(names[index])]


def uid(case: Case, level: Key, kind: Kind, day: datetime.date, number: int = 0, *, draft: bool = False) -> str:
    """The UID of an entry.  A draft's have others than a signed plan's: no phone replaces one by the other."""
    told = [case.id, case.limb.side, case.limb.bone, level, kind, day.isoformat(), number]
    told += ["draft"] if draft else []
    return f"{uuid.uuid5(FAMILY, json.dumps(told))}@hexapod"
