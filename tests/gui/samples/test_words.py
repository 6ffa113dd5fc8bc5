from __future__ import annotations

import pytest

from cnngui.data.augmentation import Augmentation
from cnngui.gui.samples.augmentation_form import summary as changes
from cnngui.gui.samples.words import advice, problems_label, summary
from tests.gui.sampling import folder_dataset

CASES = [
    (("a", "b"), (0, 0), ""),
    (("a", "b"), (3, 0), "b has no samples yet"),
    (("a",), (3,), "A network needs at least two classes to tell apart"),
    (("a", "b"), (15, 10), ""),
    (("cross", "circle"), (10, 40), "circle has 4 times as many samples as cross"),
    (("a", "b", "c"), (4, 9, 5), "b has 2.2 times as many samples as a"),
    ((), (), ""),
]


@pytest.mark.parametrize(("names", "counts", "words"), CASES)
def test_what_would_spoil_a_training_is_said_in_plain_words(
    names: tuple[str, ...], counts: tuple[int, ...], words: str
) -> None:
    assert advice(names, counts) == words


def test_counts_are_said_in_the_singular_too() -> None:
    assert summary(folder_dataset(["a/1.png"])) == "1 sample, 1 class"
    assert summary(folder_dataset(["a/1.png", "b/1.png"])) == "2 samples, 2 classes"
    assert problems_label(1) == "1 file could not be read"
    assert problems_label(1234) == "1,234 files could not be read"


def test_random_changes_are_said_with_their_units() -> None:
    assert changes(Augmentation()) == ""
    some = Augmentation(flip=True, rotation=15, shift=0.1)
    assert changes(some) == "flip, shift 10 %, rotation 15°"
