"""Radiographs kept with a case: their pixels, found by SHA-256; adding and removing them is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from hexapod.case.film_format import films_measured_in
from hexapod.case.model import Case
from hexapod.errors import HexapodError
from hexapod.films.film_file import check_plain_picture, is_picture_of, pixels_sha256
from hexapod.library.calls import case_index
from hexapod.library.calls.access import Access, must_be_there, one
from hexapod.library.errors import ImportRefused, NotThere, Refused, Unreadable
from hexapod.library.models import RecordedVisit
from hexapod.library.storage.contents import required_text
from hexapod.library.storage.tables import FilmPixelsRow, FilmRow
from hexapod.library.storage.transactions import ReadTransaction, WriteTransaction

# A radiograph of 3000 x 4000 pixels has 3.4 MB as 8-bit PNG, the largest that is read some 50 MB.
LARGEST_FILM_BYTES = 32_000_000
# Two views at each of forty visits.
MOST_BYTES_OF_CASE = 300_000_000


@dataclass(frozen=True)
class Films:
    """Radiographs kept with cases, for one user."""

    _access: Access

    def keep(self, case: str, png: bytes, *, instead_of: str | None = None) -> str:
        """Keep the pixels of a radiograph with a case; returns their SHA-256.  The same picture is kept only once.

        Args:
            case: key of the case.
            png: the picture as `read_film` gives it: 8-bit grey, with nothing beside the pixels.
            instead_of: SHA-256 of the same radiograph before a box was drawn over a name in it; that one is removed.

        Raises:
            HexapodError: any other kind of picture, as it could contain a name.
            Refused: it is too large, the case has too many, or is archived.
            NotThere, NotSaved: as for a draft.
        """
        if len(png) > LARGEST_FILM_BYTES:
            raise Refused(
                f"The picture has {len(png) / 1e6:.0f} MB; at most {LARGEST_FILM_BYTES / 1e6:.0f} MB are kept. Its "
                "points stay with the case; to keep it, too, export the radiograph smaller and open that."
            )
        return self._keep(case, pixels_sha256(png), png, instead_of)

    def _keep(self, case: str, sha256: str, png: bytes, instead_of: str | None = None) -> str:
        with self._access.changing(case) as tx:
            if sha256 in kept_films(tx, case):
                return sha256
            question = select(func.sum(func.length(FilmPixelsRow.body))).where(FilmPixelsRow.case_key == case)
            if (tx.connection.execute(question).scalar() or 0) + len(png) > MOST_BYTES_OF_CASE:
                raise Refused(
                    f"The radiographs kept with this case would have more than {MOST_BYTES_OF_CASE / 1e6:.0f} MB. Its "
                    "points stay with the case; an administrator can remove the pictures of earlier ones."
                )
            _record(tx, case, sha256, "kept")
            _put(tx, case, sha256, png)
            if instead_of is not None:
                _remove(tx, case, instead_of, COVERED)
            case_index.touch(tx, case)
        if instead_of is not None:
            self._access.store.settle()
        return sha256

    def take_along(self, case: str, other: str, sha256s: Iterable[str]) -> None:
        """Keep those pictures of a case, of these SHA-256, that it has with another case, too: entries of the one went
        on as the other.  Each is then removed with its own case only.

        Raises:
            Refused, NotThere, NotSaved, Unreadable: as for `keep` and `pixels`.
        """
        with self._access.changing(other):  # whoever may not is refused, whatever is kept
            kept = self.of(case)
        for sha256 in sha256s:
            if sha256 in kept:
                self._keep(other, sha256, self.pixels(case, sha256))

    def of(self, case: str) -> tuple[str, ...]:
        """The SHA-256 of the radiographs kept with a case, in the order in which they came."""
        with self._access.looking_at(case) as tx:
            return kept_films(tx, case)

    def pixels(self, case: str, sha256: str) -> bytes:
        """The picture (PNG) of a radiograph kept with a case.

        Raises:
            NotThere: this case has no such radiograph, or no longer.
            Unreadable: the pixels were altered.
        """
        with self._access.looking_at(case) as tx:
            return film_pixels(tx, case, sha256)

    def named_in(self, case: str, file: Case, visits: Iterable[RecordedVisit] = ()) -> dict[str, bytes]:
        """The pictures, by SHA-256, of the radiographs that a case file or visits name and the library keeps."""
        of_visits = (films_measured_in(six.measured) for one in visits for six in one.visit.readings)
        measured = [*(level.measured_with for level in file.levels), *of_visits]
        films = [film for one in measured if one is not None for film in one.films]
        with self._access.looking_at(case) as tx:
            kept = kept_films(tx, case)
            return {
                film.pixels_sha256: film_pixels(tx, case, film.pixels_sha256)
                for film in films
                if film.pixels_sha256 in kept
            }

    def remove(self, case: str, sha256s: tuple[str, ...], ground: str) -> None:
        """Remove the pixels of radiographs for good; who, when, why and their SHA-256 stay, and so do points and sizes.

        `ground` stays readable, so it names the request and never the patient.

        Raises:
            Refused: no ground is given.
            NotThere: one of them is not kept, or none is named.
        """
        why = required_text(
            ground, "Give a ground for the removal, such as a withdrawn agreement; never the patient's name."
        )
        with self._access.writing("administer") as tx:
            must_be_there(tx, case)
            if not sha256s:
                raise NotThere("No pictures of radiographs are kept with this case, so there is nothing to remove.")
            for sha256 in sha256s:
                _remove(tx, case, sha256, why)
            case_index.touch(tx, case)
        self._access.store.settle()


# The recorded ground when a picture was replaced by a covered one.
COVERED = "a part of the picture was covered"
NONE = "The picture of this radiograph is not kept with this case."


def kept_films(tx: ReadTransaction, case: str) -> tuple[str, ...]:
    """The SHA-256 of the radiographs kept with a case, in the order in which they came."""
    question = select(FilmRow.pixels_sha256, FilmRow.kind).where(FilmRow.case_key == case).order_by(FilmRow.entry)
    last = {row.pixels_sha256: row.kind for row in tx.connection.execute(question)}
    return tuple(sha256 for sha256, kind in last.items() if kind == "kept")


def film_pixels(tx: ReadTransaction, case: str, sha256: str) -> bytes:
    """The picture of a kept radiograph.  Raises NotThere, Unreadable."""
    mine = (FilmPixelsRow.case_key == case, FilmPixelsRow.pixels_sha256 == sha256)
    found = one(tx, select(FilmPixelsRow.body).where(*mine))
    if found is None:
        raise NotThere(NONE)
    png = bytes(found.body)
    if not is_picture_of(png, sha256):
        raise Unreadable(
            "The picture is not as it was kept: run `python -m hexapod audit verify` before anything else."
        )
    return png


def import_pixels(tx: WriteTransaction, case: str, read: Callable[[str], bytes | None]) -> None:
    """Import the pixels of a case whose records were imported, or record that the export left them out.

    Args:
        tx: the transaction, which has the records.
        case: key of the case.
        read: gives the picture of an SHA-256, None where the export has none.

    Raises:
        ImportRefused: a picture is not the one that was kept, or none that this program would have kept.
    """
    for sha256 in kept_films(tx, case):
        png = read(sha256)
        if png is None:
            _record(tx, case, sha256, "left out")
            continue
        try:
            check_plain_picture(png)
        except HexapodError as error:
            raise ImportRefused(f"The export holds what is no radiograph of this program: {error}") from error
        if not is_picture_of(png, sha256):
            raise ImportRefused("The export holds a picture that is not the radiograph that was kept.")
        _put(tx, case, sha256, png)


def _put(tx: WriteTransaction, case: str, sha256: str, png: bytes) -> None:
    tx.connection.execute(insert(FilmPixelsRow), {"case_key": case, "pixels_sha256": sha256, "body": png})


def _remove(tx: WriteTransaction, case: str, sha256: str, why: str) -> None:
    if sha256 not in kept_films(tx, case):
        raise NotThere(NONE)
    _record(tx, case, sha256, "removed", why)
    mine = (FilmPixelsRow.case_key == case, FilmPixelsRow.pixels_sha256 == sha256)
    tx.connection.execute(delete(FilmPixelsRow).where(*mine))


def _record(tx: WriteTransaction, case: str, sha256: str, kind: str, ground: str | None = None) -> None:
    action = f"radiograph.{kind.replace(' ', '-')}"
    tx.record(FilmRow, action, case, None, case_key=case, kind=kind, pixels_sha256=sha256, ground=ground)
