"""The app: `python -m streamlit run app.py`."""

import streamlit as st

from hexapod.ui import server

app = st.App(
    server.SCRIPT,
    lifespan=server.lifespan,
    routes=server.ROUTES,
    middleware=server.MIDDLEWARE,
    on_script_error=server.failed,
)
