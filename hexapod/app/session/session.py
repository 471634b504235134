"""The session: one object of ours for a tab of the browser, fetched once a run or callback.

What Streamlit may cut.  A message of the browser ends the run under way and begins the next beside it, in a thread of
its own.  The run that is to end does so where it next asks for `st.session_state` or the address, or draws something;
until then it goes on.  So a run, or a callback, can be cut between any two such calls, and goes on beside the next
between them; the values of widgets that came with a cut run stay, but their callbacks are not called again.

Why the object is safe.  Nothing but it is kept in `st.session_state` by the app's own code, and no other module asks
for that: the widgets' values are read here in one piece, and set here before they are drawn.  Whoever changes the
object has its `turn`: there a run that is to end is cut before the first change, runs wait for each other, and between
two lines of plain Python nothing is cut.  So a callback (`entries.action`) is done whole or not at all.  Another case
takes the place of the open one as a whole object: what is still written into the one before is no part of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from hexapod.app.draft import clinic_defaults
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.storage import text_of
from hexapod.app.draft.typed_text import Reading
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.made_documents import Choices, PlanDocuments
from hexapod.library import CaseRecord, ClinicDefaults, Continuing, Role, StoredPlan, new_key

if TYPE_CHECKING:
    from hexapod.app.widgets.viewer_scene import Jump
    from hexapod.films.film_file import FilmPicture
    from hexapod.films.ruler import RulerKind

FIRST = "limb"
CASE, STEP, UNSAVED = "case", "step", "unsaved"
_KEY = "session"
_thread = threading.local()


@dataclass(frozen=True)
class Unsaved:
    """Why the entries on the page are not in the library; `theirs` is the revision that somebody else has saved."""

    sentence: str
    theirs: int = 0


@dataclass(frozen=True)
class Question:
    """What a change of a case under way means; the entries without it are on the page.

    `again` makes the changes that were asked about, in the open draft; without them `draft` has all entries instead.
    """

    sentences: tuple[str, ...]
    draft: d.Draft | None = None
    again: tuple[Callable[[], bool], ...] = ()


@dataclass(frozen=True)
class NotDone:
    """Why the button of a key did nothing; `read` once that has been on the page."""

    button: str
    sentence: str
    read: bool = False


@dataclass(frozen=True)
class OfLibrary:
    """What the library knows of the plan on the page, as this run found it.

    Attributes:
        recorded: the plan of these very entries, None when it was not issued.
        in_force: the signed plan that the patient follows, whatever the entries on the page say now.
        replaced: the plan of these very entries that a later one replaced, or that only another library has signed.
        continued: the plan whose visit somebody asked to continue from, where it is not the one followed now.
        continuing: whether the plan on the page goes on from the visits; nothing is against one that is in force.
        of: what `continuing` is of.
        visits: how many were recorded.
        version: number of the newest version of the case, 0 without one.
        same_id: key of another case with the id of this one, empty when there is none.
    """

    recorded: StoredPlan | None = None
    in_force: StoredPlan | None = None
    replaced: StoredPlan | None = None
    continued: StoredPlan | None = None
    continuing: Continuing = field(default_factory=Continuing)
    of: object = None
    visits: int = 0
    version: int = 0
    same_id: str = ""


@dataclass
class OpenCase:
    """The open case: nothing of it stays when another is opened.

    Attributes:
        place: how the address names it, empty for the list of cases.
        token, revision: its key and the revision of its entries in the library, empty and 0 before the first save.
        meant: the key by which it is saved; the same again after a save whose answer alone was lost.
        said, refused: the answer to the last action.
        drawn_refusal: the button that was refused is on the page.
        trouble, warning: why it could not be opened; what is to be read before anything is printed.
        newer: a revision that somebody else saved meanwhile, 0 when there is none.
        unanswered: why it is not known what the library has.
        record: what the library had of it when it was last looked at.
        locked: the signed plan whose entries are on the page and closed, 0 while a draft is edited.
        follows: the plan whose visit somebody asked to continue from.
        sheet: leads the names of its fields, so that nothing typed for one case appears in another.
        level: uid of the level shown.
        plan_documents, printed_case: the documents made, and the case other than the page's that they are of.
        choices, choosing: how documents are to be printed, and whether somebody is about to change that.
        shown, jump: the case of the page, and where a finding of it leads.
        pictures, keep_pictures: radiographs opened here, by SHA-256; whether the library keeps them, too.
        visit_films: number and reference fragment of the hexapod whose radiographs of a visit are shown.
        film, film_changes: the radiograph shown, and the number of the last change of its points that was taken in.
        asked_film: a radiograph whose header says otherwise than what was said of it, with what it says, and its level.
        points_beside: points of a scale, and a side marker, before the file has them, by level and picture.
        other_limb: pictures of the other limb, for comparison, by level and view, and whether they are stored mirrored.
        ruler: what is being measured with the ruler: its kind and number, by level and radiograph.
        covering: the SHA-256 of the picture on which a box is about to be drawn over a name.
        reading: what the entries say, as the run under way has read them before anything is drawn.
        shown_by_fields: what each open field was last known to say.
        drawn: what the run under way has the fields say.
        asks_for_clinic: it was opened empty, with nothing known of the clinic.
    """

    place: str = ""
    draft: d.Draft = field(default_factory=d.blank_draft)
    token: str = ""
    revision: int = 0
    message: str = ""
    trouble: str = ""
    warning: str = ""
    meant: str = ""
    unsaved: Unsaved | None = None
    newer: int = 0
    unanswered: str = ""
    record: CaseRecord | None = None
    locked: int = 0
    question: Question | None = None
    refused: NotDone | None = None
    drawn_refusal: bool = False
    follows: int | None = None
    sheet: str = field(default_factory=new_key)
    level: str = ""
    answers: Answers = field(default_factory=Answers)
    plan_documents: PlanDocuments | None = None
    printed_case: str = ""
    choices: Choices = field(default_factory=Choices)
    choosing: bool = False
    shown: str = ""
    jump: tuple[str, Jump] | None = None
    of_library: OfLibrary = field(default_factory=OfLibrary)
    pictures: dict[str, FilmPicture] = field(default_factory=dict)
    read_ahead: tuple[bytes, FilmPicture] | None = None  # a file that was chosen
    keep_pictures: bool | None = None
    visit_films: tuple[str, str] | None = None
    film: str = ""
    film_changes: int = 0
    asked_film: tuple[str, dict[str, Any], FilmPicture, list[str]] | None = None
    points_beside: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    other_limb: dict[tuple[str, str], tuple[FilmPicture, bool]] = field(default_factory=dict)
    ruler: dict[tuple[str, str], tuple[RulerKind, int]] = field(default_factory=dict)
    covering: str = ""
    reading: Reading = field(default_factory=Reading)
    shown_by_fields: dict[d.Path, Any] = field(default_factory=dict)
    drawn: dict[d.Path, Any] = field(default_factory=dict)
    as_opened: str = field(init=False)
    asks_for_clinic: bool = field(init=False)

    def __post_init__(self) -> None:
        self.meant = self.meant or self.token or new_key()
        self.message = self.message or self.trouble
        self.as_opened = text_of(self.draft)
        self.asks_for_clinic = not (self.draft["id"] or clinic_defaults.is_filled(self.draft))

    def is_archived(self) -> bool:
        """Whether the library had it among those archived."""
        return self.record is not None and self.record.archived

    def new_fields(self) -> None:
        """Give the entries new fields: those on the page are of entries before."""
        self.sheet, self.shown_by_fields, self.drawn = new_key(), {}, {}

    def refuse(self, button: str, sentence: str) -> None:
        """Say beside a button why it did nothing."""
        self.message, self.refused = sentence, NotDone(button, sentence)

    def refusal(self) -> NotDone | None:
        """The refusal that is still the last answer."""
        return self.refused if self.refused is not None and self.refused.sentence == self.message else None


@dataclass
class Session:
    """What a tab of the browser is about.

    Attributes:
        asked: the place of the page from which the last message came.
        decided: an action or an entry has said where to go, whatever the address says.
        names: the key of a case by the name that it had before.
        held: key of the entries that the server holds because the library has not got them.
        widgets: what the widgets said at the beginning of the run or callback.
        roles: of the user in this run, None while the library does not answer.
        drawn_by_itself: the next run comes without anybody having done anything.
        fields_stay_open, entries_stay_open: see `rights.look`.
        question_shown: what the page asked when the message under way came from it.
        just_drawn: the library was looked at by the run that drew the page.
        page: what the page shows, which is drawn over itself.
        failed, jumps: the run before ended in a fault of the program; how often a finding was asked for.
        scroll_to, to_top: the place to show and a number for it; a number for the top of the page.
        list_first, open_stage: the first case of the list's page; uid of the stage whose entries are shown.
        advice: what advice before surgery was asked of, and the answer.
        clinic: the clinic's defaults as the library had them, None as long as it keeps none.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    case: OpenCase = field(default_factory=OpenCase)
    started: bool = False
    step: str = FIRST
    asked: str = ""
    decided: bool = False
    names: dict[str, str] = field(default_factory=dict)
    held: str = ""
    widgets: dict[str, Any] = field(default_factory=dict)
    roles: frozenset[Role] | None = None
    drawn_by_itself: bool = False
    fields_stay_open: bool = False
    entries_stay_open: bool = False
    question_shown: Question | None = None
    just_drawn: bool = False
    page: tuple[str, str, str] | None = None
    failed: bool = False
    jumps: int = 0
    scroll_to: tuple[str, str] | None = None
    to_top: str = ""
    list_first: int = 0
    open_stage: str | None = None
    advice: tuple[object, Any] | None = None
    clinic: ClinicDefaults | None = None


