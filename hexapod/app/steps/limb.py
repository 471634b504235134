"""Step 1: which case, which limb, which levels, when it begins; what the documents say of the clinic.

Below stands what the library keeps of the case besides its entries: who looks after it, notes, its history, its export.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import clinic_defaults
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.typed_text import is_date, spoken
from hexapod.app.session import entries, library_access, made_documents, opening, session, step_status, unsaved
from hexapod.app.session.entries import action
from hexapod.app.steps import check_sign_off, transport
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import message
from hexapod.errors import HexapodError
from hexapod.library import AuditEntry, CaseRecord, Records, Save

# More lines than this are read in the export.
SHOWN_ENTRIES = 50


def show(outcome: Outcome) -> None:
    """The whole step."""
    with st.container(key="split"):
        left, right = st.columns([3, 2], gap="large")
    with left:
        _entries(outcome)
    with right:
        _levels(outcome)
        show_records()
    transport.show()
    _clinic(outcome)


def _clinic(outcome: Outcome) -> None:
    """What this case has of the clinic, in one line, and its entries to be opened."""
    st.subheader("Clinic", anchor=False)
    st.html(f'<p class="hx-line hx-hint">{escape(clinic_defaults.one_line(session.draft()))}</p>')
    kept = session.current().clinic
    label = "Change for this case" if kept else "Change; the next case starts with it"
    with st.expander(label, expanded=session.opened().asks_for_clinic):
        show_clinic(outcome)
        if kept is None or not clinic_defaults.alike(session.draft(), clinic_defaults.in_text(kept.text)):
            st.button(
                "Keep for every new case",
                key="keep-clinic",
                on_click=entries.keep_clinic,
                disabled=not library_access.may_change(),
                help="They become the defaults of the clinic, which stand below the list of cases.",
            )


def show_clinic(outcome: Outcome) -> None:
    """The entries of the clinic: those of the case, or on the list of cases its defaults."""
    with st.container(key="clinic"):
        table_fields.under(outcome, clinic_defaults.SECTION, hints={"clinic_closed": _closed_dates()})


def _closed_dates() -> str:
    """The closed dates with their weekdays."""
    dates = read_draft(session.draft()).document.get("clinic_closed") or []
    return f"Closed on {', '.join(map(spoken, dates))}." if dates and all(map(is_date, dates)) else ""


def _entries(outcome: Outcome) -> None:
    st.subheader("Case and limb", anchor=False)
    for path in (("id",), ("title",), ("limb", "side"), ("limb", "bone"), ("limb", "child")):
        table_fields.show(outcome, path)
    table_fields.show(outcome, ("start_date",))
    check_sign_off.show_dated(outcome)
    if _goes_on():
        table_fields.section(outcome, "Continues from")
    table_fields.others(outcome, "limb")


def _goes_on() -> bool:
    """Whether the case goes on from another, or did when its file was opened."""
    origin = session.draft()["origin"]
    keys = ("derived_from", "treatment_started")
    return any(session.draft()[key] or (origin and origin["document"].get(key)) for key in keys)


def _levels(outcome: Outcome) -> None:
    st.subheader("Hexapods", anchor=False)
    st.caption("Six struts between two rings. All hexapods of a case share one calendar.")
    levels = session.draft()["levels"]
    for place, level in enumerate(levels, start=1):
        with st.container(key=f"level-row-{level['uid']}", horizontal=True, vertical_alignment="top"):
            with st.container(key=f"level-name-{level['uid']}", width="stretch"):
                table_fields.show(
                    outcome,
                    ("levels", level["uid"], "name"),
                    label=f"Name of hexapod {place}" if len(levels) > 1 else "Name of the hexapod",
                    hint="Compensates (keeps overall length)." if d.follows(level) else "",
                )
            st.button(
                "Remove",
                key=f"remove-{level['uid']}",
                help=f"Remove hexapod {place}",
                disabled=len(levels) == 1 or not library_access.may_enter(),
                on_click=entries.changed,
                args=(lambda draft, uid=level["uid"]: _remove(draft, uid),),
            )
    st.button("Add a hexapod", key="add-level", on_click=_add_level, disabled=not library_access.may_enter())
    message(outcome, ("levels",), whole=True)


def _remove(draft: d.Draft, uid: str) -> None:
    draft["levels"] = [level for level in draft["levels"] if level["uid"] != uid]


@action
def _add_level() -> None:
    level = clinic_defaults.new_level(session.draft())
    entries.change(lambda draft: draft["levels"].append(level))
    opening.choose_level(level["uid"])


def show_records() -> None:
    """The part; nothing before the case is in the library."""
    case = session.token()
    if not case:
        return
    with st.expander("In the library: surgeon, notes, earlier entries, history, export"):
        try:
            records = library_access.records()
            _show(records, case, session.opened().record or records.cases.look(case))
        except HexapodError as error:
            st.html(f'<p class="hx-line hx-wrong">{escape(str(error))}</p>')


def _show(records: Records, case: str, record: CaseRecord) -> None:
    _entry(
        "Surgeon who looks after the case",
        "Assign",
        "assign",
        lambda text: library_access.records().cases.assign(case, text),
    )
    _entry("Note", "Add the note", "note", lambda text: library_access.records().cases.add_note(case, text))
    notes = "".join(f"<li>{escape(note.at[:10])}, {escape(note.by)}: {escape(note.text)}</li>" for note in record.notes)
    st.html(
        f'<ul class="hx-notes" aria-label="Notes">{notes}</ul>' if notes else '<p class="hx-none">No notes yet.</p>'
    )
    case_id = session.draft()["id"]
    # An id still being typed may hold anything, and a file's name not.
    safe = case_id if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", case_id) else case
    films = bool(record.films) and st.checkbox(
        f"With the {len(record.films)} radiographs kept", key=session.widget_key(("record", "export-films"))
    )
    st.download_button(
        "Export this case (.zip)",
        data=made_documents.when_pressed(lambda: records.transfer.export_case(case, films=films), case),
        file_name=f"case_{safe}.zip",
        mime="application/zip",
        key=f"export-{case}",
        on_click="ignore",
        disabled=not library_access.may_plan(),
        help="Case files, plans, visits and the audit trail of this case; another library takes it in.",
    )
    if record.films:
        _entry(
            f"Why the {len(record.films)} radiographs kept are removed",
            "Remove the pictures",
            "remove-films",
            lambda text: library_access.records().films.remove(case, record.films, text),
            may=library_access.may("administer"),
        )
    _saves(records, case)
    if record.archived:
        _entry(
            "Why it is brought back",
            "Bring back",
            "bring-back",
            lambda text: library_access.records().cases.bring_back(case, text),
            may=library_access.may_plan(),
        )
    else:
        _entry("Why the case is archived", "Archive", "archive", lambda text: _archive(case, text))
    _history(records.audit.history(case))


def _saves(records: Records, case: str) -> None:
    """Every save of the entries is kept: an earlier one can be brought back."""
    earlier = {one.revision: one for one in records.drafts.saves(case) if one.revision != session.opened().revision}
    with st.container(key="record-saves", horizontal=True, vertical_alignment="bottom", gap="small"):
        if not earlier:
            return
        chosen = st.selectbox(
            "Previous versions",
            list(earlier),
            format_func=lambda number: _save_words(earlier[number]) if number in earlier else "",
            key=session.widget_key(("record", "saves")),
        )
        st.button(
            "Restore",
            key="do-saves",
            on_click=unsaved.bring_back,
            args=(case, chosen),
            disabled=not library_access.may_enter(),
        )
    step_status.beside(unsaved.BRING_BACK)


def _save_words(save: Save) -> str:
    return f"{save.revision}: {save.at[:16].replace('T', ' ')} UTC, {save.by}"


def _archive(case: str, reason: str) -> None:
    library_access.records().cases.archive(case, reason)
    opening.go_to_list()
    session.opened().message = "The case is archived: nothing of it is lost. Search for the state archived to see it."


def _history(entries: Sequence[AuditEntry]) -> None:
    rows = "".join(
        f"<tr><td>{one.sequence}</td><td>{one.at[:16].replace('T', ' ')}</td><td>{escape(one.actor)}</td>"
        f"<td>{escape(one.action)}</td></tr>"
        for one in reversed(entries[-SHOWN_ENTRIES:])
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Entry", "Time (UTC)", "Who", "What"))
    st.html(
        f'<div class="hx-scroll hx-history" role="region" tabindex="0" aria-label="History of the case">'
        f'<table class="hx-troubles"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _entry(label: str, button: str, name: str, do: Callable[[str], Any], *, may: bool | None = None) -> None:
    """A field and the button that writes it down; what was typed stays to be read when it may no longer be written."""
    key = session.widget_key(("record", name))
    may = library_access.may_change() if may is None else may
    with st.container(key=f"record-{name}", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(label, key=key, autocomplete="off", disabled=not may and not session.typed(key))
        st.button(button, key=f"do-{name}", on_click=_written, args=(key, do, f"do-{name}"), disabled=not may)
    step_status.beside(f"do-{name}")


@action
def _written(key: str, do: Callable[[str], Any], place: str) -> None:
    """Callback: write down what the field says; it is emptied when that is done."""
    if not session.is_of_open_draft(key):
        return
    case, typed = session.opened(), session.typed(key)
    entries.past(case)
    try:
        do(typed)
    except HexapodError as error:
        session.opened().refuse(place, str(error))
        return
    session.seed(key, "", always=True)
