"""Messages between the renderer and its child."""

from __future__ import annotations

import asyncio
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emban.render.frames import FILE, READY, Frame, pack, read_frame, receive, write_all


@given(st.lists(st.tuples(st.sampled_from([FILE, READY]), st.binary(max_size=2000)), max_size=5))
async def test_what_is_packed_is_received(messages: list[tuple[bytes, bytes]]) -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(pack(kind, content) for kind, content in messages))
    reader.feed_eof()
    assert [await receive(reader) for _ in messages] == [Frame(kind, content) for kind, content in messages]
    with pytest.raises(asyncio.IncompleteReadError):
        await receive(reader)


def test_a_pipe_is_read_until_its_end() -> None:
    ours, theirs = os.pipe()
    write_all(theirs, pack(FILE, b"x" * 5000) + pack(READY) + pack(FILE, b"cut")[:-1])
    os.close(theirs)
    assert read_frame(ours) == Frame(FILE, b"x" * 5000)
    assert read_frame(ours) == Frame(READY, b"")
    assert read_frame(ours) is None
    os.close(ours)


async def test_a_message_that_is_too_long_is_as_if_the_other_side_were_gone() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"\xff\xff\xff\xffF")
    with pytest.raises(asyncio.IncompleteReadError):
        await receive(reader)
