from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnngui.data.opening import open_dataset
from cnngui.errors import DataError
from tests.data.files import write_image, write_mnist

IMAGES = np.zeros((4, 3, 3), np.uint8)
LABELS = np.arange(4, dtype=np.uint8)


@pytest.mark.parametrize(
    "address",
    ["shapes", "shapes:", "paper", "digits", "motions", "shapes:count=7", "digits:size=9:seed=4"],
)
def test_drawn_ones_open_again_by_their_address(address: str) -> None:
    data = open_dataset(address)
    again = open_dataset(data.address)
    assert len(again) == len(data)
    np.testing.assert_array_equal(again.picture(3), data.picture(3))


def test_options_are_obeyed() -> None:
    data = open_dataset("shapes:count=7:size=16:seed=2")
    assert len(data) == 7
    assert data.picture(0).shape == (16, 16, 3)
    assert not np.array_equal(data.picture(0), open_dataset("shapes:size=16").picture(0))


@pytest.mark.parametrize(
    "address",
    ["shapes:count", "shapes:count=0", "shapes:size=7", "digits:seed=-1", "shapes:a=1"],
)
def test_wrong_options_are_said(address: str) -> None:
    with pytest.raises(DataError, match=address):
        open_dataset(address)


def test_folders_and_idx_files_are_told_apart(tmp_path: Path) -> None:
    write_image(tmp_path / "pictures" / "a" / "1.png")
    path = write_mnist(tmp_path / "mnist", IMAGES, LABELS)
    write_mnist(tmp_path / "mnist", IMAGES[:2], LABELS[:2], prefix="t10k")
    assert open_dataset(str(tmp_path / "pictures")).classes == ("a",)
    assert len(open_dataset(str(path))) == 4
    assert len(open_dataset(str(tmp_path / "mnist"))) == 4  # those for training
    assert len(open_dataset(str(path.with_name("t10k-images-idx3-ubyte.gz")))) == 2


def test_several_idx_files_none_of_them_for_training(tmp_path: Path) -> None:
    for prefix in ("a", "b"):
        write_mnist(tmp_path, IMAGES, LABELS, prefix=prefix)
    with pytest.raises(DataError, match="or name the file"):
        open_dataset(str(tmp_path))


@pytest.mark.parametrize("address", ["", "no/such", "a\0b", "~nobody-here/x", "x" * 5000])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(DataError):
        open_dataset(address)


def test_pipes_and_other_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="a device, pipe or socket"):
        open_dataset(str(tmp_path / "pipe"))
    with pytest.raises(DataError, match="must be an IDX file of pictures"):
        open_dataset(str(write_image(tmp_path / "one.png")))
