"""The program that reads one radiograph, run as a process of its own with limits on memory and time.

Decoders of pictures crash on damaged files, and a small deflated file can fill the memory, so nothing of a file is read
in the process of the app.  This program takes the file on standard input and its options as JSON in its one argument.
It writes the length of an answer (8 bytes, big-endian), the answer as JSON, and the picture: an 8-bit grey PNG.  If a
damaged file crashes it, there is no answer.  It imports nothing of `hexapod` and writes no file.

Of a DICOM header only what `KEPT` names is read; whatever could name a person is not read at all.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import math
import resource
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

# Address space and processor time that a radiograph may take.  The largest that is read (60 megapixels, 16 bit, a
# decoder's copies beside it) stays below half of the memory.
MEMORY_BYTES, CPU_S = 1_500_000_000, 10
MOST_PIXELS = 60_000_000
# Rows that are brought to grey at once: their numbers stand in memory as 64-bit floats.
ROWS_AT_ONCE = 256
# Without a window in the file, the darkest and the brightest half percent of the picture are cut off.
PERCENTILES = (0.5, 99.5)
SAMPLE = 500_000  # pixels that the percentiles are taken from
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0  # tag of a TIFF, and its value for bright and dark turned round
PNG_SIGNATURE, PNG_GREY_8, PNG_UP = b"\x89PNG\r\n\x1a\n", bytes((8, 0, 0, 0, 0)), 2
PNG_LEVEL = 1  # of zlib
# Keywords that are passed on, and how each is read.
KEPT = {
    "PixelSpacing": "numbers",
    "ImagerPixelSpacing": "numbers",
    "PixelAspectRatio": "numbers",
    "EstimatedRadiographicMagnificationFactor": "number",
    "DistanceSourceToDetector": "number",
    "DistanceSourceToPatient": "number",
    "PixelSpacingCalibrationType": "word",
    "PatientOrientation": "words",
    "ImageLaterality": "word",
    "Laterality": "word",
    "ViewPosition": "word",
}
# A coded word of the header, which has room for no name.
WORDS = {
    "PixelSpacingCalibrationType": {"FIDUCIAL", "GEOMETRY"},
    "ImageLaterality": {"R", "L", "U", "B", "RIGHT", "LEFT"},
    "Laterality": {"R", "L", "U", "B", "RIGHT", "LEFT"},
    "ViewPosition": {"AP", "PA", "LL", "RL", "LLD", "RLD", "LLO", "RLO", "LAT", "LATERAL"},
    # One axis, or two or three where it runs obliquely; of a foot P and D stand for plantar and dorsal in no header.
    "PatientOrientation": set("LRAPHF"),
}
DECODED = [
    "SOPClassUID", "Modality", "NumberOfFrames", "Rows", "Columns", "SamplesPerPixel", "PhotometricInterpretation",
    "PlanarConfiguration", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData",
    "PixelPaddingValue", "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "ModalityLUTSequence", "RescaleSlope", "RescaleIntercept", "VOILUTSequence",
    "VOILUTFunction", "WindowCenter", "WindowWidth", "PresentationLUTShape", "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
]  # fmt: skip
# Kinds of object that are radiographs of one exposure (DICOM PS3.4, B.5), and the modality where the kind is missing.
STORAGE = "1.2.840.10008.5.1.4.1.1."
KINDS = {STORAGE + end for end in ("1", "1.1", "1.1.1", "12.1", "12.2", "7", "7.2", "7.3", "7.4")}
MODALITIES = {"CR", "DX", "RF", "XA", "RG"}


class NotRead(Exception):
    """The file is not read; the code is a key of the sentences in `film_file`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def main() -> None:
    """Read standard input, answer on standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    options = json.loads(sys.argv[1])
    content = sys.stdin.buffer.read()
    picture = b""
    try:
        _shut_in(content)
        answer, picture = decoded(content, options)
    except NotRead as refusal:
        answer = {"refused": refusal.code, "detail": refusal.detail}
    except MemoryError:
        answer = {"refused": "memory", "detail": ""}
    encoded = json.dumps(answer, allow_nan=False).encode()
    sys.stdout.buffer.write(len(encoded).to_bytes(8, "big") + encoded + picture)


def _shut_in(content: bytes) -> None:
    """Load what decodes such a file, then let nothing more be opened: no file, no connection, no other process.

    Decoders in C have had faults by which a crafted file runs code of its own; it finds neither data nor a way out.
    """
    import numpy as np

    np.percentile(np.arange(3.0), PERCENTILES)  # numpy loads parts of itself when they are first used
    if _is_dicom(content):
        try:
            import pydicom.charset
            import pydicom.pixels.decoders
            import pydicom.pixels.processing
            import pydicom.pixels.utils  # noqa: F401
        except ImportError:
            raise NotRead("no_dicom") from None
    else:
        from PIL import Image, ImageOps  # noqa: F401

        Image.init()
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))


def _is_dicom(content: bytes) -> bool:
    return content[128:132] == b"DICM"


def decoded(content: bytes, options: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What the file says, and its picture.

    Raises:
        NotRead: it is no radiograph that this program reads.
    """
    import numpy as np

    opened = _dicom if _is_dicom(content) else _photograph
    grey, facts = opened(content, options)
    if options["invert"]:
        grey = np.subtract(255, grey, dtype=np.uint8)
    rows, columns = grey.shape
    for left, top, right, bottom in options["black_out"]:
        grey[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = 0
    # Of the pixels as the plainest picture file (PGM) has them, so that it stays however the PNG is packed.
    sha256 = hashlib.sha256(b"P5\n%d %d\n255\n" % (columns, rows))
    sha256.update(grey.tobytes())
    return {"columns": columns, "rows": rows, "sha256": sha256.hexdigest(), **facts}, _png(grey)


def _photograph(content: bytes, options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A PNG, JPEG or TIFF as it is meant to be seen."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # asked here, before anything is decoded
    try:
        image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF"))
    except UnidentifiedImageError:
        raise NotRead("unknown") from None
    _check_size(image.height, image.width)
    if getattr(image, "n_frames", 1) > 1:
        raise NotRead("frames")
    turned = image.getexif().get(0x0112, 1) != 1
    seen = ImageOps.exif_transpose(image)
    if seen.mode.startswith("I") or seen.mode == "F":
        values = np.asarray(seen)
        grey = _to_grey(values, lambda block: block, options["window"] or _percentiles(values))
        if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO:
            np.subtract(255, grey, out=grey)
    else:
        if "A" in seen.mode or "transparency" in seen.info:
            # What a picture hides by being transparent stays hidden.
            seen = Image.alpha_composite(Image.new("RGBA", seen.size, (0, 0, 0, 255)), seen.convert("RGBA"))
        grey = np.array(seen.convert("L"))
    return grey, {"header": {}, "inverted": False, "turned": turned}


def _dicom(content: bytes, options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A DICOM object: modality LUT or rescale, VOI LUT or window, inversion, in this order and each once.

    Source: DICOM PS3.4, N.2 Pixel Transformation Sequence; PS3.3, C.11.6 for the presentation LUT shape.
    """
    import numpy as np
    import pydicom
    from pydicom.pixels import processing, utils

    dataset = pydicom.dcmread(io.BytesIO(content), specific_tags=[*KEPT, *DECODED])
    kind, modality = str(dataset.get("SOPClassUID", "")), str(dataset.get("Modality", ""))
    if kind not in KINDS and not (kind == "" and modality in MODALITIES):
        raise NotRead("kind")
    if int(dataset.get("NumberOfFrames") or 1) != 1:
        raise NotRead("frames")
    _check_size(int(dataset.Rows), int(dataset.Columns))
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        values = utils.pixel_array(dataset)
    except (NotImplementedError, RuntimeError) as error:
        # Every decoder refused it: pydicom does not tell a damaged file from a kind that none of them has.
        raise NotRead("syntax", syntax.name if syntax.is_transfer_syntax else "") from error
    interpretation = str(dataset.PhotometricInterpretation)
    facts = {"header": _kept(dataset), "inverted": False, "turned": False}
    if interpretation == "PALETTE COLOR":
        values = processing.apply_color_lut(values, dataset)
    if values.ndim == 3:
        return _of_colours(values), facts
    if interpretation not in ("MONOCHROME1", "MONOCHROME2"):
        raise NotRead("damaged")
    to_values: Callable[[Any], Any] = functools.partial(processing.apply_modality_lut, ds=dataset)
    after, ends = to_values, options["window"]
    if ends is None and dataset.get("VOILUTSequence"):
        table, first = _voi_table(dataset.VOILUTSequence[0])
        after = lambda block: table[_places(to_values(block) - first, len(table))]  # noqa: E731
        ends = (0.0, float(table.max()))
    elif ends is None and _has_window(dataset):
        after = lambda block: processing.apply_windowing(to_values(block), dataset)  # noqa: E731
        ends = tuple(map(float, processing.apply_windowing(np.array([-1e9, 1e9]), dataset)))
    padding = dataset.get("PixelPaddingValue")
    ends = ends or _percentiles(values, after, padding)
    grey = _to_grey(values, after, ends)
    inverted = interpretation == "MONOCHROME1" or str(dataset.get("PresentationLUTShape", "")) == "INVERSE"
    if inverted:
        np.subtract(255, grey, out=grey)
    if padding is not None:
        grey[values == int(padding)] = 0
    return grey, {**facts, "inverted": inverted}


def _png(grey: Any) -> bytes:
    """8-bit grey (rows, columns) as PNG with nothing beside the pixels.

    Each row is written as its difference from the one above, and only runs are compressed: of a radiograph, which is
    noise on slopes, that takes a quarter of the time of Pillow's way and a tenth less room.

    Source: PNG (W3C), 9.2 filter type Up; 11.2.1 IHDR.
    """
    import numpy as np

    rows, columns = grey.shape
    lines = np.empty((rows, columns + 1), np.uint8)
    lines[:, 0], lines[0, 1:] = PNG_UP, grey[0]
    np.subtract(grey[1:], grey[:-1], out=lines[1:, 1:])
    packer = zlib.compressobj(PNG_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    pixels = packer.compress(lines.tobytes()) + packer.flush()
    size = columns.to_bytes(4, "big") + rows.to_bytes(4, "big")
    parts = (b"IHDR" + size + PNG_GREY_8, b"IDAT" + pixels, b"IEND")
    return PNG_SIGNATURE + b"".join(
        (len(part) - 4).to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big") for part in parts
    )


def _check_size(rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise NotRead("damaged")
    if rows * columns > MOST_PIXELS:
        raise NotRead("pixels", f"{columns} x {rows}")


def _of_colours(values: Any) -> Any:
    """Grey of a colour picture (rows, columns, 3 or 4) of unsigned numbers."""
    import numpy as np
    from PIL import Image

    bright = (values[..., :3] >> (8 * values.dtype.itemsize - 8)).astype(np.uint8)
    return np.array(Image.fromarray(np.ascontiguousarray(bright)).convert("L"))


def _has_window(dataset: Any) -> bool:
    """Whether the header has a window: a centre, and a width of at least 1."""
    values = []
    for keyword in ("WindowCenter", "WindowWidth"):
        value = dataset.get(keyword)
        several = list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
        try:
            values.append(float(several[0]))
        except (IndexError, TypeError, ValueError):
            return False
    return values[1] >= 1.0


def _voi_table(item: Any) -> tuple[Any, int]:
    """A VOI LUT and the number that its first entry is for.

    pydicom's own keeps places in a table of 8 bits in numbers of 8 bits, which are too short for more than 256 entries.

    Source: DICOM PS3.3, C.11.2.1.1.
    """
    import numpy as np

    count, first, _ = item.LUTDescriptor
    data = item.LUTData
    if isinstance(data, bytes):
        data = np.frombuffer(data, np.uint8 if len(data) == count else "<u2")
    table = np.asarray(data, np.float64)
    if not len(table):
        raise NotRead("damaged")
    return table, int(first)


def _places(numbers: Any, count: int) -> Any:
    """Numbers as places in a table; below the first and beyond the last they stay at the end."""
    import numpy as np

    return np.clip(np.rint(numbers), 0, count - 1).astype(np.intp)


def _percentiles(
    values: Any, after: Callable[[Any], Any] = lambda block: block, padding: Any = None
) -> tuple[float, float]:
    """The window that shows all of the picture but its extremes."""
    import numpy as np

    some = values.reshape(-1)[:: max(1, values.size // SAMPLE)]
    some = some if padding is None else some[some != int(padding)]
    if some.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(after(some), PERCENTILES)
    return float(low), float(high)


def _to_grey(values: Any, after: Callable[[Any], Any], ends: tuple[float, float]) -> Any:
    """8-bit grey (rows, columns) of the numbers between two ends.

    Of whole numbers of 16 bits each that occurs is brought to grey once; other numbers are, block by block.
    """
    import numpy as np

    low, high = ends
    if not (math.isfinite(low) and math.isfinite(high)):
        raise NotRead("damaged")

    def grey_of(numbers: Any) -> Any:
        shown = (np.asarray(after(numbers), np.float64) - low) / ((high - low) or 1.0)
        return np.rint(255.0 * np.clip(np.nan_to_num(shown), 0.0, 1.0)).astype(np.uint8)

    to_grey: Callable[[Any], Any] = grey_of
    if values.dtype.kind in "iu" and values.dtype.itemsize <= 2:
        first = values.min()
        table = grey_of(np.arange(int(first), int(values.max()) + 1).astype(values.dtype)[None])[0]
        # The difference is right as an unsigned number, also where it is too large for a signed one.
        to_grey = lambda block: table[(block - first).view(f"u{values.dtype.itemsize}")]  # noqa: E731
    grey = np.empty(values.shape, np.uint8)
    for row in range(0, len(values), ROWS_AT_ONCE):
        grey[row : row + ROWS_AT_ONCE] = to_grey(values[row : row + ROWS_AT_ONCE])
    return grey


def _kept(dataset: Any) -> dict[str, Any]:
    """What the header says of scale, side and view; a word that is none of the code's own is left out."""
    found: dict[str, Any] = {}
    for keyword, read_as in KEPT.items():
        value = dataset.get(keyword)
        if value is None or value in ("", []):
            continue
        several = list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
        if read_as.startswith("number"):
            numbers = [_number(entry) for entry in several]
            found[keyword] = numbers if read_as == "numbers" else numbers[0]
        else:
            words = [str(entry).strip().upper() for entry in several]
            known = WORDS[keyword]
            if read_as == "words" and all(word and set(word) <= known and len(word) <= 3 for word in words):
                found[keyword] = words
            elif read_as == "word" and len(words) == 1 and words[0] in known:
                found[keyword] = words[0]
    return found


def _number(value: Any) -> float:
    """A number of the header; zero stands for what is none, and is asked about like zero."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


if __name__ == "__main__":
    main()
