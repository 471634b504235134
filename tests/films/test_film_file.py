"""Files of radiographs: read in a process of their own, in the right order of steps, with nothing of whoever they show."""

from __future__ import annotations

import faulthandler
import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import data_store
import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, DeflatedExplicitVRLittleEndian, JPEGBaseline8Bit

from hexapod.case.film_format import Film
from hexapod.cli.main import main
from hexapod.errors import HexapodError
from hexapod.films import film_decoder, film_file
from hexapod.films.film_file import FilmRefused, contradictions, is_mirrored, pixels_sha256, read_film, record_of
from hexapod.films.scale import scale_of_header
from tests.films import film_files

REAL = Path(data_store.__file__).parent / "data"
# 0 to 4095 in sixteen steps, twice.
STEPS = np.tile(np.linspace(0, 4095, 16).round().astype(np.uint16), (2, 1))
NAME = "MUELLER^ANNA"


def _grey(content: bytes, **options: Any) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(read_film(content, **options).png)))


def _real(name: str) -> bytes:
    return (REAL / f"{name}.dcm").read_bytes()


# A real lower leg


@pytest.mark.hazard("H-33")
def test_a_real_leg_is_inverted_once_and_says_that_it_is_mirrored() -> None:
    picture = read_film(_real("RG3_UNCR"))
    grey = np.asarray(Image.open(io.BytesIO(picture.png)))
    assert (picture.columns, picture.rows, grey.dtype) == (1760, 1760, np.uint8)
    # Cortex of the tibia at half height, marrow, and the air beside the leg: bone is bright.
    assert grey[900, 895] > grey[900, 840] > grey[900, 560] + 60
    assert grey[900, 560] < 40
    assert picture.inverted
    assert dict(picture.header) == {"PatientOrientation": ["R", "F"], "Laterality": "R", "ViewPosition": "AP"}
    record, notes = record_of(picture, name="ap1", side="right", view="ap", seen_from="front")
    assert record["mirrored"] is True
    assert record["scale"] is None
    assert [note for note in notes if "mirrored" in note]
    assert [note for note in notes if "no millimetres" in note]
    assert not contradictions(picture.header, "right", "ap", "front")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"), [("RG3_UNCR", "RG3_J2KR"), ("RG3_UNCI", "RG3_J2KI"), ("RG1_UNCR", "RG1_J2KR")]
)
def test_a_real_radiograph_is_the_same_in_every_encoding(one: str, other: str) -> None:
    assert read_film(_real(one)).sha256 == read_film(_real(other)).sha256


def test_a_spacing_of_zero_is_asked_about() -> None:
    header = read_film(_real("RG1_UNCR")).header
    with pytest.raises(Exception, match="must be above 0"):
        scale_of_header(header)


# Order of the steps


@pytest.mark.slow
def test_every_lossless_encoding_gives_the_same_picture() -> None:
    values = np.random.default_rng(18).integers(0, 4096, (48, 64))
    window = {"WindowCenter": 2048, "WindowWidth": 4096}
    pictures = {
        read_film(film_files.encoded(film_files.dicom(values, **window), syntax)).sha256
        for syntax in film_files.LOSSLESS
    }
    assert len(pictures) == 1
    smooth = np.add.outer(np.arange(48.0), np.arange(64.0)) * 2
    grey = _grey(film_files.lossy_jpeg(smooth), window=(0.0, smooth.max()))
    np.testing.assert_allclose(grey, smooth * 255 / smooth.max(), atol=8)


@pytest.mark.hazard("H-33")
@pytest.mark.slow
def test_rescale_then_window_then_inversion_each_once() -> None:
    # Stored v is 2 v - 1000; the window runs from -1000 to 7190 in these numbers, which is v from 0 to 4095.
    rescaled = {"RescaleSlope": 2, "RescaleIntercept": -1000, "WindowCenter": 3095.5, "WindowWidth": 8191}
    rising = _grey(film_files.stored(film_files.dicom(STEPS, **rescaled)))[0]
    np.testing.assert_allclose(rising, np.linspace(0, 255, 16), atol=0.51)
    for header in ({}, {"PresentationLUTShape": "INVERSE"}):
        falling = _grey(film_files.stored(film_files.dicom(STEPS, interpretation="MONOCHROME1", **rescaled, **header)))[
            0
        ]
        np.testing.assert_array_equal(falling, 255 - rising)
    shaped = _grey(film_files.stored(film_files.dicom(STEPS, **rescaled, PresentationLUTShape="INVERSE")))[0]
    np.testing.assert_array_equal(shaped, 255 - rising)
    np.testing.assert_array_equal(
        _grey(film_files.stored(film_files.dicom(STEPS, **rescaled)), invert=True)[0], 255 - rising
    )


