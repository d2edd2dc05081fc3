"""Messages between a renderer and its child: four bytes of length, one of kind, then that much.

A request is JSON of an order, a line feed, and the document as JSON. An answer is a file or the kind of a failure.
"""

from __future__ import annotations

import asyncio
import os
import struct
from dataclasses import dataclass

READY, FILE, FAILURE, REQUEST = b"R", b"F", b"E", b"Q"
MAX_BYTES = 256 << 20
_HEAD = struct.Struct(">Ic")


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    kind: bytes
    content: bytes


def pack(kind: bytes, content: bytes = b"") -> bytes:
    """Return a message as bytes."""
    return _HEAD.pack(len(content), kind) + content


async def receive(reader: asyncio.StreamReader) -> Frame:
    """Return the next message; raises `asyncio.IncompleteReadError` where the other side is gone."""
    length, kind = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if length > MAX_BYTES:
        raise asyncio.IncompleteReadError(b"", length)
    return Frame(kind, await reader.readexactly(length))


def read_frame(descriptor: int) -> Frame | None:
    """Return the next message of a pipe, waiting for it; None where the other side is gone."""
    head = _read(descriptor, _HEAD.size)
    if head is None:
        return None
    length, kind = _HEAD.unpack(head)
    content = _read(descriptor, length)
    return None if content is None else Frame(kind, content)


def write_all(descriptor: int, message: bytes) -> None:
    """Write a message to a pipe; raises `BrokenPipeError` where nobody reads it."""
    view = memoryview(message)
    while view:
        view = view[os.write(descriptor, view) :]


def _read(descriptor: int, length: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < length:
        part = os.read(descriptor, min(length - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
