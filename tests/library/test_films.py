"""Radiographs kept with a case: only their pixels, found by SHA-256, exported when asked, removed and erased for good."""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
from pydicom._dicom_dict import DicomDictionary
from sqlalchemy import inspect

from hexapod.errors import HexapodError
from hexapod.films import film_decoder, film_file
from hexapod.library import ANYONE, ImportRefused, Library, NotThere, Records, Refused, Unreadable, open_library
from hexapod.library.calls import films
from hexapod.library.storage.database import library_url, make_engine
from hexapod.library.storage.schema import MIGRATIONS, bring_up_to_date
from tests.films import film_files
from tests.library.conftest import Behind, Templates
from tests.library.treatment import CASE, treat

pytestmark = pytest.mark.hazard("H-22")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def picture(grey: int, *more: bytes, depth: int = 8, colour: int = 0, columns: int = 40) -> bytes:
    """A PNG of 40 x 30 pixels, written by hand."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, 30, depth, colour, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + bytes([grey]) * columns for _ in range(30)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


FILM, OTHER = picture(90), picture(120)
SHA256, OTHER_SHA256 = (hashlib.sha256(b"P5\n40 30\n255\n" + bytes([grey]) * 1200).hexdigest() for grey in (90, 120))
NAME = "MUELLER^ANNA"


@pytest.fixture
def url(database: str, templates: Templates) -> str:
    return templates.copy(database, "treated", treat)


def faults(records: Records) -> list[str]:
    return [str(fault) for fault in records.audit.verify().faults]


def test_a_radiograph_is_kept_once_and_comes_back_byte_for_byte(records: Records) -> None:
    assert records.films.of(CASE) == ()
    assert records.films.keep(CASE, FILM) == SHA256
    head = records.audit.head()
    assert records.films.keep(CASE, FILM) == SHA256
    assert records.audit.head() == head
    records.films.keep(CASE, OTHER)
    assert records.films.of(CASE) == (SHA256, OTHER_SHA256)
    assert records.films.pixels(CASE, SHA256) == FILM
    assert records.cases.look(CASE).films == records.films.of(CASE)
    assert [entry.action for entry in records.audit.history(CASE)][-2:] == ["radiograph.kept", "radiograph.kept"]
    assert not faults(records)


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_picture_kept_by_an_earlier_version_is_that_of_its_png(records: Records, empty: Records) -> None:
    """It was found by the SHA-256 of the PNG, which the case names; and is packed by other filters than now."""
    from PIL import Image

    packed = io.BytesIO()
    Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(30, 40)).save(packed, "PNG", compress_level=2)
    old, name = packed.getvalue(), hashlib.sha256(packed.getvalue()).hexdigest()
    with records.films._access.changing(CASE) as tx:
        films._record(tx, CASE, name, "kept")
        films._put(tx, CASE, name, old)
        films.case_index.touch(tx, CASE)
    assert records.films.pixels(CASE, name) == old
    assert not faults(records)
    records.drafts.save("f" * 24, 0, "{}")
    records.films.take_along(CASE, "f" * 24, (name,))
    assert records.films.of("f" * 24) == (name,)
    empty.transfer.import_file(io.BytesIO(records.transfer.export_case(CASE, films=True)))
    assert empty.films.pixels(CASE, name) == old


def test_a_picture_packed_in_another_way_is_the_same_one(records: Records) -> None:
    records.films.keep(CASE, FILM)
    rows = b"\0" + bytes([90]) * 40 + (b"\2" + bytes(40)) * 29
    head, end = FILM[: FILM.index(b"IDAT") - 4], FILM[-12:]
    assert records.films.keep(CASE, head + chunk(b"IDAT", zlib.compress(rows, 9)) + end) == SHA256
    # Cut off, more than its rows, or filtered in a way that is not written here.
    for wrong in (rows[:-1], rows + b"\0", b"\1" + rows[1:]):
        with pytest.raises(HexapodError, match="8-bit grey PNG without text"):
            records.films.keep(CASE, head + chunk(b"IDAT", zlib.compress(wrong)) + end)


def test_entries_that_become_another_case_take_their_radiographs_along(records: Records) -> None:
    other = "f" * 24
    records.films.keep(CASE, FILM)
    records.films.keep(CASE, OTHER)
    records.drafts.save(other, 0, "{}")
    # Only those that are named, and of those only what the case has.
    records.films.take_along(CASE, other, (SHA256, "0" * 64))
    assert records.films.of(other) == (SHA256,)
    assert records.films.pixels(other, SHA256) == FILM
    assert records.audit.history(other)[-1].action == "radiograph.kept"
    # Removed from the one, it stays with the other.
    records.films.remove(CASE, (SHA256,), "agreement withdrawn")
    assert records.films.pixels(other, SHA256) == FILM
    assert not faults(records)


def test_a_radiograph_of_one_case_is_not_there_in_another(records: Records) -> None:
    records.drafts.save("f" * 24, 0, "{}")
    records.films.keep(CASE, FILM)
    for case in ("f" * 24, "0" * 24, "../etc"):
        with pytest.raises(NotThere):
            records.films.pixels(case, SHA256)


@pytest.mark.parametrize(
    "png",
    [
        picture(1, chunk(b"tEXt", b"Patient\0Anna Example")),
        picture(1, chunk(b"eXIf", b"MM\0*")),
        picture(1) + b"Anna Example",
        picture(1)[:-4],
        picture(1)[:50] + b"\xff" + picture(1)[51:],
        picture(1, depth=16),
        picture(1, colour=2),
        picture(1, columns=3_000_000),
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"",
    ],
    ids=["text", "exif", "behind", "cut off", "damaged", "16 bit", "colour", "bomb", "nothing", "gif", "empty"],
)
def test_only_grey_pixels_with_nothing_beside_them_are_kept(png: bytes) -> None:
    with pytest.raises(HexapodError, match="8-bit grey PNG without text"):
        film_file.check_plain_picture(png)


def test_what_the_reader_makes_is_kept() -> None:
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (64, 48), 7).save(file, "TIFF", description="Anna Example")
    film_file.check_plain_picture(film_file.read_film(file.getvalue()).png)
    assert film_file.MOST_PIXELS == film_decoder.MOST_PIXELS


def test_what_is_more_than_pixels_is_not_kept(records: Records) -> None:
    with pytest.raises(HexapodError, match="8-bit grey PNG without text"):
        records.films.keep(CASE, picture(1, chunk(b"tEXt", b"Patient\0Anna Example")))
    assert records.films.of(CASE) == ()


def test_limits_are_told(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MOST_BYTES_OF_CASE", len(FILM))
    records.films.keep(CASE, FILM)
    with pytest.raises(Refused, match="Its points stay with the case; an administrator can remove"):
        records.films.keep(CASE, OTHER)
    monkeypatch.setattr(films, "LARGEST_FILM_BYTES", 50)
    with pytest.raises(Refused, match="at most 0 MB are kept"):
        records.films.keep(CASE, OTHER)
    assert records.films.of(CASE) == (SHA256,)


def test_removed_pixels_are_gone_and_the_record_of_it_stays(records: Records) -> None:
    records.films.keep(CASE, FILM)
    with pytest.raises(Refused, match="Give a ground"):
        records.films.remove(CASE, (SHA256,), " ")
    records.films.remove(CASE, (SHA256,), "agreement withdrawn")
    assert records.films.of(CASE) == ()
    with pytest.raises(NotThere):
        records.films.pixels(CASE, SHA256)
    with pytest.raises(NotThere):
        records.films.remove(CASE, (SHA256,), "again")
    with pytest.raises(NotThere, match="nothing to remove"):
        records.films.remove(CASE, (), "again")
    assert records.audit.history(CASE)[-1].action == "radiograph.removed"
    assert not faults(records)
    assert records.films.keep(CASE, FILM) == SHA256
    assert records.films.of(CASE) == (SHA256,)
    assert not faults(records)


def test_a_covered_picture_takes_the_place_of_the_one_before(records: Records) -> None:
    records.films.keep(CASE, FILM)
    covered = records.films.keep(CASE, OTHER, instead_of=SHA256)
    assert records.films.of(CASE) == (covered,)
    with pytest.raises(NotThere):
        records.films.pixels(CASE, SHA256)
    with pytest.raises(NotThere):
        records.films.keep(CASE, picture(3), instead_of=SHA256)
    assert records.films.of(CASE) == (covered,)
    assert not faults(records)


@pytest.mark.parametrize("database", ["sqlite"])
def test_erasing_a_case_erases_its_pixels(records: Records, url: str) -> None:
    rows = FILM[FILM.index(b"IDAT") :]
    records.films.keep(CASE, FILM)
    file = url.removeprefix("sqlite:///")
    records.cases.erase(CASE, "request 7")
    with pytest.raises(NotThere):
        records.films.pixels(CASE, SHA256)
    assert not faults(records)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM radiograph_pixels").fetchone() == (0,)
    with open(file, "rb") as raw:
        assert rows not in raw.read()


def test_erasure_in_both_databases(records: Records, behind: Behind) -> None:
    records.films.keep(CASE, FILM)
    records.cases.erase(CASE, "request 7")
    assert behind("SELECT count(*) FROM radiograph_pixels") == [(0,)]
    assert not faults(records)


def test_pixels_go_only_with_a_record_of_it(records: Records, behind: Behind) -> None:
    records.films.keep(CASE, FILM)
    for statement in (
        "DELETE FROM radiograph_pixels",
        "UPDATE radiograph_pixels SET pixels_sha256 = 'x'",
        "DELETE FROM radiographs",
        "UPDATE radiographs SET kind = 'removed'",
    ):
        with pytest.raises((sqlite3.Error, psycopg.Error), match=r"never changed or removed|only with a record"):
            behind(statement)
    assert records.films.pixels(CASE, SHA256) == FILM


@pytest.mark.parametrize("database", ["sqlite"])
def test_pixels_that_were_altered_lost_or_put_there_are_named(records: Records, behind: Behind) -> None:
    records.films.keep(CASE, FILM)
    behind("DROP TRIGGER radiograph_pixels_unchanged", "UPDATE radiograph_pixels SET body = x'00'")
    assert any("its pixels were altered" in fault for fault in faults(records))
    with pytest.raises(Unreadable, match="not as it was kept"):
        records.films.pixels(CASE, SHA256)
    behind("DROP TRIGGER radiograph_pixels_kept_until_removed", "DELETE FROM radiograph_pixels")
    assert any("its pixels were removed, and no removal is recorded" in fault for fault in faults(records))
    behind(f"INSERT INTO radiograph_pixels VALUES ('{CASE}', '{'0' * 64}', x'00')")
    assert any("without a record that it is kept" in fault for fault in faults(records))


def names(export: bytes) -> list[str]:
    return [name for name in zipfile.ZipFile(io.BytesIO(export)).namelist() if name.endswith(".png")]


@pytest.fixture
def empty(library: Library, new_url: Callable[[str], str]) -> Records:
    return open_library(new_url("sqlite")).as_user(ANYONE)


def test_an_export_has_radiographs_only_when_asked(records: Records, empty: Records) -> None:
    records.films.keep(CASE, FILM)
    plain = records.transfer.export_case(CASE)
    assert names(plain) == []
    assert FILM not in plain
    whole = records.transfer.export_case(CASE, films=True)
    assert names(whole) == [f"cases/{CASE}/film-{SHA256}.png"]
    empty.transfer.import_file(io.BytesIO(whole))
    assert empty.films.pixels(CASE, SHA256) == FILM
    assert not faults(empty)
    assert empty.transfer.export_case(CASE, films=True) == whole


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_header_stuffed_with_names_leaves_none_in_library_export_or_log(
    records: Records, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file in every text of which a name stands, as it was opened and kept."""
    dataset = film_files.dicom(np.arange(1200, dtype=np.uint16).reshape(40, 30))
    texts = [keyword for _, vr, _, keyword in every_keyword() if vr in ("PN", "LO", "SH", "ST", "LT", "UC", "UT")]
    for keyword in texts:
        setattr(dataset, keyword, NAME)
    assert len(texts) > 100
    stuffed = film_files.stored(dataset)
    assert stuffed.count(NAME.encode()) == len(texts)
    picture = film_file.read_film(stuffed)
    record, notes = film_file.record_of(picture, name="ap1", side="right", view="ap", seen_from="front")
    records.films.keep(CASE, picture.png)
    records.transfer.backup(tmp_path / "backup.sqlite3")
    whole = records.transfer.export_case(CASE, films=True)
    with zipfile.ZipFile(io.BytesIO(whole)) as export:
        files = [one.encode() + export.read(one) for one in export.namelist()]
    assert any(picture.png in file for file in files)
    said = [repr(record), *notes, repr(picture), caplog.text, *capfd.readouterr()]
    for content in ((tmp_path / "backup.sqlite3").read_bytes(), *files, *(text.encode() for text in said)):
        assert b"MUELLER" not in content


