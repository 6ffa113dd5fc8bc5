import numpy as np
import pytest

from cnngui.data.part import held_out
from cnngui.errors import DataError
from tests.pipeline.training.samples import INPUT, bars


def test_the_last_samples_are_held_out():
    whole = bars(10)
    rest, last = held_out(whole, 3)
    assert (len(rest), len(last)) == (7, 3)
    np.testing.assert_array_equal(last.labels, whole.labels[7:])
    np.testing.assert_array_equal(last.picture(2), whole.picture(9))
    np.testing.assert_array_equal(last.batch([2, 0], INPUT), whole.pixels[[9, 7]])
    np.testing.assert_array_equal(rest.batch([6], INPUT), whole.pixels[[6]])
    assert (last.name, last.classes, last.problems) == (whole.name, whole.classes, ())


@pytest.mark.parametrize("count", [10, 11])
def test_something_has_to_be_left(count):
    with pytest.raises(DataError, match=f"more than the {count} samples"):
        held_out(bars(10), count)
