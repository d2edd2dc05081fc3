"""Bodies within and beyond the limits, plain and gzip, in chunks of any size."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message

from emban.errors import EmbanError
from emban.ingest.body import read_body
from emban.ingest.schemas import MAX_BODY_BYTES

JSON = "application/json"


def request(chunks: Sequence[bytes], **headers: str) -> Request:
    waiting = list(chunks)

    async def receive() -> Message:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/v1/events", "headers": raw}, receive)


async def read(*chunks: bytes, encoding: str = "", kind: str = JSON) -> bytes:
    return await read_body(request(chunks, content_type=kind, content_encoding=encoding))


async def refusal(*chunks: bytes, encoding: str = "", kind: str = JSON) -> EmbanError:
    with pytest.raises(EmbanError) as caught:
        await read(*chunks, encoding=encoding, kind=kind)
    return caught.value


async def test_a_body_may_have_exactly_the_limit() -> None:
    body = b"x" * MAX_BODY_BYTES
    assert await read(body) == body
    assert await read(body[:100], body[100:]) == body
    assert (await refusal(body, b"x")).status == 413
    assert (await refusal(body + b"x")).status == 413


async def test_gzip_is_inflated_up_to_the_limit() -> None:
    body = b"x" * MAX_BODY_BYTES
    packed = gzip.compress(body)
    assert await read(packed, encoding="gzip") == body
    assert await read(*(packed[place : place + 7] for place in range(0, len(packed), 7)), encoding="GZIP") == body
    assert (await refusal(gzip.compress(body + b"x"), encoding="gzip")).status == 413


async def test_a_bomb_stays_folded() -> None:
    """256 MB of zeros in 1 MB: refused after having inflated no more than the limit."""
    packer = zlib.compressobj(1, wbits=31)
    block = b"\0" * (32 << 20)
    bomb = [*(packer.compress(block) for _ in range(8)), packer.flush()]
    assert sum(map(len, bomb)) < MAX_BODY_BYTES
    assert (await refusal(*bomb, encoding="gzip")).status == 413


async def test_gzip_of_several_members_is_one_body() -> None:
    assert await read(gzip.compress(b"one,") + gzip.compress(b"two"), encoding="gzip") == b"one,two"
    assert await read(gzip.compress(b"one,"), gzip.compress(b"two"), encoding="gzip") == b"one,two"


@pytest.mark.parametrize(
    "packed",
    [b"plain", gzip.compress(b"cut short")[:-4], gzip.compress(b"x") + b"trailing", zlib.compress(b"zlib"), b""],
    ids=["plain", "cut", "trailing", "zlib", "empty"],
)
async def test_what_is_not_gzip_is_refused(packed: bytes) -> None:
    assert (await refusal(packed, encoding="gzip")).status == 400


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x"])
async def test_other_encodings_are_refused(encoding: str) -> None:
    assert (await refusal(b"{}", encoding=encoding)).status == 400


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"']
)
async def test_json_is_taken(kind: str) -> None:
    assert await read(b"{}", kind=kind) == b"{}"


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json"]
)
async def test_other_content_types_are_refused(kind: str) -> None:
    assert (await refusal(b"{}", kind=kind)).code == "unsupported_content_type"


async def test_an_endless_body_is_given_up() -> None:
    assert (await refusal(*([b"x" * (1 << 20)] * 100))).status == 413
