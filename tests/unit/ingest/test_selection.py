"""Which events of a group are new: once each, whatever is refused for lack of room."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from emban.ingest.commit.group_commit import Submission, SubmissionResult
from emban.ingest.commit.selection import select_new
from emban.ingest.schemas import Event


async def submission(*ids: str) -> Submission:
    await asyncio.sleep(0)
    events = [Event("t", "e", event_id=event_id) for event_id in ids]
    return Submission(events, [1] * len(events), 100)


CASES: list[tuple[Sequence[Sequence[str]], set[str], int | None, list[tuple[int, int] | None], list[str]]] = [
    ([["a", "b"]], set(), None, [(2, 0)], ["a", "b"]),
    ([["a", "a"], ["a", "b"]], set(), None, [(1, 1), (1, 1)], ["a", "b"]),
    ([["a", "b"], ["b"]], {"b"}, None, [(1, 1), (0, 1)], ["a"]),
    ([["", "", ""]], set(), None, [(3, 0)], ["", "", ""]),
    # Without room for the first one, its ids were not seen: the second one's are new.
    ([["a", "b", "c"], ["a"]], set(), 2, [None, (1, 0)], ["a"]),
    ([["a"], ["a", "b"], ["c"]], set(), 2, [(1, 0), (1, 1), None], ["a", "b"]),
    ([["a"], ["a"]], {"a"}, 0, [(0, 1), (0, 1)], []),
    ([["a"]], set(), 0, [None], []),
]


@pytest.mark.parametrize(("group", "stored", "room", "answers", "rows"), CASES)
async def test_new_events_are_selected_once(
    group: Sequence[Sequence[str]],
    stored: set[str],
    room: int | None,
    answers: list[tuple[int, int] | None],
    rows: list[str],
) -> None:
    keys = {event_id: place for place, event_id in enumerate("abc")}
    selection = select_new([await submission(*ids) for ids in group], keys, stored, room=room)
    assert selection.answers == [None if answer is None else SubmissionResult(*answer) for answer in answers]
    assert selection.rows.event_id == rows
    assert [key for key, event_id in zip(selection.rows.event_key, rows, strict=True) if event_id] == [
        keys[event_id] for event_id in rows if event_id
    ]


async def test_events_without_an_id_get_keys_of_their_own() -> None:
    selection = select_new([await submission(*[""] * 100)], {}, set())
    assert len(set(selection.rows.event_key)) == 100
