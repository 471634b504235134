"""The command `hexapod`, in a checkout `python -m hexapod`: the commands of `cli/`, and `app`, which opens the app."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hexapod.cli import main as commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    return commands.main(arguments, open_app)


def open_app(port: int, browser: bool) -> int:
    """Serve the app until it is stopped; the exit status."""
    # Streamlit takes a second to load, which no other command should wait for.
    from hexapod.app.server.start import start

    return start(port, browser=browser)


if __name__ == "__main__":
    sys.exit(main())
