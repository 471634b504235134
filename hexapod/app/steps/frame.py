"""Step 2: rings, struts, what the six scales read and when."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import TypeVar, get_args

import streamlit as st

from hexapod import load_catalogue
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import typed_text
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import Outcome, work_out
from hexapod.app.draft.typed_text import Trouble
from hexapod.app.session import entries, library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.steps import frame_proposals, ring_measuring
from hexapod.app.widgets import drawings, table_fields
from hexapod.app.widgets.fields import how_sure, level_choice, message, pick_model, text_block, text_field
from hexapod.case.model import Case
from hexapod.deformity.quantities import READING_SD_MARKS, Fragment
from hexapod.drawings.entry.level import known_ring
from hexapod.drawings.entry.measure_drawings import frame_drawing
from hexapod.errors import HexapodError
from hexapod.hardware.models import UNVERIFIED_MARK, Ring, Strut, unverified
from hexapod.preoperative.ring_distance import RingDistance, advise, case_before_surgery, case_with_advice
from hexapod.text.case_fields import field_at
from hexapod.text.field_kinds import MODES
from hexapod.text.frame_advice_text import SHOWN, SHOWN_NOT, proposals
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

T = TypeVar("T", Ring, Strut)
OWN_RING = ("joints", "six joints of my own")
OWN_STRUT = ("own", "a strut of my own")
# What a proposal says of the frame of a level.
OF_PROPOSAL = ("proximal_ring", "distal_ring", "alike", "every_strut", "struts", "settings_mm", "settings_at")
# What a ring is chosen by, told of each in its own words: no sentence stands twice on a page.
HOW_TO_CHOOSE = {
    "proximal_ring": "As marked on the part or the maker's label. (?): data unverified.",
    "distal_ring": "By family, then by diameter in mm.",
}
HEIGHTS = ("advised", "heights")
PUT_IN = "advice put in"
AT_END = (
    " What is put in are the settings of the frame at the end, as this case has them; the table tells how to build."
)


def show(outcome: Outcome) -> None:
    """The whole step: rings and struts first, then what their scales read."""
    level_choice()
    path = ("levels", session.level()["uid"], "frame")
    with st.container(key="split"):
        left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Rings", anchor=False)
        rings = ring_measuring.kept()
        for fragment in get_args(Fragment):
            _ring(outcome, (*path, f"{fragment}_ring"), f"{fragment.capitalize()} ring")
            ring_measuring.offer((*path, f"{fragment}_ring"), fragment, rings)
    with right:
        _struts(outcome, path)
    _readings(outcome, path)
    table_fields.others(outcome, "frame")
    ring_measuring.show(rings)
    show_advice(outcome)


def _readings(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Strut settings", anchor=False)
    mode = session.level()["frame"]["settings_at"]
    table_fields.show(outcome, (*path, "settings_at"), hint=MODES.get(mode or "", ""))
    if mode is None:
        lines = "".join(f"<li>{escape(line)}</li>" for line in MODES.values())
        st.html(f'<ul class="hx-modes">{lines}</ul>')
    with st.container(key="readings-split", horizontal=True, gap="medium"):
        drawings.show(_drawing())
        with st.container(key="readings", horizontal=True, gap="small"):
            for k in d.STRUTS:
                strut = k + 1
                with st.container(key=f"strut-{strut}", gap=None):
                    text_field(
                        outcome,
                        (*path, "settings_mm", str(k)),
                        f"Strut {strut} ({STRUT_LOOKS[strut].name}), mm",
                        hint=_range(k),
                    )
    with st.container(key="readings-end", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Six numbers copied together can be pasted into any of the fields.")
        _how_sure(outcome, (*path[:-1], "reading_sd_mm"))


def _how_sure(outcome: Outcome, path: d.Path) -> None:
    """How far a reading can be off: half a mark of the scale of each strut, while nothing else is said."""
    row, _ = field_at(path)
    assert row is not None
    table = {strut.graduation_mm for k in d.STRUTS if (strut := _known(k)) is not None}
    usual = f"{number(READING_SD_MARKS * table.pop())} mm" if len(table) == 1 else "half a mark"
    how_sure(outcome, path, str(row.label), usual, str(row.hint))


def _known(k: int) -> Strut | None:
    return load_catalogue().struts.get(_strut_entry(k)["model"] or "")


def _drawing() -> str:
    """The frame from proximal with its struts numbered, of the rings chosen."""
    frame = read_draft(session.draft()).document["levels"][session.level_index()].get("frame") or {}
    rings = [known_ring(frame.get(name)) for name in ("proximal_ring", "distal_ring")]
    return frame_drawing(rings[0], rings[1], session.draft()["limb"]["side"])


def _strut_entry(k: int) -> d.Draft:
    frame = session.level()["frame"]
    entry: d.Draft = frame["every_strut"] if frame["alike"] else frame["struts"][str(k)]
    return entry


def _range(k: int) -> str:
    entry = _strut_entry(k)
    if entry["kind"] == "own":
        known = entry["min_mm"] and entry["max_mm"]
        return f"{entry['min_mm']} to {entry['max_mm']} mm" if known else "Type its scale first."
    strut = load_catalogue().struts.get(entry["model"] or "")
    if strut is None:
        return "Choose its model first."
    part = "" if strut.acute is None else "Gradual part: "
    return f"{part}{number(strut.min_mm)} to {number(strut.max_mm)} mm"


def _is_own(outcome: Outcome, path: d.Path, name: str, own: tuple[str, str], known: Mapping[str, T]) -> bool:
    """A ring or strut: of the catalogue, by family and size, or (True) one of one's own."""
    families: dict[str, list[T]] = {}
    for item in known.values():
        families.setdefault(item.family, []).append(item)
    options, names = {}, {}
    for family, items in families.items():
        sizes = size_names(items)
        options[family] = {item.name: size for item, size in zip(items, sizes, strict=True)}
        names[family] = family_name(items)
    proximal = load_catalogue().rings.get(session.level()["frame"]["proximal_ring"]["model"] or "")
    like = proximal.family if proximal is not None else ""
    pick_model(outcome, path, name, options, names, own=own, hint=_chosen(known, path), like=like)
    return bool(d.entry(session.draft(), (*path, "kind")) != "model")


