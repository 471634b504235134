"""The zip file of an export, `hexapod-library/1`: equal contents give equal bytes; everything read is checked.

    manifest.json             its kind, and path, size and SHA-256 of every other file
    records.jsonl             a line for every record in the order of the chain: audit entry, row, salt, contents
    cases/KEY/version-N.json  case files, byte for byte
    cases/KEY/plan-N.json     plan files, byte for byte
    cases/KEY/imported-1.json audit entries that an imported case had in its first library
    cases/KEY/film-SHA256.png radiographs kept with the case, only when they are asked for

Nothing is ever unpacked to the disk.  Any other name is refused, and with it every path out of the archive.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any, BinaryIO, Literal

from hexapod.about import SOFTWARE
from hexapod.case.canonical_json import canonical
from hexapod.library.errors import ImportRefused, LibraryError

FORMAT = "hexapod-library/1"
MANIFEST, RECORDS = "manifest.json", "records.jsonl"
Kind = Literal["case", "library"]
# Records whose contents are files of their own; all other contents are short, and are part of the record's line.
FILES = {"versions": "version", "plans": "plan", "library_events": "imported"}

# A plan of 2,000 days and three levels has 12 MB; a case file at most one.
LARGEST_FILE_BYTES = 50_000_000
# Ten thousand cases, each with a dozen versions and plans.
MOST_FILES = 500_000
# Ten thousand cases, each with a hundred drafts of 4 kB; larger libraries move by backup or pg_dump.
LARGEST_TOTAL_BYTES = 4_000_000_000
# Real records compress to between a third and a fiftieth, a zip bomb to a thousandth.  What would compress further than
# this is stored uncompressed, so that no export violates its own limit.
MOST_TIMES_SMALLER = 200
# Files up to this size fill no memory, however tightly they are packed.
HARMLESS_BYTES = 1_000_000
# A draft has a megabyte at most, and JSON writes one character as six at worst (\u0001).
LONGEST_LINE_BYTES = 8_000_000
# The manifest has some 150 bytes for every file.
LARGEST_MANIFEST_BYTES = 100_000_000

_NAME = re.compile(
    r"manifest\.json|records\.jsonl|"
    r"cases/[0-9a-f]{24}/((version|plan|imported)-[0-9]{1,9}\.json|film-[0-9a-f]{64}\.png)"
)
# The same for every export, so that equal contents give equal files; the first date that a zip can hold.
_TIME = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 20


class ArchiveWriter:
    """Writes an export into a file, its manifest last."""

    def __init__(self, file: BinaryIO, kind: Kind) -> None:
        self._zip, self._kind = zipfile.ZipFile(file, "w", allowZip64=True), kind
        self._files: list[dict[str, Any]] = []
        self._total = 0

    def add(self, path: str, content: bytes) -> None:
        """Add one file."""
        self._copy(path, [content], len(content), len(zlib.compress(content)))

    def add_lines(self, file: IO[bytes]) -> None:
        """Add the records, collected in a file of their own."""
        packer, size, packed = zlib.compressobj(), 0, 0
        file.seek(0)
        for chunk in _chunks(file):
            size, packed = size + len(chunk), packed + len(packer.compress(chunk))
        file.seek(0)
        self._copy(RECORDS, _chunks(file), size, packed + len(packer.flush()))

    def close(self) -> str:
        """Write the manifest and finish; the manifest's SHA-256."""
        listed = {"format": FORMAT, "kind": self._kind, "software": SOFTWARE, "files": self._files}
        content = (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
        self._zip.writestr(_info(MANIFEST, zipfile.ZIP_DEFLATED), content)
        self._zip.close()
        return hashlib.sha256(content).hexdigest()

    def _copy(self, path: str, chunks: Iterable[bytes], size: int, packed: int) -> None:
        tight = size > packed * MOST_TIMES_SMALLER // 2
        self._total += size
        fits = size <= LARGEST_FILE_BYTES or path == RECORDS
        if not fits or self._total > LARGEST_TOTAL_BYTES or len(self._files) + 2 > MOST_FILES:
            raise LibraryError("The library is too large for an export: move it by backup, or by pg_dump.")
        found = hashlib.sha256()
        info = _info(path, zipfile.ZIP_STORED if tight else zipfile.ZIP_DEFLATED)
        with self._zip.open(info, "w", force_zip64=size > LARGEST_FILE_BYTES) as out:
            for chunk in chunks:
                found.update(chunk)
                out.write(chunk)
        self._files.append({"path": path, "bytes": size, "sha256": found.hexdigest()})


class ArchiveReader:
    """Reads an export; nothing of it is used before it is checked."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ImportRefused(f"This is not an export of a library: {error}.") from error
        infos = self._zip.infolist()
        _check_members(infos)
        self._infos = {info.filename: info for info in infos}
        self.kind, self._listed, self.manifest_sha256 = self._read_manifest()
        self._taken: set[str] = {RECORDS}

    def content(self, path: str) -> bytes:
        """One file, checked for the size and SHA-256 in the manifest.  It may be asked for once."""
        if path not in self._listed or path in self._taken:
            raise ImportRefused(f"{path} is missing, or belongs to two records.")
        self._taken.add(path)
        return b"".join(self._checked(path))

    def film(self, case: str, sha256: str) -> bytes | None:
        """A radiograph; None where the export leaves it out."""
        path = film_name(case, sha256)
        return self.content(path) if path in self._listed else None

    def lines(self) -> Iterator[dict[str, Any]]:
        """The records, a line at a time."""
        rest = b""
        for chunk in self._checked(RECORDS):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE_BYTES:
                raise ImportRefused(f"A line of {RECORDS} is longer than {LONGEST_LINE_BYTES} bytes.")
            yield from map(_object, whole)
        if rest:
            raise ImportRefused(f"{RECORDS} ends in the middle of a line.")

    def all_taken(self) -> None:
        """Raises ImportRefused when a file belongs to no record."""
        if left := sorted(set(self._listed) - self._taken):
            raise ImportRefused(f"{left[0]} belongs to no record.")

    def _read_manifest(self) -> tuple[Kind, dict[str, dict[str, Any]], str]:
        if MANIFEST not in self._infos or self._infos[MANIFEST].file_size > LARGEST_MANIFEST_BYTES:
            raise ImportRefused(f"This is not an export of a library: it has no {MANIFEST} that can be read.")
        raw = b"".join(self._read(MANIFEST))
        manifest = _object(raw)
        if manifest.get("format") != FORMAT or manifest.get("kind") not in ("case", "library"):
            raise ImportRefused(f"Only {FORMAT} is read, of a case or a library; this is {manifest.get('format')}.")
        files = manifest.get("files")
        if not isinstance(files, list) or not all(
            isinstance(one, dict)
            and {name: type(value) for name, value in one.items()} == {"path": str, "bytes": int, "sha256": str}
            for one in files
        ):
            raise ImportRefused(f"{MANIFEST} does not list the files.")
        listed = {one["path"]: one for one in files}
        if len(listed) != len(files) or {*listed, MANIFEST} != self._infos.keys() or RECORDS not in listed:
            raise ImportRefused(f"The files are not those that {MANIFEST} lists.")
        return manifest["kind"], listed, hashlib.sha256(raw).hexdigest()

    def _checked(self, path: str) -> Iterator[bytes]:
        found, size, listed = hashlib.sha256(), 0, self._listed[path]
        for chunk in self._read(path):
            found.update(chunk)
            size += len(chunk)
            yield chunk
        if (size, found.hexdigest()) != (listed["bytes"], listed["sha256"]):
            raise ImportRefused(f"{path} is not as it was exported: its checksum differs.")

    def _read(self, path: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._infos[path]) as file:
                yield from _chunks(file)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise ImportRefused(f"{path} is damaged: {error}.") from error


def _check_members(infos: list[zipfile.ZipInfo]) -> None:
    """Names, kinds and sizes, before a byte is unpacked."""
    if len(infos) > MOST_FILES:
        raise ImportRefused(f"The export has {len(infos)} files; at most {MOST_FILES} are read.")
    names = set()
    for info in infos:
        if _NAME.fullmatch(info.filename) is None or info.filename != info.orig_filename:
            raise ImportRefused(f"{info.orig_filename!r} does not belong in an export of a library.")
        if info.filename in names:
            raise ImportRefused(f"{info.filename} is in the export twice.")
        names.add(info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or info.flag_bits & 0x1:
            raise ImportRefused(f"{info.filename} is a link, a folder or encrypted, not a plain file.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ImportRefused(f"{info.filename} is packed by a method that is not supported.")
        if info.filename not in (RECORDS, MANIFEST) and info.file_size > LARGEST_FILE_BYTES:
            raise ImportRefused(f"{info.filename} has {info.file_size} bytes; at most {LARGEST_FILE_BYTES} are read.")
        if info.file_size > max(HARMLESS_BYTES, info.compress_size * MOST_TIMES_SMALLER):
            raise ImportRefused(
                f"{info.filename} would unpack to more than {MOST_TIMES_SMALLER} times its size: it is no real record."
            )
    total = sum(info.file_size for info in infos)
    if total > LARGEST_TOTAL_BYTES:
        raise ImportRefused(f"The export has {total} bytes unpacked; at most {LARGEST_TOTAL_BYTES} are read.")


def _info(path: str, packed: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _TIME)
    info.compress_type, info.create_system = packed, 3
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ImportRefused(f"The export holds something that is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise ImportRefused("The export holds something that is not a record.")
    return value


def line_of(value: Any) -> bytes:
    """A record as a line."""
    return canonical(value) + b"\n"


def file_name(table: str, row: dict[str, Any]) -> str | None:
    """The path of a record's contents in the zip, None when they are part of its line."""
    if table not in FILES or row.get("kind", "imported") != "imported" or row["case_key"] is None:
        return None
    return f"cases/{row['case_key']}/{FILES[table]}-{row.get('number', 1)}.json"


def film_name(case: str, sha256: str) -> str:
    """The path of a radiograph in the zip."""
    return f"cases/{case}/film-{sha256}.png"
