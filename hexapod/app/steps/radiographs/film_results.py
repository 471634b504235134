"""What the radiographs tell beside what was entered, to be taken over line by line; alignment and CORA."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import film_draft
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.entries import action
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


def show(found: FilmMeasurement | str) -> None:
    """The results, or the sentence that says why there are none."""
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
    for size in sizes:
        _line(size)
    if len(sizes) > 1:
        st.button(
            "Take over all",
            key="film-take-all",
            type="primary",
            on_click=_take,
            args=(session.level()["uid"], tuple(sizes)),
            disabled=not library_access.may_enter(),
        )
    if sizes:
        st.caption(CONVENTION)
    if found.alignment:
        _table("Alignment", ["Angle", "Measured", "Adults", "Radiograph"], [_alignment(one) for one in found.alignment])
    if found.cora:
        _table("CORA", ["Radiograph", "Angle", "Where"], [_cora(one) for one in found.cora])


def _line(size: MeasuredSize) -> None:
    most = max(size.contributors, key=lambda name: size.contributors[name])
    entered = session.level()["deformity"][size.pair.quantity]
    said = (
        f"{entered['size']} {size.pair.unit} {word_name(entered['word'])}"
        if entered["word"]
        else entered["size"] or "nothing"
    )
    with st.container(horizontal=True, vertical_alignment="center", key=f"film-result-{size.pair.quantity}"):
        st.html(
            f"<p><b>{size.size:.{DECIMALS}f} ± {size.sd:.1f} {size.pair.unit} {escape(spoken(size.word))}</b> "
            f"({escape(', '.join(size.films))}; mostly by {escape(most)}: {size.contributors[most]:.1f})"
            f"<br>entered: {escape(said)}{film_draft.became(session.level(), size)}</p>"
        )
        st.button(
            "Take over",
            key=f"film-take-{size.pair.quantity}",
            on_click=_take,
            args=(session.level()["uid"], (size,)),
            disabled=not library_access.may_enter(),
            help=f"Enter {size.size:.{DECIMALS}f} {size.pair.unit} {spoken(size.word)}",
        )


@action
def _take(uid: str, sizes: tuple[MeasuredSize, ...]) -> None:
    if library_access.may_enter():
        entries.change(lambda draft: film_draft.take_into(d.entry(draft, ("levels", uid)), sizes, DECIMALS))


def _table(heading: str, heads: list[str], rows: list[list[str]]) -> None:
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    st.html(
        f'<h4>{escape(heading)}</h4><table class="hx-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _alignment(entry: dict[str, Any]) -> list[str]:
    name, _, unit = entry["word"].rpartition("_")
    word = "" if name == "angle" else f" {name.replace('_', ' ')}"
    usual = (
        ""
        if "range_deg" not in entry
        else f"{entry['range_deg'][0]:g} to {entry['range_deg'][1]:g} ({entry['status']})"
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
