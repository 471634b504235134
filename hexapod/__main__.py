"""`python -m hexapod`."""

import sys

from hexapod.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