def test_whole_numbers_have_the_grey_of_the_same_numbers_with_a_point() -> None:
    for kind in (np.int8, np.uint8, np.int16, np.uint16):
        ends = np.iinfo(kind)
        values = np.linspace(ends.min, ends.max, 300).astype(kind).reshape(300, 1)
        window = (0.8 * ends.min, 0.7 * ends.max)
        grey = film_decoder._to_grey(values, lambda block: 2.0 * block, window)
        assert (grey == film_decoder._to_grey(values.astype(float), lambda block: 2.0 * block, window)).all()
        assert (grey[0, 0], grey[-1, 0]) == (0, 255), kind


def test_the_window_comes_before_the_inversion() -> None:
    # Only the darker half is shown: what lies above is all white, so black once it is inverted.
    half = {"WindowCenter": 1024, "WindowWidth": 2048}
    grey = _grey(film_files.stored(film_files.dicom(STEPS, interpretation="MONOCHROME1", **half)))[0]
    assert grey[0] == 255
    assert (grey[8:] == 0).all()
    assert (np.diff(grey[:8].astype(int)) < 0).all()


def test_a_table_of_the_header_is_used_before_its_window() -> None:
    table = Dataset()
    # Bright numbers are spread, dark ones pressed together; more entries than an 8-bit number can count.
    table.LUTDescriptor = [4096, 0, 8]
    table.LUTData = (255 * (np.arange(4096) / 4095) ** 2).round().astype(np.uint16).tobytes()
    table["LUTData"].VR = "OW"
    dataset = film_files.dicom(STEPS, VOILUTSequence=[table], WindowCenter=10, WindowWidth=2)
    np.testing.assert_allclose(_grey(film_files.stored(dataset))[0], 255 * np.linspace(0, 1, 16) ** 2, atol=1)


def test_a_window_by_hand_takes_the_place_of_the_header_s() -> None:
    content = film_files.stored(film_files.dicom(STEPS, WindowCenter=100, WindowWidth=10))
    np.testing.assert_allclose(_grey(content, window=(0.0, 4095.0))[0], np.linspace(0, 255, 16), atol=0.51)


def test_a_box_is_black_in_the_picture() -> None:
    values = np.full((40, 60), 3000)
    grey = _grey(film_files.stored(film_files.dicom(values)), black_out=[(10, 5, 30, 9)], window=(0.0, 3000.0))
    assert (grey[5:9, 10:30] == 0).all()
    assert (np.delete(grey, np.s_[5:9], axis=0) == 255).all()
    assert (grey[5:9, 30:] == 255).all()


# Photographs and scans


def test_pictures_of_every_depth() -> None:
    rising = np.tile(np.arange(256, dtype=np.uint8), (3, 1))
    for format_, name in (
        ("PNG", "L"),
        ("TIFF", "L"),
        ("PNG", "RGB"),
        ("PNG", "LA"),
        ("TIFF", "I;16"),
        ("PNG", "I;16"),
    ):
        file = io.BytesIO()
        deep = (
            Image.fromarray(rising.astype(np.uint16) * 257) if name == "I;16" else Image.fromarray(rising).convert(name)
        )
        deep.save(file, format_)
        grey = _grey(file.getvalue(), window=(0.0, 65535.0) if name == "I;16" else None)
        np.testing.assert_allclose(grey, rising, atol=1, err_msg=f"{format_} {name}")


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    values = np.zeros((20, 40), np.uint8)
    values[:10] = 200  # bright above
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees: above becomes the right
    Image.fromarray(values).save(file, "JPEG", exif=exif, quality=95)
    picture = read_film(file.getvalue())
    assert picture.turned
    assert (picture.columns, picture.rows) == (20, 40)
    grey = np.asarray(Image.open(io.BytesIO(picture.png)))
    assert grey[:, 15].mean() > 150 > 50 > grey[:, 5].mean()


# Identity


