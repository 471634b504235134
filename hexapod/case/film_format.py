"""The format `hexapod-films/1`: radiographs with the points placed on them, and what was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from hexapod.case.field_types import Count, DateText, Identifier, Name, PixelCount, PixelPlace, Strict
from hexapod.deformity.quantities import Side

View = Literal["ap", "lateral"]
SeenFrom = Literal["front", "back", "left", "right"]
# From where a view can be seen; left and right are the patient's.
SEEN_FROM: dict[View, tuple[SeenFrom, SeenFrom]] = {"ap": ("front", "back"), "lateral": ("left", "right")}
# The two edges of a bone that each view shows.
EDGES: dict[View, tuple[str, str]] = {"ap": ("medial", "lateral"), "lateral": ("anterior", "posterior")}
CORTEX = re.compile(r"(reference|moving)\.cortex\.(0|[1-9][0-9]?)\.(medial|lateral|anterior|posterior)")
OTHER_POINT = re.compile(
    r"origin|corresponding|osteotomy|free\.(0|[1-9][0-9]{0,2})"
    r"|joint\.[A-Za-z0-9_-]{1,64}\.(medial|lateral|anterior|posterior|centre)"
)
PIXELS_SHA256 = re.compile(r"[0-9a-f]{64}")
# No film has coarser pixels; a number above this is pixels per millimetre typed for millimetres per pixel.
COARSEST_MM_PER_PX = 2.0
# Places in the document.
FILM, FILM_ID, RESULT_FILMS = "films[{}]", "films[{}].id", "results[{}].films"


def _point_name(value: str) -> str:
    if not (CORTEX.fullmatch(value) or OTHER_POINT.fullmatch(value)):
        message = (
            "must be the name of a point: reference.cortex.1.medial (or moving, lateral, anterior, posterior), origin, "
            "corresponding, osteotomy, joint.NAME.medial (or lateral, anterior, posterior, centre) or free.1"
        )
        raise PydanticCustomError("point_name", "{told}", {"told": message})
    return value


def _sha256(value: str) -> str:
    if not PIXELS_SHA256.fullmatch(value):
        raise PydanticCustomError("sha256", "must be the SHA-256 of the pixels: 64 of 0 to 9 and a to f")
    return value


Pixel = Annotated[float, Field(ge=-1e6, le=1e6)]
AtPixel = Annotated[tuple[Pixel, ...], Count(2, 2)]
MmPerPixel = Annotated[float, Field(gt=0.0, le=COARSEST_MM_PER_PX)]
TrueMillimetres = Annotated[float, Field(gt=0.0, le=1000.0)]
Box = Annotated[tuple[PixelPlace, ...], Count(4, 4)]
PixelsSha256 = Annotated[
    str, Field(json_schema_extra={"pattern": f"^{PIXELS_SHA256.pattern}$"}), AfterValidator(_sha256)
]
PointName = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^({CORTEX.pattern}|{OTHER_POINT.pattern})$"}),
    AfterValidator(_point_name),
]


class SideMarker(Strict):
    """The side marker as it reads, and where it stands."""

    reads: Name
    at_px: AtPixel | None = None


class FilmScale(Strict):
    """Millimetres per pixel, row spacing (down) then column spacing (right), and where they come from.

    They may be left out where three points of a ball's rim or the two ends of a ruler give them with `true_mm`.
    """

    from_: Literal["ball", "ruler", "header", "frame", "given"] = Field(alias="from")
    mm_per_px: Annotated[tuple[MmPerPixel, ...], Count(2, 2)] | None = None
    sd_percent: Annotated[float, Field(ge=0.0, le=50.0)] | None = None
    true_mm: TrueMillimetres | None = None
    rim_px: Annotated[tuple[AtPixel, ...], Count(3, 3)] | None = None
    ends_px: Annotated[tuple[AtPixel, ...], Count(2, 2)] | None = None

    @model_validator(mode="after")
    def _source_and_points(self) -> FilmScale:
        if self.rim_px is not None and self.ends_px is not None:
            message = "give rim_px (of a ball) or ends_px (of a ruler), not both"
            raise PydanticCustomError("both_words", message, {"key": "ends_px"})
        for key, sources in (("rim_px", ("ball", "frame")), ("ends_px", ("ruler", "frame"))):
            if getattr(self, key) is not None and self.from_ not in sources:
                message = 'does not go with a scale from "{source}": take it out, or correct from'
                raise PydanticCustomError("scale_points", message, {"source": self.from_, "key": key})
        points = self.rim_px is not None or self.ends_px is not None
        if self.mm_per_px is None and not (points and self.true_mm is not None):
            message = "is required: row spacing (down) then column spacing (right), such as [0.143, 0.143]"
            raise PydanticCustomError("no_scale", message, {"key": "mm_per_px"})
        return self


class FilmPoint(Strict):
    """A point placed on a film, in stored pixels from the top left corner: x right, y down."""

    name: PointName = Field(alias="is")
    at_px: AtPixel
    sd_px: Annotated[float, Field(ge=0.0, le=1000.0)] | None = None
    snapped: bool = False


class Film(Strict):
    """One radiograph with its points.

    `mirrored`: the stored pixels are the mirror image.  `turned_deg`: the direction of view turned about the limb's
    proximal axis, counter-clockwise seen from proximal.  `scale` None: angles only.  `no_marker` is the reason why no
    side marker is told, `header_overruled` why the header is not believed where it says otherwise than the person.
    `covered_px` are boxes (left, top, right, bottom) that are burned into the picture, over a name.
    """

    id: Identifier
    date: DateText | None = None
    view: View
    side: Side
    seen_from: SeenFrom
    pixels_sha256: PixelsSha256 | None = None
    covered_px: Annotated[tuple[Box, ...], Count()] = ()
    columns: PixelCount
    rows: PixelCount
    mirrored: bool = False
    marker: SideMarker | None = None
    no_marker: Name | None = None
    header_overruled: Name | None = None
    turned_deg: Annotated[float, Field(ge=-360.0, le=360.0)] = 0.0
    turned_sd_deg: Annotated[float, Field(ge=0.0, le=45.0)] | None = None
    scale: FilmScale | None = None
    points: Annotated[tuple[FilmPoint, ...], Count()]

    @model_validator(mode="after")
    def _seen_from_its_view(self) -> Film:
        sides = SEEN_FROM[self.view]
        if self.seen_from not in sides:
            message = "of a radiograph with view {view} must be {one} or {other}"
            raise PydanticCustomError(
                "seen_from", message, {"view": self.view, "one": sides[0], "other": sides[1], "key": "seen_from"}
            )
        return self

    @model_validator(mode="after")
    def _marker_or_none(self) -> Film:
        if self.marker is not None and self.no_marker is not None:
            message = "does not go with marker: a side marker is seen, or there is none"
            raise PydanticCustomError("both_words", message, {"key": "no_marker"})
        return self

    @model_validator(mode="after")
    def _points_of_its_view(self) -> Film:
        placed = set()
        for number, point in enumerate(self.points):
            key = f"points[{number}].is"
            if point.name in placed:
                message = "{name} stands twice on this radiograph: keep one of the two"
                raise PydanticCustomError("point_twice", message, {"name": point.name, "key": key})
            placed.add(point.name)
            edge = point.name.rpartition(".")[2]
            if CORTEX.fullmatch(point.name) and edge not in EDGES[self.view]:
                message = "{name} is not seen on view {view}: its edges are {one} and {other}"
                one, other = EDGES[self.view]
                context = {"name": point.name, "view": self.view, "one": one, "other": other, "key": key}
                raise PydanticCustomError("point_of_view", message, context)
        return self


class FilmResult(Strict):
    """A measured size and what became of it: what was typed before, and whether it was taken over."""

    word: Name
    size: Annotated[float, Field(ge=0.0)]
    sd: Annotated[float, Field(ge=0.0)] | None = None
    films: Annotated[tuple[Identifier, ...], Count()] = ()
    typed_before: Annotated[float, Field(ge=0.0)] | None = None
    taken: bool = False


class MeasuredWith(Strict):
    """The films of a level, and the results that were measured on them."""

    format: Literal["hexapod-films/1"]
    method: Literal["square-films/1"] = "square-films/1"
    films: Annotated[tuple[Film, ...], Count(1)]
    results: Annotated[tuple[FilmResult, ...], Count()] = ()

    @model_validator(mode="after")
    def _films_by_their_ids(self) -> MeasuredWith:
        ids = [film.id for film in self.films]
        for number, name in enumerate(ids):
            if name in ids[:number]:
                message = "{name} is the id of two radiographs: give each its own"
                raise PydanticCustomError("id_twice", message, {"name": name, "key": FILM_ID.format(number)})
        for number, result in enumerate(self.results):
            unknown: list[Any] = [name for name in result.films if name not in ids]
            if unknown:
                message = "{name} is none of the radiographs here: {ids}"
                context = {"name": unknown[0], "ids": ", ".join(ids), "key": RESULT_FILMS.format(number)}
                raise PydanticCustomError("no_film", message, context)
        return self


def films_measured_in(measured: Mapping[str, Any] | None) -> MeasuredWith | None:
    """The films of what was measured again of a hexapod at a visit (`hexapod-visits/1`); None without any."""
    films = (measured or {}).get("measured_with")
    return None if films is None else MeasuredWith.model_validate(films)


def check_limb(measured: MeasuredWith, side: Side, path: str) -> None:
    """Refuse a film or a side marker of the other limb; `path` is where the films stand in the document.

    Raises:
        PydanticCustomError: the first one that is.
    """
    for number, film in enumerate(measured.films):
        key = f"{path}.{FILM.format(number)}"
        if film.side != side:
            message = (
                "must be {side}, the side of the limb, not {said}: correct the side of the limb or of the radiograph, "
                "or take the radiograph out"
            )
            raise PydanticCustomError("film_side", message, {"side": side, "said": film.side, "key": f"{key}.side"})
        reads = "" if film.marker is None else film.marker.reads.strip().upper()
        if reads in ("R", "L") and reads != side[0].upper():
            message = (
                '"{reads}" is not the marker of a {side} limb: correct the side, or take the marker out if it is '
                "another's"
            )
            raise PydanticCustomError(
                "film_marker", message, {"reads": reads, "side": side, "key": f"{key}.marker.reads"}
            )
