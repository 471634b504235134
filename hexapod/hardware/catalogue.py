"""The catalogue: data files, one per family, read strictly into rings and struts."""

from __future__ import annotations

import difflib
import functools
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from hexapod.deformity.quantities import Fragment
from hexapod.errors import CatalogueError
from hexapod.geometry.transforms import Array
from hexapod.hardware import measured_rings, ring_bodies
from hexapod.hardware.models import OWN_FAMILY, WIDEST_GRADUATION_MM, Provenance, Ring, Strut
from hexapod.hardware.ring_bodies import BodyOutline
from hexapod.hardware.toml_table import LARGEST_MM, TomlTable
from hexapod.kinematics.inverse import ring_points

# No scale has finer marks than this, mm: a nanometre (the same as in a case file).
FINEST_MM = 1e-6


def half_angle_deg(pair_mm: float, radius_mm: float) -> float:
    """Half the angle between the two joints of a tab, deg; NaN when they are farther apart than the diameter."""
    share = pair_mm / 2.0 / radius_mm
    return math.degrees(math.asin(share)) if share <= 1.0 else math.nan


Table = Mapping[str, Any]
Item = TypeVar("Item", Ring, Strut)
STATUSES = ("published", "academic", "generic", "unverified", "user", "measured")
LAYOUTS_FILE = "layouts.toml"
# Tabs of one ring are 120 deg apart: joints farther than half of it from their tab would pass those of the next.
WIDEST_HALF_DEG = 60.0
RING_NOTES = (
    "inner_diameters_mm",
    "joint_radius",
    "joint_pair",
    "joint_height_mm",
    "body_width_mm",
    "body_thickness_mm",
    "layout",
)
OUTLINE_KEYS = ("body_arc_deg", "body_legs_mm", "holes", "tab_holes")
RING_KEYS = (
    "name",
    "label",
    "inner_diameters_mm",
    "joint_radius_mm",
    "joint_radius_beyond_inner_mm",
    "half_angle_deg",
    "joint_pair_mm",
    "joint_height_mm",
    "body_width_mm",
    "body_thickness_mm",
    "layout",
    *OUTLINE_KEYS,
    "notes",
)
STRUT_NOTES = (
    "range_mm",
    "graduation_mm",
    "scale_direction",
    "scale_offset_mm",
    "body_diameter_mm",
    "max_lean_deg",
)


@dataclass(frozen=True)
class Catalogue:
    """All known rings and struts by name."""

    rings: Mapping[str, Ring] = field(default_factory=dict)
    struts: Mapping[str, Strut] = field(default_factory=dict)

    def ring(self, name: str) -> Ring:
        """The ring of that name.  Raises CatalogueError with the nearest names."""
        return _pick(self.rings, name, "ring")

    def strut(self, name: str) -> Strut:
        """The strut of that name.  Raises CatalogueError with the nearest names."""
        return _pick(self.struts, name, "strut")

    def exchangeable(self, strut: Strut) -> list[Strut]:
        """The struts of the same family and series, hence graduation, shortest first; only itself without a series."""
        same = [other for other in self.struts.values() if strut.series and other.series == strut.series]
        return sorted(same, key=lambda other: other.min_mm) or [strut]


def load_catalogue(*own_files: Path) -> Catalogue:
    """The shipped catalogue, with the families of the user's own files (same form) added.

    Raises:
        CatalogueError: a file cannot be read, lacks a value, has one that makes no sense, or repeats a name.
    """
    shipped = _shipped()
    rings, struts = dict(shipped.rings), dict(shipped.struts)
    for path in own_files:
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CatalogueError(f"{path} cannot be read as a catalogue file: {error}") from error
        _add(table, path.name, rings, struts)
    return Catalogue(rings, struts)


