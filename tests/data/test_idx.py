from __future__ import annotations

import gzip
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnngui.data import idx
from cnngui.data.dataset import OpeningCancelledError
from cnngui.data.idx import open_idx
from cnngui.data.opening import open_dataset
from cnngui.data.unpacking import GzipReader
from cnngui.errors import DataError
from cnngui.images.fit import fit_frame
from cnngui.pipeline.training.requirements import refuse_unusable_data
from cnngui.spec.network import InputSpec
from tests.data.files import idx_bytes, write_mnist

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 5, 4)).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9, 2], np.uint8)


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_and_labels_are_those_of_the_files(tmp_path: Path, packed: bool) -> None:
    data = open_idx(write_mnist(tmp_path, IMAGES, LABELS, packed=packed))
    assert [data.classes[label] for label in data.labels] == [str(label) for label in LABELS]
    assert len(data) == 7
    for channel in range(3):
        np.testing.assert_array_equal(data.picture(2)[:, :, channel], IMAGES[2])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(5, 4), (8, 8)])
def test_batches_are_fitted(tmp_path: Path, channels: int, size: tuple[int, int]) -> None:
    data = open_idx(write_mnist(tmp_path, IMAGES, LABELS))
    target = InputSpec(channels=channels, height=size[0], width=size[1])
    batch = data.batch([6, 0], target)
    assert batch.shape == (2, *size, channels)
    for place, index in enumerate((6, 0)):
        np.testing.assert_array_equal(batch[place], fit_frame(data.picture(index), target))
    batch[:] = 0
    assert data.picture(0).any()


def test_labels_are_found_in_other_ways(tmp_path: Path) -> None:
    path = tmp_path / "digits.idx"
    path.write_bytes(idx_bytes(IMAGES))
    with pytest.raises(DataError, match="must have its labels in an IDX file beside it, got none"):
        open_idx(path)
    (tmp_path / "answers").write_bytes(gzip.compress(idx_bytes(LABELS)))
    (tmp_path / "notes.txt").write_text("hello")
    assert len(open_idx(path).labels) == len(LABELS)
    (tmp_path / "others").write_bytes(idx_bytes(LABELS))
    with pytest.raises(DataError, match="2 such files"):
        open_idx(path)


def test_plain_labels_beside_packed_pictures(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    packed = tmp_path / "train-labels-idx1-ubyte.gz"
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert len(open_idx(path)) == 7


@pytest.mark.parametrize("first", [0, 20])
def test_the_classes_are_those_that_occur(tmp_path: Path, first: int) -> None:
    data = open_idx(write_mnist(tmp_path, IMAGES, LABELS + first))
    assert data.classes == tuple(str(first + value) for value in (1, 2, 3, 4, 5, 9))
    assert data.labels.tolist() == [2, 0, 3, 0, 4, 5, 1]
    refuse_unusable_data(data)


def test_counts_that_do_not_match_are_said(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS[:-1])
    with pytest.raises(DataError, match=r"a label for each of the 7 pictures.*got 6 labels"):
        open_idx(path)


def test_the_labels_in_place_of_the_pictures_are_said(tmp_path: Path) -> None:
    write_mnist(tmp_path, IMAGES, LABELS, packed=False)
    with pytest.raises(DataError, match=r"must be an IDX file of pictures.*got labels"):
        open_idx(tmp_path / "train-labels-idx1-ubyte")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_file_shorter_or_longer_than_its_header_says(
    tmp_path: Path, packed: bool, change: int
) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS, packed=packed)
    content = idx_bytes(IMAGES)
    content = content[:-1] if change < 0 else content + b"\0"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match="140 values"):
        open_idx(path)


def test_a_packed_file_that_was_cut_off_or_damaged(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    content = path.read_bytes()
    for bad in (content[:30], content[:-4], content[:40] + bytes(20) + content[60:]):
        path.write_bytes(bad)
        with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz: must"):
            open_idx(path)


@pytest.mark.parametrize("shape", [(0, 5, 4), (7, 0, 4)])
def test_no_pictures_at_all(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = write_mnist(tmp_path, np.zeros(shape, np.uint8), LABELS)
    with pytest.raises(DataError, match="must hold pictures, got"):
        open_idx(path)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("shape", [(2**32 - 1,) * 3, (60_000, 100, 100), (2**14, 2**7, 2**7)])
def test_absurd_sizes_are_refused_before_memory_is_taken(
    tmp_path: Path, packed: bool, shape: tuple[int, ...]
) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS, packed=packed)
    content = bytes((0, 0, 8, 3)) + b"".join(n.to_bytes(4, "big") for n in shape) + bytes(99)
    path.write_bytes(gzip.compress(content) if packed else content)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"values|samples"):
        open_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


