"""The plainest Streamlit page on which something can be edited: its floor, beside which `bench.page` measures ours.

Run by Streamlit, not imported.
"""

import streamlit as st

size = st.number_input("Size", value=0.0, format="%.2f")
st.html(f'<p class="hx-print"><code>{size:.2f}</code></p>')