def family_name(items: Sequence[T]) -> str:
    """What people call a family, with a mark where nobody has read its data in the maker's document."""
    return f"{items[0].family_label}{UNVERIFIED_MARK if all(map(unverified, items)) else ''}"


def size_names(items: Sequence[T]) -> list[str]:
    """What tells the models of a family apart, for their buttons: their names without the words that all share.

    A strut has the range of its scale beside it, and its marks where they are not at every millimetre.
    """
    parts = [item.label.removeprefix(item.family_label).split() for item in items]
    while len(parts) > 1 and all(len(part) > 1 and part[0] == parts[0][0] for part in parts):
        parts = [part[1:] for part in parts]
    while len(parts) > 1 and all(len(part) > 1 and part[-1] == parts[0][-1] for part in parts):
        parts = [part[:-1] for part in parts]
    names = [" ".join(part) for part in parts]
    return [f"{size}{_scale(item)}" for item, size in zip(items, names, strict=True)]


def _scale(item: Ring | Strut) -> str:
    if isinstance(item, Ring):
        return ""
    fine = f" by {number(item.graduation_mm)}" if item.graduation_mm != 1.0 else ""
    return f": {number(item.min_mm)} to {number(item.max_mm)}{fine}"


def _ring(outcome: Outcome, path: d.Path, name: str) -> None:
    if _is_own(outcome, path, name, OWN_RING, load_catalogue().rings):
        text_block(
            outcome,
            (*path, "joints"),
            f"{name}: joints in its own axes, mm",
            hint="Six lines, struts 1 to 6, each x y z with spaces between. The master tab of the ring is at minus y.",
            claims=path,
        )


