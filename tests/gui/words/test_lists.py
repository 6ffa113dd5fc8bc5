"""Lists have the comma of the language."""

from __future__ import annotations

from cnngui.gui.words.lists import listed


def test_a_list_has_commas_and_no_gaps() -> None:
    assert listed(["a", "", "b"]) == "a, b"
    assert listed([]) == ""


def test_a_list_in_chinese(in_chinese: None) -> None:
    assert listed(["甲", "乙"]) == "甲，乙"
