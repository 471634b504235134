"""The step Radiographs, between Frame and Deformity: open, scale, place points, and take over what they tell."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.about import real_radiograph, sample_radiographs
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import entries, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_about, film_keeping, film_results, film_ruler, film_scale, film_view
from hexapod.app.steps.radiographs.film_view import SEEN, VIEWS
from hexapod.app.widgets import table_fields
from hexapod.app.widgets.fields import level_choice
from hexapod.case.film_format import SEEN_FROM, SeenFrom, View
from hexapod.deformity.quantities import Fragment, Side
from hexapod.errors import CaseError, HexapodError
from hexapod.films.film_file import MOST_BYTES, FilmPicture, contradictions, read_film, record_of
from hexapod.films.measure import FilmMeasurement, measurement_of

UPLOAD, SIDE, VIEW, FROM, NAMED = "film-file", "film-side", "film-view", "film-from", "film-named"
OVERRULED = "film-overruled"
SIDES: dict[Side, str] = {"left": "Left", "right": "Right"}
NAMES = {"none": "None", "cover": "Yes: cover it"}
# Of all that the step can be tried with; views in the order of the files of a sample.
SAMPLE_SIDE: Side = "right"
SAMPLE_VIEWS: tuple[tuple[View, SeenFrom], ...] = (("ap", "front"), ("lateral", "left"))
INTRODUCTION = (
    "Optional. Open the AP and the lateral radiograph, place points on them, and take over what they tell, line by "
    "line. Nothing is taken over by itself, and axial rotation is measured on the patient. The pictures stay in this "
    "window until it is closed, unless you have the library keep them; points and results are kept with the case."
)

FIRST = "Choose side and reference fragment first: they decide which way every direction points."


def show(outcome: Outcome) -> None:
    """The whole step."""
    session.opened().visit_films = None
    level_choice()
    st.subheader("Radiographs", anchor=False)
    side, reference = session.draft()["limb"]["side"], film_scale.level()["reference"]
    if not (side and reference):
        st.caption(INTRODUCTION)
        st.html(f'<p class="hx-line hx-missing">{FIRST}</p>')
        table_fields.show(outcome, ("limb", "side"))
        table_fields.show(outcome, ("levels", film_scale.level()["uid"], "reference"))
        return
    show_films(side, reference)


def show_of_visit(index: int, side: Side, reference: Fragment) -> None:
    """The radiographs of a visit, measured in the same way; what they tell becomes what was measured again at it."""
    session.opened().visit_films = (str(index), reference)
    show_films(side, reference)


def show_films(side: Side, reference: Any) -> None:
    """Radiographs opened, their points, and what they tell: of a level, or of one at a visit."""
    _asked()
    shown = _films()
    if not shown:
        st.caption(INTRODUCTION)
        _open_part()
        return
    missing = [name for view, name in VIEWS.items() if all(film["view"] != view for film in shown)]
    film = film_view.chosen(shown)
    found = _measured(side)
    film_view.show(film, side, reference)
    if not film_keeping.is_seen(film) and sample_radiographs(session.draft()["id"]):
        _samples()
    film_ruler.show_tools(film)
    film_about.show(film)
    film_keeping.show()
    film_scale.show(film)
    with st.expander(f"Open another radiograph{f': {missing[0]} is missing' if missing else ''}"):
        _open_part()
    unanswered = [sentence for film in shown for sentence in film_about.still_open(film)]
    film_results.show(found, unanswered)
    film_ruler.show_sizes(shown, side, reference, bool(unanswered))
    st.button(
        f"Remove {film['id']}",
        key="film-remove",
        on_click=_remove,
        args=(film_scale.level()["uid"], film["id"]),
        disabled=not film_scale.may_enter(),
    )


def _text() -> str:
    return str(film_scale.level()["measured_with"])


def _films() -> list[dict[str, Any]]:
    return film_draft.films(_text())


# Opening


def _open_part() -> None:
    with st.container(border=True, key="film-open"):
        st.file_uploader(
            "Radiograph: DICOM, PNG, JPEG or TIFF",
            key=_field(UPLOAD),
            max_upload_size=MOST_BYTES // 1_000_000,
            on_change=_read_ahead,
            args=(film_scale.level()["uid"],),
            disabled=not film_scale.may_enter(),
        )
        with st.container(horizontal=True, gap="medium"):
            for label, name, options in (
                ("Side", SIDE, SIDES),
                ("View", VIEW, VIEWS),
                ("Seen from", FROM, SEEN),
                ("Name, number or birth date in the picture", NAMED, NAMES),
            ):
                st.segmented_control(
                    label,
                    list(options),
                    format_func=dict(options).__getitem__,
                    key=_field(name),
                    disabled=not film_scale.may_enter(),
                )
        st.button(
            "Open the radiograph",
            key="film-open-it",
            type="primary",
            on_click=_open,
            args=(film_scale.level()["uid"],),
            disabled=not film_scale.may_enter(),
        )
        step_status.beside("film-open-it")
    if not _films():
        _samples()


def _samples() -> None:
    """What the step can be tried with, on the sample that it belongs to: nothing of it gets into a patient's case.

    Opened again after the window was closed, the pictures find their points.
    """
    if not sample_radiographs(session.draft()["id"]):
        st.caption("To try this step, open the sample Tibia vara from the list of cases: two belong to it.")
        return
    uid, closed = film_scale.level()["uid"], not film_scale.may_enter()
    with st.container(horizontal=True):
        st.button(
            "Try it: open the two radiographs of this sample",
            key="film-open-sample",
            on_click=_open_sample,
            args=(uid,),
            disabled=closed,
        )
        if real_radiograph() is not None:
            st.button(
                "Try it: open a real radiograph of a leg",
                key="film-open-real",
                on_click=_open_real,
                args=(uid,),
                disabled=closed,
            )


def _field(name: str) -> str:
    """The key of a field of this form: new and empty once a radiograph was opened."""
    return session.widget_key((name, film_scale.level()["uid"], str(len(_films()))))


@action
def _open_sample(uid: str) -> None:
    """Callback: the pair of an invented patient; a steel ball of 25.4 mm beside the bone is their scale."""
    if film_scale.open_level(uid) is None:
        return
    for file, (view, seen_from) in zip(sample_radiographs(session.draft()["id"]), SAMPLE_VIEWS, strict=True):
        picture = read_film(file.read_bytes())
        record, notes = record_of(picture, name="", side=SAMPLE_SIDE, view=view, seen_from=seen_from)
        _take_in(uid, record, picture, [*notes, "The ball on both is 25.4 mm."])
    session.opened().film = f"{SAMPLE_VIEWS[0][0]}1"


@action
def _open_real(uid: str) -> None:
    """Callback: the leg of somebody else than the patient of the sample; mirrored as it is stored, without a scale."""
    file = real_radiograph()
    if file is None or film_scale.open_level(uid) is None:
        return
    picture = read_film(file.read_bytes())
    view, seen_from = SAMPLE_VIEWS[0]
    record, notes = record_of(picture, name="", side=SAMPLE_SIDE, view=view, seen_from=seen_from)
    _take_in(uid, record, picture, ["A real right lower leg, of nobody whom this case tells of.", *notes])


@action
def _read_ahead(uid: str) -> None:
    """Callback: a file was chosen.  It is read while the rest is said of it, and refused at once where it must be."""
    file, case = session.typed(_field(UPLOAD)), session.opened()
    case.read_ahead = None
    if file is None or film_scale.open_level(uid) is None:
        return
    try:
        case.read_ahead = file.getvalue(), read_film(file.getvalue())
    except HexapodError as error:
        case.refuse("film-open-it", str(error))


@action
def _open(uid: str) -> None:
    case = session.opened()
    if film_scale.open_level(uid) is None:
        return
    file = session.typed(_field(UPLOAD))
    side, view, seen_from, named = (session.typed(_field(name)) for name in (SIDE, VIEW, FROM, NAMED))
    entered = {
        "a file": file,
        "the side": side,
        "the view": view,
        "where it is seen from": seen_from,
        "whether a name is in the picture": named,
    }
    if lacking := [word for word, value in entered.items() if not value]:
        case.refuse("film-open-it", f"Choose {', '.join(lacking)}.")
        return
    if seen_from not in SEEN_FROM[view]:
        one, other = (SEEN[name] for name in SEEN_FROM[view])
        case.refuse("film-open-it", f"A radiograph with view {VIEWS[view]} is seen from: {one}, or {other}.")
        return
    content, ahead = file.getvalue(), case.read_ahead
    try:
        picture = ahead[1] if ahead is not None and ahead[0] == content else read_film(content)
        record, notes = record_of(picture, name="", side=side, view=view, seen_from=seen_from)
    except HexapodError as error:
        case.refuse("film-open-it", str(error))
        return
    case.read_ahead = None
    case.covering = picture.sha256 if named == "cover" else ""
    if contradictions(picture.header, side, view, seen_from):
        case.asked_film = (uid, record, picture, notes)
        return
    _take_in(uid, record, picture, notes)


def _take_in(uid: str, record: dict[str, Any], picture: FilmPicture, notes: list[str]) -> None:
    """Show the picture; it becomes a radiograph of the level, or is found again as the one that it was."""
    case, level = session.opened(), film_scale.open_level(uid)
    case.asked_film = None
    if level is None:
        return
    if record["side"] != session.draft()["limb"]["side"]:
        case.other_limb[uid, record["view"]] = (picture, record["mirrored"])
        case.message = (
            f"This is the {record['side']} limb, the other one: it is shown mirrored, for comparison with the view "
            f"{VIEWS[record['view']]}, and nothing is measured on it."
        )
        return
    text = str(level["measured_with"])
    picture, again = film_keeping.covered_again(film_draft.films(text), picture)
    if again:
        record, notes = record | {"pixels_sha256": picture.sha256}, [*notes, again]
        case.covering = ""
    known, picture = film_keeping.found_again(film_draft.films(text), picture)
    if known is None:
        record = record | {"id": film_draft.free_id(text, record["view"])}
    elif known["view"] != record["view"]:
        case.refuse(
            "film-open-it", f"This picture is open as {known['id']}, {VIEWS[known['view']]}: remove that one first."
        )
        return
    else:
        if (known["seen_from"], known.get("mirrored", False)) != (record["seen_from"], record["mirrored"]):
            notes = [
                *notes,
                f"{known['id']} was entered as seen from {SEEN[known['seen_from']].lower()}; now it is "
                f"{SEEN[record['seen_from']].lower()}. Look at its points and sizes again.",
            ]
        overruled = {key: record[key] for key in ("header_overruled",) if key in record}
        opened = {"seen_from": record["seen_from"], "mirrored": record["mirrored"], "pixels_sha256": picture.sha256}
        record = known | opened | overruled
    case.pictures[picture.sha256], case.film, case.film_changes = picture, record["id"], 0
    case.message = " ".join(notes)
    entries.put(film_scale.path_of(uid), film_draft.with_film(text, record))
    film_keeping.keep_opened()


def _asked() -> None:
    """A radiograph whose header says otherwise than the person: a person decides, and nothing is opened before."""
    asked = session.opened().asked_film
    uid = film_scale.level()["uid"]
    if asked is None or asked[0] != uid or not film_scale.may_enter():
        return
    with st.container(border=True, key="film-asked"):
        st.html("".join(f'<p class="hx-line hx-wrong">{escape(note)}</p>' for note in asked[3]))
        st.text_input(
            "Why the header is wrong (kept with the case)", autocomplete="off", key=session.widget_key((OVERRULED, uid))
        )
        with st.container(horizontal=True):
            st.button("I have looked: open it as I said", key="film-asked-yes", on_click=_decide, args=(uid, True))
            st.button("Do not open it", key="film-asked-no", on_click=_decide, args=(uid, False))
        step_status.beside("film-asked-yes")


@action
def _decide(uid: str, agreed: bool) -> None:
    case, asked = session.opened(), session.opened().asked_film
    if asked is None or asked[0] != uid or not agreed or film_scale.open_level(uid) is None:
        case.asked_film = None
        return
    reason = str(session.typed(session.widget_key((OVERRULED, uid))) or "").strip()
    if not reason:
        case.refuse("film-asked-yes", "Type why the header is wrong: the reason is kept with the case.")
        return
    _take_in(uid, asked[1] | {"header_overruled": reason}, *asked[2:])


# What is measured


@action
def _remove(uid: str, name: str) -> None:
    level = film_scale.open_level(uid)
    if level is None:
        return
    for film in film_draft.films(level["measured_with"]):
        if film["id"] == name:
            session.opened().points_beside.pop((uid, film.get("pixels_sha256") or ""), None)
    entries.change(lambda draft: film_draft.remove_film(d.entry(draft, film_scale.holder_of(uid)), name))


def _measured(side: Side) -> FilmMeasurement | str:
    """What the radiographs tell together, or why they tell nothing."""
    try:
        return measurement_of(film_view.document_of(film_scale.level(), side))
    except CaseError as error:
        return " ".join(str(problem) for problem in error.problems) or str(error)
    except HexapodError as error:
        return str(error)
