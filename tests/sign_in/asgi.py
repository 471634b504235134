"""The small app as `st.App` serves it: `uvicorn --factory tests.sign_in.asgi:app`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st


def app() -> st.App:
    return st.App(Path(__file__).with_name("small_app.py"))
