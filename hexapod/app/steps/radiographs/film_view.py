"""One radiograph on the page: which one is shown, its points and what is drawn between them, what the browser tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from hexapod.app.draft import film_draft
from hexapod.app.session import entries, session
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_keeping, film_scale
from hexapod.app.viewer.bundles import show_film
from hexapod.deformity.quantities import Side
from hexapod.errors import HexapodError
from hexapod.films.film_reading import ReadFilm
from hexapod.films.measure import read_measuring_document
from hexapod.films.placing import (
    AskedPoint,
    DrawnLine,
    asked_points,
    drawn_lines,
    edge_to_the_right,
    joint_points,
    level_lines,
    ruler_lines,
)
from hexapod.films.placing import ruler_points as points_of_ruler
from hexapod.films.ruler import KINDS, MOST_OF_A_KIND, ruled

VIEWS = {"ap": "AP", "lateral": "Lateral"}
SEEN = {"front": "Front", "back": "Back", "left": "Patient's left", "right": "Patient's right"}
HEIGHT_PX = 620
MARKER_POINT = AskedPoint(
    film_draft.MARKER, "Side marker", "marker", "The letter R or L on the radiograph; say below what it reads."
)


def chosen(shown: list[dict[str, Any]]) -> dict[str, Any]:
    """The radiograph that is shown, of those of the level."""
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


def read_alone(film: dict[str, Any], side: Side, reference: Any) -> ReadFilm | None:
    """The radiograph by itself; None where it cannot be read, which is said with the results."""
    document = {"limb": {"side": side}, "reference": reference, "measured_with": {**film_draft.FORMAT, "films": [film]}}
    try:
        return ReadFilm(read_measuring_document(document).measured_with.films[0], side, reference)
    except HexapodError:
        return None


def show(film: dict[str, Any], side: Side, reference: Any) -> None:
    """The radiograph with its points; a sentence where its picture is not open in this window."""
    case, uid = session.opened(), film_scale.level()["uid"]
    sha256 = film.get("pixels_sha256") or ""
    picture, address = case.pictures.get(sha256), film_keeping.address(sha256)
    if picture is None and address is None:
        st.html(
            '<p class="hx-line hx-hint">The picture of this radiograph is not open in this window: open the file again '
            "to see its points on it. Points and results are kept.</p>"
        )
        return
    read = read_alone(film, side, reference)
    show_film(
        {
            "sha256": sha256,
            "columns": film["columns"],
            "rows": film["rows"],
            "mirrored": film.get("mirrored", False),
            "caption": f"{film['id']} · {side.upper()} · {VIEWS[film['view']]} from {SEEN[film['seen_from']].lower()}",
            "wanted": _wanted(uid, film),
            "points": [*film["points"], *film_scale.points_beside(uid, film)],
            "lines": [
                {"path": line.path, "word": line.word, "faint": line.faint}
                for line in _lines(read, side, reference, film["id"])
            ],
            "right": "" if read is None else edge_to_the_right(read.film),
            "upper": "reference" if reference == "proximal" else "moving",
            "heard": case.film_changes,
            "height": HEIGHT_PX,
            "closed": not film_scale.may_enter(),
            "covering": case.covering == sha256 != "",
        },
        address if picture is None else picture.png,
        key=session.widget_key(("film", uid, film["id"])),
        on_points=partial(_placed, uid, film["id"]),
        on_cover=partial(_cover, uid, film["id"]),
    )
    _other_limb(uid, film, side)


def _wanted(uid: str, film: dict[str, Any]) -> list[dict[str, Any]]:
    """The points that can be placed: of the scale and of a measurement just begun first, then those of the bones."""
    source = session.typed(session.widget_key((film_scale.SCALE, uid, film["id"])))
    source = source or (film.get("scale") or {}).get("from")
    placed = {point["is"] for point in film["points"]}
    begun = session.opened().ruler.get((uid, film["id"]))
    first = [] if begun is None else points_of_ruler(*begun)
    if {point.name for point in first} <= placed:
        first = []
    measured = [
        point
        for kind in KINDS
        for which in range(MOST_OF_A_KIND)
        if (kind, which) != begun or not first
        if not placed.isdisjoint(kind.names(which))
        for point in points_of_ruler(kind, which)
    ]
    *bones, osteotomy = asked_points(film["view"])
    asked = [*film_scale.asked_for_scale(source), *first, *bones, MARKER_POINT, osteotomy]
    others = [*joint_points(film["view"]), *measured]
    return [
        {
            "is": one.name,
            "label": one.label,
            "short": one.short,
            "help": one.help,
            "group": one.group,
            "asked": by_itself,
        }
        for points, by_itself in ((asked, True), (others, False))
        for one in points
    ]


def _lines(read: ReadFilm | None, side: Side, reference: Any, name: str) -> Sequence[DrawnLine]:
    if read is None:
        return []
    bone = session.draft()["limb"]["bone"] or None
    films = [one for one in film_draft.films(film_scale.level()["measured_with"]) if one["id"] != name]
    others = [one for film in films if (one := read_alone(film, side, reference)) is not None]
    return [*drawn_lines(read, reference, bone), *level_lines(read, others), *ruler_lines(read, ruled(read, side))]


@action
def _placed(uid: str, name: str) -> None:
    """Callback: points were placed, moved or removed in the browser."""
    case, level = session.opened(), film_scale.open_level(uid)
    sent = (session.typed(session.widget_key(("film", uid, name))) or {}).get("points")
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if level is None or not sent or film is None or sent["sha256"] != film.get("pixels_sha256"):
        return
    case.film_changes = sent["number"]
    points = list(sent["points"])
    case.points_beside[uid, sent["sha256"]] = [point for point in points if film_draft.is_beside(point["is"])]
    entries.put(film_scale.path_of(uid), film_draft.with_points(level["measured_with"], name, points))


@action
def _cover(uid: str, name: str) -> None:
    """Callback: a box was drawn over a name; it is burned into the picture, which becomes another one."""
    case, level = session.opened(), film_scale.open_level(uid)
    covers = (session.typed(session.widget_key(("film", uid, name))) or {}).get("cover")
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if level is None or not covers or film is None or covers["sha256"] != film.get("pixels_sha256"):
        return
    before = case.pictures.get(covers["sha256"])
    try:
        png = film_keeping.png(covers["sha256"])
        covered = film_keeping.with_boxes(png, [covers["box"]], {} if before is None else before.header)
        film_keeping.covered(covers["sha256"], covered)
    except HexapodError as error:
        case.message = str(error)
        return
    case.points_beside[uid, covered.sha256] = film_scale.points_beside(uid, film)
    case.covering, case.message = "", f"{name}: the box is black in the picture, and what was below it is gone."
    text = film_draft.with_details(
        level["measured_with"],
        name,
        {"pixels_sha256": covered.sha256, "covered_px": [*film.get("covered_px", []), covers["box"]]},
    )
    entries.put(film_scale.path_of(uid), text)


def _other_limb(uid: str, film: dict[str, Any], side: Side) -> None:
    """The other limb's picture of this view, mirrored; nothing is measured on it."""
    found = session.opened().other_limb.get((uid, film["view"]))
    if found is None:
        return
    picture, mirrored = found
    other = "left" if side == "right" else "right"
    show_film(
        {
            "sha256": picture.sha256,
            "columns": picture.columns,
            "rows": picture.rows,
            "mirrored": not mirrored,
            "caption": f"{other.upper()}, mirrored for comparison",
            "wanted": [],
            "points": [],
            "lines": [],
            "right": "",
            "upper": "",
            "heard": 0,
            "height": HEIGHT_PX,
            "closed": True,
            "covering": False,
        },
        picture.png,
        key=session.widget_key(("film-other", uid, film["view"])),
    )
    st.button(f"Close the {other} limb", key="film-close-other", on_click=_close_other, args=(uid, film["view"]))


@action
def _close_other(uid: str, view: str) -> None:
    session.opened().other_limb.pop((uid, view), None)


def document_of(level: dict[str, Any], side: Side) -> dict[str, Any]:
    """What is measured: the limb, the reference fragment, and the radiographs of a level."""
    limb = {"side": side} | ({"bone": bone} if (bone := session.draft()["limb"]["bone"]) else {})
    return {"limb": limb, "reference": level["reference"], "measured_with": json.loads(level["measured_with"])}
