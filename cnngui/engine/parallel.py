"""How computing is split over processor cores, and how BLAS is set up for it.

The work of a layer is cut into bands (of rows, images or units). A few threads of our own take
one band after the other; the BLAS library below NumPy is kept to one thread, because its own
threads would meet once per matrix multiplication instead of once per layer, and idle in between.

This module does not import NumPy: ``prepare_environment`` has to run before NumPy is loaded.
"""

from __future__ import annotations

import itertools
import os
import platform
import threading
from collections.abc import Callable, MutableMapping
from contextvars import Context, copy_context
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from time import sleep

from cnngui.engine.cores import kept_apart

Work = Callable[[int], None]

_LOOKS = 200
"""How often a thread looks whether it can go on before it sleeps: for some 0.2 ms."""
_NAP_S = 0.0001
# Both let other threads run, and let go of the interpreter.
_let_others = getattr(os, "sched_yield", lambda: sleep(0))

_BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
_AVX512_OF_SKYLAKEX = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
_CORES_OF_AVX512 = ("skylakex", "cooperlake", "sapphirerapids")
_FIRST_AMD_FAMILY_UNKNOWN_TO_OPENBLAS = 26


def prepare_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set up the BLAS libraries that NumPy may bring. Call it before NumPy is first imported.

    Whatever the user has set in the environment is left as it is.
    """
    if not any(name in environment for name in _BLAS_THREADS):
        environment["OPENBLAS_NUM_THREADS"] = "1"
    environment.setdefault("MKL_NUM_THREADS", "1")
    environment.setdefault("VECLIB_MAXIMUM_THREADS", "1")
    if "OPENBLAS_CORETYPE" not in environment and _openblas_misses_avx512(*_processor()):
        environment["OPENBLAS_CORETYPE"] = "SkylakeX"


def _openblas_misses_avx512(vendor: str, family: int, flags: set[str]) -> bool:
    """Tell whether OpenBLAS would take AVX2 routines where its AVX-512 ones run, twice as fast.

    OpenBLAS up to 0.3.31 knows AMD's processors up to family 25 and takes every later one for an
    AVX2 machine. The routines named SkylakeX crash where any of their instructions is missing.
    """
    return (
        vendor == "AuthenticAMD"
        and family >= _FIRST_AMD_FAMILY_UNKNOWN_TO_OPENBLAS
        and flags >= _AVX512_OF_SKYLAKEX
    )


def _processor() -> tuple[str, int, set[str]]:
    """Return (vendor, family, flags) of the processor; ("", 0, set()) where it cannot be told."""
    try:
        if platform.system() == "Windows":
            return _windows_processor(os.environ.get("PROCESSOR_IDENTIFIER", ""))
        return parse_cpuinfo(Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"))
    except (OSError, ValueError):
        return "", 0, set()


@cache
def multiplies_where_they_lie() -> bool:
    """Tell whether OpenBLAS multiplies small matrices without rearranging them: with AVX-512."""
    core = os.environ.get("OPENBLAS_CORETYPE", "SkylakeX").lower()
    return core in _CORES_OF_AVX512 and _processor()[2] >= _AVX512_OF_SKYLAKEX


def parse_cpuinfo(text: str) -> tuple[str, int, set[str]]:
    """Return (vendor, family, flags) of the first processor in the text of ``/proc/cpuinfo``."""
    lines = (line.partition(":") for line in text.partition("\n\n")[0].splitlines())
    values = {name.strip(): value.strip() for name, _, value in lines}
    family = int(values.get("cpu family", "0"))
    return values.get("vendor_id", ""), family, set(values.get("flags", "").split())


def _windows_processor(identifier: str) -> tuple[str, int, set[str]]:
    """Read "AMD64 Family 26 Model 68 Stepping 0, AuthenticAMD" and ask Windows about AVX-512.

    Windows tells of AVX-512 as a whole (F); AMD has no processor with F and without the others.
    """
    import ctypes

    words = identifier.replace(",", " ").split()
    if "Family" not in words:
        return "", 0, set()
    avx512f_feature = 41  # PF_AVX512F_INSTRUCTIONS_AVAILABLE in winnt.h
    kernel32 = getattr(ctypes, "windll").kernel32  # noqa: B009  (absent elsewhere)
    has_avx512 = bool(kernel32.IsProcessorFeaturePresent(avx512f_feature))
    family = int(words[words.index("Family") + 1])
    return words[-1], family, set(_AVX512_OF_SKYLAKEX) if has_avx512 else set()


def usable_cores() -> int:
    """Return how many processor cores this program may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for other threads. Falling asleep and being woken takes 60 us, so first just look."""
    for _ in range(_LOOKS):
        if holds():
            return
        _let_others()
    while not holds():
        sleep(_NAP_S)


class _Team:
    """The thread that asks, and its helpers, each waiting at a queue of its own."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._asking = threading.Lock()
        self._asker: int | None = None
        self._asked: list[SimpleQueue[tuple[Context, Work] | None]] = [
            SimpleQueue() for _ in range(threads - 1)
        ]
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        self._helpers = [
            threading.Thread(
                target=self._help, args=(worker, queue), name=f"cnngui-engine-{worker}", daemon=True
            )
            for worker, queue in enumerate(self._asked, 1)
        ]
        for helper in self._helpers:
            helper.start()

    def run(self, work: Callable[[int, int], None], count: int, most: int) -> None:
        if self._asker == threading.get_ident():
            # Asked from within work: the helpers are at it.
            for item in range(count):
                work(0, item)
            return
        # One at a time: the answers of two askers would be mixed up.
        with self._asking:
            self._asker = threading.get_ident()
            try:
                self._share(work, count, most)
            finally:
                self._asker = None

    def _share(self, work: Callable[[int, int], None], count: int, most: int) -> None:
        helpers = self._asked[: max(min(count, most) - 1, 0)]
        # next() of a counter is one step of the interpreter, so no item is taken twice. Nobody
        # is given a fixed share: a core that is busy otherwise simply takes fewer.
        items = itertools.count()

        def take_items(worker: int) -> None:
            for item in items:
                if item >= count:
                    return
                work(worker, item)

        with kept_apart([helper.native_id or 0 for helper in self._helpers[: len(helpers)]]):
            for queue in helpers:
                # What NumPy is to warn about is part of the context.
                queue.put((copy_context(), take_items))
            try:
                take_items(0)
            finally:
                wait_until(lambda: self._done.qsize() == len(helpers))
                failures = [self._done.get() for _ in helpers]
        for failure in failures:
            if failure is not None:
                raise failure

    def close(self) -> None:
        """End the helpers when what is being done is done. Who asks later works alone."""
        with self._asking:
            for queue in self._asked:
                queue.put(None)
            self._asked = []
        for helper in self._helpers:
            helper.join()

    def _help(self, worker: int, asked: SimpleQueue[tuple[Context, Work] | None]) -> None:
        while (what := asked.get()) is not None:
            context, work = what
            failure: BaseException | None = None
            try:
                context.run(work, worker)
            except BaseException as error:
                failure = error
            # While it waits, a helper must not keep alive the memory that it worked on.
            del what, context, work
            self._done.put(failure)