def every_keyword() -> Iterator[tuple[int, str, str, str]]:
    """Tag, kind, how many and keyword of every element of the standard that is not retired."""
    for tag, (vr, many, _, retired, keyword) in DicomDictionary.items():
        # Those of commands and of the file itself, and those that say how pixels are to be read, stay.
        if (
            not retired
            and keyword
            and tag >> 16 not in (0x0000, 0x0002, 0x0028)
            and many == "1"
            and keyword != "Modality"
        ):
            yield tag, vr, many, keyword


def test_a_case_taken_in_without_its_radiographs_says_so(records: Records, empty: Records) -> None:
    records.films.keep(CASE, FILM)
    empty.transfer.import_file(io.BytesIO(records.transfer.export_case(CASE)))
    assert empty.films.of(CASE) == ()
    assert "radiograph.left-out" in [entry.action for entry in empty.audit.history(CASE)]
    assert not faults(empty)


@pytest.mark.parametrize("with_films", [True, False])
@pytest.mark.slow
def test_a_whole_library_moves_with_or_without_them(records: Records, empty: Records, with_films: bool) -> None:
    records.films.keep(CASE, FILM)
    out = io.BytesIO()
    head = records.transfer.export_library(out, films=with_films)
    assert empty.transfer.import_file(out, head).unproved is False
    assert empty.films.of(CASE) == ((SHA256,) if with_films else ())
    assert not faults(empty)


