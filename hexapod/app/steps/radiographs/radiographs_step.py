"""The step Radiographs, between Frame and Deformity: open, scale, place points, and take over what they tell."""

from __future__ import annotations

import json
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from hexapod.about import sample_radiographs
from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft
from hexapod.app.draft.outcome import Outcome
from hexapod.app.session import answer, entries, library_access, session
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_results, film_scale
from hexapod.app.viewer.bundles import show_film
from hexapod.app.widgets.fields import level_choice
from hexapod.case.film_format import SEEN_FROM, SeenFrom, View
from hexapod.deformity.quantities import Side
from hexapod.errors import CaseError, HexapodError
from hexapod.films.film_file import MOST_BYTES, FilmPicture, read_film
from hexapod.films.film_header import contradictions, record_of
from hexapod.films.film_reading import ReadFilm
from hexapod.films.measure import FilmMeasurement, measurement_of, read_measuring_document
from hexapod.films.placing import asked_points, axis_lines

UPLOAD, SIDE, VIEW, FROM = "film-file", "film-side", "film-view", "film-from"
VIEWS = {"ap": "AP", "lateral": "Lateral"}
SEEN = {"front": "Front", "back": "Back", "left": "Patient's left", "right": "Patient's right"}
SIDES: dict[Side, str] = {"left": "Left", "right": "Right"}
# In the order of the files of a sample.
SAMPLE_VIEWS: tuple[tuple[View, SeenFrom], ...] = (("ap", "front"), ("lateral", "left"))
HEIGHT_PX = 620
INTRODUCTION = (
    "Optional. Open the AP and the lateral radiograph, place points on them, and take over what they tell, line by "
    "line. Nothing is taken over by itself, and axial rotation is measured on the patient. The pictures stay in this "
    "window until it is closed; only points and results are kept with the case."
)


def show(_outcome: Outcome) -> None:
    """The whole step."""
    level_choice()
    st.subheader("Radiographs", anchor=False)
    side, reference = session.draft()["limb"]["side"], session.level()["reference"]
    if not (side and reference):
        st.caption(INTRODUCTION)
        lacking = "the side of the limb" if not side else "the reference fragment"
        st.html(
            f'<p class="hx-line hx-missing">Enter {lacking} first: it decides which way every direction points.</p>'
        )
        return
    _asked()
    shown = _films()
    if not shown:
        st.caption(INTRODUCTION)
        _open_part()
        return
    missing = [name for view, name in VIEWS.items() if all(film["view"] != view for film in shown)]
    film = _chosen(shown)
    found = _measured(side, reference)
    _viewer(film, side, reference)
    film_scale.show(film)
    with st.expander(f"Open another radiograph{f': {missing[0]} is missing' if missing else ''}"):
        _open_part()
    film_results.show(found)
    st.button(
        f"Remove {film['id']}",
        key="film-remove",
        on_click=_remove,
        args=(session.level()["uid"], film["id"]),
        disabled=not library_access.may_enter(),
    )


def _text() -> str:
    return str(session.level()["measured_with"])


def _films() -> list[dict[str, Any]]:
    return film_draft.films(_text())


# Opening


def _open_part() -> None:
    with st.container(border=True, key="film-open"):
        st.file_uploader(
            "Radiograph: DICOM, PNG, JPEG or TIFF",
            key=_field(UPLOAD),
            max_upload_size=MOST_BYTES // 1_000_000,
            disabled=not library_access.may_enter(),
        )
        with st.container(horizontal=True, gap="medium"):
            for label, name, options in (("Side", SIDE, SIDES), ("View", VIEW, VIEWS), ("Seen from", FROM, SEEN)):
                st.segmented_control(
                    label,
                    list(options),
                    format_func=dict(options).__getitem__,
                    key=_field(name),
                    disabled=not library_access.may_enter(),
                )
        st.button(
            "Open the radiograph",
            key="film-open-it",
            type="primary",
            on_click=_open,
            args=(session.level()["uid"],),
            disabled=not library_access.may_enter(),
        )
        answer.beside("film-open-it")
    if not _films() and sample_radiographs(session.draft()["id"]):
        st.button(
            "Try it: open the two radiographs of this sample",
            key="film-open-sample",
            on_click=_open_sample,
            args=(session.level()["uid"],),
            disabled=not library_access.may_enter(),
        )


