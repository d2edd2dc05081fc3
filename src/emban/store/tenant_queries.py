"""Statements that list an environment's tenants: how many events each has, the largest first, and the newest's time.

Counted are the days of the rollups, and the events that came in since; so the cost goes with tenants times days, not
with events. The time of the newest event is looked up for the tenants of one page alone, within their last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from emban.kit.epoch import from_ms
from emban.scope import Scope
from emban.store.schema import DAILY, EVENTS
from emban.store.statement import Statement

_SCOPED = "org_id = {org:String} AND environment = {environment:String}"
_INSTANT = "fromUnixTimestamp64Milli({%s:Int64}, 'UTC')"
_UPTO, _AS_OF = _INSTANT % "upto", _INSTANT % "as_of"
_FOUND = " AND positionCaseInsensitiveUTF8(tenant_id, {search:String}) > 0"
# A rollup row that knows more than was asked for would count twice: see emban.query.sql.rollup_rows.
_DAYS = (
    f"SELECT tenant_id, sum(events) AS found, max(bucket) AS newest FROM {DAILY} WHERE {_SCOPED} AND dimension = ''"
    f"%s AND throwIf(upto > {_UPTO}, 'a rollup row that was added to since') = 0 GROUP BY tenant_id"
)
_SINCE = (
    f"SELECT tenant_id, count() AS found, toDateTime(toStartOfDay(max(timestamp)), 'UTC') AS newest FROM {EVENTS} "
    f"WHERE {_SCOPED} AND ingested_at > {_UPTO} AND ingested_at <= {_AS_OF}%s GROUP BY tenant_id"
)
_AFTER = " HAVING total < {events:UInt64} OR (total = {events:UInt64} AND tenant_id > {tenant:String})"
_LIST = (
    "SELECT tenant_id, sum(found) AS total, toUnixTimestamp(max(newest)) FROM (%s) GROUP BY tenant_id%s "
    "ORDER BY total DESC, tenant_id LIMIT {limit:UInt32}"
)
_NEWEST = (
    f"SELECT tenant_id, toUnixTimestamp64Milli(max(timestamp)) FROM {EVENTS} WHERE {_SCOPED} "
    f"AND ingested_at <= {_AS_OF} AND (%s) GROUP BY tenant_id"
)


@dataclass(frozen=True, slots=True)
class TenantPlace:
    """Where a list of tenants stands: the last one's events and id."""

    events: int
    tenant_id: str


def tenants(
    scope: Scope, *, upto_ms: int, as_of_ms: int, limit: int, search: str = "", after: TenantPlace | None = None
) -> Statement:
    """(tenant, events, start of the newest event's UTC day in s), most events first, then by id.

    `upto_ms` is up to when events are rolled up (0: none are), `as_of_ms` the watermark, both in ms since 1970.
    `search` is a part of the id in any case. Fails where a rollup was added to since `upto_ms` was read.
    """
    found = _FOUND if search else ""
    parts = [_DAYS % found, _SINCE % found] if upto_ms else [_SINCE % found]
    bound: dict[str, object] = {**_bound(scope), "upto": upto_ms, "as_of": as_of_ms, "limit": limit}
    if search:
        bound["search"] = search
    if after is not None:
        bound |= {"events": after.events, "tenant": after.tenant_id}
    return Statement(_LIST % (" UNION ALL ".join(parts), _AFTER if after else ""), bound)


def newest_events(scope: Scope, days: Mapping[str, int], as_of_ms: int) -> Statement:
    """(tenant, time of its newest event in ms) of tenants, each by the start of its last UTC day in s."""
    bound: dict[str, object] = {**_bound(scope), "as_of": as_of_ms}
    conditions = []
    for index, day in enumerate(sorted(set(days.values()))):
        start = from_ms(day * 1000)
        bound[f"t{index}"] = [tenant for tenant, own in days.items() if own == day]
        bound[f"a{index}"], bound[f"b{index}"] = _ms(start), _ms(start + timedelta(days=1))
        conditions.append(
            f"(tenant_id IN {{t{index}:Array(String)}} AND timestamp >= {_INSTANT % f'a{index}'} "
            f"AND timestamp < {_INSTANT % f'b{index}'})"
        )
    return Statement(_NEWEST % " OR ".join(conditions), bound)


def _bound(scope: Scope) -> dict[str, object]:
    return {"org": scope.org_id, "environment": scope.environment}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
