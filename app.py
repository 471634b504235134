"""The app: `python -m streamlit run app.py`."""

import streamlit as st

from hexapod.app.server import asgi

app = st.App(
    asgi.SCRIPT,
    lifespan=asgi.lifespan,
    routes=asgi.ROUTES,
    middleware=asgi.MIDDLEWARE,
    on_script_error=asgi.failed,
)