def _field(name: str) -> str:
    """The key of a field of this form: new and empty once a radiograph was opened."""
    return session.widget_key((name, session.level()["uid"], str(len(_films()))))


@action
def _open_sample(uid: str) -> None:
    """Callback: the pair of an invented patient; a steel ball of 25.4 mm beside the bone is their scale."""
    if film_scale.open_level(uid) is None:
        return
    for file, (view, seen_from) in zip(sample_radiographs(session.draft()["id"]), SAMPLE_VIEWS, strict=True):
        picture, side = read_film(file.read_bytes()), session.draft()["limb"]["side"]
        record, notes = record_of(picture, name="", side=side, view=view, seen_from=seen_from)
        _take_in(uid, record, picture, [*notes, "The ball on both is 25.4 mm."])
    session.opened().film = f"{SAMPLE_VIEWS[0][0]}1"


@action
def _open(uid: str) -> None:
    case = session.opened()
    if film_scale.open_level(uid) is None:
        return
    file = session.typed(_field(UPLOAD))
    side, view, seen_from = (session.typed(_field(name)) for name in (SIDE, VIEW, FROM))
    entered = {"a file": file, "the side": side, "the view": view, "where it is seen from": seen_from}
    if lacking := [word for word, said in entered.items() if not said]:
        case.refuse("film-open-it", f"Choose {', '.join(lacking)}.")
        return
    if seen_from not in SEEN_FROM[view]:
        one, other = (SEEN[name] for name in SEEN_FROM[view])
        case.refuse("film-open-it", f"A radiograph with view {VIEWS[view]} is seen from: {one}, or {other}.")
        return
    if side != session.draft()["limb"]["side"]:
        case.refuse("film-open-it", f"The limb of this case is the {session.draft()['limb']['side']} one.")
        return
    try:
        picture = read_film(file.getvalue())
        record, notes = record_of(picture, name="", side=side, view=view, seen_from=seen_from)
    except HexapodError as error:
        case.refuse("film-open-it", str(error))
        return
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
    text = str(level["measured_with"])
    known = next((one for one in film_draft.films(text) if one.get("pixels_sha256") == picture.sha256), None)
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
        record = known | {"seen_from": record["seen_from"], "mirrored": record["mirrored"]}
    case.pictures[picture.sha256], case.film, case.film_changes = picture, record["id"], 0
    case.said = " ".join(notes)
    entries.put(film_scale.path_of(uid), film_draft.with_film(text, record))


def _asked() -> None:
    """A radiograph whose header says otherwise than the person: a person decides, and nothing is opened before."""
    asked = session.opened().asked_film
    uid = session.level()["uid"]
    if asked is None or asked[0] != uid or not library_access.may_enter():
        return
    with st.container(border=True, key="film-asked"):
        st.html("".join(f'<p class="hx-line hx-wrong">{escape(note)}</p>' for note in asked[3]))
        with st.container(horizontal=True):
            st.button("I have looked: open it as I said", key="film-asked-yes", on_click=_decide, args=(uid, True))
            st.button("Do not open it", key="film-asked-no", on_click=_decide, args=(uid, False))


@action
def _decide(uid: str, as_said: bool) -> None:
    case = session.opened()
    asked, case.asked_film = case.asked_film, None
    if asked is not None and asked[0] == uid and as_said:
        _take_in(*asked)


# One radiograph


def _chosen(shown: list[dict[str, Any]]) -> dict[str, Any]:
    names = [film["id"] for film in shown]
    case = session.opened()
    if case.film not in names:
        case.film = names[0]
    key = session.seed(session.widget_key(("film-shown",)), case.film, always=True)
    st.segmented_control(
        "Radiograph", names, key=key, required=True, on_change=_choose, args=(key,), label_visibility="collapsed"
    )
    return next(film for film in shown if film["id"] == case.film)


