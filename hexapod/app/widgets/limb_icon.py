"""Which limb it is, as a drawing: a person who faces the reader, so that the patient's right is on the left."""

from __future__ import annotations

from hexapod.app.widgets.browser_scripts import image_html

# Segments from joint to joint on the patient's left (right of the drawing), in units of the drawing.
_SEGMENTS = {
    "humerus": ((23.5, 11.5), (27.0, 19.5)),
    "forearm": ((27.0, 19.5), (29.5, 27.0)),
    "femur": ((20.0, 25.5), (21.0, 35.5)),
    "tibia": ((21.0, 35.5), (21.5, 44.5)),
    "foot": ((21.5, 44.5), (25.0, 46.0)),
}
_WIDTH, _HEIGHT = 36.0, 48.0
# Seen well on the light and on the dark page.
_BODY, _MARKED = "#7f8e9b", "#e5484d"


def figure_html(side: str | None, bone: str | None) -> str:
    """The figure as an image, its words telling which segment of which side is marked."""
    words = f"{side} {bone} marked on a person facing you" if side and bone else "no limb marked yet"
    return image_html(figure_svg(side, bone), words, "hx-figure")


def figure_svg(side: str | None, bone: str | None) -> str:
    """The person with the limb's segment marked, and R and L beside; nothing is marked before both are chosen.

    >>> figure_svg("left", "tibia").count(_MARKED), figure_svg(None, "tibia").count(_MARKED)
    (1, 0)
    """
    parts = []
    for name, (start, end) in _SEGMENTS.items():
        for one in ("left", "right"):
            mark = f' stroke="{_MARKED}" stroke-width="5"' if (one, name) == (side, bone) else ""
            (x1, y1), (x2, y2) = _on(one, start), _on(one, end)
            parts.append(f'<line{mark} x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}">'
        f'<circle cx="18" cy="4.6" r="3.6" fill="{_BODY}"/>'
        f'<g fill="none" stroke="{_BODY}" stroke-width="2.2" stroke-linecap="round">'
        f'<path d="M18 9v15M12.5 11.5h11M16 25h4"/>{"".join(parts)}</g>'
        f'<g fill="{_BODY}" font-family="sans-serif" font-weight="700" font-size="9">'
        '<text x="0.5" y="10">R</text><text x="29" y="10">L</text></g></svg>'
    )


def _on(side: str, point: tuple[float, float]) -> tuple[float, float]:
    """A point of the patient's left side on the side asked for."""
    return point if side == "left" else (_WIDTH - point[0], point[1])