@functools.cache
def _shipped() -> Catalogue:
    rings: dict[str, Ring] = {}
    struts: dict[str, Strut] = {}
    for file in sorted(_data().iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml") and file.name != LAYOUTS_FILE:
            _add(tomllib.loads(file.read_text("utf-8")), file.name, rings, struts)
    return Catalogue(rings, struts)


def _data() -> Any:
    return resources.files("hexapod.hardware") / "data"


@functools.cache
def _layouts() -> dict[str, Any]:
    return tomllib.loads((_data() / LAYOUTS_FILE).read_text("utf-8"))


def joint_angles_deg(ring: Literal["proximal", "distal"], layout: str = "standard") -> Array:
    """Struts 1 to 6 (6, 2): the angle of the tab in deg, and +1 or -1 half angle beside it (conventions section 4)."""
    return np.array(_layouts()[layout][ring], float)


def _add(table: Table, file: str, rings: dict[str, Ring], struts: dict[str, Strut]) -> None:
    """Add one family's rings and struts."""
    top = TomlTable(table, file)
    family = TomlTable(table, f"{file}, family {top.text('family')}")
    family.only(("family", "title", "label", "status", "source", "rings", "struts", measured_rings.KEY))
    if family.text("family").strip().lower() == OWN_FAMILY:
        raise family.refuse("family", "is the name of hardware described in a case; give yours another.")
    for key in ("title", "status", "source", *({"label"} & table.keys())):
        family.text(key)
    _check_status(family)
    if not {"rings", "struts", measured_rings.KEY} & table.keys():
        raise CatalogueError(f"{family.place}: has neither rings nor struts. docs/hardware.md shows the form.")
    measured = [one.ring() for one in measured_rings.read_measured(family)]
    new: list[Ring | Strut] = [*_rings(family), *_struts(family), *measured]
    for item in new:
        if item.name in rings or item.name in struts:
            raise CatalogueError(f"{family.place} names {item.name} again: give your own models names of their own.")
        if isinstance(item, Ring):
            rings[item.name] = item
        else:
            struts[item.name] = item


def _family_label(family: TomlTable) -> str:
    return str(family.values.get("label", family.values["family"]))


def _check_status(part: TomlTable) -> None:
    status = part.text("status")
    if status not in STATUSES:
        raise part.refuse("status", f"must be one of {', '.join(STATUSES)}.")


def _provenance(family: TomlTable, values: TomlTable, keys: Sequence[str]) -> dict[str, Provenance]:
    notes = values.table("notes", required=False)
    notes.only(keys)
    told = {key: notes.table(key) if key in notes.values else family for key in keys}
    for note in told.values():
        if note is not family:
            note.only(("status", "source"))
            _check_status(note)
    return {key: Provenance(note.values["status"], note.text("source")) for key, note in told.items()}


def _rings(family: TomlTable) -> list[Ring]:
    """The rings of a family; several kinds of ring are a list of tables."""
    told = family.values.get("rings", [])
    tables = [TomlTable(family.is_table("rings", one), f"{family.place}, rings") for one in _listed(told)]
    return [ring for values in tables for ring in _rings_of(family, values)]


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _rings_of(family: TomlTable, values: TomlTable) -> list[Ring]:
    values.only(RING_KEYS)
    radius_key = values.one_of("joint_radius_mm", "joint_radius_beyond_inner_mm")
    half_key = values.one_of("half_angle_deg", "joint_pair_mm")
    name, told = values.name("name", "diameter"), values.list("inner_diameters_mm")
    layout = _layouts().get(values.text("layout"))
    if layout is None:
        raise values.refuse("layout", f"must be one of {', '.join(_layouts())}.")
    outline = _outline(values)
    notes = (*RING_NOTES, *(key for key in OUTLINE_KEYS if key in values.values))
    rings = []
    for diameter in told:
        inner = values.checked("inner_diameters_mm", diameter, 0.0, LARGEST_MM, above=True) / 2.0
        ring = values.of(f"ring {name.format(diameter=diameter)}")
        given = ring.number(radius_key, least=0.0, above=radius_key == "joint_radius_mm")
        radius = given if radius_key == "joint_radius_mm" else inner + given
        half = ring.number(half_key, least=0.0, above=True)
        if half_key == "joint_pair_mm":
            half = half_angle_deg(half, radius)
        if not half < WIDEST_HALF_DEG:
            raise ring.refuse(half_key, f"must put joints less than {WIDEST_HALF_DEG:g} deg from their tab.")
        height, tabs = ring.number("joint_height_mm", least=0.0), _tabs_mm(ring, outline, radius, half)
        proximal, distal = (_joints(outline, tabs, layout, used, radius, half, height) for used in get_args(Fragment))
        rings.append(
            Ring(
                name=name.format(diameter=diameter),
                family=family.text("family"),
                proximal_joints_mm=proximal,
                distal_joints_mm=distal,
                inner_radius_mm=inner,
                outer_radius_mm=inner + ring.number("body_width_mm", least=0.0, above=True),
                thickness_mm=ring.number("body_thickness_mm", least=0.0, above=True),
                provenance=_provenance(family, values, notes),
                label=values.label("diameter", f"{diameter:g}", name.format(diameter=diameter)),
                family_label=_family_label(family),
                outline=outline,
            )
        )
    return rings


def _outline(values: TomlTable) -> BodyOutline:
    """How much of its circle the body has; all of it unless the file says otherwise."""
    if "body_arc_deg" not in values.values:
        if "body_legs_mm" in values.values:
            raise values.refuse("body_legs_mm", "belongs to an open body: give body_arc_deg, such as 180, too.")
        return BodyOutline()
    arc = values.number("body_arc_deg", least=0.0, most=ring_bodies.CLOSED_DEG, above=True)
    if arc < ring_bodies.TABS_DEG and "tab_holes" not in values.values:
        raise values.refuse("body_arc_deg", "has no place for tabs 120 deg apart: give holes and tab_holes, too.")
    legs = values.number("body_legs_mm", least=0.0, above=True) if "body_legs_mm" in values.values else 0.0
    return BodyOutline(arc, legs)


def _tabs_mm(ring: TomlTable, outline: BodyOutline, radius: float, half: float) -> list[float]:
    """Where the three tabs are along the outline, by their holes; none where the layout tells it."""
    if "tab_holes" not in ring.values:
        return []
    holes, numbers = ring.number("holes", least=3.0), ring.list("tab_holes")
    if len(set(map(str, numbers))) != 3 or holes % 1.0:
        raise ring.refuse("tab_holes", "must be three different numbers of holes, and holes how many there are.")
    numbers = [ring.checked("tab_holes", number, 1.0, holes) for number in numbers]
    tabs = sorted(outline.hole_mm(number, round(holes), radius) for number in numbers)
    round_the_back = [tabs[0] + outline.length_mm(radius)] if outline.closed else []
    apart = np.diff([*tabs, *round_the_back]).min()
    if not apart > 2.0 * math.radians(half) * radius:
        raise ring.refuse("tab_holes", f"puts two tabs {apart:.1f} mm apart, so that their joints pass each other.")
    return tabs


def _joints(
    outline: BodyOutline,
    tabs_mm: list[float],
    layout: Mapping[str, Any],
    used: Fragment,
    radius: float,
    half: float,
    height: float,
) -> Array:
    """Joints (6, 3); height is towards the other ring: below a proximal ring, above a distal one."""
    up = -height if used == "proximal" else height
    if tabs_mm:
        return ring_bodies.joints_at(outline, layout[used], used, tabs_mm, radius, half, up)
    return ring_points(radius, [tab + side * half for tab, side in layout[used]], up)


def _struts(family: TomlTable) -> list[Strut]:
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
    series.only(("name", "label", "graduation_mm", "sizes", "notes"))
    name, sizes = series.name("name", "size"), series.table("sizes")
    struts = []
    for size in sizes.values:
        model = f"strut {name.format(size=size)}"
        ends = sizes.of(model).list(size)
        if len(ends) != 2:
            raise sizes.of(model).refuse(size, "must be two numbers [least, most] that the scale reads.")
        least, most = (sizes.of(model).checked(size, end, 0.0, LARGEST_MM) for end in ends)
        if not least < most:
            raise sizes.of(model).refuse(size, "must have the smaller reading first: [least, most].")
        graduation = series.of(model).number("graduation_mm", least=FINEST_MM, most=WIDEST_GRADUATION_MM)
        if not graduation <= most - least:
            raise series.of(model).refuse("graduation_mm", f"must not be more than its whole scale of {size}.")
        strut = Strut(
            name=name.format(size=size),
            family=family.text("family"),
            min_mm=least,
            max_mm=most,
            graduation_mm=graduation,
            scale_direction=round(common.number("scale_direction")),
            scale_offset_mm=common.of(model).number("scale_offset_mm"),
            body_diameter_mm=common.of(model).number("body_diameter_mm", least=0.0, above=True),
            max_lean_deg=common.of(model).number("max_lean_deg", least=0.0, most=90.0, above=True),
            series=name,
            provenance=_provenance(family, series, STRUT_NOTES),
            label=series.label("size", size_words.get(size, size), name.format(size=size)),
            family_label=_family_label(family),
        )
        if strut.name == OWN_FAMILY:
            raise series.refuse("name", f"`{OWN_FAMILY}` stands for a strut described in a case: give it another name.")
        if not min(strut.length(least), strut.length(most)) >= 0.0:
            raise common.of(model).refuse("scale_offset_mm", "must make every length of it 0 mm or more.")
        struts.append(strut)
    return struts


def _pick(items: Mapping[str, Item], name: str, kind: str) -> Item:
    if name in items:
        return items[name]
    near = difflib.get_close_matches(name, items, n=3, cutoff=0.4) or sorted(items)[:3]
    raise CatalogueError(
        f"The catalogue has no {kind} '{name}'. Near it: {', '.join(near)}; "
        "`python -m hexapod catalogue` lists all, and a case file may describe hardware of its own."
    )