@pytest.mark.parametrize("packed", [False, True])
def test_pictures_as_large_as_no_other_picture_may_be_are_refused(
    tmp_path: Path, packed: bool
) -> None:
    content = bytes((0, 0, 8, 3)) + struct.pack(">3I", 1, 2**14, 2**12 + 1)
    path = write_mnist(tmp_path, IMAGES, LABELS, packed=packed)
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=r"at most 67,108,864 pixels, got 16,384 x 4,097"):
        open_idx(path)


def test_more_labels_than_fit_are_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS, packed=False)
    labels = tmp_path / "train-labels-idx1-ubyte"
    with labels.open("wb") as file:
        file.write(bytes((0, 0, 8, 1)) + struct.pack(">I", 2**30))
        file.truncate(2**30 + 8)  # sparse
    with pytest.raises(DataError, match=r"must hold at most 10,000,000 samples, got 1,073,741,824"):
        open_idx(path)


NAMED, COMMENTED = 8, 16


@pytest.mark.parametrize("flag", [NAMED, COMMENTED])
@pytest.mark.parametrize("place", ["pictures", "labels", "second part"])
def test_a_name_without_end_in_a_packed_file_is_not_read_on_and_on(
    tmp_path: Path, flag: int, place: str
) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    victim = tmp_path / "other" if place == "labels" else path
    if place == "labels":
        (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    begin = path.read_bytes() if place == "second part" else b""
    victim.write_bytes(begin + bytes((0x1F, 0x8B, 8, flag)) + bytes(6) + b"n" * 2**24)

    with victim.open("rb") as file:
        reader = GzipReader(file)
        with pytest.raises(zlib.error):
            list(iter(lambda: reader.read(2**20), b""))
        assert file.tell() < 2**22
    with pytest.raises(DataError):
        open_idx(path)


def test_packed_parts_behind_one_another_are_one_file(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    content = idx_bytes(IMAGES)
    parts = gzip.compress(content[:50]) + gzip.compress(content[50:])
    for end in (b"", bytes(70_000)):
        path.write_bytes(parts + end)
        assert len(open_idx(path)) == 7
    path.write_bytes(parts + b"rubbish")
    with pytest.raises(DataError, match="must be a whole gzip file"):
        open_idx(path)


def test_a_name_in_a_packed_file_is_passed_over(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    with path.open("wb") as raw, gzip.GzipFile("x" * 1000, "wb", fileobj=raw) as file:
        file.write(idx_bytes(IMAGES))
    assert len(open_idx(path)) == 7


def test_memory_that_is_not_there_is_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)

    def no_room(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(idx.np, "empty", no_room)
    with pytest.raises(DataError, match="must fit into memory"):
        open_dataset(str(path))


def test_what_unpacks_to_more_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    path.write_bytes(gzip.compress(idx_bytes(IMAGES) + bytes(2**25)))
    tracemalloc.start()
    with pytest.raises(DataError, match="must end after the 140 values"):
        open_idx(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22


def test_cancelling(tmp_path: Path) -> None:
    path = write_mnist(tmp_path, IMAGES, LABELS)
    with pytest.raises(OpeningCancelledError):
        open_idx(path, is_cancelled=lambda: True)
    seen: list[tuple[int, int]] = []
    open_idx(path, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 140), (140, 140)]


@settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damaged_files_open_or_are_refused(tmp_path: Path, data) -> None:
    packed = data.draw(st.booleans())
    path = write_mnist(tmp_path, IMAGES, LABELS, packed=packed)
    labels_name = path.name.replace("images", "labels").replace("idx3", "idx1")
    victim = data.draw(st.sampled_from([path, path.with_name(labels_name)]))
    content = bytearray(victim.read_bytes())
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=4)
    ):
        content[place] = value
    victim.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        opened = open_idx(path)
    except DataError:
        return
    assert len(opened.labels) == len(opened)
    assert opened.labels.max() < len(opened.classes)
    assert opened.picture(len(opened) - 1).shape[2] == 3
