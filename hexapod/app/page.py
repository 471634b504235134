"""What runs for every click and entry: the page's name, who is there, and the planner."""

import streamlit as st

from hexapod.app.session import library_access
from hexapod.app.shell import ICON, planner
from hexapod.app.sign_in import user

st.set_page_config(page_title="Hexapod planner", page_icon=str(ICON), layout="wide")
pages = st.navigation([st.Page(planner, title="Hexapod planner", default=True)], position="hidden")
if user.gate(library_access.records):
    user.badge()
    pages.run()
