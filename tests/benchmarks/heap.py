"""What the memory of this process consists of, to tell a leak from memory that is only kept.

Figures of the allocator are glibc's (``mallinfo2``); elsewhere they are 0.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter
from dataclasses import dataclass

_MB = 2**20


@dataclass(frozen=True)
class Heap:
    """The allocator's books at one moment, in MB.

    Attributes
    ----------
    used_mb : handed out and not given back: what would grow without end if something leaked.
    free_mb : given back, and kept by the allocator.
    mapped_mb : of what is used, what was asked for in pieces so large that each is mapped alone.
    python_blocks : pieces that Python's own allocator has handed out.
    """

    used_mb: float = 0.0
    free_mb: float = 0.0
    mapped_mb: float = 0.0
    python_blocks: int = 0


class _Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    ]


def read_heap() -> Heap:
    """Return the books as they stand."""
    blocks = sys.getallocatedblocks()
    mallinfo2 = getattr(_c_library(), "mallinfo2", None)
    if mallinfo2 is None:
        return Heap(python_blocks=blocks)
    mallinfo2.restype = _Mallinfo2
    found = mallinfo2()
    return Heap(
        used_mb=(found.uordblks + found.hblkhd) / _MB,
        free_mb=found.fordblks / _MB,
        mapped_mb=found.hblkhd / _MB,
        python_blocks=blocks,
    )


def give_back() -> bool:
    """Have the allocator give free memory back to the system; False where it has no way to."""
    trim = getattr(_c_library(), "malloc_trim", None)
    return bool(trim is not None and trim(0))


def objects_by_type() -> Counter[str]:
    """Return how many objects of each type the garbage collector watches."""
    return Counter(type(thing).__qualname__ for thing in gc.get_objects())


def _c_library() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
