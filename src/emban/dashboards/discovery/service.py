"""Discovery: what an environment's events are like, at a cost that does not grow with the org."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from emban.dashboards.discovery.findings import DiscoveryFindings, FoundDimension, FoundEvent, FoundMeasure, FoundValue
from emban.scope import Scope
from emban.store import discovery_queries as discover
from emban.store.client import EventStore

MAX_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The events that are looked at: those of a window, both ends included."""

    start: datetime
    end: datetime
    complete: bool


class Discovery:
    """Looks at the events of a scope."""

    def __init__(self, store: EventStore, *, max_rows: int = MAX_ROWS) -> None:
        self._store = store
        self._max_rows = max_rows

    async def look(self, scope: Scope) -> DiscoveryFindings:
        """Return what is found in the scope: in all events, or in the newest ones where there are very many."""
        total, first_ms, last_ms, counts = (await self._rows(scope, discover.overview(scope)))[0]
        if total == 0:
            return _nothing(scope)
        first, last = _instant(first_ms), _instant(last_ms)
        window = _choose_window(total, first, last, counts, self._max_rows)
        reads = (discover.event_names, discover.users, discover.dimensions, discover.measures)
        names, users, dimensions, measures = await asyncio.gather(
            *(self._rows(scope, read(scope, window.start, window.end)) for read in reads)
        )
        scanned, with_user, known_users, tenants = users[0]
        return DiscoveryFindings(
            environment=scope.environment,
            total=total,
            first_seen=first,
            last_seen=last,
            window_from=window.start,
            window_to=window.end,
            scanned=scanned,
            complete=window.complete,
            tenants=tenants,
            users=known_users,
            events_with_user=with_user,
            events=tuple(_event(row) for row in names),
            dimensions=tuple(_dimension(row) for row in dimensions),
            measures=tuple(_measure(row) for row in measures),
        )

    async def _rows(self, scope: Scope, statement: Any) -> list[list[Any]]:
        return (await self._store.select(scope, statement)).rows


def _choose_window(total: int, first: datetime, last: datetime, counts: Sequence[int], most: int) -> _Stretch:
    if total <= most:
        return _Stretch(first, last, complete=True)
    fitting = (seconds for seconds, count in zip(discover.WINDOWS_S, counts, strict=True) if count <= most)
    seconds = next(fitting, discover.WINDOWS_S[-1])
    return _Stretch(last - timedelta(seconds=seconds), last, complete=False)


def _nothing(scope: Scope) -> DiscoveryFindings:
    return DiscoveryFindings(
        environment=scope.environment,
        total=0,
        first_seen=None,
        last_seen=None,
        window_from=None,
        window_to=None,
        scanned=0,
        complete=True,
        tenants=0,
        users=0,
        events_with_user=0,
        events=(),
        dimensions=(),
        measures=(),
    )


def _event(row: Sequence[Any]) -> FoundEvent:
    name, count, first, last = row
    return FoundEvent(name=name, count=count, first_seen=_instant(first), last_seen=_instant(last))


def _dimension(row: Sequence[Any]) -> FoundDimension:
    name, count, cardinality, varying, names, top = row
    return FoundDimension(
        name=name,
        count=count,
        cardinality=cardinality,
        varying=varying,
        event_names=tuple(sorted(names)),
        top_values=tuple(FoundValue(value, seen) for value, seen, _ in top),
    )


def _measure(row: Sequence[Any]) -> FoundMeasure:
    name, count, low, high, mean, distinct, whole, names = row
    return FoundMeasure(
        name=name,
        count=count,
        min=low,
        max=high,
        avg=mean,
        distinct=distinct,
        whole=bool(whole),
        event_names=tuple(sorted(names)),
    )


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