def begin() -> Session:
    """Fetch the object, at the beginning of a run or callback; one that is to end ends here."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    _thread.session = st.session_state[_KEY]
    return current()


def current() -> Session:
    """The object as this run or callback has fetched it."""
    fetched: Session = _thread.session
    return fetched


@contextmanager
def turn() -> Iterator[Session]:
    """The object, to be changed by this run alone."""
    with begin().lock:
        yield begin()


def is_acting() -> bool:
    """Whether a callback is under way in this thread."""
    return getattr(_thread, "acting", False)


@contextmanager
def acting() -> Iterator[Session]:
    """The object and what the widgets say, for a callback."""
    with turn() as state:
        read_widgets()
        _thread.acting = True
        try:
            yield state
        finally:
            _thread.acting = False


def opened() -> OpenCase:
    """The open case."""
    return current().case


def draft() -> d.Draft:
    """The open draft."""
    return opened().draft


def token() -> str:
    """The key of the open case in the library; empty before its first save."""
    return opened().token


def of_library() -> OfLibrary:
    """What the library knows of the plan on the page."""
    return opened().of_library


def step() -> str:
    """The step shown."""
    return current().step


def level() -> d.Draft:
    """The level being edited."""
    levels: list[d.Draft] = draft()["levels"]
    return next((one for one in levels if one["uid"] == opened().level), levels[0])


def level_index() -> int:
    """Its place in the case, from 0."""
    levels: list[d.Draft] = draft()["levels"]
    return levels.index(level())


def on_list() -> bool:
    """Whether the list of cases is shown: no case is open."""
    return not opened().place


def is_of_before() -> bool:
    """Whether the browser still shows a page of another case, so that the button pressed was not of this one."""
    asked = current().asked
    return current().names.get(asked, asked) != opened().place


def widget_key(path: d.Path) -> str:
    """The name of an entry's widget: of this draft only, so that nothing typed for one case appears in another."""
    return "|".join((opened().sheet, *path))


