"""Streams of pictures, cut into their parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngui.capture.malformed import MalformedError
from cnngui.capture.multipart import MAX_HEADER_BYTES, MAX_PART_BYTES, PartParser


def body(parts: list[bytes], with_length: bool, newline: bytes = b"\r\n") -> bytes:
    whole = b"a preamble" + newline
    for part in parts:
        whole += b"--edge" + newline + b"Content-Type: image/jpeg" + newline
        if with_length:
            whole += b"content-length:  " + str(len(part)).encode() + newline
        whole += newline + part + newline
    return whole + b"--edge--" + newline


@given(
    st.lists(st.binary(min_size=1, max_size=60).map(lambda part: part + b"."), max_size=5),
    st.booleans(),
    st.sampled_from([b"\r\n", b"\n"]),
    st.sampled_from(["edge", "--edge", '"edge"']),
    st.lists(st.integers(1, 40), min_size=1, max_size=8),
)
@settings(deadline=None, max_examples=150)
def test_parser_finds_every_part_however_it_is_cut(
    parts: list[bytes], with_length: bool, newline: bytes, boundary: str, cuts: list[int]
) -> None:
    parser = PartParser(boundary)
    data, found, cut = body(parts, with_length, newline), [], 0
    while data:
        size = cuts[cut % len(cuts)]
        found += parser.feed(data[:size])
        data, cut = data[size:], cut + 1
    assert found == parts


@given(st.lists(st.binary(max_size=300) | st.just(b"--edge\r\nContent-Length: "), max_size=12))
@settings(deadline=None, max_examples=150)
def test_parser_survives_garbage(pieces: list[bytes]) -> None:
    parser = PartParser("edge")
    try:
        for piece in pieces:
            for part in parser.feed(piece):
                assert isinstance(part, bytes)
    except ValueError:
        pass


@pytest.mark.parametrize(
    "length", ["-5", "many", "9" * 30, str(MAX_PART_BYTES + 1), "", "0", "3", "40"]
)
def test_parser_believes_the_stream_more_than_a_wrong_length(length: str) -> None:
    pictures = [b"\xff\xd8 picture %d \xff\xd9" % number for number in range(3)]
    head = f"--edge\r\nContent-Length: {length}\r\n\r\n".encode()
    data = b"".join(head + picture + b"\r\n" for picture in pictures)
    for size in (1, 7, len(data)):
        parser = PartParser("edge")
        found = [
            part for at in range(0, len(data), size) for part in parser.feed(data[at : at + size])
        ]
        assert [*found, parser.finish().removesuffix(b"\r\n")] == pictures


def test_parser_bounds_what_it_keeps() -> None:
    piece = b"x" * 2**20
    endless_picture = PartParser("edge")
    list(endless_picture.feed(b"--edge\r\n\r\n"))
    for _ in range(2 * MAX_PART_BYTES // len(piece)):
        assert list(endless_picture.feed(piece)) == []
        assert len(endless_picture._buffer) <= MAX_PART_BYTES + len(piece)
    assert endless_picture.spoiled == 1
    assert list(endless_picture.feed(b"\n--edge\r\n\r\nnext\r\n--edge")) == [b"next"]

    endless_header = PartParser("edge")
    list(endless_header.feed(b"--edge\r\n" + b"x" * (MAX_HEADER_BYTES + 1)))
    assert endless_header.spoiled == 1
    assert list(endless_header.feed(b"\r\n--edge\r\n\r\nnext\r\n--edge")) == [b"next"]

    no_part = PartParser("edge")
    for _ in range(3):
        list(no_part.feed(piece))
        assert len(no_part._buffer) <= len(piece)
    assert list(no_part.feed(b"--edge\r\n\r\nat last\r\n--edge")) == [b"at last"]

    endless_jpeg = PartParser("")
    for _ in range(2 * MAX_PART_BYTES // len(piece)):
        list(endless_jpeg.feed(b"\xff\xd8" + piece))
        assert len(endless_jpeg._buffer) <= MAX_PART_BYTES + 2 * len(piece)


def test_parser_gives_up_looking_for_a_boundary_that_nobody_told() -> None:
    parser = PartParser("")
    with pytest.raises(MalformedError, match="no boundary within"):
        list(parser.feed(b"x\r\n" * 40_000))


def test_a_picture_is_handed_on_with_its_last_byte() -> None:
    jpeg = b"\xff\xd8 a picture \xff\xd9"
    parser = PartParser("edge")
    head = b"--edge\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
    assert list(parser.feed(head + jpeg[:-1])) == []
    assert list(parser.feed(jpeg[-1:])) == [jpeg]