def test_another_picture_in_its_place_is_refused(records: Records, empty: Records) -> None:
    from hexapod.library.transfer.archive import ArchiveReader, ArchiveWriter

    records.films.keep(CASE, FILM)
    good = ArchiveReader(io.BytesIO(records.transfer.export_case(CASE, films=True)))
    for png, told in ((OTHER, "not the radiograph that was kept"), (b"GIF89a", "no radiograph of this program")):
        out = io.BytesIO()
        writer = ArchiveWriter(out, "case")
        with zipfile.ZipFile(io.BytesIO(records.transfer.export_case(CASE, films=True))) as source:
            for name in good._listed:
                if name == "records.jsonl":
                    writer.add_lines(io.BytesIO(source.read(name)))
                else:
                    writer.add(name, png if name.endswith(".png") else source.read(name))
        writer.close()
        with pytest.raises(ImportRefused, match=told):
            empty.transfer.import_file(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_has_them(records: Records, tmp_path: Path) -> None:
    records.films.keep(CASE, FILM)
    records.transfer.backup(tmp_path / "backup.sqlite3")
    with sqlite3.connect(tmp_path / "backup.sqlite3") as copy:
        assert copy.execute("SELECT body FROM radiograph_pixels").fetchone() == (FILM,)


def test_a_library_from_before_gets_the_tables(database: str, new_url: Callable[[str], str], tmp_path: Path) -> None:
    """Both kinds of database, made by the first step alone."""
    before = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, before, ignore=shutil.ignore_patterns("__pycache__", "m000[2-9]*"))
    url = new_url(database)
    engine = make_engine(library_url(url))
    try:
        with engine.begin() as connection:
            later = ("radiograph_pixels", "radiographs", "home_links", "home_posts", "outcomes", "measured_rings")
            for table in later:
                connection.exec_driver_sql(f"DROP TABLE {table}")
            if database == "postgresql":
                connection.exec_driver_sql("DROP FUNCTION hexapod_refuse_while_radiograph_kept")
            connection.exec_driver_sql("UPDATE hexapod_schema SET version_num = '0001'")
        assert not bring_up_to_date(engine, lambda: "2027-01-01T00:00:00.000000Z", before)
        assert "radiographs" not in inspect(engine).get_table_names()
    finally:
        engine.dispose()
    with open_library(url) as library:
        records = library.as_user(ANYONE)
        records.drafts.save(CASE, 0, "{}")
        records.films.keep(CASE, FILM)
        assert not faults(records)
