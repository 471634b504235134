"""How fast the program is, measured in one run on one core: `python -m bench`."""

import os

# Before anything imports numpy: the library under it reads this once.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
