"""Errors: one sentence made of a thing, a rule and what was found, in any language."""

import pickle

import pytest

from cnngui.errors import NetworkError, SourceError, Text, UserError, message, text

_CHINESE = {
    "{rule}, got {got}": "{rule}，实际为 {got}",
    "{thing}: {fault}": "{thing}：{fault}",
    "must be at most {most:,} layers": "最多 {most:,} 层",
    "a batch of {count}": "一批 {count} 个",
    "nothing": "空",
}


def test_a_text_in_english():
    assert str(text("must be at most {most:,} layers", most=1512)) == "must be at most 1,512 layers"
    assert f"{text('nothing'):>9}|" == "  nothing|"


def test_a_text_in_another_language_has_its_values():
    most = text("must be at most {most:,} layers", most=1512)
    assert most.said(_CHINESE.__getitem__) == "最多 1,512 层"


def test_texts_within_texts_are_translated_too():
    error = SourceError(text("a batch of {count}", count=3), text("nothing"), text("nothing"))
    assert str(error) == "a batch of 3: nothing, got nothing"
    assert error.message.said(_CHINESE.__getitem__) == "一批 3 个：空，实际为 空"


def test_a_value_with_braces_is_a_value():
    assert str(UserError("{0}.json", text("must not be {name}", name="{x}"), "{}")) == (
        "{0}.json: must not be {x}, got {}"
    )


def test_what_was_found_is_left_out_when_empty():
    assert str(UserError("clip.mp4", "must be there")) == "clip.mp4: must be there"
    assert str(message("clip.mp4", text("must be there"))) == "clip.mp4: must be there"
    assert str(UserError("clip.mp4", "must have frames", 0)) == "clip.mp4: must have frames, got 0"


def test_texts_are_values():
    assert text("nothing") == Text("nothing")
    assert text("a batch of {count}", count=3) != text("a batch of {count}", count=4)
    assert len({text("nothing"), text("nothing"), text("none")}) == 2
    with pytest.raises(AttributeError):
        text("nothing").template = "none"


@pytest.mark.parametrize("got", [0, "none", text("a batch of {count}", count=3)])
def test_errors_survive_pickling(got):
    error = NetworkError(text("a batch of {count}", count=3), text("must fit"), got)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is NetworkError
    assert (again.thing, again.rule, again.got) == (error.thing, error.rule, error.got)
    assert str(again) == str(error)
