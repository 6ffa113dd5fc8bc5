from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngui.pipeline.training.thinning import ThinnedList


@given(st.integers(2, 20), st.integers(1, 300))
def test_first_and_last_are_kept_and_the_rest_is_evenly_spread(most, count):
    thinned = ThinnedList(most)
    for number in range(count):
        thinned.add(number)
        assert len(thinned.items()) <= most
    items = thinned.items()
    assert items[0] == 0
    assert items[-1] == count - 1
    if count > 1:
        # The last one may be nearer to the one before it.
        assert len({after - before for before, after in pairwise(items)}) <= 2
        assert len(items) >= min(count, most / 2)


@pytest.mark.parametrize("most", [2, 3, 8])
def test_what_would_not_be_kept_need_not_be_made(most):
    everything, some = ThinnedList(most), ThinnedList(most)
    for number in range(100):
        everything.add(number)
        if some.keeps_next:
            some.add(number)
        else:
            some.skip()
    assert set(some.items()) <= set(everything.items()) | {some.items()[-1]}
    assert some.items()[0] == 0