@pytest.mark.slow
def test_nothing_that_names_a_person_leaves_the_reading_process(capfd: pytest.CaptureFixture[str]) -> None:
    dataset = film_files.dicom(STEPS, PixelSpacing=[0.2, 0.1])
    for keyword in (
        "PatientName", "PatientID", "InstitutionName", "StudyDescription", "ReferringPhysicianName", "AccessionNumber",
        "ImageComments", "ProtocolName", "DeviceSerialNumber", "StationName", "PatientAddress",
    ):  # fmt: skip
        setattr(dataset, keyword, NAME)
    dataset.PatientBirthDate, dataset.StudyDate = "19790408", "20040826"
    # In coded words, too, which nobody checks when they are written.
    for keyword in ("ViewPosition", "Laterality", "ImageLaterality", "PixelSpacingCalibrationType"):
        dataset.add_new(keyword, "LO", NAME)
    dataset.add_new("PatientOrientation", "LO", [NAME, "F"])
    content = film_files.stored(dataset)
    picture = read_film(content)
    assert dict(picture.header) == {"PixelSpacing": [0.2, 0.1]}
    info = PngImagePlugin.PngImageFile(io.BytesIO(picture.png))
    info.load()
    assert not info.text
    said = [repr(picture), *capfd.readouterr()]
    with pytest.raises(FilmRefused) as refused:
        read_film(content[: len(content) // 2])
    said += [str(refused.value), *capfd.readouterr()]
    assert all("MUELLER" not in text and "1979" not in text for text in said)
    assert NAME.encode() not in picture.png


# What the header says against what is said of the radiograph


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("letters", "seen_from", "mirrored"),
    [
        ("L F", "front", False), ("R F", "front", True), ("R H", "front", False), ("F R", "front", False),
        ("F L", "front", True), ("R F", "back", False), ("L F", "back", True), ("P F", "left", False),
        ("A F", "left", True), ("A F", "right", False), ("P F", "right", True), ("A F", "front", None),
        ("L F", "left", None), ("L R", "front", None), ("LP FA", "front", False),
    ],
)  # fmt: skip
def test_mirrored_by_the_letters_of_the_header(letters: str, seen_from: Any, mirrored: bool | None) -> None:
    assert is_mirrored({"PatientOrientation": letters.split()}, seen_from) is mirrored


@pytest.mark.hazard("H-33")
def test_what_contradicts_the_header_is_told() -> None:
    header = {"PatientOrientation": ["L", "F"], "Laterality": "L", "ViewPosition": "LL"}
    told = contradictions(header, "right", "ap", "left")
    assert len(told) == 3
    assert "left limb, not a right one" in told[0]
    assert "view is LL, not AP" in told[1]
    assert "not seen from the patient's left" in told[2]
    assert (
        contradictions(
            {"PatientOrientation": ["L", "F"], "Laterality": "L", "ViewPosition": "PA"}, "left", "ap", "front"
        )
        == []
    )


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize("header", [
    {"ViewPosition": "RLO"}, {"ImageLaterality": "U", "Laterality": "L"}, {"Laterality": "LEFT"},
    {"ImageLaterality": "R", "Laterality": "L"}, {"PatientOrientation": ["LA", "F"]}, {"PatientOrientation": ["L", "R"]},
])  # fmt: skip
def test_whatever_does_not_go_with_a_square_view_of_this_limb_is_told(header: dict[str, Any]) -> None:
    assert contradictions(header, "right", "ap", "front")


@pytest.mark.hazard("H-33")
def test_pixels_that_are_not_square_need_the_scale_of_their_header() -> None:
    def record(**header: Any) -> dict[str, Any]:
        picture = film_file.FilmPicture(b"", "a" * 64, 10, 10, header, inverted=False, turned=False)
        return record_of(picture, name="a", side="right", view="ap", seen_from="front")[0]

    known = {"ImagerPixelSpacing": [0.2, 0.1], "EstimatedRadiographicMagnificationFactor": 1.25}
    assert record(**known)["scale"]["mm_per_px"] == pytest.approx([0.16, 0.08])
    for header in ({"ImagerPixelSpacing": [0.2, 0.1]}, {"PixelAspectRatio": [2.0, 1.0]}, {"PixelSpacing": [0.2, 0.1]}):
        with pytest.raises(FilmRefused, match="not square"):
            record(**header)
    assert record(PixelAspectRatio=[1.0, 1.0])["scale"] is None


def test_a_box_that_covers_nothing_is_refused() -> None:
    for box in ((60, 40, 20, 20), (20, 20, 40, 20), (-5, 0, 10, 10)):
        with pytest.raises(HexapodError, match="covers nothing"):
            read_film(b"x", black_out=[box])


# The command


def test_the_command_prints_a_radiograph_that_waits_for_its_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = tmp_path / "anna mueller.dcm", tmp_path / "ap.png"
    file.write_bytes(
        film_files.stored(
            film_files.dicom(
                STEPS, PixelSpacing=[0.2, 0.1], PixelSpacingCalibrationType="FIDUCIAL", PatientOrientation=["R", "F"]
            )
        )
    )
    words = [
        "radiograph",
        str(file),
        "--side",
        "right",
        "--view",
        "ap",
        "--seen-from",
        "front",
        "--picture",
        str(picture),
    ]
    assert main(words) == 0
    printed = capsys.readouterr()
    record = json.loads(printed.out)
    assert (record["rows"], record["columns"], record["mirrored"]) == (2, 16, True)
    assert record["scale"] == {"from": "header", "mm_per_px": [0.2, 0.1]}
    # Of the pixels, not of the file that holds them: as PGM, which is read here by itself.
    grey = np.asarray(Image.open(picture))
    assert record["pixels_sha256"] == hashlib.sha256(b"P5\n16 2\n255\n" + grey.tobytes()).hexdigest()
    assert record["pixels_sha256"] == pixels_sha256(picture.read_bytes())
    assert "stored mirrored" in printed.err
    assert "mueller" not in printed.out + printed.err
    # It is of the format, Film, and the picture that stands there is not overwritten.
    Film.model_validate(json.loads(printed.out))
    assert main(words) == 2
    assert "exists" in capsys.readouterr().err
    assert main([*words[:-2], "--seen-from", "left"]) == 2
    assert "seen from the front or the back" in capsys.readouterr().err


# What is refused


def _frames() -> bytes:
    two = film_files.dicom(STEPS, NumberOfFrames=2)
    two.PixelData = two.PixelData * 2
    return film_files.stored(two)


def _bomb() -> bytes:
    """1.5 MB that inflate to 1.5 GB."""
    content = film_files.encoded(film_files.dicom(STEPS), DeflatedExplicitVRLittleEndian)
    # The head is as long as its first element says; what follows is deflated.
    start = 144 + int.from_bytes(content[140:144], "little")
    long = b"\xe0\x7f\x10\x00OW\x00\x00\x00\x00\x00\x60"  # pixels of 1.6 GB
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [squeeze.compress(long)] + [squeeze.compress(bytes(16_000_000)) for _ in range(96)]
    return content[:start] + b"".join(parts) + squeeze.flush()


def _wide_png() -> bytes:
    """A PNG that says 20000 x 20000 in its head."""
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    content = bytearray(file.getvalue())
    content[16:24] = (20_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


REFUSED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "large": lambda: bytes(film_file.MOST_BYTES + 1),
    "unknown": lambda: b"%PDF-1.7 no radiograph",
    "kind": lambda: film_files.stored(film_files.dicom(STEPS, SOPClassUID=CTImageStorage)),
    "frames": _frames,
    "pixels": _wide_png,
    "memory": _bomb,
    "damaged": lambda: _real("RG3_UNCR")[:3000],
    "syntax": lambda: _as_baseline(_real("RG3_UNCR")),
}


def _as_baseline(content: bytes) -> bytes:
    """Numbers without compression that say they are a JPEG."""
    return content.replace(b"1.2.840.10008.1.2.1\x00", JPEGBaseline8Bit.encode()[:19] + b"\x00", 1)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=pytest.mark.slow) if code == "memory" else code for code in REFUSED]
)
def test_what_is_no_radiograph_is_refused_with_a_sentence(code: str) -> None:
    with pytest.raises(FilmRefused) as refused:
        read_film(REFUSED[code]())
    # On a busy machine the time is up before the memory is full.
    assert refused.value.code in ((code, "time") if code == "memory" else (code,))
    assert str(refused.value).endswith(".")
    assert "Traceback" not in str(refused.value)


