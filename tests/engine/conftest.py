from __future__ import annotations

import pytest

from cnngui.engine import parallel


@pytest.fixture
def set_threads():
    before = parallel.thread_count()
    yield parallel.configure
    parallel.configure(before)
