from __future__ import annotations

import os
import threading

import pytest

from cnngui.engine import cores

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs Linux and two cores",
)


@pytest.fixture
def helper():
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    yield thread.native_id
    end.set()
    thread.join()


def test_threads_share_no_core_while_they_are_kept_apart(helper):
    allowed = os.sched_getaffinity(0)
    with cores.kept_apart([helper]):
        own = os.sched_getaffinity(0)
        assert len(own) == 1
        assert os.sched_getaffinity(helper) == allowed - own
    assert os.sched_getaffinity(0) == allowed


def test_the_callers_cores_come_back_after_an_error(helper):
    allowed = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), cores.kept_apart([helper]):
        raise ZeroDivisionError
    assert os.sched_getaffinity(0) == allowed


def test_one_core_is_shared(helper):
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        with cores.kept_apart([helper]):
            assert os.sched_getaffinity(0) == {min(allowed)}
    finally:
        os.sched_setaffinity(0, allowed)


def test_who_works_alone_may_go_anywhere():
    with cores.kept_apart([]):
        assert len(os.sched_getaffinity(0)) > 1


def test_a_system_that_refuses_is_left_alone(helper, monkeypatch):
    def refuse(thread, wanted):
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    with cores.kept_apart([helper]):
        pass
