"""The clinic's own results below its list of cases: spread of indices, over time and by group, and their export."""

from __future__ import annotations

import io
import zipfile
from html import escape

import streamlit as st

from hexapod.app.session import library_access
from hexapod.app.widgets.browser_scripts import show_svg
from hexapod.drawings.charts.result_charts import spread_chart
from hexapod.follow_up.clinic_results import GROUPS, SHOWN, ResultSpread, grouped_by, spread
from hexapod.library import Records
from hexapod.library.calls.outcomes import rows_of
from hexapod.text.numbers import number


def show(records: Records) -> None:
    """The panel, folded; nothing while no outcome is recorded.

    Raises:
        HexapodError: the library does not answer.
    """
    found = records.outcomes.all()
    if not found:
        return
    rows, _ = rows_of(found)
    with st.expander(f"Results of this clinic: {len(rows)} treatments with an outcome"):
        st.html(_table([(label, spread(row[name] for row in rows)) for name, label in SHOWN.items()]))
        figure = st.selectbox("Figure", list(SHOWN), format_func=SHOWN.__getitem__, key="results-figure")
        for by, label in GROUPS.items():
            groups = {
                name: [float(one) for row in these if isinstance(one := row[figure], int | float)]
                for name, these in grouped_by(rows, by).items()
            }
            if (chart := spread_chart(groups, f"{SHOWN[figure]}, by {label}")) is not None:
                show_svg(chart.decode("utf-8"), key=f"results-{by}")
                st.html(f'<p class="hx-line hx-hint">{escape(_words(label, groups))}</p>')
        if library_access.may_plan():
            st.download_button(
                "Pseudonymous export: CSV, Parquet, codebook",
                _zip,
                file_name="results.zip",
                mime="application/zip",
                key="results-export",
                on_click="ignore",
            )


def _words(label: str, groups: dict[str, list[float]]) -> str:
    """The chart in words: median and number of each group."""
    lines = [
        f"{name}: {number(found.median)} (n {found.count})"
        for name, values in groups.items()
        if (found := spread(values)) is not None
    ]
    return f"Median by {label}: {'; '.join(lines)}."


def _table(found: list[tuple[str, ResultSpread | None]]) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Figure", "Median", "Quartiles", "Range", "n"))
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{number(one.median)}</td>'
        f"<td>{number(one.lower)} to {number(one.upper)}</td><td>{number(one.least)} to {number(one.most)}</td>"
        f"<td>{one.count}</td></tr>"
        for label, one in found
        if one is not None
    )
    return f'<table class="hx-visits"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def _zip() -> bytes:
    """The files of the export, recorded in the audit trail when they are asked for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in library_access.records().outcomes.export().items():
            archive.writestr(name, content)
    return out.getvalue()
