"""What the radiographs tell beside what was entered, to be taken over line by line; alignment and CORA."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft
from hexapod.app.session import entries, session
from hexapod.app.session.entries import action
from hexapod.app.steps.radiographs import film_scale
from hexapod.films.alignment import PALEY, READ
from hexapod.films.deformity_words import MeasuredSize
from hexapod.films.measure import FilmMeasurement
from hexapod.text.case_sentences import spoken
from hexapod.text.field_kinds import word_name

# Sizes are taken over in tenths: no radiograph is measured finer.
DECIMALS = 1
CONVENTION = (
    "Angles and translations are counted from the reference fragment's axis in each view; other programs measure "
    "translations in another way on the same radiograph."
)
# Source: Paley, Principles of Deformity Correction, 2002, osteotomy rules 1 to 3 (docs/films.md).
RULES = (
    "Cut and hinge at the CORA: the axes meet again, and the ends of the bone only turn.",
    "Hinge at the CORA, cut elsewhere: the axes meet again, and the ends of the bone shift against each other.",
    "Hinge away from the CORA: the axes become parallel and stay apart; the bone ends up translated.",
)
OF_ADULTS = "The ranges are of adults, so those of a growing bone are not told."


def show(found: FilmMeasurement | str, unanswered: list[str]) -> None:
    """The results, or the sentence that says why there are none; `unanswered` keeps them from being taken over."""
    st.subheader("Measured", anchor=False)
    if isinstance(found, str):
        st.html(f'<p class="hx-line hx-wrong">{escape(found)}</p>')
        return
    for warning in found.warnings:
        st.html(f'<p class="hx-line hx-missing">{escape(warning)}</p>')
    sizes = found.deformity.sizes
    if not sizes:
        st.html(
            '<p class="hx-line hx-hint">The points tell no size yet: an axis needs three pairs on each fragment.</p>'
        )
    if sizes:
        for sentence in unanswered:
            st.html(f'<p class="hx-line hx-missing">Before anything is taken over: {escape(sentence)}</p>')
    for size in sizes:
        _line(size, bool(unanswered))
    if len(sizes) > 1:
        st.button(
            "Take over all",
            key="film-take-all",
            type="primary",
            on_click=_take,
            args=(film_scale.level()["uid"], tuple(sizes)),
            disabled=bool(unanswered) or not film_scale.may_enter(),
        )
    if sizes:
        st.caption(CONVENTION)
    if found.alignment:
        _alignment_table(found.alignment)
    if found.cora:
        _table("CORA", ["Radiograph", "Angle", "Where"], [_cora(one) for one in found.cora])
        _as_origin(found.cora)
        with st.expander("Where to cut and where to hinge: Paley's three rules"):
            st.html("<ol>" + "".join(f"<li>{escape(rule)}</li>" for rule in RULES) + "</ol>")


def _line(size: MeasuredSize, blocked: bool) -> None:
    most = max(size.contributors, key=lambda name: size.contributors[name])
    entered = film_scale.level()["deformity"][size.pair.quantity]
    words = (
        f"{entered['size']} {size.pair.unit} {word_name(entered['word'])}"
        if entered["word"]
        else entered["size"] or "nothing"
    )
    became = film_draft.became(film_scale.level(), f"deformity.{size.word}", size.size)
    with st.container(horizontal=True, vertical_alignment="center", key=f"film-result-{size.pair.quantity}"):
        st.html(
            f"<p><b>{size.size:.{DECIMALS}f} ± {size.sd:.1f} {size.pair.unit} {escape(spoken(size.word))}</b> "
            f"({escape(', '.join(size.films))}; mostly by {escape(most)}: {size.contributors[most]:.1f})"
            f"<br>entered: {escape(words)}{became}</p>"
        )
        st.button(
            "Take over",
            key=f"film-take-{size.pair.quantity}",
            on_click=_take,
            args=(film_scale.level()["uid"], (size,)),
            disabled=blocked or not film_scale.may_enter(),
            help=f"Enter {size.size:.{DECIMALS}f} {size.pair.unit} {spoken(size.word)}",
        )


@action
def _take(uid: str, sizes: tuple[MeasuredSize, ...]) -> None:
    if film_scale.may_enter():
        entries.change(lambda draft: film_draft.take_into(d.entry(draft, film_scale.holder_of(uid)), sizes, DECIMALS))


def _table(heading: str, heads: list[str], rows: list[list[str]], marked: tuple[int, ...] = ()) -> None:
    """A table of texts; the rows of these numbers stand out."""
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(
        ('<tr class="hx-outside">' if number in marked else "<tr>")
        + "".join(f"<td>{escape(cell)}</td>" for cell in row)
        + "</tr>"
        for number, row in enumerate(rows)
    )
    st.html(
        f'<h4>{escape(heading)}</h4><table class="hx-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _alignment_table(found: list[dict[str, Any]]) -> None:
    """Angles with the range of adults, outside of which a row stands out; of a child neither."""
    if session.draft()["limb"]["child"] == "yes":
        _table(
            "Alignment",
            ["Angle", "Measured", "Radiograph"],
            [[row[0], row[1], row[-1]] for row in map(_alignment, found)],
        )
        st.caption(OF_ADULTS)
        return
    marked = tuple(number for number, entry in enumerate(found) if _is_outside(entry))
    _table("Alignment", ["Angle", "Measured", "Adults", "Radiograph"], [_alignment(one) for one in found], marked)
    st.caption(f"{PALEY}. What is marked as not read is quoted from elsewhere.")


def _is_outside(entry: dict[str, Any]) -> bool:
    return "range_deg" in entry and not entry["range_deg"][0] <= entry["size"] <= entry["range_deg"][1]


def _as_origin(found: list[dict[str, Any]]) -> None:
    """A button for every radiograph on which the axes cross: its CORA becomes the origin."""
    with st.container(horizontal=True, key="film-cora"):
        for entry in found:
            if "at_px" in entry:
                st.button(
                    f"Use the CORA of {entry['film']} as origin",
                    key=f"film-cora-{entry['film']}",
                    on_click=_put_origin,
                    args=(film_scale.level()["uid"], entry["film"], entry["at_px"]),
                    disabled=not film_scale.may_enter(),
                    help="Moves the point “origin” there. Place the corresponding point, and the origin on the other "
                    "radiograph, at the same level.",
                )


@action
def _put_origin(uid: str, name: str, at_px: list[float]) -> None:
    level = film_scale.open_level(uid)
    film = film_draft.film_of(level["measured_with"], name) if level is not None else None
    if level is None or film is None:
        return
    kept = [point for point in film["points"] if point["is"] != "origin"]
    points = [*kept, {"is": "origin", "at_px": at_px}, *film_scale.points_beside(uid, film)]
    session.opened().film_changes += 1
    entries.put(film_scale.path_of(uid), film_draft.with_points(level["measured_with"], name, points))


def _alignment(entry: dict[str, Any]) -> list[str]:
    name, _, unit = entry["word"].rpartition("_")
    word = "" if name == "angle" else f" {name.replace('_', ' ')}"
    usual = (
        ""
        if "range_deg" not in entry
        else f"{entry['range_deg'][0]:g} to {entry['range_deg'][1]:g}"
        + ("" if entry["status"] == READ else f" ({entry['status']})")
        + (": outside" if _is_outside(entry) else "")
    )
    return [entry["name"], f"{entry['size']:.1f} ± {entry['sd']:.1f} {unit}{word}", usual, str(entry["film"])]


def _cora(entry: dict[str, Any]) -> list[str]:
    if entry["view"] == "oblique":
        where = f"{entry['from_frontal_deg']:.0f} deg from the frontal plane, apex {entry['apex']}"
        return ["oblique plane", f"{entry['angle_deg']:.1f} ± {entry['sd_deg']:.1f} deg", where]
    unit = "mm" if "height_sd_mm" in entry else "px"
    places = [f"{size:.1f} mm {spoken(word)}" for word, size in entry.get("from_origin", {}).items()]
    where = f"{' and '.join(places) or 'on the radiograph'}{' of the origin' if places else ''}"
    return [
        str(entry["film"]),
        f"{entry['angle_deg']:.1f} deg ({entry['is']})",
        f"{where}, height ± {entry[f'height_sd_{unit}']:.1f} {unit}",
    ]
