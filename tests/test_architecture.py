"""The page that tells where everything is names what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PLACES = (
    *("", "cnngui", "cnngui/gui", "cnngui/engine"),
    *("cnngui/pipeline", "cnngui/pipeline/training"),
)
NAMED = sorted(set(re.findall(r"`([a-z_/]+(?:\.py|\.toml|/))`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_exists(name: str) -> None:
    assert any((ROOT / place / name).exists() for place in PLACES)


@pytest.mark.parametrize("folder", ["cnngui", "cnngui/engine"])
def test_every_folder_is_named(folder: str) -> None:
    for package in (ROOT / folder).glob("*/__init__.py"):
        name = package.parent.name
        assert re.search(rf"\b{name}/|/{name}\b", PAGE), name


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