def is_of_open_draft(key: str) -> bool:
    """Whether a widget is on the page and belongs to the open draft, not to one of before."""
    return key.startswith(f"{opened().sheet}|") and key in current().widgets


def read_widgets() -> None:
    """Read what the address and all widgets say, the latter in one piece."""
    state = current()
    state.asked = asked()[0]
    state.widgets = {str(key): value for key, value in st.session_state.to_dict().items() if key != _KEY}


def typed(key: str, default: Any = None) -> Any:
    """What a widget said when this run or callback began."""
    return current().widgets.get(key, default)


def seed(key: str, value: Any, *, always: bool = False) -> str:
    """The key of a widget, which says this when it comes on the page anew, or `always`."""
    if always or key not in current().widgets:
        st.session_state[key] = current().widgets[key] = value
    return key


def seed_entry(path: d.Path, *, closed: bool) -> str:
    """The key of an entry's field, which shows the draft's entry.

    A field whose entry the program has changed is told so.  Until a run is drawn to its end, the browser may not have
    heard of it: what the field said before is then no entry.  A closed field enters nothing.
    """
    key, case, value = widget_key(path), opened(), d.entry(draft(), path)
    seed(key, value, always=closed or case.shown_by_fields.get(path, value) != value)
    if closed:
        case.shown_by_fields.pop(path, None)
    else:
        case.shown_by_fields.setdefault(path, value)
        case.drawn[path] = value
    return key


def asked() -> tuple[str, str]:
    """Case and step that the address names, each empty when it names none: no case is the list of cases."""
    return st.query_params.get(CASE, ""), st.query_params.get(STEP, "")


def unsaved_asked() -> str:
    """The key of entries that are not saved, empty when the address names none."""
    return st.query_params.get(UNSAVED, "")


def show_address() -> None:
    """Make the address that of case and step, so that Back leads to the one before; with what is not saved."""
    state = current()
    place = state.case.place
    wanted = {CASE: place, STEP: state.step} if place else {}
    if place and state.held:
        wanted[UNSAVED] = state.held
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