@action
def _choose(key: str) -> None:
    case = session.opened()
    case.film, case.film_changes = session.typed(key) or case.film, 0


def _viewer(film: dict[str, Any], side: Side, reference: Any) -> None:
    case = session.opened()
    picture = case.pictures.get(film.get("pixels_sha256") or "")
    if picture is None:
        st.html(
            '<p class="hx-line hx-hint">The picture of this radiograph is not open in this window: open the file again '
            "to see its points on it. Points and results are kept.</p>"
        )
        return
    uid = session.level()["uid"]
    source = session.typed(session.widget_key((film_scale.SCALE, uid, film["id"]))) or (film.get("scale") or {}).get(
        "from"
    )
    asked = [*film_scale.asked_for_scale(source), *asked_points(film["view"])]
    points = [*film["points"], *film_scale.points_of_scale(uid, film)]
    lines = _lines(film, side, reference)
    show_film(
        {
            "sha256": picture.sha256,
            "columns": picture.columns,
            "rows": picture.rows,
            "mirrored": film.get("mirrored", False),
            "caption": f"{film['id']} · {side.upper()} · {VIEWS[film['view']]} from {SEEN[film['seen_from']].lower()}",
            "wanted": [{"is": one.name, "label": one.label, "short": one.short, "help": one.help} for one in asked],
            "points": points,
            "lines": [{"from": line.start, "to": line.end, "word": line.word} for line in lines],
            "heard": case.film_changes,
            "height": HEIGHT_PX,
            "closed": not library_access.may_enter(),
        },
        picture.png,
        key=session.widget_key(("film", uid, film["id"])),
        on_points=partial(_placed, uid, film["id"]),
    )


def _lines(film: dict[str, Any], side: Side, reference: Any) -> list[Any]:
    try:
        document = {
            "limb": {"side": side},
            "reference": reference,
            "measured_with": {**film_draft.FORMAT, "films": [film]},
        }
        return axis_lines(ReadFilm(read_measuring_document(document).measured_with.films[0], side, reference))
    except HexapodError:  # what is wrong is said with the results
        return []


@action
def _placed(uid: str, name: str) -> None:
    """Callback: points were placed, moved or removed in the browser."""
    case, level = session.opened(), film_scale.open_level(uid)
    told = (session.typed(session.widget_key(("film", uid, name))) or {}).get("points")
    shown = film_draft.films(level["measured_with"]) if level is not None else []
    film = next((film for film in shown if film["id"] == name), None)
    if level is None or not told or film is None or told["sha256"] != film.get("pixels_sha256"):
        return
    case.film_changes = told["number"]
    points = list(told["points"])
    of_scale = [point for point in points if point["is"].startswith(film_draft.SCALE_POINT)]
    case.scale_points[uid, told["sha256"]] = of_scale
    entries.put(film_scale.path_of(uid), film_draft.with_points(level["measured_with"], name, points))


@action
def _remove(uid: str, name: str) -> None:
    level = film_scale.open_level(uid)
    if level is None:
        return
    for film in film_draft.films(level["measured_with"]):
        if film["id"] == name:
            session.opened().scale_points.pop((uid, film.get("pixels_sha256") or ""), None)
    entries.change(lambda draft: film_draft.remove_film(d.entry(draft, ("levels", uid)), name))


def _measured(side: Side, reference: Any) -> FilmMeasurement | str:
    """What the radiographs tell together, or why they tell nothing."""
    limb = {"side": side} | ({"bone": bone} if (bone := session.draft()["limb"]["bone"]) else {})
    try:
        return measurement_of({"limb": limb, "reference": reference, "measured_with": json.loads(_text())})
    except CaseError as error:
        return " ".join(str(problem) for problem in error.problems) or str(error)
    except HexapodError as error:
        return str(error)