def test_a_reader_that_crashes_or_hangs_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "decoder.py"
    monkeypatch.setattr(film_file, "DECODER", program)
    program.write_text("import os\nos.abort()\n")
    with pytest.raises(FilmRefused) as refused:
        read_film(b"x")
    assert refused.value.code == "damaged"
    monkeypatch.setattr(film_file, "MOST_S", 0.5)
    program.write_text("import time\ntime.sleep(60)\n")
    with pytest.raises(FilmRefused) as refused:
        read_film(b"x")
    assert refused.value.code == "time"


# Damaged files


def _damage(content: bytes, chance: random.Random) -> bytes:
    """A file with some bytes changed, cut out or repeated; the mark of DICOM stays."""
    damaged = bytearray(content)
    for _ in range(chance.choice((1, 3, 12))):
        at = chance.randrange(132, len(damaged))
        kind = chance.randrange(4)
        if kind == 0:
            damaged[at] = chance.randrange(256)
        elif kind == 1:
            damaged[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f"))
        elif kind == 2:
            del damaged[at : at + chance.randrange(1, 200)]
        else:
            damaged[at:at] = damaged[at : at + chance.randrange(1, 50)]
        if len(damaged) < 200:
            break
    return bytes(damaged)


def _encodings() -> dict[str, bytes]:
    values = np.random.default_rng(8).integers(0, 4096, (48, 64))
    made = {syntax: film_files.encoded(film_files.dicom(values), syntax) for syntax in film_files.LOSSLESS}
    return {**made, str(JPEGBaseline8Bit): film_files.lossy_jpeg(values >> 4)}


@pytest.mark.slow
def test_a_few_damaged_files_of_every_encoding_give_a_picture_or_a_sentence() -> None:
    chance = random.Random(18)
    for content in _encodings().values():
        try:
            read_film(_damage(content, chance))
        except FilmRefused as refused:
            assert refused.code in film_file.REFUSALS


@pytest.mark.slow
@pytest.mark.parametrize("syntax", [*film_files.LOSSLESS, JPEGBaseline8Bit])
def test_a_thousand_damaged_files_give_a_picture_or_a_sentence(syntax: str) -> None:
    """As `read_film` has it, but a process reads on until a file brings it down: 0.001 s a file instead of 0.4.

    What a file leaves behind in the process could only make the next one fail, too.
    """
    import gdcm  # noqa: F401
    import pydicom.pixels.processing  # noqa: F401

    chance = random.Random(str(syntax))
    content = _encodings()[str(syntax)]
    told = _read_in_turn([_damage(content, chance) for _ in range(1000)])
    assert len(told) == 1000
    answered = 0
    for one in told:
        try:
            film_file._picture(one)
            answered += 1
        except FilmRefused as refused:
            assert refused.code in film_file.REFUSALS
    assert answered > 10  # JPEG-LS forgives least


def _read_in_turn(contents: list[bytes]) -> list[bytes]:
    """What the decoder answers to each: empty where that file brought its process down; another one goes on behind."""
    told: list[bytes] = []
    while len(told) < len(contents):
        told += _until_one_brings_it_down(contents[len(told) :])
    return told


def _until_one_brings_it_down(contents: list[bytes]) -> list[bytes]:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(reading)
            faulthandler.disable()  # a decoder that aborts is what is looked for
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            with os.fdopen(writing, "wb", buffering=0) as pipe:
                for content in contents:
                    signal.alarm(10)
                    told = _decoded(content)
                    pipe.write(len(told).to_bytes(8, "big"))
                    pipe.write(told)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answers = [pipe.read(int.from_bytes(length, "big")) for length in iter(partial(pipe.read, 8), b"")]
    os.waitpid(process, 0)
    return answers if len(answers) == len(contents) else [*answers, b""]


def _decoded(content: bytes) -> bytes:
    """An answer as the decoder writes it."""
    options = {"window": None, "invert": False, "black_out": []}
    try:
        answer, picture = film_decoder.decoded(content, options)
    except film_decoder.NotRead as refusal:
        answer, picture = {"refused": refusal.code, "detail": refusal.detail}, b""
    except Exception:  # noqa: BLE001 - whatever else is raised ends the program before it has answered
        return b""
    told = json.dumps(answer).encode()
    return len(told).to_bytes(8, "big") + told + picture


ATTEMPTS = {
    "a file": "open('/etc/hostname')",
    "a connection": "socket.socket()",
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
@pytest.mark.parametrize("begins", [b"\0" * 128 + b"DICM", b"\x89PNG"], ids=["DICOM", "picture"])
def test_code_that_a_file_brings_along_can_open_nothing(begins: bytes, attempt: str) -> None:
    code = f"import socket; from hexapod.films import film_decoder; film_decoder._shut_in({begins!r}); {attempt}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Too many open files" in ended.stderr
    assert ended.returncode == 1
