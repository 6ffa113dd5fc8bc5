"""What is free is found out in several ways; the least counts."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from cnngui import memory

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's own files")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 1 GiB free, in no container."""
    (tmp_path / "meminfo").write_text("MemTotal: 4194304 kB\nMemAvailable:  1048576 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CGROUPS", ((tmp_path, "max", "current"),))
    monkeypatch.setattr(memory, "_left_of_address_space", lambda: iter(()))
    return tmp_path


def test_it_is_some_of_what_the_machine_has() -> None:
    assert 0 < memory.network_memory() < memory.available_memory()
    assert memory.available_memory() <= psutil.virtual_memory().total


@linux_only
def test_a_container_may_have_less_than_the_machine(machine: Path) -> None:
    assert memory.available_memory() == 2**30
    (machine / "max").write_text("max\n")
    (machine / "memory.stat").write_text("anon 900\n")
    (machine / "current").write_text("1000\n")
    assert memory.available_memory() == 2**30
    (machine / "max").write_text("5000\n")
    assert memory.available_memory() == 4000
    (machine / "memory.stat").write_text("anon 900\ninactive_file 300\n")
    assert memory.available_memory() == 4300
    (machine / "current").write_text("6000\n")
    assert memory.available_memory() == 0


@linux_only
@pytest.mark.parametrize(
    "written", ["", "MemAvailable:\n", "MemAvailable: much\n", "MemFree: 1 kB"]
)
def test_where_nothing_is_told_a_little_is_taken_for_free(machine: Path, written: str) -> None:
    (machine / "meminfo").write_text(written)
    assert memory.available_memory() == 2 * 2**30
    (machine / "meminfo").unlink()
    assert memory.available_memory() == 2 * 2**30
