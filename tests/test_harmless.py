import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnngui.capture.address import SourceAddress
from cnngui.capture.cameras import CameraInfo, find_camera, list_cameras, set_backend
from cnngui.capture.source import SourceInfo
from cnngui.errors import SourceError, text
from cnngui.harmless import MOST_CHARACTERS, harmless, is_harmless, without_passwords

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=2000)


@given(words=ANY_TEXT)
def test_what_passes_is_one_short_line_in_any_encoding(words: str) -> None:
    passed = harmless(words)
    passed.encode()
    assert len(passed) <= MOST_CHARACTERS
    assert len(passed.splitlines()) <= 1
    assert not set(passed) & set("\0\x1b\x07\x7f\x9b\u202e\u2066")
    assert is_harmless(passed)
    assert harmless(passed) == passed


@pytest.mark.parametrize(
    "words", ["holiday.mp4", "猫 und Hündchen", "<b>&amp;", "👩\u200d🔬", "a\u3000b", "שלום\u200f"]
)
def test_what_does_no_harm_stays_as_it_is(words: str) -> None:
    assert harmless(words) == words


def test_what_does_harm_is_replaced() -> None:
    assert harmless("a\x1b[31m\ud800\u202eb\r\nc\td") == "a\ufffd[31m\ufffd\ufffdb  c d"
    assert harmless("x" * 10**6) == "x" * 399 + "…" + "x" * 100


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("http://me:secret@host/a", "http://***@host/a"),
        ("rtsp://me:s@cret@host:554/x", "rtsp://***@host:554/x"),
        ("rtsp://me:sec/ret@host/x", "rtsp://***@host/x"),
        ("rtsp://me:sec@secret/ret@host/x", "rtsp://***@host/x"),
        ("rtsp://:secret@host/x", "rtsp://***@host/x"),
        ("rtsp://me:secr?t#@host/x", "rtsp://***@host/x"),
        ("https://secret@host/?x=1", "https://***@host/?x=1"),
        ("http://host/a?user=me&pwd=secret&x=1", "http://host/a?user=***&pwd=***&x=1"),
        ("http://host/a?access_token=secret", "http://host/a?access_token=***"),
        ("two: http://a:secret@b, rtsp://c:secret@d/e", "two: http://***@b, rtsp://***@d/e"),
        ("http://host:8080/a@b", "http://host:8080/a@b"),
        ("http://host/a@b", "http://host/a@b"),
        ("me@host", "me@host"),
    ],
)
def test_nobody_is_told_a_password(words: str, shown: str) -> None:
    assert harmless(words) == shown
    assert without_passwords(words) == shown


def test_a_password_is_not_told_where_its_end_is_cut_out() -> None:
    assert "secret" not in harmless("rtsp://me:" + "secret" * 150 + "@host/" + "x" * 10_000)


@pytest.mark.parametrize("piece", ["://", "://a:", "://@", "?pass", "&key=", "\ud800", "://a@b "])
def test_megabytes_are_looked_at_in_no_time(piece: str) -> None:
    began = time.perf_counter()
    harmless(piece * (2**20 // len(piece)))
    assert time.perf_counter() - began < 1.0


def test_messages_pass_the_gate() -> None:
    error = SourceError("rtsp://me:secret@host\x1b[2J", "must\ncome", "\ud800" * 10**6)
    assert "secret" not in str(error)
    str(error).encode()
    assert len(str(error)) < 3 * MOST_CHARACTERS
    assert str(text("{name} is {number:,}", name="a\x00b", number=1000)) == "a\ufffdb is 1,000"


def test_names_of_sources_pass_the_gate() -> None:
    address = SourceAddress("stream", "http://me:secret@host/?token=secret\x9b")
    for shown in (address.label, address.details, SourceInfo(address.target, 1, 1).name):
        assert "secret" not in shown
        assert is_harmless(shown)
    assert SourceAddress("video", "/a/b\x1b\ud800.mp4").label == "b\ufffd\ufffd.mp4"


def test_a_camera_of_any_name_is_found_by_it() -> None:
    class Backend:
        def list(self) -> list[CameraInfo]:
            return [CameraInfo("cam\x1b[31m\ud800", number) for number in range(2)]

        def open(self, camera: CameraInfo, settings: object) -> None:
            return None

    set_backend(Backend())
    try:
        one, other = list_cameras()
        assert one.label == "cam\ufffd[31m\ufffd [0]"
        assert find_camera(other.label).index == 1
        assert find_camera("cam\x1b[31m\ud800 [1]").index == 1
    finally:
        set_backend(None)