def _default_threads() -> int:
    """One core is left to the window and the camera where there are more than two."""
    cores = usable_cores()
    return cores if cores <= 2 else cores - 1


_team: _Team | None = None
_team_lock = threading.Lock()


def configure(threads: int) -> None:
    """Let computing take ``threads`` cores from the next forward on; 0 means the default."""
    global _team
    threads = threads if threads > 0 else _default_threads()
    with _team_lock:
        if _team is not None and _team.threads == threads:
            return
        old, _team = _team, _Team(threads)
    if old is not None:
        old.close()


def _current_team() -> _Team:
    if _team is None:
        configure(0)
    team = _team
    if team is None:
        raise RuntimeError("the team was shut down while computing")
    return team


def thread_count() -> int:
    """Return how many threads compute, the one that asks included."""
    return _current_team().threads


def run(work: Callable[[int, int], None], count: int, most: int) -> None:
    """Call ``work(worker, item)`` for every item below ``count``, and wait.

    On all threads, but on no more than ``most``: ``worker`` is below that whatever was configured
    in the meantime, and the thread that asks is worker 0. No two calls with one worker run at a
    time, so scratch memory can be kept per worker. Context variables have the values that they have
    for who asks. The first exception is raised again, after all have stopped. Who asks again from
    within ``work`` works alone.
    """
    _current_team().run(work, count, most)


def shutdown() -> None:
    """End the helping threads. They come back by themselves when something is computed."""
    global _team
    with _team_lock:
        old, _team = _team, None
    if old is not None:
        old.close()
