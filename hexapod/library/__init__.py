"""The library of cases: versions, drafts, plans, sign-offs and visits, with an audit trail that shows every change.

    library = open_library()
    records = library.as_user(ANYONE)
    case = new_key()
    revision = records.save_draft(case, 0, '{"id": "p-014"}')

`docs/library.md` tells what is kept and where; `docs/decisions/0006-case-library.md` why it is made this way.
"""

from hexapod.library.calls.audit_verify import Fault, Verification
from hexapod.library.calls.case_search import Due, Sort
from hexapod.library.calls.user_calls import is_key, new_key
from hexapod.library.errors import (
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
from hexapod.library.models import (
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
from hexapod.library.records import Library, Records, open_library
from hexapod.library.storage.audit_chain import Entry
from hexapod.library.storage.roles import ANYONE, ROLES, Actor, Permission, Role, permitted
from hexapod.library.transfer.backup import restore_library
from hexapod.library.transfer.import_ import Imported

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
