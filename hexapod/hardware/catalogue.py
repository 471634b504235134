"""The catalogue: data files, one per family, read strictly into rings and struts."""

from __future__ import annotations

import difflib
import functools
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from hexapod.deformity.quantities import Fragment
from hexapod.errors import CatalogueError
from hexapod.geometry.transforms import Array
from hexapod.hardware import measured_rings, ring_bodies
from hexapod.hardware.models import LOCKED_AT, OWN_FAMILY, Ring, Strut
from hexapod.hardware.ring_bodies import BodyOutline
from hexapod.hardware.strut_series import struts_of
from hexapod.hardware.toml_table import LARGEST_MM, TomlTable, check_status, family_label, provenance
from hexapod.kinematics.inverse import ring_points

# A mark as it is read from a scale; Python's own numbers have forms such as 1_0, which may be meant for 1.0.
MARK = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# How far apart the acute part of a two-part strut is tried, as a share of the range of its gradual part.
TRIED_APART = 0.25


def half_angle_deg(pair_mm: float, radius_mm: float) -> float:
    """Half the angle between the two joints of a tab, deg; NaN when they are farther apart than the diameter."""
    share = pair_mm / 2.0 / radius_mm
    return math.degrees(math.asin(share)) if share <= 1.0 else math.nan


Table = Mapping[str, Any]
Item = TypeVar("Item", Ring, Strut)
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


@dataclass(frozen=True)
class Catalogue:
    """All known rings and struts by name."""

    rings: Mapping[str, Ring] = field(default_factory=dict)
    struts: Mapping[str, Strut] = field(default_factory=dict)

    def ring(self, name: str) -> Ring:
        """The ring of that name.  Raises CatalogueError with the nearest names."""
        return _pick(self.rings, name, "ring")

    def strut(self, name: str) -> Strut:
        """The strut of that name; a two-part one with what its acute part is locked at, as in "ours-medium@34".

        Raises:
            CatalogueError: no such model (the nearest names are told), or an acute part that is missing or wrong.
        """
        model, at, acute = name.partition(LOCKED_AT)
        strut = _pick(self.struts, model, "strut")
        if strut.acute is None and not at:
            return strut
        locked_mm = float(acute) if MARK.fullmatch(acute) else math.nan
        if strut.acute is not None and math.isnan(locked_mm):
            raise CatalogueError(
                f"{model} is a two-part strut: say what its acute part is locked at ({strut.acute_text()}), such as "
                f"{model}{LOCKED_AT}{strut.acute.min_mm:g}."
            )
        return strut.locked_at(locked_mm)

    def known(self, name: str | None) -> Strut | None:
        """The strut of that name, or None where the catalogue has none, or nothing is chosen yet."""
        try:
            return self.strut(name) if name else None
        except CatalogueError:
            return None

    def of_series(self, series: str, every_mark: bool = False) -> list[Strut]:
        """The struts of a series in the order of the file, each as it can be fitted.

        Two-part ones have their acute parts locked a quarter of the gradual range apart or less, or at `every_mark`.
        """
        same = [strut for strut in self.struts.values() if series and strut.series == series]
        return [fitted for strut in same for fitted in _as_fitted(strut, every_mark)]

    def exchangeable(self, strut: Strut, every_mark: bool = False) -> list[Strut]:
        """The struts of the same family and series, hence graduation, shortest first; only itself without a series.

        The acute part of a two-part strut can be reset as well: see `of_series`.
        """
        same = self.of_series(strut.series, every_mark)
        if strut.acute is not None:
            own = [] if strut.name in {other.name for other in same} else [strut]
            return sorted([*same, *own], key=lambda other: other.scale_offset_mm)
        return sorted(same, key=lambda other: other.min_mm) or [strut]


def _as_fitted(strut: Strut, every_mark: bool) -> list[Strut]:
    """A strut as it can be fitted; a two-part one locked at marks evenly apart: to try all of them takes minutes."""
    if strut.acute is None:
        return [strut]
    marks = strut.acute.readings_mm()
    apart = max(1, math.floor((strut.max_mm - strut.min_mm) * TRIED_APART / strut.acute.graduation_mm))
    return [strut.locked_at(mark) for mark in (marks if every_mark else [*marks[:-1:apart], marks[-1]])]


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
    check_status(family)
    if not {"rings", "struts", measured_rings.KEY} & table.keys():
        raise CatalogueError(f"{family.place}: has neither rings nor struts. docs/hardware.md shows the form.")
    measured = [one.ring() for one in measured_rings.read_measured(family)]
    new: list[Ring | Strut] = [*_rings(family), *struts_of(family), *measured]
    for item in new:
        if item.name in rings or item.name in struts:
            raise CatalogueError(f"{family.place} names {item.name} again: give your own models names of their own.")
        if isinstance(item, Ring):
            rings[item.name] = item
        else:
            struts[item.name] = item


def _rings(family: TomlTable) -> list[Ring]:
    """The rings of a family; several kinds of ring are a list of tables."""
    rings = family.values.get("rings", [])
    tables = [TomlTable(family.is_table("rings", one), f"{family.place}, rings") for one in _listed(rings)]
    return [ring for values in tables for ring in _rings_of(family, values)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rings_of(family: TomlTable, values: TomlTable) -> list[Ring]:
    values.only(RING_KEYS)
    radius_key = values.one_of("joint_radius_mm", "joint_radius_beyond_inner_mm")
    half_key = values.one_of("half_angle_deg", "joint_pair_mm")
    name, diameters = values.name("name", "diameter"), values.list("inner_diameters_mm")
    layout = _layouts().get(values.text("layout"))
    if layout is None:
        raise values.refuse("layout", f"must be one of {', '.join(_layouts())}.")
    outline = _outline(values)
    notes = (*RING_NOTES, *(key for key in OUTLINE_KEYS if key in values.values))
    rings = []
    for diameter in diameters:
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
                provenance=provenance(family, values, notes),
                label=values.label("diameter", f"{diameter:g}", name.format(diameter=diameter)),
                family_label=family_label(family),
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


def _pick(items: Mapping[str, Item], name: str, kind: str) -> Item:
    if name in items:
        return items[name]
    near = difflib.get_close_matches(name, items, n=3, cutoff=0.4) or sorted(items)[:3]
    raise CatalogueError(
        f"The catalogue has no {kind} '{name}'. Near it: {', '.join(near)}; "
        "`python -m hexapod catalogue` lists all, and a case file may describe hardware of its own."
    )
