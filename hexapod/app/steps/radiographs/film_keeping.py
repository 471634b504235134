"""Whether the pictures of radiographs are kept in the library, and where the viewer finds one that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from hexapod.app.draft import film_draft
from hexapod.app.session import entries, library_access, session, step_status
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_scale
from hexapod.errors import HexapodError
from hexapod.films.film_file import FilmPicture, read_film

KEEP = "film-keep"
HELP = (
    "Without the tick pictures stay in this window and are gone when it is closed; points and sizes are kept with the "
    "case in any case. With it the library keeps the grey pixels, too, so that whoever may see this case sees its "
    "radiographs again. Nothing of the file's header is kept. A name that stands in the picture itself would be kept "
    "with it: have it covered first. Kept pictures are in backups, in an export only when asked for, and an "
    "administrator can remove them (step Limb, In the library)."
)


def show() -> None:
    """The one tick, off until somebody sets it, and how many pictures are kept."""
    kept, known = _kept(), film_draft.pictures_of(session.draft())
    key = session.seed(session.widget_key((KEEP,)), is_agreed(), always=True)
    st.checkbox(
        "Keep the pictures in the library, too",
        key=key,
        on_change=_agree,
        args=(key,),
        disabled=not film_scale.may_enter(),
        help=HELP,
    )
    if mine := [sha256 for sha256 in known if sha256 in kept]:
        st.caption(f"Kept in the library: {len(mine)} of {len(known)} pictures.")
    step_status.beside(KEEP)


def is_agreed() -> bool:
    """Whether pictures are to be kept: as ticked in this window, else whether the library has any of this case."""
    agreed = session.opened().keep_pictures
    return bool(_kept()) if agreed is None else agreed


@action
def _agree(key: str) -> None:
    if film_scale.may_enter() and session.is_of_open_draft(key):
        session.opened().keep_pictures = bool(session.typed(key))
        keep_opened()


def keep_opened() -> None:
    """In callbacks: keep the opened pictures of this case where that is agreed; what cannot be kept is told."""
    case = session.opened()
    if not is_agreed():
        return
    entries.save() if not case.token else None
    if not case.token:
        case.refuse(KEEP, "The case is not in the library yet: save its entries, then set the tick again.")
        return
    known, kept = film_draft.pictures_of(session.draft()), _kept()
    try:
        for sha256 in known:
            if sha256 in case.pictures and sha256 not in kept:
                library_access.records().films.keep(case.token, case.pictures[sha256].png)
    except HexapodError as error:
        case.refuse(KEEP, str(error))


def covered(before: str, after: FilmPicture) -> None:
    """In callbacks: a picture that has a black box now takes the place of the one without it, in the library, too.

    Raises:
        HexapodError: the library cannot keep it; then nothing is changed here either.
    """
    case = session.opened()
    if before in _kept():
        library_access.records().films.keep(case.token, after.png, instead_of=before)
    case.pictures.pop(before, None)
    case.pictures[after.sha256] = after


def with_boxes(picture: bytes, boxes: Sequence[Sequence[int]], header: Mapping[str, Any]) -> FilmPicture:
    """A picture (PNG) with boxes (left, top, right, bottom) burned in; `header` is what is known of its file.

    Raises:
        HexapodError: a box covers nothing.
    """
    black_out = [(left, top, right, bottom) for left, top, right, bottom in boxes]
    return replace(read_film(picture, black_out=black_out), header=header)


def covered_again(films: Sequence[Mapping[str, Any]], picture: FilmPicture) -> tuple[FilmPicture, str]:
    """A file opened again in which a name had been covered: covered as before, so that it finds its points.

    Any other picture stays as it is, without a sentence.
    """
    for film in films:
        boxes = film.get("covered_px") or []
        if boxes and (film["columns"], film["rows"]) == (picture.columns, picture.rows):
            covered = with_boxes(picture.png, boxes, picture.header)
            if covered.is_named(film.get("pixels_sha256") or ""):
                return covered, f"It is {film['id']}: what was covered on it is black again."
    return picture, ""


def found_again(films: Sequence[dict[str, Any]], picture: FilmPicture) -> tuple[dict[str, Any] | None, FilmPicture]:
    """The radiograph whose picture this is, and the picture with the SHA-256 by which the radiograph goes on.

    In older files that is the SHA-256 of the PNG.  It becomes that of the pixels, but where the library has the picture
    by it.
    """
    same = next((film for film in films if film.get("pixels_sha256") == picture.sha256), None)
    if same is not None:
        return same, picture
    for film in films:
        sha256 = film.get("pixels_sha256") or ""
        unseen = bool(sha256) and sha256 not in session.opened().pictures
        if unseen and (film["columns"], film["rows"]) == (picture.columns, picture.rows) and picture.is_named(sha256):
            return film, replace(picture, sha256=sha256) if sha256 in _kept() else picture
    return None, picture


def png(sha256: str) -> bytes:
    """The picture of a radiograph, opened in this window or kept.  Raises HexapodError where it is neither."""
    picture = session.opened().pictures.get(sha256)
    return library_access.records().films.pixels(session.token(), sha256) if picture is None else picture.png


def is_seen(film: dict[str, Any]) -> bool:
    """Whether the picture of a radiograph is on the page."""
    sha256 = film.get("pixels_sha256") or ""
    return sha256 in session.opened().pictures or address(sha256) is not None


def address(sha256: str) -> str | None:
    """Where the server hands out a picture of the open case; None when the library has none of it."""
    return f"films/{session.token()}/{sha256}.png" if session.token() and sha256 in _kept() else None


def _kept() -> tuple[str, ...]:
    record = session.opened().record
    return record.films if record is not None else ()
