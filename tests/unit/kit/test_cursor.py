"""Cursors: what was given out comes back, and nothing else is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emban.kit.cursor import BadCursorError, CursorPosition, decode_cursor, encode_cursor


@given(st.datetimes(timezones=st.just(UTC)), st.text(max_size=40))
def test_a_cursor_comes_back_as_it_was(at: datetime, identity: str) -> None:
    position = CursorPosition(at, identity)
    assert decode_cursor(encode_cursor(position)) == position


@pytest.mark.parametrize(
    "text", ["", "x", "%%%", "bnVsbA", "WzFd", "WyIyMDI2LTAxLTAxIiwieCJd", "é", "W10", "eyJhIjoxfQ"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_decoder(text: str) -> None:
    try:
        position = decode_cursor(text)
    except BadCursorError:
        return
    assert position.at.tzinfo is not None