def _struts(outcome: Outcome, path: d.Path) -> None:
    st.subheader("Struts", anchor=False)
    closed = not library_access.may_enter()
    st.toggle("All six struts are the same", key=session.seed_entry((*path, "alike"), closed=closed), disabled=closed)
    if session.level()["frame"]["alike"]:
        _strut(outcome, (*path, "every_strut"), "All struts")
        return
    for k in d.STRUTS:
        _strut(outcome, (*path, "struts", str(k)), f"Strut {k + 1} ({STRUT_LOOKS[k + 1].name})")
    message(outcome, (*path, "struts"), whole=True)


def _strut(outcome: Outcome, path: d.Path, name: str) -> None:
    known = load_catalogue().struts
    if not _is_own(outcome, path, name, OWN_STRUT, known):
        model = known.get(d.entry(session.draft(), (*path, "model")) or "")
        if model is not None and model.acute is not None:
            hint = f"{model.acute_text()}: read on its own scale when the strut is fitted, then locked."
            text_field(outcome, (*path, "acute_mm"), f"{name}: acute part, mm", hint=hint)
        return
    with st.container(key=f"own-{'-'.join(path)}", horizontal=True, gap="small"):
        for key, label in (("min_mm", "shortest"), ("max_mm", "longest"), ("graduation_mm", "graduation")):
            with st.container(key=f"own-{key}-{'-'.join(path)}", width=130):
                text_field(
                    outcome,
                    (*path, key),
                    f"{label.capitalize()} setting, mm" if key != "graduation_mm" else "Graduation, mm",
                )


def _chosen(known: Mapping[str, T], path: d.Path) -> str:
    """The ring or strut chosen as people buy it, and how far its data can be trusted."""
    item = known.get(d.entry(session.draft(), (*path, "model")) or "")
    if d.entry(session.draft(), (*path, "kind")) != "model":
        return ""
    if item is None:
        return HOW_TO_CHOOSE.get(path[-1], "By family, then by the range of its scale in mm.")
    if unverified(item):
        return f"{item.label}, data unverified: check them against the maker's manual before use."
    return f"{item.label}. Data: {', '.join(sorted({value.status for value in item.provenance.values()}))}."


def show_advice(outcome: Outcome) -> None:
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
        _show_distances(case, known[1])
    frame_proposals.show(case, heights, _put_case_in)
    step_status.beside(PUT_IN)


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


def _show_distances(case: Case, options: list[RingDistance] | str) -> None:
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


def _table(options: Sequence[RingDistance]) -> str:
    names = ("Ring separation, mm", "Visits", "Change-outs", "Singularity index", "Struts and settings on day 0, mm")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = [
        f'<tr><th scope="row">{escape(one.height)}</th><td>{one.visits}</td><td>{one.exchanges}</td>'
        f"<td>{one.condition}</td><td>{'<br>'.join(map(escape, one.build))}</td></tr>"
        for one in proposals(options, load_catalogue())[:SHOWN]
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
    """Callback: struts and settings of a proposal become those of the level."""
    try:
        new = case_with_advice(case, index, option)
    except HexapodError as error:
        session.opened().refuse(PUT_IN, str(error))
        return
    _put_case_in(uid, case, new, f"Struts and settings for rings {number(option.height_mm)} mm apart")


@action
def _put_case_in(uid: str, case: Case, new: Case, what: str) -> None:
    """Callback: the frame of a case becomes that of the level, if it was worked out of these entries."""
    now, _ = _case(work_out(session.draft()))
    if session.is_of_before() or now is None or now.sha256 != case.sha256:
        session.opened().refuse(PUT_IN, "An entry was changed at the same moment: ask for proposals again.")
        return
    entries.changed(lambda draft: put_proposal_in(draft, uid, new), new_fields=True)
    session.opened().message = f"{what}: put in. Look at step Check; below they can be taken back."


def put_proposal_in(draft: d.Draft, uid: str, case: Case) -> None:
    """Put rings, struts and settings of a level of `case` into the draft; those of before can be taken back.

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
