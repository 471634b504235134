"""Rings measured in the clinic: its own catalogue, of which every version is kept, in and out as a hardware file."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from hexapod.errors import CatalogueError
from hexapod.hardware.catalogue import load_catalogue
from hexapod.hardware.measured_rings import RingMeasurement, read_measured, write_measured
from hexapod.hardware.toml_table import TomlTable
from hexapod.library.calls.access import Access, content, records_with_content
from hexapod.library.errors import Refused
from hexapod.library.storage.contents import json_content, required_text, value_of
from hexapod.library.storage.tables import MeasuredRingRow
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction

# More rings than any clinic has; a file with more is none of ours.
MOST_RINGS = 1000


@dataclass(frozen=True)
class KeptRing:
    """A version of a ring of the clinic's catalogue: who kept it or took it out, and when (UTC).

    `measured` is None where it was taken out, `reason` why it was.
    """

    name: str
    number: int
    kind: Literal["kept", "taken out"]
    measured: RingMeasurement | None
    reason: str
    by: str
    at: str


@dataclass(frozen=True)
class MeasuredRings:
    """The clinic's own catalogue of measured rings, for one user."""

    _access: Access

    def all(self) -> tuple[RingMeasurement, ...]:
        """The rings of the catalogue as last measured, by name."""
        with self._access.reading("look") as tx:
            return tuple(_all(tx).values())

    def history(self, name: str) -> tuple[KeptRing, ...]:
        """Every version of a ring, oldest first; none for a name that the catalogue never had."""
        with self._access.reading("look") as tx:
            return tuple(
                KeptRing(
                    row.name,
                    row.number,
                    row.kind,
                    measurement_of(raw) if row.kind == "kept" else None,
                    "" if row.kind == "kept" else value_of(raw)["reason"],
                    row.done_by,
                    row.done_at,
                )
                for row, raw in records_with_content(tx, MeasuredRingRow, MeasuredRingRow.name == name)
            )

    def keep(self, ring: RingMeasurement) -> None:
        """Keep a ring, or its newer version.

        Raises:
            Refused: a name of the shipped catalogue, one that differs from a kept one only in capitals or blanks, or
                exactly what is kept already; measured for the other use than the kept one, or in the future.
        """
        with self._access.writing("plan") as tx:
            _keep(tx, ring, self._access.store.today_at_the_latest())

    def take_out(self, name: str, reason: str) -> None:
        """Take a ring out of the catalogue; its versions stay.  Raises Refused: no such ring, or no reason."""
        reason = required_text(reason, "Say why the ring is taken out.")
        with self._access.writing("plan") as tx:
            if name not in _all(tx):
                raise Refused(f"The clinic's catalogue has no ring {name}.")
            _record(tx, name, "taken out", json_content(reason=reason))

    def toml(self) -> str:
        """The catalogue as a hardware file, which `--hardware` reads, too."""
        return write_measured(self.all())

    def take_in(self, raw: bytes) -> tuple[str, ...]:
        """Keep every ring of a hardware file that is not kept as it is already; their names.

        A file may be old, or another clinic's: it never takes the place of a ring that is kept.

        Raises:
            Refused: a file that cannot be read, a name of the shipped catalogue, a name that is kept with other
                numbers, or a ring that was taken out; then none is kept.
        """
        rings = measurements_in(raw)
        with self._access.writing("plan") as tx:
            kept = _all(tx)
            new = [ring for ring in rings if kept.get(ring.name) != ring]
            for ring in new:
                if ring.name in kept:
                    raise Refused(
                        f"Ring {ring.name} is kept with other numbers, measured on {kept[ring.name].measured_on}; the "
                        f"file's were measured on {ring.measured_on}. Take the kept one out first if it is the same "
                        "ring and the file is right, or give the file's ring a name of its own."
                    )
                if ring in _versions(tx, ring.name):
                    raise Refused(f"Ring {ring.name}, measured on {ring.measured_on}, was taken out. Measure it again.")
                _keep(tx, ring, self._access.store.today_at_the_latest())
        return tuple(ring.name for ring in new)


def measurements_in(raw: bytes) -> list[RingMeasurement]:
    """The measured rings of a hardware file.  Raises Refused when it has none, or cannot be read."""
    try:
        rings = read_measured(TomlTable(tomllib.loads(raw.decode("utf-8")), "the file"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, CatalogueError) as error:
        raise Refused(f"This cannot be read as measured rings: {error}") from error
    if not rings or len(rings) > MOST_RINGS:
        raise Refused(f"The file has {len(rings) or 'no'} measured rings: give one that was exported here.")
    if len({ring.name for ring in rings}) < len(rings):
        raise Refused("The file has two rings of one name: give each its own.")
    return rings


def measurement_of(raw: bytes) -> RingMeasurement:
    """The ring in the contents of a record.  Raises Refused unless there is one."""
    (ring,) = measurements_in(value_of(raw)["toml"].encode())
    return ring


def _keep(tx: WriteTransaction, ring: RingMeasurement, latest: datetime.date) -> None:
    if ring.name in load_catalogue().rings:
        raise Refused(f"{ring.name} is the name of a ring that comes with the program: give yours another.")
    kept = _all(tx)
    alike = [name for name in kept if name != ring.name and _folded(name) == _folded(ring.name)]
    if alike:
        raise Refused(
            f"{ring.name} differs from ring {alike[0]} only in capitals or blanks: write {alike[0]} if it is that "
            "ring, or give it another name."
        )
    if ring.measured_on > latest:
        raise Refused(f"Ring {ring.name} was measured on {ring.measured_on}, a day after today: correct the date.")
    if ring.name in kept and kept[ring.name].used_as != ring.used_as:
        raise Refused(
            f"Ring {ring.name} is kept as a {kept[ring.name].used_as} ring; as a {ring.used_as} one it has other "
            "joints: give those a name of their own."
        )
    if kept.get(ring.name) == ring:
        raise Refused(f"Ring {ring.name} is in the clinic's catalogue already, exactly so.")
    _record(tx, ring.name, "kept", json_content(toml=write_measured([ring])))


def _folded(name: str) -> str:
    """A name as it is read aloud from a list, where capitals and blanks are lost."""
    return "".join(name.casefold().split())


def _versions(tx: ReadTransaction, name: str) -> list[RingMeasurement]:
    """Everything that was ever kept under a name."""
    rows = records_with_content(tx, MeasuredRingRow, MeasuredRingRow.name == name)
    return [measurement_of(raw) for row, raw in rows if row.kind == "kept"]


def _record(tx: WriteTransaction, name: str, kind: str, content: bytes) -> None:
    numbers = select(MeasuredRingRow.number).where(MeasuredRingRow.name == name)
    number = max(tx.connection.execute(numbers).scalars(), default=0) + 1
    tx.record(MeasuredRingRow, f"ring.{kind}", name, content, name=name, number=number, kind=kind)


def _all(tx: ReadTransaction) -> dict[str, RingMeasurement]:
    rows = tx.connection.execute(select(MeasuredRingRow.__table__).order_by(MeasuredRingRow.entry))
    newest = {row.name: row for row in rows}
    return {
        name: measurement_of(content(tx, newest[name].entry)) for name in sorted(newest) if newest[name].kind == "kept"
    }
