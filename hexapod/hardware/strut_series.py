"""The struts of a family as its file tells them, series by series, one-part and two-part ones."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hexapod.hardware.models import LOCKED_AT, OWN_FAMILY, WIDEST_GRADUATION_MM, AcutePart, Strut
from hexapod.hardware.toml_table import LARGEST_MM, TomlTable, family_label, provenance

# No scale has finer marks than this, mm: a nanometre (the same as in a case file).
FINEST_MM = 1e-6
# An acute part has no more marks: its scale is about 50 mm long, with a mark at every half or whole mm.
MOST_MARKS = 200

STRUT_NOTES = (
    "range_mm",
    "graduation_mm",
    "scale_direction",
    "scale_offset_mm",
    "body_diameter_mm",
    "max_lean_deg",
)


def struts_of(family: TomlTable) -> list[Strut]:
    """The struts of a family, none if it has only rings.  Raises CatalogueError: a value is missing or wrong."""
    if "struts" not in family.values:
        return []
    values = family.table("struts")
    values.only(("common", "series", "size_words"))
    size_words = values.table("size_words", required=False)
    words = {size: size_words.text(size) for size in size_words.values}
    common = values.table("common")
    common.only(("scale_direction", "scale_offset_mm", "body_diameter_mm", "max_lean_deg"))
    direction = common.number("scale_direction")
    if direction not in (1.0, -1.0):
        raise common.refuse("scale_direction", "must be 1, or -1 for a scale that counts down.")
    all_series = [TomlTable(values.is_table("series", one), f"{values.place}, series") for one in values.list("series")]
    size_words.only({size for series in all_series for size in series.table("sizes").values})
    return [strut for series in all_series for strut in _series(family, common, series, words)]


def _series(family: TomlTable, common: TomlTable, series: TomlTable, size_words: Mapping[str, str]) -> list[Strut]:
    """The struts of one series; `size_words` has the sizes that people write in another way than the file."""
    series.only(("name", "label", "graduation_mm", "sizes", "acute", "notes"))
    name, sizes = series.name("name", "size"), series.table("sizes")
    if LOCKED_AT in name:
        raise series.refuse("name", f"must not have {LOCKED_AT}, which stands before what an acute part is locked at.")
    notes = (*STRUT_NOTES, "acute") if "acute" in series.values else STRUT_NOTES
    struts = []
    for size in sizes.values:
        model = f"strut {name.format(size=size)}"
        least, most, graduation = _scale(sizes.of(model), series.of(model), size)
        acute = _acute(series.table("acute").of(model), size) if "acute" in series.values else None
        strut = Strut(
            name=name.format(size=size),
            family=family.text("family"),
            min_mm=least,
            max_mm=most,
            graduation_mm=graduation,
            scale_direction=round(common.number("scale_direction")),
            # Unknown until the acute part is locked: no length can come out of an unlocked strut.
            scale_offset_mm=math.nan if acute else common.of(model).number("scale_offset_mm"),
            body_diameter_mm=common.of(model).number("body_diameter_mm", least=0.0, above=True),
            max_lean_deg=common.of(model).number("max_lean_deg", least=0.0, most=90.0, above=True),
            series=name,
            provenance=provenance(family, series, notes),
            label=series.label("size", size_words.get(size, size), name.format(size=size)),
            family_label=family_label(family),
            acute=acute,
        )
        if strut.name == OWN_FAMILY:
            raise series.refuse("name", f"`{OWN_FAMILY}` stands for a strut described in a case: give it another name.")
        shortest = strut if acute is None else strut.locked_at(acute.readings_mm()[0])
        if not min(shortest.length(least), shortest.length(most)) >= 0.0:
            where = (common, "scale_offset_mm") if acute is None else (series.table("acute"), "constants_mm")
            raise where[0].of(model).refuse(where[1], "must make every length of it 0 mm or more.")
        struts.append(strut)
    return struts


def _scale(sizes: TomlTable, marks: TomlTable, size: str) -> tuple[float, float, float]:
    """Least and greatest reading of a scale and its graduation, mm."""
    ends = sizes.list(size)
    if len(ends) != 2:
        raise sizes.refuse(size, "must be two numbers [least, most] that the scale reads.")
    least, most = (sizes.checked(size, end, 0.0, LARGEST_MM) for end in ends)
    if not least < most:
        raise sizes.refuse(size, "must have the smaller reading first: [least, most].")
    graduation = marks.number("graduation_mm", least=FINEST_MM, most=WIDEST_GRADUATION_MM)
    if not graduation <= most - least:
        raise marks.refuse("graduation_mm", f"must not be more than its whole scale of {size}.")
    return least, most, graduation


def _acute(acute: TomlTable, size: str) -> AcutePart:
    """The acute part of a size of two-part struts."""
    acute.only(("constants_mm", "graduation_mm", "sizes"))
    least, most, graduation = _scale(acute.table("sizes"), acute, size)
    constant = acute.table("constants_mm").number(size)
    part = AcutePart(constant, least, most, graduation)
    if len(part.readings_mm()) > MOST_MARKS:
        raise acute.refuse("graduation_mm", f"gives the acute part more than {MOST_MARKS} marks, which no scale has.")
    return part
