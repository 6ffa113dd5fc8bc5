"""How much memory the machine has free. Asked at the start, and before much of it is taken."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

_FALLBACK = 2 * 2**30
"""Where nothing can be found out."""
_SHARE = 0.75
"""What a network may take of the memory that is free at the start. The rest is for everybody else,
and for what this program needs besides."""

_MEMINFO = Path("/proc/meminfo")
_CGROUPS = (
    (Path("/sys/fs/cgroup"), "memory.max", "memory.current"),
    (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes", "memory.usage_in_bytes"),
)
"""What limits a container: folder, and in it the files of what it may take and of what it has."""


def network_memory() -> int:
    """Return how many bytes a network may take, going by what is free now."""
    return int(_SHARE * available_memory())


def available_memory() -> int:
    """Return how many bytes could be taken now without anything being swapped out.

    On Linux also what a container may take counts, and the limit that a shell has set. macOS does
    not tell a program what is free: half of all memory is taken for that.
    """
    return max(min(_found(), default=_FALLBACK), 0)


def _found() -> Iterator[int]:
    if sys.platform == "win32":
        yield from _free_on_windows()
    elif sys.platform == "darwin":
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    else:
        with suppress(OSError, ValueError, IndexError):
            for line in _MEMINFO.read_text("ascii").splitlines():
                if line.startswith("MemAvailable:"):
                    yield 1024 * int(line.split()[1])
        for folder, most, used in _CGROUPS:
            # Without a limit there is a word in the place of the number, or no such file.
            with suppress(OSError, ValueError, IndexError):
                taken = int((folder / used).read_text("ascii")) - _given_back(folder)
                yield int((folder / most).read_text("ascii")) - taken
        yield from _left_of_address_space()


def _given_back(folder: Path) -> int:
    """Return how much a container holds of files that it has read, and gives back when asked."""
    for line in (folder / "memory.stat").read_text("ascii").splitlines():
        if line.startswith(("inactive_file ", "total_inactive_file ")):
            return int(line.split()[1])
    return 0


def _left_of_address_space() -> Iterator[int]:
    """Give what ``ulimit -v`` leaves, if it is set."""
    if sys.platform == "win32":
        return
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            yield limit - pages * resource.getpagesize()


def _free_on_windows() -> Iterator[int]:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of ``GlobalMemoryStatusEx``."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *(
                (name, ctypes.c_uint64)
                for name in ("physical", "free", "paged", "paged_free", "virtual", "virtual_free")
            ),
            ("extended_free", ctypes.c_uint64),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    # Only there on Windows.
    library: Any = ctypes
    if library.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        yield status.free
