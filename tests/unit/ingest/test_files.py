"""Files of events: every line once, the same ids each time, bad lines by number."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from emban.ingest.bulk.files import EventFile, FileBatch, batches, mark_of

EVENT = {"tenant_id": "t", "event_name": "e"}


def lines(*events: Any) -> list[bytes]:
    return [(event if isinstance(event, bytes) else json.dumps(event).encode()) + b"\n" for event in events]


def events_of(batch: FileBatch) -> list[Any]:
    return json.loads(batch.body)["events"]  # type: ignore[no-any-return]


def test_lines_become_bodies_of_a_thousand() -> None:
    made = list(batches(lines(*[EVENT] * 2500)))
    assert [len(batch.numbers) for batch in made] == [1000, 1000, 500]
    assert [batch.last for batch in made] == [1000, 2000, 2500]
    assert made[1].numbers == tuple(range(1001, 2001))


def test_bodies_stay_below_the_limit() -> None:
    large = EVENT | {"event_id": "x", "string_props": {f"k{n}": "v" * 1000 for n in range(60)}}
    made = list(batches(lines(*[large] * 200)))
    assert len(made) == 3
    assert max(len(batch.body) for batch in made) <= 5 << 20
    assert sum(len(batch.numbers) for batch in made) == 200


def test_a_line_without_an_id_has_the_same_one_each_time() -> None:
    content = lines(EVENT, EVENT | {"event_id": ""}, EVENT | {"event_id": "own"})
    first, again = (events_of(next(batches(content))) for _ in range(2))
    ids = [event["event_id"] for event in first]
    assert first == again
    assert ids[2] == "own"
    assert len(set(ids)) == 3
    assert max(map(len, ids)) <= 128
    # The same lines below another first line are another file's.
    other = events_of(next(batches(lines(EVENT | {"user_id": "u"}, *content))))
    assert not {event["event_id"] for event in other[:-1]} & set(ids)


def test_going_on_after_a_line_gives_the_rest_with_the_same_ids() -> None:
    content = lines(*[EVENT] * 1500)
    whole = [event for batch in batches(content) for event in events_of(batch)]
    rest = [event for batch in batches(content, after=700) for event in events_of(batch)]
    assert rest == whole[700:]


def test_bad_lines_are_told_by_number() -> None:
    content = lines(EVENT, b"{", b"", EVENT, b"\xff", b"[" * 100_000, b"x" * (6 << 20), b"5")
    (batch,) = batches(content)
    assert batch.numbers == (1, 4, 8)
    assert [(line.number, line.reason.split(":")[0]) for line in batch.bad] == [
        (2, "is not JSON at column 2"),
        (5, "is not UTF-8 at byte 0"),
        (6, "is not JSON that can be read"),
        (7, "is over 4,864 KiB"),
    ]


def test_nan_and_half_surrogates_are_left_to_the_checks_of_events() -> None:
    content = lines(b'{"numeric_props": {"n": NaN}}', b'{"tenant_id": "\\ud800"}')
    (batch,) = batches(content)
    assert batch.numbers == (1, 2)
    assert batch.bad == ()


@pytest.mark.parametrize("packed", [False, True])
def test_plain_and_gzip_files_are_read(tmp_path: Path, *, packed: bool) -> None:
    content = b"".join(lines(*[EVENT] * 10))
    path = tmp_path / "events.jsonl"
    path.write_bytes(gzip.compress(content) if packed else content)
    file = EventFile(path)
    assert b"".join(file) == content
    assert file.position == file.size == path.stat().st_size
    file.close()
    assert [batch.mark for batch in batches(content.splitlines(keepends=True))] == [mark_of(path, 10)]


def test_what_was_read_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    content = lines(*[EVENT | {"user_id": f"u{n}"} for n in range(2000)], b"", b"{")
    path.write_bytes(b"".join(content))
    marks = {batch.last: batch.mark for batch in batches(content)}
    assert marks == {line: mark_of(path, line) for line in (1000, 2000, 2002)}
    assert {batch.last: batch.mark for batch in batches(content, after=1000)} == {
        line: marks[line] for line in (2000, 2002)
    }
    # More lines behind change nothing about the first ones; another line among them does.
    path.write_bytes(b"".join([*content, *lines(EVENT)]))
    assert mark_of(path, 1000) == marks[1000]
    path.write_bytes(b"".join([*content[:500], *lines(EVENT), *content[501:]]))
    assert mark_of(path, 1000) != marks[1000]


def test_a_line_without_end_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join([*lines(EVENT), b"[" + b" " * (30 << 20) + b"]\n", *lines(EVENT)]))
    file = EventFile(path)
    read = list(file)
    file.close()
    assert len(read) == 3
    assert max(map(len, read)) < 5 << 20
    (batch,) = batches(read)
    assert (batch.numbers, [line.number for line in batch.bad]) == ((1, 3), [2])


def test_nothing_but_bad_lines_are_told_in_portions() -> None:
    made = list(batches([b"x\n"] * 2500))
    assert [(len(batch.bad), batch.numbers, batch.last) for batch in made] == [
        (1000, (), 1000),
        (1000, (), 2000),
        (500, (), 2500),
    ]


def test_an_empty_file_has_nothing() -> None:
    assert list(batches([])) == []
    assert list(batches([b"\n", b"\n"])) == []
