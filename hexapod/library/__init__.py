"""The library of cases: versions, drafts, plans, sign-offs and visits, with an audit trail that shows every change.

    library = open_library()
    records = library.as_user(ANYONE)
    case = new_key()
    revision = records.drafts.save(case, 0, '{"id": "p-014"}')

`docs/library.md` describes what is kept and where; `docs/decisions/0006-case-library.md` gives the reasons.
"""

from hexapod.library.calls.access import is_key, new_key
from hexapod.library.calls.audit import Fault, Verification
from hexapod.library.calls.cases import Due, Sort
from hexapod.library.calls.home import HomePlan, HomePost, HomeReport
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
    TooMany,
    Unreadable,
)
from hexapod.library.models import (
    CaseRecord,
    CaseState,
    ClinicDefaults,
    Continuing,
    DocumentRecord,
    Draft,
    Holder,
    Listed,
    Note,
    Page,
    PlanCaution,
    PlanState,
    Readings,
    RecordedVisit,
    Reproduction,
    Save,
    SheetStanding,
    StoredPlan,
    Tombstone,
    Version,
    Visit,
)
from hexapod.library.records import Library, Records, open_library
from hexapod.library.storage.contents import AuditEntry
from hexapod.library.storage.roles import ANYONE, HOME, ROLES, Actor, Permission, Role, permitted
from hexapod.library.transfer.backup import restore_library
from hexapod.library.transfer.importing import Imported

__all__ = [
    "ANYONE",
    "HOME",
    "ROLES",
    "Actor",
    "AsksFirst",
    "AuditEntry",
    "CaseRecord",
    "CaseState",
    "ClinicDefaults",
    "Conflict",
    "Continuing",
    "DocumentRecord",
    "Draft",
    "Due",
    "Fault",
    "Holder",
    "HomePlan",
    "HomePost",
    "HomeReport",
    "ImportRefused",
    "Imported",
    "Library",
    "LibraryError",
    "LibraryRefused",
    "Listed",
    "NotContinued",
    "NotPermitted",
    "NotSaved",
    "NotThere",
    "Note",
    "Page",
    "Permission",
    "PlanCaution",
    "PlanState",
    "Readings",
    "RecordedVisit",
    "Records",
    "Refused",
    "Reproduction",
    "Role",
    "Save",
    "SheetStanding",
    "Sort",
    "StoredPlan",
    "Tombstone",
    "TooMany",
    "Unreadable",
    "Verification",
    "Version",
    "Visit",
    "is_key",
    "new_key",
    "open_library",
    "permitted",
    "restore_library",
]
