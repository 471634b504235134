"""Entries: `absorb` is the only way from the widgets to the draft, `save` the only one from the page to the library.

An accepted change is in the library before the page shows it; what could not be saved stays on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec

from hexapod.app.draft import clinic_defaults, film_draft, typed_text
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.storage import draft_in, text_of
from hexapod.app.session import library_access, session
from hexapod.app.session.acknowledgements import Answers
from hexapod.app.session.session import OpenCase, Question, Unsaved
from hexapod.deformity.quantities import Pair
from hexapod.errors import HexapodError
from hexapod.library import AsksFirst, Conflict, Refused, is_key, new_key
from hexapod.text.field_kinds import word_name

P = ParamSpec("P")
# A quantity is measured in the same two directions wherever it is entered.
_PAIRS = {pair.quantity: pair for pair in (*d.DEFORMITY, *d.MOUNTING)}
# So many letters tell a direction: fewer could be a unit, such as m, mm, d or in.
FEWEST_LETTERS = 3
KEPT = "Kept: every new case starts with these defaults of the clinic."
NO_ANSWER = "The library does not answer: what it has of this case is not known. {}"


def action(do: Callable[P, None]) -> Callable[P, None]:
    """A callback: what was typed is taken along first, then it is done whole, or not at all where the run was ended."""

    @wraps(do)
    def acted(*args: P.args, **kwargs: P.kwargs) -> None:
        if session.is_acting():
            do(*args, **kwargs)
            return
        with session.acting() as state:
            absorb()
            state.decided = True
            do(*args, **kwargs)

    return acted


def absorb() -> None:
    """Take into the draft what was entered in fields, and save it.

    A field is asked only for what differs from what it was last known to say: that was entered.
    """
    case, entered = session.opened(), []
    case.drawn, session.current().question_shown = {}, case.question
    for path, text in list(case.shown_by_fields.items()):
        value = session.typed(session.widget_key(path), text)
        if value != text:
            case.shown_by_fields[path] = value
            if _enter(path, value):
                entered.append(partial(_enter, path, value))
    _save_or_ask(*entered)


def put(path: d.Path, value: Any) -> None:
    """Set an entry and save the draft."""
    if _enter(path, value):
        _save_or_ask(partial(_enter, path, value))


def change(how: Callable[[d.Draft], None]) -> None:
    """Change the draft's lists (add, remove, move) and save it.  What is no longer there cannot be changed.

    A stale button changes nothing: a second click on a busy server may come when another case is open.
    """
    if not session.is_of_before() and _changes(how):
        _save_or_ask(partial(_changes, how))


def _changes(how: Callable[[d.Draft], None]) -> bool:
    """Change the draft's lists; whether what is to be changed is there."""
    try:
        how(session.draft())
    except KeyError:
        return False
    return True


def page_is_drawn() -> None:
    """The page is drawn to its end: its fields say what it has them say."""
    case = session.opened()
    case.shown_by_fields |= case.drawn


def wipe_others(outcome: Outcome) -> None:
    """Forget what was said to cautions, and the documents, unless both are of these very entries."""
    case, fingerprint = session.opened(), outcome.case.sha256 if outcome.case else ""
    if case.answers.case_sha256 != fingerprint:
        case.answers = Answers(fingerprint, new_key())
    if case.shown != fingerprint:
        case.shown, case.jump = fingerprint, None
    # While a draft is edited beside a signed plan, the documents on the page may be those of that plan.
    if case.plan_documents is not None and case.plan_documents.case_sha256 not in (fingerprint, case.printed_case):
        case.plan_documents = None


@action
def changed(how: Callable[[d.Draft], None], *, new_fields: bool = False) -> None:
    """Callback: `change`.  `new_fields`: those on the page hold texts of entries that others have replaced."""
    change(how)
    if new_fields:
        session.opened().new_fields()


def _enter(path: d.Path, value: Any) -> bool:
    """Make a value the draft's entry; whether that changed it.  One whose stage or level was removed is let go."""
    try:
        held, name = d.holder(session.draft(), path)
        if held[name] == value:
            return False
    except KeyError:
        return False
    six = typed_text.six_in(value) if _is_reading(path) else ()
    if six:
        held.update({str(k): text for k, text in enumerate(six)})
        return True
    if path[:1] == ("levels",) and len(path) > 2 and path[2] != "measured_with":
        film_draft.changed_by_hand(d.entry(session.draft(), path[:2]), path[2:])
    if path[:2] == ("visit", "measured") and len(path) > 3 and path[3] != "measured_with":
        film_draft.changed_by_hand(d.entry(session.draft(), path[:3]), path[3:])
    if name == "alike":
        _choose_alike(held, alike=value)
    if name == "size" and (pair := _PAIRS.get(path[-2])) and (both := size_with_word(value, pair)):
        held["size"], held["word"] = both
        return True
    held[name] = value
    return True


def size_with_word(text: str, pair: Pair) -> tuple[str, str] | None:
    """A size and its direction typed together, the direction by its first letters; None where one is no such thing.

    >>> from hexapod.deformity.quantities import AP_ANGULATION, LATERAL_ANGULATION
    >>> size_with_word("12,5 varus", AP_ANGULATION), size_with_word("6 ant", LATERAL_ANGULATION)
    (('12,5', 'varus_deg'), ('6', 'apex_anterior_deg'))
    >>> [size_with_word(text, AP_ANGULATION) for text in ("12 va", "12", "x varus", "12 v")]
    [None, None, None, None]
    """
    number, *after = text.lower().split() or [""]
    word_typed = " ".join(after)
    meant = [
        word
        for word in (pair.positive, pair.negative)
        if len(word_typed) >= FEWEST_LETTERS
        and any(name.startswith(word_typed) for name in (word_name(word), word_name(word).split()[-1]))
    ]
    return (number, meant[0]) if len(meant) == 1 and typed_text.is_size(number) else None


