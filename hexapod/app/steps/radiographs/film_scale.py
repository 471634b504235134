"""The scale of a radiograph: from a ball, a ruler or a typed size of a pixel; and what its buttons may change."""

from __future__ import annotations

from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft, typed_text
from hexapod.app.session import entries, library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.case.film_format import COARSEST_MM_PER_PX, Film
from hexapod.films.placing import AskedPoint
from hexapod.text.film_text import scale_words

# Begins the uid of what is measured again at a visit; the number of the level follows.
VISIT = "visit-"
SCALE, TRUE_MM, DEPTH = "film-scale", "film-true-mm", "film-depth"
SCALES = {
    "ball": "Ball",
    "ruler": "Ruler",
    "frame": "Part of the frame",
    "given": "Typed, mm per pixel",
    "none": "None, or stitched: angles only",
}
# Whether ball or ruler stood at the depth of the bone, and what its scale is then off by, % (docs/films.md); 10 mm
# nearer or farther are 1 %.
DEPTHS = {"bone": "at the depth of the bone", "unknown": "not known"}
UNKNOWN_DEPTH_SD_PERCENT = 5.0


def level() -> d.Draft:
    """What the radiographs on the page are of, to be read: a level, or one measured again at the visit on the page."""
    of = session.opened().visit_films
    if of is None:
        return session.level()
    index, reference = of
    found: d.Draft = d.entry(session.draft(), holder_of(f"{VISIT}{index}"))
    return found | {"uid": f"{VISIT}{index}", "reference": reference}


def holder_of(uid: str) -> d.Path:
    """Where a level stands in the draft, or what was measured again of one at a visit."""
    return ("visit", "measured", uid.removeprefix(VISIT)) if uid.startswith(VISIT) else ("levels", uid)


def path_of(uid: str) -> d.Path:
    """Where its radiographs stand in the draft."""
    return (*holder_of(uid), "measured_with")


def may_enter() -> bool:
    """Whether the radiographs on the page can be changed: those of a visit also beside a signed plan."""
    return library_access.may_enter(("visit",) if session.opened().visit_films is not None else ())


def open_level(uid: str) -> d.Draft | None:
    """For callbacks: the level of the button; None where nothing may be entered now, or another case is open by now."""
    if not library_access.may_enter(holder_of(uid)[:1] if uid.startswith(VISIT) else ()) or session.is_of_before():
        return None
    try:
        found: d.Draft = d.entry(session.draft(), holder_of(uid))
    except KeyError:
        return None
    return found


def show(film: dict[str, Any]) -> None:
    """Where the scale is from, and the fields to enter another."""
    words = scale_words(Film.model_validate(film | {"points": []}))
    with st.expander(f"Scale of {film['id']}: {words}"):
        st.caption(
            "A ball or a ruler beside the bone, at its depth: 10 mm nearer or farther are 1 %. Type its true size, and "
            "place its points on the radiograph: three on the rim of the ball, or the two ends of the length. A part "
            "of the frame is nearer or farther than the bone: 5 %. A radiograph stitched from several, or from a slot "
            "scanner, has no single point source, and lengths on it were found 15 to 19 mm off (Bioengineering "
            "2025;12:999): measure angles only."
        )
        name, uid = film["id"], level()["uid"]
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            st.segmented_control(
                "From",
                list(SCALES),
                format_func=SCALES.__getitem__,
                key=session.widget_key((SCALE, uid, name)),
                disabled=not may_enter(),
            )
            st.text_input(
                "True size, mm",
                key=session.widget_key((TRUE_MM, uid, name)),
                autocomplete="off",
                disabled=not may_enter(),
            )
            st.segmented_control(
                "Ball or ruler stood",
                list(DEPTHS),
                format_func=DEPTHS.__getitem__,
                key=session.widget_key((DEPTH, uid, name)),
                disabled=not may_enter(),
            )
            st.button(
                "Use",
                key=f"film-use-scale-{name}",
                on_click=_use_scale,
                args=(uid, name),
                disabled=not may_enter(),
            )
        step_status.beside(f"film-use-scale-{name}")


@action
def _use_scale(uid: str, name: str) -> None:
    case, level, button = session.opened(), open_level(uid), f"film-use-scale-{name}"
    film = film_draft.film_of(level["measured_with"], name) if level else None
    if level is None or film is None:
        return
    text = str(level["measured_with"])
    source, typed = (session.typed(session.widget_key((what, uid, name))) for what in (SCALE, TRUE_MM))
    spacing = (film.get("scale") or {}).get("mm_per_px") or [1.0, 1.0]
    if spacing[0] != spacing[1]:
        case.refuse(button, "Its pixels are not square, and only its header says how oblong: that scale stays.")
        return
    if source == "none":
        entries.put(path_of(uid), film_draft.with_scale(text, name, None))
        return
    try:
        size = float(typed_text.size(typed or ""))
    except typed_text.NotANumber as error:
        case.refuse(button, str(error))
        return
    if source is None or size <= 0.0:
        case.refuse(button, "Choose where the scale is from, and type a size above 0.")
        return
    if source == "given":
        if size > COARSEST_MM_PER_PX:
            case.refuse(button, f"{size:g} mm per pixel is too coarse: type the size of a pixel in mm, such as 0.14.")
            return
        entries.put(path_of(uid), film_draft.with_scale(text, name, {"from": "given", "mm_per_px": [size, size]}))
        return
    depth = session.typed(session.widget_key((DEPTH, uid, name)))
    if depth is None and source != "frame":
        case.refuse(button, f"Say whether the {source} stood at the depth of the bone.")
        return
    key, count = film_draft.SCALE_POINTS[source]
    placed = {point["is"]: point["at_px"] for point in points_beside(uid, film)}
    names = film_draft.scale_names(count)
    if not all(one in placed for one in names):
        case.refuse(button, f"Place the {count} points of the {source} on the radiograph, then press Use.")
        return
    scale = {"from": source, "true_mm": size, key: [placed[one] for one in names]}
    if depth == "unknown" and source != "frame":
        scale["sd_percent"] = UNKNOWN_DEPTH_SD_PERCENT
    entries.put(path_of(uid), film_draft.with_scale(text, name, scale))


def points_beside(uid: str, film: dict[str, Any]) -> list[dict[str, Any]]:
    """Points of the scale and the side marker: those placed in this window, else those of the file."""
    placed = session.opened().points_beside.get((uid, film.get("pixels_sha256") or ""))
    return film_draft.points_beside(film) if placed is None else placed


def asked_for_scale(source: str | None) -> list[AskedPoint]:
    """The points that a scale of a source is placed with."""
    if source not in film_draft.SCALE_POINTS:
        return []
    _, count = film_draft.SCALE_POINTS[source]
    help_ = "A point of the ball's rim; spread the three." if source == "ball" else "An end of the known length."
    return [
        AskedPoint(name, f"Scale, point {k}", f"scale {k}", help_)
        for k, name in enumerate(film_draft.scale_names(count), start=1)
    ]
