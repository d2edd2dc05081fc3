"""A file of events, one JSON object a line, as the bodies that a client would send, with their line numbers.

A line without an event_id gets one made of the file's first line, the line's number and its text: importing the file
again, whole or from the middle on, adds nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from emban.ingest.schemas import MAX_BODY_BYTES, MAX_EVENTS

# Below the limit of a body, so that ids put in and the frame around the events fit as well.
_BATCH_BYTES = MAX_BODY_BYTES - (256 << 10)
_LONGEST_LINE = _BATCH_BYTES + 2
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is not stored: its number (from 1) and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class FileBatch:
    """One body: its events stand in the lines `numbers`. `bad` are lines among them that were not even JSON.

    `last` is the number of the last line that was read for it, `mark` a digest of the file up to that line.
    """

    body: bytes
    numbers: tuple[int, ...]
    bad: tuple[BadLine, ...]
    last: int
    mark: str


class EventFile:
    """An open file of events, plain or gzip. `position` and `size` are bytes of the file as it lies on disk."""

    def __init__(self, path: Path) -> None:
        self._raw: BinaryIO = path.open("rb")
        self.size = path.stat().st_size
        is_gzip = self._raw.read(2) == _GZIP_MAGIC
        self._raw.seek(0)
        self._lines = (
            io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=self._raw))) if is_gzip else self._raw
        )

    @property
    def position(self) -> int:
        """How far the file has been read."""
        return self._raw.tell()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines, only the beginning of one that is too long for an event.

        Raises `OSError` or `EOFError` where the file cannot be read to its end.
        """
        while line := self._lines.readline(_LONGEST_LINE):
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = self._lines.readline(_LONGEST_LINE)
            yield line

    def close(self) -> None:
        self._lines.close()
        self._raw.close()


def batches(lines: Iterable[bytes], *, after: int = 0) -> Iterator[FileBatch]:
    """Yield the bodies that hold the lines after number `after`; empty lines are passed over.

    So is a byte order mark before a line: files that were put together have them in the middle.
    """
    origin = b""
    events: list[bytes] = []
    numbers: list[int] = []
    bad: list[BadLine] = []
    size = number = 0
    read = _digest()
    for number, raw in enumerate(lines, start=1):
        line = raw.removeprefix(BOM_UTF8).strip()
        if number == 1:
            origin = hashlib.blake2b(line, digest_size=16).digest()
        event = _event(line, origin, number) if number > after and line else None
        no_room = isinstance(event, bytes) and bool(numbers) and size + len(event) > _BATCH_BYTES
        if no_room or MAX_EVENTS in {len(numbers), len(bad)}:
            yield _batch(events, numbers, bad, number - 1, read.hexdigest())
            events, numbers, bad, size = [], [], [], 0
        read.update(raw)
        if isinstance(event, BadLine):
            bad.append(event)
        if not isinstance(event, bytes):
            continue
        events.append(event)
        numbers.append(number)
        size += len(event) + 1
    if numbers or bad:
        yield _batch(events, numbers, bad, number, read.hexdigest())


def mark_of(path: Path, line: int) -> str:
    """Return the `mark` of the file's first lines, by which what was imported of it is known again."""
    file, read = EventFile(path), _digest()
    try:
        for raw in islice(file, line):
            read.update(raw)
    finally:
        file.close()
    return read.hexdigest()


def _digest() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=16)


def _batch(events: list[bytes], numbers: list[int], bad: list[BadLine], last: int, mark: str) -> FileBatch:
    return FileBatch(b'{"events":[' + b",".join(events) + b"]}", tuple(numbers), tuple(bad), last, mark)


def _event(line: bytes, origin: bytes, number: int) -> bytes | BadLine:
    """Return the line as the JSON of an event with an id."""
    if len(line) > _BATCH_BYTES:
        return BadLine(number, f"is over {_BATCH_BYTES >> 10:,} KiB")
    try:
        event: Any = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What is JSON all the same, but for NaN and half surrogates, is refused by field, with the others' checks.
        reason = _why_not_json(line)
        return line if reason is None else BadLine(number, reason)
    if isinstance(event, dict) and event.get("event_id") in ("", None):
        digest = hashlib.blake2b(origin + number.to_bytes(8, "big") + line, digest_size=16).hexdigest()
        return msgspec.json.encode({**event, "event_id": f"line-{number}-{digest}"})
    return line


def _why_not_json(line: bytes) -> str | None:
    try:
        json.loads(line.decode())
    except UnicodeDecodeError as error:
        return f"is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        return f"is not JSON at column {error.colno}: {error.msg}"
    except (RecursionError, ValueError):
        return "is not JSON that can be read"
    return None
