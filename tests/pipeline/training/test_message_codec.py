"""Messages of trainings that have failed, kept in files."""

import json

import pytest

from cnngui.errors import message, text
from cnngui.pipeline.training.message_codec import words_entry, words_from_entry

KEPT = [
    "",
    "words of an older version {with} braces",
    text("too little memory"),
    message("conv1", text("rate {rate:g}, batch {batch:,}", rate=0.25, batch=1200), text("none")),
]


@pytest.mark.parametrize("words", KEPT, ids=range(len(KEPT)))
def test_a_message_comes_back_from_a_file_as_it_was(words):
    again = words_from_entry(json.loads(json.dumps(words_entry(words))))
    assert again == words
    assert str(again) == str(words)


def _entry(template, **values):
    return {"template": template, "values": values}


DEEP = _entry("{a}", a=1)
for _ in range(100):
    DEEP = _entry("{a}", a=DEEP)
HOSTILE = [
    None,
    3,
    ["x"],
    {},
    {"template": "x"},
    {"template": 3, "values": {}},
    {"template": "x", "values": []},
    _entry("{a.__class__}", a="x"),
    _entry("{a[0]}", a="x"),
    _entry("{a!r}", a="x"),
    _entry("{a:999999999}", a="x"),
    _entry("{a:{b}}", a=1, b="999999999"),
    _entry("{a}"),
    _entry("{}", a="x"),
    _entry("{", a="x"),
    _entry("{a:.1f}", a="x"),
    _entry("{a}", a=None),
    _entry("{a}", a=["x"]),
    _entry("x" * 100_000),
    DEEP,
]


@pytest.mark.parametrize("entry", HOSTILE, ids=range(len(HOSTILE)))
def test_a_message_that_somebody_wrote_into_a_file_is_refused(entry):
    with pytest.raises((KeyError, TypeError, ValueError)):
        words_from_entry(entry)
