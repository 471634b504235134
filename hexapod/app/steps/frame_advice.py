"""Before surgery: how far apart the rings should stand, and the struts and settings to build with."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.draft.typed_text import Trouble
from hexapod.app.session import entries, library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.widgets.fields import text_field
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.preoperative.ring_distance import RingDistance, advise, case_before_surgery, case_with_advice
from hexapod.text.numbers import number
from hexapod.text.preoperative_text import SHOWN, SHOWN_NOT, proposals

# What a proposal says of the frame of a level.
OF_PROPOSAL = ("alike", "every_strut", "struts", "settings_mm", "settings_at")
HEIGHTS = ("advised", "heights")
PUT_IN = "advice put in"
AT_END = (
    " What is put in are the settings of the frame at the end, as this case has them; the table tells how to build."
)


def show(outcome: Outcome) -> None:
    """The part, closed at first: it is for those who have not built the frame yet."""
    with st.expander("Before surgery: ring separation and struts"):
        _show(outcome)


def _show(outcome: Outcome) -> None:
    at_end = session.level()["frame"]["settings_at"] == "end"
    when = "at the end (chronic: frame built to the deformity)" if at_end else "on day 0"
    st.html(
        '<p class="hx-line hx-hint">For every ring separation: the struts, their settings and the change-outs that '
        f"the treatment then needs, with the rings parallel and aligned {when}. Settings typed above are not used; the "
        "struts chosen above tell the families. Limits such as clearances are not judged here: put one in, then "
        f"look at step Check.{AT_END if at_end else ''}</p>"
    )
    heights, trouble = _heights()
    text_field(
        Outcome(trouble, None, None),
        HEIGHTS,
        "Ring separations to try, mm",
        hint="With spaces between, such as 150 162,5 170. Empty: every 5 mm that the struts reach.",
    )
    case, lacking = _case(outcome)
    st.html(f'<p class="hx-line hx-{"missing" if lacking else "hint"}">{escape(lacking)}</p>')
    asked = st.button("Propose frames", key="advise", disabled=case is None or bool(trouble))
    _take_back()
    if case is None or trouble:
        return
    of = (case.sha256, session.level_index(), heights)
    if asked:
        with st.spinner("Trying the distances …"):
            session.current().advice = (of, _asked(case, heights))
    known = session.current().advice
    if known is not None and known[0] == of:
        _told(case, known[1])


def _heights() -> tuple[tuple[float, ...] | None, tuple[Trouble, ...]]:
    try:
        found = typed_text.heights_in(session.draft()["advised"]["heights"])
    except typed_text.NotANumber as error:
        return None, (Trouble(HEIGHTS, "heights", str(error), missing=False),)
    return None if found is None else tuple(found), ()


def _case(outcome: Outcome) -> tuple[Case | None, str]:
    """The case to be advised on, whether its struts were read or not; else what is lacking."""
    left = [one for one in outcome.troubles if not (one.missing and one.path[2:4] == ("frame", "settings_mm"))]
    if outcome.case is not None:
        return outcome.case, ""
    if not left:
        try:
            return case_before_surgery(read_draft(session.draft()).document), ""
        except HexapodError:
            pass
    return None, "Everything else of the case comes first: limb, rings, struts, deformity, mounting and treatment."


def _asked(case: Case, heights: tuple[float, ...] | None) -> list[RingDistance] | str:
    try:
        return advise(case, session.level_index(), heights)
    except HexapodError as error:
        return str(error)


def _told(case: Case, options: list[RingDistance] | str) -> None:
    if isinstance(options, str):
        st.html(f'<p class="hx-line hx-wrong">{escape(options)}</p>')
        return
    good = [one for one in options if not one.why_not]
    st.html(_table(options))
    with st.container(key="proposals", horizontal=True, gap="small"):
        for option in good[:SHOWN]:
            st.button(
                f"Put {number(option.height_mm)} mm in",
                key=f"propose-{number(option.height_mm)}",
                on_click=_put_in,
                args=(session.level()["uid"], session.level_index(), case, option),
                disabled=not library_access.may_enter(),
            )
    step_status.beside(PUT_IN)


def _table(options: Sequence[RingDistance]) -> str:
    names = ("Ring separation, mm", "Visits", "Change-outs", "Singularity index", "Struts and settings on day 0, mm")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = [
        f'<tr><th scope="row">{escape(one.height)}</th><td>{one.visits}</td><td>{one.exchanges}</td>'
        f"<td>{one.condition}</td><td>{'<br>'.join(map(escape, one.build))}</td></tr>"
        for one in proposals(options)[:SHOWN]
    ]
    bad = [one for one in options if one.why_not][:SHOWN_NOT]
    rows += [
        f'<tr><th scope="row">{number(one.height_mm)}</th><td colspan="4">does not do: {escape(one.why_not)}</td></tr>'
        for one in bad
    ]
    return (
        '<div class="hx-scroll" role="region" tabindex="0" aria-label="Proposals">'
        f'<table class="hx-troubles"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _take_back() -> None:
    level = session.level()
    if level["uid"] in session.draft()["advised"]["before"]:
        uid = level["uid"]
        st.button(
            "Restore previous struts and settings",
            key="advice-back",
            help="Pressed again, it puts the others in once more.",
            on_click=partial(entries.changed, lambda draft: swap_proposal(draft, uid), new_fields=True),
            disabled=not library_access.may_enter(),
        )


@action
def _put_in(uid: str, index: int, case: Case, option: RingDistance) -> None:
    """Callback: struts and settings of a proposal become those of the level, if it was worked out of these entries."""
    now, _ = _case(work_out(session.draft()))
    if session.is_of_before() or now is None or now.sha256 != case.sha256:
        session.opened().refuse(PUT_IN, "An entry was changed at the same moment: ask for proposals again.")
        return
    try:
        new = case_with_advice(case, index, option)
    except HexapodError as error:
        session.opened().refuse(PUT_IN, str(error))
        return
    entries.changed(lambda draft: put_proposal_in(draft, uid, new), new_fields=True)
    session.opened().said = (
        f"Struts and settings for rings {number(option.height_mm)} mm apart are put in. Look at step Check; below they "
        "can be taken back."
    )


def put_proposal_in(draft: d.Draft, uid: str, case: Case) -> None:
    """Put struts and settings of a level of `case` into the draft; those of before can be taken back.

    Raises:
        KeyError: the draft has no such level.
    """
    level = d.entry(draft, ("levels", uid))
    drawn = draft_of(case.document)
    new = drawn["levels"][draft["levels"].index(level)]
    draft["advised"]["before"][uid] = _of(level)
    level["frame"].update(_of(new))
    draft["exact"].update(drawn["exact"])


def swap_proposal(draft: d.Draft, uid: str) -> None:
    """Take back what was put in, or put it in once more: nothing is lost, on neither side.  KeyError: none such."""
    level, before = d.entry(draft, ("levels", uid)), draft["advised"]["before"]
    now = _of(level)
    level["frame"].update(copy.deepcopy(before[uid]))
    before[uid] = now


def _of(level: d.Draft) -> d.Draft:
    return copy.deepcopy({key: level["frame"][key] for key in OF_PROPOSAL})
