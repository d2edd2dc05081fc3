"""Which events of a group are new, as columns, and what to answer each submission."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from emban.ingest.commit.group_commit import Submission, SubmissionResult
from emban.ingest.schemas import Event
from emban.store.events import EventColumns

_noise = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows to store, and an answer for each submission of the group; None where its events do not fit."""

    rows: EventColumns
    answers: list[SubmissionResult | None]


def select_new(
    group: Sequence[Submission], keys: Mapping[str, int], stored: Set[str], *, room: int | None = None
) -> Selection:
    """Select the events that neither the store nor an earlier place of the group holds.

    `keys` has the key of each event_id. A submission is taken whole or not at all: with `room` for fewer events than
    it has new ones it gets None, and its event_ids count as not seen.
    """
    taken: set[str] = set()
    new: list[tuple[Event, int]] = []
    answers: list[SubmissionResult | None] = []
    for submission in group:
        mine: set[str] = set()
        fresh: list[tuple[Event, int]] = []
        for event, at_ms in zip(submission.events, submission.at_ms, strict=True):
            event_id = event.event_id
            if event_id:
                if event_id in stored or event_id in taken or event_id in mine:
                    continue
                mine.add(event_id)
            fresh.append((event, at_ms))
        if room is not None and len(new) + len(fresh) > room:
            answers.append(None)
            continue
        taken |= mine
        new += fresh
        answers.append(SubmissionResult(len(fresh), len(submission.events) - len(fresh)))
    return Selection(_columns(new, keys), answers)


def _columns(new: Sequence[tuple[Event, int]], keys: Mapping[str, int]) -> EventColumns:
    events = [event for event, _ in new]
    return EventColumns(
        tenant_id=[event.tenant_id for event in events],
        event_name=[event.event_name for event in events],
        timestamp_ms=[at_ms for _, at_ms in new],
        event_id=[event.event_id or "" for event in events],
        user_id=[event.user_id or "" for event in events],
        string_props=[event.string_props or {} for event in events],
        numeric_props=[event.numeric_props or {} for event in events],
        # An event without an id gets noise: enough to find it again when an INSERT's outcome is unknown.
        event_key=[keys[event.event_id] if event.event_id else _noise.getrandbits(64) for event in events],
    )
