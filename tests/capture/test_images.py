from __future__ import annotations

import os
import struct
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.capture.address import parse_address
from cnngui.capture.opening import open_source
from cnngui.capture.source import Picture
from cnngui.errors import SourceError
from cnngui.images.files import decode_picture, header_size
from cnngui.images.opencv import cv2
from tests.capture.media import noise, number_of, numbered, png_header, read_all, write_image


def opened(path: Path) -> Picture:
    with open_source(parse_address(str(path))) as source:
        picture = source.read()
    assert picture is not None
    return picture


@pytest.mark.parametrize("name", ["a.png", "Ärger 猫.png", "b.bmp", "c.tiff", "d.ppm"])
def test_gives_the_pixels_of_the_file(tmp_path: Path, name: str) -> None:
    pixels = noise(17, 31)
    picture = opened(write_image(tmp_path / name, pixels))
    np.testing.assert_array_equal(picture, pixels)
    assert picture.flags.c_contiguous
    assert not picture.flags.writeable


def test_a_still_image_is_a_medium_of_one_frame(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.png", noise(4, 6))
    with open_source(parse_address(str(path))) as source:
        assert (source.info.width, source.info.height) == (6, 4)
        assert (source.info.frame_count, source.info.live, source.info.seekable) == (1, False, True)
        assert len(read_all(source)) == 1
        source.seek(7)
        assert len(read_all(source)) == 1
        assert source.position == 0


def test_grey_and_16_bits_become_8_bit_rgb(tmp_path: Path) -> None:
    for dtype, value in ((np.uint8, 128), (np.uint16, 0x8040)):
        data = cv2.imencode(".png", np.full((3, 5), value, dtype))[1].tobytes()
        (tmp_path / "grey.png").write_bytes(data)
        np.testing.assert_array_equal(opened(tmp_path / "grey.png"), np.full((3, 5, 3), 128))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_transparent_is_laid_on_white(tmp_path: Path, dtype: type) -> None:
    full = np.iinfo(dtype).max
    bgra = np.zeros((1, 3, 4), dtype)
    bgra[0, :, 2] = full  # red: hidden, half hidden, plain
    bgra[0, :, 3] = 0, full // 2 + 1, full
    (tmp_path / "logo.png").write_bytes(cv2.imencode(".png", bgra)[1].tobytes())
    expected = [[255, 255, 255], [255, 127, 127], [255, 0, 0]]
    np.testing.assert_allclose(opened(tmp_path / "logo.png")[0], expected, atol=1)


def test_the_rotation_that_a_camera_noted_is_applied(tmp_path: Path) -> None:
    upright = np.zeros((16, 48, 3), np.uint8)
    upright[:, :16] = 255
    jpeg = cv2.imencode(".jpg", upright)[1].tobytes()
    orientation_6 = struct.pack("<2sHI HHHIHH I", b"II", 42, 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + orientation_6
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    (tmp_path / "phone.jpg").write_bytes(jpeg[:2] + segment + jpeg[2:])
    picture = opened(tmp_path / "phone.jpg")
    assert picture.shape == (48, 16, 3)
    assert picture[:12].mean() > 250
    assert picture[20:].mean() < 5


def test_a_large_transparent_picture_takes_little_more_memory_than_it_has() -> None:
    bgra = np.full((3000, 3000, 4), 100, np.uint8)
    data = cv2.imencode(".png", bgra)[1].tobytes()
    tracemalloc.start()
    try:
        picture = decode_picture(data, "thing", keep_transparency=True)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert picture.shape == (3000, 3000, 3)
    assert peak < 3 * bgra.nbytes


@pytest.mark.parametrize("size", [(20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_an_enormous_image_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "big.png").write_bytes(png_header(*size))
    found = rf"big\.png: an image may have at most 67,108,864 pixels, got {size[0]:,} x {size[1]:,}"
    before = peak_memory()
    with pytest.raises(SourceError, match=found):
        opened(tmp_path / "big.png")
    assert peak_memory() - before < 100e6


def peak_memory() -> float:
    """Bytes that this process has ever had at once, where the system tells."""
    resource = pytest.importorskip("resource")
    unit = 1 if sys.platform == "darwin" else 1024
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def test_header_size_reads_the_common_formats() -> None:
    pixels = noise(13, 29)
    for suffix in (".png", ".jpg", ".bmp"):
        assert header_size(cv2.imencode(suffix, pixels)[1].tobytes()) == (29, 13)
    assert header_size(b"\xff\xd8\xff\xe0") is None
    assert header_size(b"GIF89a") is None
    assert header_size(b"\xff\xd8" + bytes(8) + b"\xff\xc0\0\x0b\x08\0\1\0\1") is None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tiff"])
def test_a_broken_image_is_told_by_name_and_quietly(
    tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_image(tmp_path / f"broken{suffix}", noise(60, 80))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="broken"):
        opened(path)
    assert capfd.readouterr().err == ""


def test_empty_text_and_vanished_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="empty"):
        opened(path)
    path.write_text("not an image")
    with pytest.raises(SourceError, match=r"a\.png: must be a whole image"):
        opened(path)
    address = parse_address(str(path))
    path.unlink()
    with pytest.raises(SourceError, match=r"a\.png"):
        open_source(address)


@given(st.binary(max_size=200), st.sampled_from([".png", ".jpg", ".bmp", ".webp", ".tiff"]))
@settings(deadline=None, max_examples=60)
def test_garbage_is_refused_and_never_more(garbage: bytes, suffix: str) -> None:
    good = cv2.imencode(suffix, noise(8, 8))[1].tobytes()
    for data in (garbage, good[:20] + garbage, good[:-20] + garbage):
        try:
            picture = decode_picture(data, "thing")
        except SourceError:
            continue
        assert picture.dtype == np.uint8
        assert picture.ndim == 3


def test_folder_counts_as_people_do_and_skips_what_is_no_image(tmp_path: Path) -> None:
    for index in (10, 9, 2, 1):
        write_image(tmp_path / f"Frame{index}.png", numbered(index))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "folder.png").mkdir()
    for name in ("._Frame1.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"the system's own")
    for name in ("__MACOSX", "@eaDir", ".hidden"):
        write_image_in(tmp_path / name)
    with open_source(parse_address(str(tmp_path))) as source:
        assert source.info.frame_count == 4
        assert source.info.duration > 0
        assert [number_of(picture) for picture in read_all(source)] == [1, 2, 9, 10]
        assert source.position == 3
        source.seek(1)
        assert number_of(source.read()) == 2
        assert source.position == 1
        source.seek(99)
        assert number_of(source.read()) == 10
        (warning,) = source.take_warnings()
        assert "got 2 other files and folders: folder.png, notes.txt" in str(warning)


def write_image_in(folder: Path) -> None:
    folder.mkdir()
    write_image(folder / "1.png", numbered(1))


def test_folder_pictures_may_differ_in_size(tmp_path: Path) -> None:
    sizes = [(5, 7), (70, 3), (1, 1)]
    for index, (height, width) in enumerate(sizes):
        write_image(tmp_path / f"{index}.png", noise(height, width))
    with open_source(parse_address(str(tmp_path))) as source:
        assert [picture.shape[:2] for picture in read_all(source)] == sizes


def test_folder_skips_broken_files_and_tells_each_once(tmp_path: Path) -> None:
    for index in (0, 2):
        (tmp_path / f"{index}.png").write_text("broken")
        write_image(tmp_path / f"{index + 1}.png", numbered(index + 1))
    with open_source(parse_address(str(tmp_path))) as source:
        assert [number_of(picture) for picture in read_all(source)] == [1, 3]
        assert [error.thing for error in source.take_warnings()] == ["0.png", "2.png"]
        source.seek(0)
        read_all(source)
        assert source.take_warnings() == []


def test_folder_whose_files_break_while_it_is_open_ends(tmp_path: Path) -> None:
    path = write_image(tmp_path / "0.png", numbered(0))
    with open_source(parse_address(str(tmp_path))) as source:
        path.unlink()
        assert source.read() is None
        assert len(source.take_warnings()) == 1


def test_folder_without_an_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="at least one image"):
        open_source(parse_address(str(tmp_path)))
    (tmp_path / "a.txt").touch()
    with pytest.raises(SourceError, match="1 other entries"):
        open_source(parse_address(str(tmp_path)))
    (tmp_path / "a.png").write_text("broken")
    with pytest.raises(SourceError, match=r"that can be read.*1 that cannot.*a\.png"):
        open_source(parse_address(str(tmp_path)))


def test_folder_that_may_not_be_read_or_vanished_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    address = parse_address(str(folder))
    if os.name == "posix" and os.getuid() != 0:
        write_image(folder / "a.png", noise(2, 2))
        for mode in (0, 0o400):  # nothing allowed; only names may be read
            folder.chmod(mode)
            with pytest.raises(SourceError, match="locked"):
                open_source(address)
        folder.chmod(0o700)
        (folder / "a.png").unlink()
    folder.rmdir()
    with pytest.raises(SourceError, match="locked"):
        open_source(address)


def test_a_broken_length_inside_a_png_takes_neither_time_nor_memory() -> None:
    data = cv2.imencode(".png", noise(20, 20))[1].tobytes()
    assert decode_picture(data, "a.png").shape == (20, 20, 3)
    place = data.index(b"IDAT") - 4
    broken = data[:place] + struct.pack(">I", 1_200_000_000) + data[place + 4 :]
    with pytest.raises(SourceError, match=r"must be a whole image.*got a broken one"):
        decode_picture(broken, "a.png")


@pytest.mark.parametrize(
    "failure", [MemoryError(), cv2.error("(-4:Insufficient memory) Failed to allocate")]
)
def test_memory_that_is_not_there_is_a_message(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    if isinstance(failure, cv2.error):
        failure.code = cv2.Error.StsNoMem

    def no_room(*_: object) -> None:
        raise failure

    monkeypatch.setattr(cv2, "imdecode", no_room)
    with pytest.raises(SourceError, match=r"a\.png: must fit into memory"):
        decode_picture(b"GIF89a" + bytes(20), "a.png")
