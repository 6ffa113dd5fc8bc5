from __future__ import annotations

import threading

import pytest

from cnngui.engine import schedule


@pytest.fixture(params=[1, 2, 3])
def threads(request, set_threads):
    set_threads(request.param)
    return request.param


def test_every_piece_is_computed_once_after_those_it_needs(threads):
    # Rows of ten pieces, each of which needs its neighbours in the row before.
    needs = [
        tuple(range(max(piece - 11, row * 10 - 10), min(piece - 8, row * 10))) if row else ()
        for row in range(20)
        for piece in range(row * 10, row * 10 + 10)
    ]
    for _ in range(20):
        done: list[int] = []
        busy = [threading.Lock() for _ in range(threads)]

        def compute(worker, piece, done=done, busy=busy):
            assert busy[worker].acquire(blocking=False)
            assert set(needs[piece]) <= set(done)
            done.append(piece)
            busy[worker].release()

        schedule.run(needs, compute, [], threads)
        assert sorted(done) == list(range(200))


def test_milestones_are_passed_in_order_by_who_asks(threads):
    done: list[int] = []
    passed = []

    def milestone(count):
        def call():
            assert set(done) >= set(range(count))
            assert threading.current_thread() is asking
            passed.append(count)

        return count, call

    asking = threading.current_thread()
    milestones = [milestone(count) for count in (1, 3, 3, 50)]
    schedule.run([()] * 50, lambda worker, piece: done.append(piece), milestones, threads)
    assert passed == [1, 3, 3, 50]
    assert len(done) == 50


def test_a_piece_that_waits_for_another_thread_goes_on(set_threads):
    set_threads(2)
    met = threading.Barrier(2, timeout=10)
    order: list[int] = []

    def compute(worker, piece):
        if piece < 2:
            met.wait()  # one is on each thread
        order.append(piece)

    schedule.run([(), (), (0, 1), (2,)], compute, [], 2)
    assert order[2:] == [2, 3]


@pytest.mark.parametrize("failing", ["piece", "milestone"])
def test_failures_come_out_and_end_the_work(threads, failing):
    passed = []

    def fail():
        raise ZeroDivisionError

    def compute(worker, piece):
        if failing == "piece" and piece == 5:
            fail()

    milestones = [
        (3, fail if failing == "milestone" else lambda: passed.append(3)),
        (20, lambda: passed.append(20)),
    ]
    # A chain: after the failure nobody can go on.
    needs = [(piece - 1,) if piece else () for piece in range(20)]
    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            schedule.run(needs, compute, milestones, threads)
    assert 20 not in passed
