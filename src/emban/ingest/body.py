"""The bytes of a request's body: read and inflated within the limit, whatever the sender says of their number."""

from __future__ import annotations

import zlib
from codecs import BOM_UTF8
from collections.abc import AsyncIterator

from starlette.requests import Request

from emban.errors import EmbanError, invalid, too_large
from emban.ingest.schemas import MAX_BODY_BYTES

# What is read and thrown away beyond the limit, so that a client that sends first and listens later gets its answer.
_MOST_DRAINED = 64 << 20
_GZIP = 31  # zlib's name for gzip with the largest window.


async def read_body(request: Request) -> bytes:
    """Return the body, inflated if it is gzip, without a byte order mark.

    Raises `EmbanError`: 413 over the limit, 400 for what cannot be read.
    """
    _check_content_type(request.headers.get("content-type", ""))
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return await _read(request.stream(), None)
    if encoding != "gzip":
        raise invalid(message="Content-Encoding must be gzip, or left out")
    return await _read(request.stream(), _Inflater())


class _Inflater:
    """Inflates gzip, also of several members, and stops at the limit: a bomb never unfolds."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=_GZIP)
        self._begun = False

    def feed(self, data: bytes, room: int) -> bytes:
        """Return what the data unfolds to, at most `room` + 1 bytes. Raises 400 for what is not gzip."""
        out = bytearray()
        try:
            while data:
                self._begun = True
                out += self._member.decompress(data, room + 1 - len(out))
                if len(out) > room:
                    break
                data = self._member.unused_data if self._member.eof else b""
                if self._member.eof and data:
                    self._member = zlib.decompressobj(wbits=_GZIP)
        except zlib.error as error:
            raise invalid(message="the body is not gzip, as its Content-Encoding says") from error
        return bytes(out)

    def finish(self) -> None:
        """Raise 400 where the last member is cut short."""
        if not self._begun or not self._member.eof:
            raise invalid(message="the gzip body is cut short")


async def _read(chunks: AsyncIterator[bytes], inflater: _Inflater | None) -> bytes:
    body, sent = bytearray(), 0
    async for chunk in chunks:
        sent += len(chunk)
        if sent > _MOST_DRAINED:
            break
        if sent > MAX_BODY_BYTES or len(body) > MAX_BODY_BYTES:
            continue
        body += chunk if inflater is None else inflater.feed(chunk, MAX_BODY_BYTES - len(body))
    if sent > MAX_BODY_BYTES or len(body) > MAX_BODY_BYTES:
        raise too_large(f"the body is over {MAX_BODY_BYTES >> 20} MiB; send fewer events at once")
    if inflater is not None:
        inflater.finish()
    if body.startswith(BOM_UTF8):
        del body[: len(BOM_UTF8)]
    return bytes(body)


def _check_content_type(header: str) -> None:
    kind, _, parameters = header.partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        raise EmbanError("unsupported_content_type", "send the events with Content-Type: application/json (UTF-8)")
