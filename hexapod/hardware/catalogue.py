"""The catalogue: data files, one per family, read into rings and struts."""

from __future__ import annotations

import difflib
import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from hexapod.errors import CatalogueError
from hexapod.geometry.joints import ring_points
from hexapod.geometry.transforms import Array
from hexapod.hardware.models import Provenance, Ring, Strut

Table = Mapping[str, Any]
Item = TypeVar("Item", Ring, Strut)
STATUSES = ("published", "academic", "generic", "unverified", "user")
LAYOUTS_FILE = "layouts.toml"


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
        """The struts of the same family and series, hence graduation, shortest first; itself when it has none."""
        same = [other for other in self.struts.values() if strut.series and other.series == strut.series]
        return sorted(same, key=lambda other: other.min_mm) or [strut]


def load_catalogue(*own_files: Path) -> Catalogue:
    """The shipped catalogue, with the families of the user's own files (same form) added.

    Raises:
        CatalogueError: a file cannot be read, lacks a value, or repeats a name.
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


def _add(table: Table, file: str, rings: dict[str, Ring], struts: dict[str, Strut]) -> None:
    """Add one family's rings and struts."""
    try:
        new: list[Ring | Strut] = [*_rings(table), *_struts(table)]
    except KeyError as error:
        raise CatalogueError(f"{file} lacks the value {error}: see docs/hardware.md for the form.") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise CatalogueError(f"{file} holds a value of the wrong kind ({error}): see docs/hardware.md.") from error
    for item in new:
        if item.name in rings or item.name in struts:
            raise CatalogueError(f"{file} names {item.name} again: give your own models names of their own.")
        if isinstance(item, Ring):
            rings[item.name] = item
        else:
            struts[item.name] = item


def _provenance(table: Table, values: Table, *keys: str) -> dict[str, Provenance]:
    notes = values.get("notes", {})
    told = {key: notes.get(key, table) for key in keys}
    for note in told.values():
        if note["status"] not in STATUSES:
            raise ValueError(f"status {note['status']!r} is none of {', '.join(STATUSES)}")
    return {key: Provenance(note["status"], note["source"]) for key, note in told.items()}


def _rings(table: Table) -> list[Ring]:
    values = table.get("rings")
    if values is None:
        return []
    rings = []
    for diameter in values["inner_diameters_mm"]:
        inner = diameter / 2.0
        radius = values.get("joint_radius_mm") or inner + values["joint_radius_beyond_inner_mm"]
        half = values.get("half_angle_deg") or math.degrees(math.asin(values["joint_pair_mm"] / 2.0 / radius))
        height = values["joint_height_mm"]
        layout = _layouts()[values["layout"]]
        rings.append(
            Ring(
                name=values["name"].format(diameter=diameter),
                family=table["family"],
                proximal_joints_mm=_joints(layout["proximal"], radius, half, -height),
                distal_joints_mm=_joints(layout["distal"], radius, half, height),
                inner_radius_mm=inner,
                outer_radius_mm=inner + values["body_width_mm"],
                thickness_mm=values["body_thickness_mm"],
                provenance=_provenance(
                    table,
                    values,
                    "inner_diameters_mm",
                    "joint_radius",
                    "joint_pair",
                    "joint_height_mm",
                    "body_width_mm",
                    "body_thickness_mm",
                    "layout",
                ),
            )
        )
    return rings


def _joints(layout: list[list[float]], radius: float, half: float, height: float) -> Array:
    """Joints (6, 3); height is towards the other ring: below a proximal ring, above a distal one."""
    return ring_points(radius, [tab + side * half for tab, side in layout], height)


def _struts(table: Table) -> list[Strut]:
    struts = []
    common = table.get("struts", {}).get("common", {})
    for series in table.get("struts", {}).get("series", []):
        for size, (least, most) in series["sizes"].items():
            struts.append(
                Strut(
                    name=series["name"].format(size=size),
                    family=table["family"],
                    min_mm=float(least),
                    max_mm=float(most),
                    graduation_mm=float(series["graduation_mm"]),
                    scale_direction=int(common["scale_direction"]),
                    scale_offset_mm=float(common["scale_offset_mm"]),
                    body_diameter_mm=float(common["body_diameter_mm"]),
                    max_lean_deg=float(common["max_lean_deg"]),
                    series=series["name"],
                    provenance=_provenance(
                        table,
                        series,
                        "range_mm",
                        "graduation_mm",
                        "scale_direction",
                        "scale_offset_mm",
                        "body_diameter_mm",
                        "max_lean_deg",
                    ),
                )
            )
    return struts


def _pick(items: Mapping[str, Item], name: str, kind: str) -> Item:
    if name in items:
        return items[name]
    near = difflib.get_close_matches(name, items, n=3, cutoff=0.4) or sorted(items)[:3]
    raise CatalogueError(
        f"The catalogue has no {kind} '{name}'. Near it: {', '.join(near)}; "
        "`python -m hexapod catalogue` lists all, and a case file may describe hardware of its own."
    )
