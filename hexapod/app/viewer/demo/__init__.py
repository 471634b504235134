"""The 3D preview by itself, without Streamlit: for looking at it, for tests and for its speed."""
