from __future__ import annotations

import contextvars
import os
import subprocess
import sys
import threading
import weakref

import pytest

from cnngui.engine import parallel

CPUINFO = """processor	: 0
vendor_id	: AuthenticAMD
cpu family	: {family}
flags		: fpu {flags}

processor	: 1
vendor_id	: Other
"""
AVX512 = "avx512f avx512cd avx512bw avx512dq avx512vl avx512ifma"


@pytest.mark.parametrize(
    ("family", "flags", "expected"),
    [(26, AVX512, "SkylakeX"), (25, AVX512, None), (26, "avx2", None), (26, AVX512[:-20], None)],
    ids=["unknown to OpenBLAS", "known", "without AVX-512", "with some of it"],
)
def test_kernels_are_chosen_only_where_openblas_errs(monkeypatch, family, flags, expected):
    processor = parallel.parse_cpuinfo(CPUINFO.format(family=family, flags=flags))
    monkeypatch.setattr(parallel, "_processor", lambda: processor)
    environment: dict[str, str] = {}
    parallel.prepare_environment(environment)
    assert environment.get("OPENBLAS_CORETYPE") == expected
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_users_settings_win(monkeypatch):
    processor = parallel.parse_cpuinfo(CPUINFO.format(family=26, flags=AVX512))
    monkeypatch.setattr(parallel, "_processor", lambda: processor)
    own = {"OPENBLAS_CORETYPE": "Zen", "OMP_NUM_THREADS": "4", "MKL_NUM_THREADS": "2"}
    environment = dict(own)
    parallel.prepare_environment(environment)
    assert own.items() <= environment.items()
    assert "OPENBLAS_NUM_THREADS" not in environment


def test_nonsense_about_the_processor_is_survived():
    assert parallel.parse_cpuinfo("") == ("", 0, set())
    with pytest.raises(ValueError, match="int"):
        parallel.parse_cpuinfo("cpu family : many\n")


def test_preparing_does_not_load_numpy():
    code = (
        "import sys; from cnngui.engine.parallel import prepare_environment; "
        "prepare_environment(); sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


@pytest.fixture
def two_threads(set_threads):
    set_threads(2)


@pytest.mark.usefixtures("two_threads")
def test_every_item_is_done_once_and_workers_do_not_meet():
    done = []
    busy = [threading.Lock(), threading.Lock()]

    def work(worker, item):
        assert busy[worker].acquire(blocking=False)
        done.append(item)
        busy[worker].release()

    for count in (0, 1, 2, 500):
        done.clear()
        parallel.run(work, count, 2)
        assert sorted(done) == list(range(count))


@pytest.mark.usefixtures("two_threads")
def test_helpers_take_part():
    met = threading.Barrier(2, timeout=10)
    parallel.run(lambda worker, item: met.wait(), 2, 2)


@pytest.mark.usefixtures("two_threads")
def test_an_error_comes_out_after_all_have_stopped():
    def work(worker, item):
        if item == 3:
            raise ZeroDivisionError

    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            parallel.run(work, 8, 2)
    parallel.run(lambda worker, item: None, 8, 2)


def test_shutdown_ends_the_helpers_until_they_are_needed():
    before = parallel.thread_count()
    parallel.configure(3)
    parallel.run(lambda worker, item: None, 50, 3)
    parallel.shutdown()
    assert not [thread for thread in threading.enumerate() if "cnngui-engine" in thread.name]
    parallel.configure(before)
    assert parallel.thread_count() == before


def test_threads_may_be_changed_while_others_compute(set_threads):
    done: list[int] = []

    def compute():
        for _ in range(200):
            parallel.run(lambda worker, item: done.append(item), 4, 4)

    askers = [threading.Thread(target=compute, daemon=True) for _ in range(2)]
    for asker in askers:
        asker.start()
    for threads in (1, 3, 2) * 10:
        set_threads(threads)
    for asker in askers:
        asker.join(timeout=30)
        assert not asker.is_alive()
    assert len(done) == 2 * 200 * 4


def test_no_more_workers_than_allowed(set_threads):
    set_threads(3)
    workers: set[int] = set()
    for _ in range(50):
        parallel.run(lambda worker, item: workers.add(worker), 20, 2)
    assert workers <= {0, 1}


@pytest.mark.usefixtures("two_threads")
def test_waiting_helpers_keep_nothing_alive():
    class Work:
        def __call__(self, worker: int, item: int) -> None:
            pass

    work = Work()
    parallel.run(work, 2, 2)
    seen = weakref.ref(work)
    del work
    assert seen() is None


@pytest.mark.usefixtures("two_threads")
def test_who_asks_from_within_work_works_alone():
    done = []

    def ask_again(worker, item):
        if worker == 0:
            parallel.run(lambda inner, number: done.append((inner, number)), 3, 2)

    parallel.run(ask_again, 1, 2)
    assert done == [(0, 0), (0, 1), (0, 2)]
    parallel.run(lambda worker, item: done.append(item), 5, 2)
    assert len(done) == 8


@pytest.mark.usefixtures("two_threads")
def test_helpers_see_the_context_variables_of_who_asks():
    variable = contextvars.ContextVar("variable", default="nothing")
    variable.set("something")
    met = threading.Barrier(2, timeout=10)
    seen = []

    def work(worker, item):
        met.wait()
        seen.append(variable.get())

    parallel.run(work, 2, 2)
    assert seen == ["something", "something"]
