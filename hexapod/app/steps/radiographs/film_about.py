"""What is said of a radiograph beside its points: its day, side marker and turn; and what is still to be said."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import film_draft, typed_text
from hexapod.app.session import entries, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_keeping, film_scale
from hexapod.films.film_file import is_mirrored
from hexapod.films.film_reading import TURNED_DEG

DATE, MARKER, REASON = "film-date", "film-marker", "film-no-marker"
TURNED, WAY, WATCHED = "film-turned", "film-way", "film-watched"
READS = {"R": "R", "L": "L", "none": "None seen"}
# How well the direction of view is known, deg (docs/films.md).
WATCHED_SD: dict[str, float] = {"usual": TURNED_DEG.value, "nobody": 10.0, "rod": 2.0}
WATCHED_WORDS = {
    "usual": "watched while it was taken",
    "nobody": "nobody watched it",
    "rod": "by a foot ring or rotation rod",
}
WAYS = {"counter-clockwise": 1.0, "clockwise": -1.0}
MOST_TURNED_DEG = 360.0
BY_THE_LETTER = "the letter of the side marker reads as its mirror image"


def still_open(film: dict[str, Any]) -> list[str]:
    """Sentences for what has to be said of a radiograph before a size of it is taken over."""
    name, marker = film["id"], film.get("marker")
    if film.get("no_marker"):
        return []
    if marker is None:
        return [f"{name}: click the side marker and say what it reads, or that none is seen, with the reason."]
    if not marker.get("at_px") and film_keeping.is_seen(film):
        return [f"{name}: click the side marker on the radiograph."]
    return []


def show(film: dict[str, Any]) -> None:
    """Side marker, date and turn of a radiograph."""
    uid, name, closed = film_scale.level()["uid"], film["id"], not film_scale.may_enter()
    for sentence in still_open(film):
        st.html(f'<p class="hx-line hx-missing">{escape(sentence)}</p>')
    if film.get("header_overruled"):
        st.html(
            f'<p class="hx-line hx-missing">{escape(name)}: the header of the file says otherwise than what was '
            f"entered, and is not believed: {escape(film['header_overruled'])}</p>"
        )
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        reads = "none" if film.get("no_marker") else (film.get("marker") or {}).get("reads")
        key = session.seed(session.widget_key((MARKER, uid, name)), reads if reads in READS else None)
        st.segmented_control(
            "The side marker reads",
            list(READS),
            format_func=READS.__getitem__,
            key=key,
            disabled=closed,
            on_change=_marker,
            args=(uid, name),
        )
        st.button(
            "It reads as its mirror image: turn the picture",
            key=f"film-mirror-{name}",
            on_click=_mirror,
            args=(uid, name),
            disabled=closed,
        )
        if session.typed(key) == "none":
            st.text_input(
                "Why there is none, and how the side is known",
                autocomplete="off",
                disabled=closed,
                key=session.seed(session.widget_key((REASON, uid, name)), film.get("no_marker") or ""),
                on_change=_marker,
                args=(uid, name),
            )
    step_status.beside(f"film-marker-{name}")
    with st.expander(f"Day and direction of {name}: {_in_words(film)}"), st.container(horizontal=True, gap="medium"):
        st.text_input(
            "Date of the radiograph",
            placeholder="2026-12-07 or 7.12.2026",
            autocomplete="off",
            disabled=closed,
            key=session.seed(session.widget_key((DATE, uid, name)), film.get("date") or ""),
            on_change=_date,
            args=(uid, name),
        )
        turned = film.get("turned_deg") or 0.0
        st.text_input(
            "View turned about the limb, deg",
            autocomplete="off",
            disabled=closed,
            key=session.seed(session.widget_key((TURNED, uid, name)), f"{abs(turned):g}"),
            help="0: square to the reference fragment.",
            on_change=_turned,
            args=(uid, name),
        )
        st.segmented_control(
            "Seen from proximal, turned",
            list(WAYS),
            disabled=closed,
            key=session.seed(session.widget_key((WAY, uid, name)), _way(turned)),
            on_change=_turned,
            args=(uid, name),
        )
        sd = film.get("turned_sd_deg", TURNED_DEG.value)
        st.segmented_control(
            "Its direction was",
            list(WATCHED_SD),
            format_func=WATCHED_WORDS.__getitem__,
            disabled=closed,
            key=session.seed(
                session.widget_key((WATCHED, uid, name)), next((k for k, v in WATCHED_SD.items() if v == sd), None)
            ),
            on_change=_watched,
            args=(uid, name),
        )
    step_status.beside(f"film-about-{name}")


def _in_words(film: dict[str, Any]) -> str:
    day = typed_text.spoken(film["date"]) if film.get("date") else "no date"
    deg = film.get("turned_deg") or 0.0
    turned = f"turned {abs(deg):g} deg {_way(deg)}" if deg else "square"
    return f"{day}, {turned}, ± {film.get('turned_sd_deg', TURNED_DEG.value):g} deg"


def _way(deg: float) -> str | None:
    return None if not deg else "counter-clockwise" if deg > 0.0 else "clockwise"


def _put(uid: str, name: str, details: dict[str, Any]) -> None:
    level = film_scale.open_level(uid)
    if level is not None and film_draft.film_of(level["measured_with"], name) is not None:
        entries.put(film_scale.path_of(uid), film_draft.with_details(level["measured_with"], name, details))


@action
def _marker(uid: str, name: str) -> None:
    case, level = session.opened(), film_scale.open_level(uid)
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if film is None:
        return
    reads = session.typed(session.widget_key((MARKER, uid, name)))
    if reads == "none":
        reason = str(session.typed(session.widget_key((REASON, uid, name))) or "").strip()
        _put(uid, name, {"marker": None, "no_marker": reason or None})
        return
    side = session.draft()["limb"]["side"]
    if reads is not None and reads != side[0].upper():
        _put(uid, name, {"marker": None, "no_marker": None})
        case.refuse(
            f"film-marker-{name}",
            f"The limb of this case is the {side} one, and {reads} is not its marker. If the case is right, this "
            "radiograph is of the other limb, or its marker is: remove it. If the case is wrong, correct its side.",
        )
        return
    placed = {point["is"]: point["at_px"] for point in film_scale.points_beside(uid, film)}
    at = {"at_px": placed[film_draft.MARKER]} if film_draft.MARKER in placed else {}
    _put(uid, name, {"marker": None if reads is None else {"reads": reads, **at}, "no_marker": None})


@action
def _mirror(uid: str, name: str) -> None:
    """Callback: the letter of the marker reads as its mirror image, so the picture is turned left to right."""
    case, level = session.opened(), film_scale.open_level(uid)
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if film is None:
        return
    mirrored = not film.get("mirrored", False)
    picture = case.pictures.get(film.get("pixels_sha256") or "")
    by_header = None if picture is None else is_mirrored(picture.header, film["seen_from"])
    reason = film.get("header_overruled")
    if by_header is not None and by_header != mirrored:
        reason = reason or BY_THE_LETTER
    _put(uid, name, {"mirrored": mirrored, "header_overruled": reason})
    case.message = f"{name} is turned left to right. Look at the names of its points and at its sizes again."


@action
def _date(uid: str, name: str) -> None:
    typed = str(session.typed(session.widget_key((DATE, uid, name))) or "").strip()
    try:
        month_first = session.draft()["dates_typed"] == typed_text.MONTH_FIRST
        date = typed_text.date_text(typed, month_first=month_first) if typed else None
    except typed_text.NotANumber as error:
        session.opened().refuse(f"film-about-{name}", str(error))
        return
    _put(uid, name, {"date": date})


@action
def _turned(uid: str, name: str) -> None:
    case, button = session.opened(), f"film-about-{name}"
    typed, way = (session.typed(session.widget_key((what, uid, name))) for what in (TURNED, WAY))
    try:
        deg = typed_text.size(str(typed)) if str(typed or "").strip() else 0.0
    except typed_text.NotANumber as error:
        case.refuse(button, str(error))
        return
    if deg > MOST_TURNED_DEG:
        case.refuse(button, f"{deg:g} deg is more than a whole turn: type 0 to {MOST_TURNED_DEG:g}.")
    elif deg and way is None:
        case.refuse(button, "Choose which way the view was turned; until then it counts as square.")
    else:
        _put(uid, name, {"turned_deg": deg * WAYS.get(way, 0.0)})


@action
def _watched(uid: str, name: str) -> None:
    how = session.typed(session.widget_key((WATCHED, uid, name)))
    _put(uid, name, {"turned_sd_deg": None if how is None else WATCHED_SD[how]})
