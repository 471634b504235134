"""The library of cases: versions, drafts, plans, sign-offs and visits, with an audit trail that shows every change.

    library = open_library()
    records = library.as_user(ANYONE)
    case = new_key()
    revision = records.save_draft(case, 0, '{"id": "p-014"}')

`docs/library.md` tells what is kept and where; `docs/decisions/0006-case-library.md` why it is made this way.
"""

from hexapod.records.access import ANYONE, ROLES, Actor, Permission, Role, permitted
from hexapod.records.backup import restore_library
from hexapod.records.border import (
    CaseState,
    Caution,
    Continuing,
    Draft,
    FollowUp,
    Holder,
    Listed,
    MadeDocument,
    Note,
    Page,
    Plan,
    PlanState,
    Readings,
    Reproduction,
    Save,
    SignOff,
    Tombstone,
    Version,
    Visit,
    Visited,
)
from hexapod.records.chain import Entry
from hexapod.records.desk import is_key, new_key
from hexapod.records.errors import (
    AsksFirst,
    Conflict,
    ImportRefused,
    LibraryError,
    LibraryRefused,
    NotContinued,
    NotPermitted,
    NotSaved,
    NotThere,
    Refused,
    Unreadable,
)
from hexapod.records.finding import Due, Sort
from hexapod.records.importing import Imported
from hexapod.records.library import Library, Records, open_library
from hexapod.records.verify import Fault, Verification

__all__ = [
    "ANYONE",
    "ROLES",
    "Actor",
    "AsksFirst",
    "CaseState",
    "Caution",
    "Conflict",
    "Continuing",
    "Draft",
    "Due",
    "Entry",
    "Fault",
    "FollowUp",
    "Holder",
    "ImportRefused",
    "Imported",
    "Library",
    "LibraryError",
    "LibraryRefused",
    "Listed",
    "MadeDocument",
    "NotContinued",
    "NotPermitted",
    "NotSaved",
    "NotThere",
    "Note",
    "Page",
    "Permission",
    "Plan",
    "PlanState",
    "Readings",
    "Records",
    "Refused",
    "Reproduction",
    "Role",
    "Save",
    "SignOff",
    "Sort",
    "Tombstone",
    "Unreadable",
    "Verification",
    "Version",
    "Visit",
    "Visited",
    "is_key",
    "new_key",
    "open_library",
    "permitted",
    "restore_library",
]
