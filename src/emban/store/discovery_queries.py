"""Statements that find out what an environment's events are like: names, dimensions, measures.

Their cost is bounded: `overview` reads one column of times, the others a window whose rows it has counted. Every value
is bound; properties are unfolded with ARRAY JOIN, so no name of one ever stands in the text.
"""

from __future__ import annotations

from datetime import UTC, datetime

from emban.scope import Scope
from emban.store.schema import EVENTS
from emban.store.statement import Statement

# Windows back from the newest event, in seconds, of which the largest with few enough rows is read.
WINDOWS_S = (90 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60)
MAX_NAMES = 200
MAX_PROPS = 200
TOP_VALUES = 10
_SCOPED = "org_id = {org:String} AND environment = {environment:String}"
_WINDOW = f"{_SCOPED} AND timestamp >= {{start:DateTime64(3, 'UTC')}} AND timestamp <= {{end:DateTime64(3, 'UTC')}}"
_MS = "toUnixTimestamp64Milli"

_OVERVIEW = f"""
WITH (SELECT max(timestamp) FROM {EVENTS} WHERE {_SCOPED}) AS newest
SELECT count(), {_MS}(min(timestamp)), {_MS}(max(timestamp)),
  sumForEach(arrayMap(s -> toUInt64(timestamp >= newest - toIntervalSecond(s)), {{windows:Array(UInt32)}}))
FROM {EVENTS} WHERE {_SCOPED}
"""

_EVENTS = f"""
SELECT event_name, count(), {_MS}(min(timestamp)), {_MS}(max(timestamp))
FROM {EVENTS} WHERE {_WINDOW}
GROUP BY event_name ORDER BY count() DESC, event_name LIMIT {{limit:UInt32}}
"""

_USERS = f"""
SELECT count(), countIf(user_id != ''), uniqCombined64If(user_id, user_id != ''), uniqCombined64(tenant_id)
FROM {EVENTS} WHERE {_WINDOW}
"""

# Inside, per tenant: in how many of them does a dimension take more than one value.
_DIMENSIONS = f"""
SELECT name, sum(carried) AS events, uniqCombined64Merge(different), avg(several), groupUniqArrayArray(16)(names),
  topKMerge({TOP_VALUES}, 100, 'counts')(top)
FROM (
  SELECT name, count() AS carried, uniqCombined64State(value) AS different, uniq(value) > 1 AS several,
    groupUniqArray(16)(event_name) AS names, topKState({TOP_VALUES}, 100, 'counts')(value) AS top
  FROM {EVENTS} ARRAY JOIN mapKeys(string_props) AS name, mapValues(string_props) AS value
  WHERE {_WINDOW} GROUP BY tenant_id, name
)
GROUP BY name ORDER BY events DESC, name LIMIT {{limit:UInt32}}
"""

_MEASURES = f"""
SELECT name, count() AS events, min(value), max(value), avg(value), uniqCombined64(value),
  min(value = round(value)), groupUniqArray(16)(event_name)
FROM {EVENTS} ARRAY JOIN mapKeys(numeric_props) AS name, mapValues(numeric_props) AS value
WHERE {_WINDOW} GROUP BY name ORDER BY events DESC, name LIMIT {{limit:UInt32}}
"""


def overview(scope: Scope) -> Statement:
    """(events, first ms, last ms, [events of each of WINDOWS_S]) of the whole environment; one row."""
    return Statement(_OVERVIEW, {**_bound(scope), "windows": list(WINDOWS_S)})


def event_names(scope: Scope, start: datetime, end: datetime) -> Statement:
    """(name, events, first ms, last ms) of the most frequent names in a window, both ends included."""
    return _windowed(_EVENTS, scope, start, end, MAX_NAMES)


def users(scope: Scope, start: datetime, end: datetime) -> Statement:
    """(events, those that name a user, users, tenants) in a window; one row."""
    return _windowed(_USERS, scope, start, end)


def dimensions(scope: Scope, start: datetime, end: datetime) -> Statement:
    """(name, events, values, share of tenants with several, event names, [(value, count, error)]) in a window."""
    return _windowed(_DIMENSIONS, scope, start, end, MAX_PROPS)


def measures(scope: Scope, start: datetime, end: datetime) -> Statement:
    """(name, events, min, max, avg, different values, all whole?, event names) in a window."""
    return _windowed(_MEASURES, scope, start, end, MAX_PROPS)


def _windowed(sql: str, scope: Scope, start: datetime, end: datetime, limit: int | None = None) -> Statement:
    bound = {**_bound(scope), "start": _text(start), "end": _text(end)}
    return Statement(sql, bound if limit is None else {**bound, "limit": limit})


def _bound(scope: Scope) -> dict[str, object]:
    return {"org": scope.org_id, "environment": scope.environment}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"
