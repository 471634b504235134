"""Settings as the text of a secrets file."""

from __future__ import annotations

import json
from typing import Any


def toml(sections: dict[str, dict[str, Any]]) -> str:
    """Sections as a secrets file (texts, numbers, lists of texts)."""
    lines = []
    for name, values in sections.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items()), ""]
    return "\n".join(lines)
