"""What runs for every click and entry: the page's name, who is there, and the planner."""

import streamlit as st

from hexapod.ui import shelf, who
from hexapod.ui.planner import ICON, planner

st.set_page_config(page_title="Hexapod planner", page_icon=str(ICON), layout="wide")
pages = st.navigation([st.Page(planner, title="Hexapod planner", default=True)], position="hidden")
if who.gate(shelf.records):
    who.badge()
    pages.run()