def _is_reading(path: d.Path) -> bool:
    """Whether this is the reading of a strut: six numbers pasted into one are those of all six."""
    return path[-2:-1] == ("settings_mm",) or path[:2] == ("visit", "readings")


def _choose_alike(frame: d.Draft, *, alike: bool) -> None:
    """Six of the kind that was chosen for all become six single choices, where none has been made yet."""
    if alike:
        if frame["every_strut"] == d.blank_strut():
            frame["every_strut"] = dict(frame["struts"]["0"])
        return
    for k in d.STRUTS:
        if frame["struts"][str(k)] == d.blank_strut():
            frame["struts"][str(k)] = dict(frame["every_strut"])


def _save_or_ask(*made: Callable[[], bool]) -> None:
    """Save changes that were just made.  Those that the library asks about are put back, the others are saved.

    A question of the page before is past by it, as nothing was changed yet; one of the message under way stays.
    """
    case = session.opened()
    if not made:
        return
    before, was_unsaved = case.question, bool(case.unsaved)
    case.question = None
    save()
    if case.unsaved:
        case.question = before
        return
    if case.question is not None and not was_unsaved:
        sentences, case.question = case.question.sentences, None
        if len(made) == 1:
            case.question = Question(sentences, again=made)
        else:
            for one in made:
                if one():
                    _save_or_ask(one)
    if before is not None and before is not session.current().question_shown:
        more = case.question or Question(())
        case.question = Question(
            before.sentences + more.sentences, more.draft or before.draft, before.again + more.again
        )


def save(*, confirmed: bool = False) -> None:
    """Save the draft.  After somebody else's change nothing is saved before it is decided whose entries go on.

    `confirmed` says that another side, reference or hardware is meant; otherwise the library asks first.
    """
    case = session.opened()
    if not case.place:
        _keep_clinic()
    elif not (case.unsaved and case.unsaved.theirs):
        # The same key again after a save that failed: its answer alone may have been lost, and that makes no two cases.
        save_as(case.meant, case.revision, confirmed=confirmed)


@action
def keep_clinic() -> None:
    """Callback: what the open case says of the clinic becomes what every new case starts with."""
    _keep_clinic()


def _keep_clinic() -> None:
    """Keep what the open draft says of the clinic; nothing while that cannot be read or others were kept meanwhile."""
    state, case = session.current(), session.opened()
    if clinic_defaults.troubles(case.draft):
        case.message = "NOT SAVED: the defaults of the clinic are kept once the entry marked below is corrected."
        return
    try:
        clinic = library_access.records().clinic
        try:
            clinic.keep(state.clinic.entry if state.clinic else 0, clinic_defaults.text_for(case.draft))
            case.message = KEPT
        except Refused as refused:
            case.message = str(refused)
        state.clinic = clinic.kept()
    except HexapodError as error:
        text = str(error)
        case.message = text if text.startswith("NOT SAVED") else f"NOT SAVED: {text}"
        return
    if not case.place and state.clinic is not None:
        case.draft |= clinic_defaults.in_text(state.clinic.text)
        if case.message != KEPT:
            case.new_fields()


def save_as(key: str, base: int, *, confirmed: bool = False) -> None:
    """Save the draft as the case with this key, going on from a revision of it."""
    state, case = session.current(), session.opened()
    state.decided = True
    case.unsaved = Unsaved("NOT SAVED: the program failed while the entries were saved.")  # until the library answers
    try:
        revision = library_access.records().drafts.save(key, base, text_of(case.draft), confirmed)
    except AsksFirst as asks:
        _ask(case, key, asks.sentences)
    except Conflict as conflict:
        case.unsaved, case.token = after_somebody_else(conflict), key
    except HexapodError as error:
        text = str(error)
        case.unsaved = Unsaved(text if text.startswith("NOT SAVED") else f"NOT SAVED: {text}")
    else:
        if not is_key(case.place):
            state.names[case.place] = key
        case.place = case.token = case.meant = key
        case.revision, case.unsaved, case.newer, case.question = revision, None, 0, None
        past(case)


def past(case: OpenCase) -> None:
    """A refusal that has been read is past; one of this very click is not."""
    if (refused := case.refusal()) is not None and refused.read:
        case.message, case.refused = "", None


def after_somebody_else(conflict: Conflict) -> Unsaved:
    """Why nothing was saved: somebody else's save came first."""
    by = f"{conflict.by[0].upper()}{conflict.by[1:]}"
    return Unsaved(
        f"{by} saved this case at {conflict.at[11:16]} UTC while you were editing. Your last entries are on this page "
        "only. Decide which go on:",
        conflict.revision,
    )


def _ask(case: OpenCase, key: str, sentences: tuple[str, ...]) -> None:
    """Put the entries back as the library has them, and ask whether those wanted are meant."""
    try:
        last = library_access.records().drafts.load(key)
        before = draft_in(last.text if last is not None else case.as_opened)
    except HexapodError as error:
        case.unsaved = Unsaved(f"NOT SAVED: {error}")
        return
    case.question, case.draft, case.message = Question(sentences, case.draft), before, ""
    case.revision, case.unsaved, case.newer = last.revision if last is not None else case.revision, None, 0
    case.new_fields()
