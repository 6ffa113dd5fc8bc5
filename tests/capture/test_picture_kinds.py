"""Pictures as phones, browsers and other systems write them: upright, whole, or refused by name."""

from __future__ import annotations

import importlib.util
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.capture.address import parse_address
from cnngui.capture.opening import open_source
from cnngui.errors import SourceError
from cnngui.images.files import decode_picture, read_picture
from cnngui.images.heic import decode_heic
from cnngui.images.opencv import cv2
from cnngui.images.orientation import UPRIGHT, orientation_of
from tests.capture.media import number_of, numbered, write_image

PICTURES = Path(__file__).parent / "pictures"
RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)


def four_colours(height: int = 32, width: int = 48) -> np.ndarray:
    """Red and green above blue and yellow."""
    picture = np.zeros((height, width, 3), np.uint8)
    for place, colour in enumerate((RED, GREEN, BLUE, YELLOW)):
        row, column = divmod(place, 2)
        picture[row * height // 2 :, column * width // 2 :][: height // 2, : width // 2] = colour
    return picture


def corners(picture: np.ndarray) -> list[tuple[int, ...]]:
    """The four colours, row by row, as clear as they were drawn."""
    height, width = picture.shape[:2]
    at = [(y * height // 16, x * width // 16) for y in (1, 15) for x in (1, 15)]
    return [tuple(255 * int(value > 127) for value in picture[place]) for place in at]


# What a viewer shows of a stored picture by Exif's field (CIPA DC-008, 4.6.4).
TURNED = {
    1: [RED, GREEN, BLUE, YELLOW],
    2: [GREEN, RED, YELLOW, BLUE],
    3: [YELLOW, BLUE, GREEN, RED],
    4: [BLUE, YELLOW, RED, GREEN],
    5: [RED, BLUE, GREEN, YELLOW],
    6: [BLUE, RED, YELLOW, GREEN],
    7: [YELLOW, GREEN, BLUE, RED],
    8: [GREEN, YELLOW, RED, BLUE],
}


def exif(orientation: int, order: str = "<") -> bytes:
    mark = b"II" if order == "<" else b"MM"
    other = struct.pack(f"{order}HHIHH", 0x0100, 3, 1, 9, 0)
    field = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(f"{order}HIH", 42, 8, 2) + other + field + b"\0\0\0\0"


def with_exif(encoded: bytes, block: bytes) -> bytes:
    """Put Exif into a JPEG, PNG or WebP."""
    if encoded.startswith(b"\xff\xd8"):
        content = b"Exif\0\0" + block
        return (
            encoded[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + encoded[2:]
        )
    if encoded.startswith(b"\x89PNG"):
        chunk = b"eXIf" + block
        return (
            encoded[:33]
            + struct.pack(">I", len(block))
            + chunk
            + struct.pack(">I", zlib.crc32(chunk))
            + encoded[33:]
        )
    block += b"\0" * (len(block) % 2)
    height, width = 32, 48
    flags = struct.pack("<I", 0x08)
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunks = b"VP8X" + struct.pack("<I", 10) + flags + size + encoded[12:]
    chunks += b"EXIF" + struct.pack("<I", len(block)) + block
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp", "alpha.png", "grey.png"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_picture_is_turned_as_its_file_says(kind: str, orientation: int, order: str) -> None:
    stored = cv2.cvtColor(four_colours(), cv2.COLOR_RGB2BGR)
    wanted = TURNED[orientation]
    if kind == "alpha.png":
        stored = cv2.cvtColor(stored, cv2.COLOR_BGR2BGRA)
    if kind == "grey.png":
        stored = stored[:, :, 1]
        wanted = [(colour[1],) * 3 for colour in wanted]
    suffix = kind[kind.index(".") :]
    options = [cv2.IMWRITE_WEBP_QUALITY, 90] if suffix == ".webp" else []
    encoded = with_exif(
        cv2.imencode(suffix, stored, options)[1].tobytes(), exif(orientation, order)
    )
    for keep_transparency in (False, True):
        picture = decode_picture(encoded, "thing", keep_transparency)
        assert picture.shape == ((32, 48, 3) if orientation < 5 else (48, 32, 3))
        assert corners(picture) == wanted
        assert picture.flags.c_contiguous
        assert not picture.flags.writeable


def avif_with(box: bytes) -> bytes:
    """The turned AVIF with another transformation; its own is a quarter turn clockwise."""
    data = (PICTURES / "turned.avif").read_bytes()
    assert data.count(b"irot\x03") == 1
    return data.replace(b"irot\x03", box)


@pytest.mark.parametrize(
    ("box", "size", "shown"),
    [
        (b"irot\x03", (48, 64), [BLUE, RED, YELLOW, GREEN]),
        (b"irot\x01", (48, 64), [GREEN, YELLOW, RED, BLUE]),
        (b"irot\x02", (64, 48), [YELLOW, BLUE, GREEN, RED]),
        (b"imir\x00", (64, 48), [BLUE, YELLOW, RED, GREEN]),
        (b"imir\x01", (64, 48), [GREEN, RED, YELLOW, BLUE]),
    ],
)
def test_an_avif_is_turned_and_mirrored(
    box: bytes, size: tuple[int, int], shown: list[tuple[int, ...]]
) -> None:
    picture = decode_picture(avif_with(box), "thing")
    assert picture.shape[1::-1] == size
    assert corners(picture) == shown


@given(st.binary(max_size=400), st.sampled_from(["jpeg", "png", "webp", "avif", "exif"]))
@settings(deadline=None, max_examples=300)
def test_damaged_words_about_the_orientation_are_no_crash(noise: bytes, kind: str) -> None:
    heads = {
        "jpeg": b"\xff\xd8\xff\xe1" + struct.pack(">H", len(noise)) + b"Exif\0\0II*\0",
        "png": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(noise)) + b"eXIfMM\0*",
        "webp": b"RIFF....WEBPEXIF" + struct.pack("<I", len(noise)),
        "avif": (PICTURES / "turned.avif").read_bytes()[:240],
        "exif": b"\xff\xd8\xff\xe1\xff\xffExif\0\0MM\0*\0\0\0\x08\xff\xff",
    }
    orientation_of(heads[kind] + noise)


def test_what_says_nothing_is_upright() -> None:
    assert orientation_of(b"") == UPRIGHT
    assert orientation_of(cv2.imencode(".png", numbered(1))[1].tobytes()) == UPRIGHT


# ---------------------------------------------------------------------------- HEIC and GIF


@pytest.fixture
def _no_libheif(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


@pytest.mark.usefixtures("_no_libheif")
@pytest.mark.parametrize("name", ["a.heic", "a.HEIF", "a.jpg", "a.mov", "a.bin"])
def test_heic_is_refused_by_name_and_never_one_tile(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((PICTURES / "tiles.heic").read_bytes())
    with pytest.raises(SourceError, match=r"pillow-heif be installed, got an HEIC picture"):
        open_source(parse_address(str(path)))


def test_heic_is_read_whole_where_libheif_is_there(tmp_path: Path) -> None:
    pytest.importorskip("pillow_heif")
    picture = read_picture(PICTURES / "tiles.heic")
    assert picture.shape == (512, 512, 3)
    assert corners(picture) == [RED, GREEN, BLUE, YELLOW]
    (tmp_path / "cut.heic").write_bytes((PICTURES / "tiles.heic").read_bytes()[:5000])
    with pytest.raises(SourceError, match=r"cut\.heic: must be a whole image"):
        read_picture(tmp_path / "cut.heic")


def test_a_large_heic_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        size = (100_000, 100_000)

    class Library:
        @staticmethod
        def open_heif(*_: object, **__: object) -> Opened:
            return Opened()

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setitem(__import__("sys").modules, "pillow_heif", Library)
    with pytest.raises(SourceError, match=r"at most 67,108,864 pixels, got 100,000 x 100,000"):
        decode_heic(b"", "phone.heic")


@pytest.fixture
def gif(tmp_path: Path) -> Path:
    path = tmp_path / "moving.gif"
    animation = cv2.Animation()
    animation.frames = [cv2.cvtColor(numbered(index), cv2.COLOR_RGB2BGR) for index in range(5)]
    animation.durations = [100] * 5
    assert cv2.imwriteanimation(str(path), animation)
    return path


def test_a_gif_moves_as_a_source_and_is_its_first_frame_among_others(gif: Path) -> None:
    with open_source(parse_address(str(gif))) as source:
        assert source.info.frame_count == 5
        assert [number_of(source.read()) for _ in range(5)] == [0, 1, 2, 3, 4]
        source.seek(3)
        assert number_of(source.read()) == 3
    with open_source(parse_address(str(gif.parent))) as folder:
        assert (folder.info.frame_count, number_of(folder.read())) == (1, 0)


def test_jfif_is_a_jpeg_by_another_name(tmp_path: Path) -> None:
    write_image(tmp_path / "a.jpg", numbered(3)).rename(tmp_path / "a.JFIF")
    with open_source(parse_address(str(tmp_path / "a.JFIF"))) as source:
        assert number_of(source.read()) == 3


def tiff_with_alpha(pixels: np.ndarray) -> bytes:
    """A TIFF of 8 bits whose fourth sample is opacity, beside colours as they are (TIFF 6.0)."""
    height, width = pixels.shape[:2]
    fields = [
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1)),
        *((262, 3, 1, 2), (273, 4, 1, 134), (277, 3, 1, 4), (278, 4, 1, height)),
        *((279, 4, 1, pixels.nbytes), (338, 3, 1, 2)),
    ]
    directory = struct.pack("<H", len(fields))
    directory += b"".join(struct.pack("<HHII", *field) for field in fields) + b"\0\0\0\0"
    head = b"II*\0" + struct.pack("<I", 8) + directory
    return head + bytes(134 - len(head)) + pixels.tobytes()


def test_what_is_half_transparent_in_a_tiff_is_half_as_strong() -> None:
    red = np.zeros((4, 12, 4), np.uint8)
    red[:, :, 0] = 200
    red[:, :4, 3], red[:, 4:8, 3], red[:, 8:, 3] = 0, 128, 255
    picture = decode_picture(tiff_with_alpha(red), "thing", keep_transparency=True)
    assert picture.shape == (4, 12, 3)
    expected = [[255, 255, 255], [227, 127, 127], [200, 0, 0]]
    np.testing.assert_allclose(picture[0, ::4], expected, atol=2)
