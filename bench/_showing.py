"""A published dashboard of 12 widgets over events of skewed tenants, and its browsers, for several benchmarks."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
import msgspec

from bench.support import Bench, request_bytes
from emban.store.client import EventStore
from emban.store.schema import EVENTS

TENANTS = 100
DAYS = 90
# A fifth of the events is tenant_0's.
_FILL = f"""
INSERT INTO {EVENTS} (org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, string_props,
    numeric_props, ingested_at)
SELECT {{org:String}}, 'prod',
    concat('tenant_', toString(if(rand(1) % 100 < 20, 0, rand(2) % {TENANTS}))),
    ['api.call', 'page.view', 'login'][1 + rand(3) % 3],
    now64(3) - toIntervalMillisecond(rand64(4) % ({DAYS} * 86400000)), toString(generateUUIDv4()),
    concat('u', toString(rand(5) % 20000)),
    map('model', ['small', 'large', 'huge'][1 + rand(6) % 3], 'plan', ['free', 'pro'][1 + rand(7) % 2],
        'region', ['eu', 'us', 'ap'][1 + rand(8) % 3], 'host', concat('h', toString(rand(9) % 100))),
    map('tokens', toFloat64(rand(10) % 4000), 'latency_ms', (rand(11) % 100000) / 37, 'cost', (rand(12) % 9000) / 1000),
    now64(3)
FROM numbers({{count:UInt64}}) SETTINGS max_insert_threads = 1, max_partitions_per_insert_block = 1000
"""
_AT_ONCE = 500_000


def _widget(number: int, kind: str, query: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"w_{number}", "title": f"Widget {number}", "kind": kind, "query": {"event_name": "*", **query}}


def widgets() -> list[dict[str, Any]]:
    """Return 4 figures with what they were before, 4 time series, 3 breakdowns and a table."""
    metrics: list[dict[str, Any]] = [
        {"metric": "count"},
        {"metric": "sum", "prop": "tokens"},
        {"metric": "avg", "prop": "latency_ms"},
        {"metric": "sum", "prop": "cost"},
    ]
    made = [("kpi", {**metric, "compare": "previous_period"}) for metric in metrics]
    made += [("timeseries", {**metric, "granularity": "day"}) for metric in metrics]
    made += [("breakdown", {"metric": "count", "group_by": [name]}) for name in ("model", "plan", "region")]
    made.append(("table", {"columns": ["host", {"metric": "count"}, {"metric": "sum", "prop": "tokens"}]}))
    return [_widget(number, kind, query) for number, (kind, query) in enumerate(made)]


class Showing:
    """The dashboard of a running bench. `fill` comes first."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._client = httpx.Client(
            base_url=bench.serve.address, headers={"authorization": f"Bearer {bench.key}"}, timeout=120
        )
        config = {"widgets": widgets(), "filters": {"periods": ["24h", "7d", "30d", "90d"], "default_period": "30d"}}
        self._dashboard = self._post("/v1/dashboards", {"name": "Bench", "config": config})["id"]
        self._post(f"/v1/dashboards/{self._dashboard}/publish", {})

    def fill(self, events: int) -> None:
        """Put events into the store, and one through the API, whose acknowledgement covers them."""
        asyncio.run(self._insert(events))
        self._post("/v1/events", {"events": [{"tenant_id": "tenant_0", "event_name": "api.call"}]})

    def request(self, tenant: str, body: dict[str, Any]) -> bytes:
        """Return a browser's request for the data of a tenant's dashboard, from a session of its own."""
        minted = self._post("/v1/embed-sessions", {"tenant_id": tenant, "dashboard_id": self._dashboard})
        return request_bytes("/v1/embed/data", minted["token"], msgspec.json.encode(body))

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._client.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    async def _insert(self, events: int) -> None:
        store = EventStore(self._bench.settings)
        try:
            for begun in range(0, events, _AT_ONCE):
                count = min(_AT_ONCE, events - begun)
                await store.command(
                    _FILL, {"org": self._bench.org_id, "count": count}, insert_allow_materialized_columns=1
                )
        finally:
            await store.close()


def wanted_events(default: int) -> int:
    """Return how many events to make: EMBAN_BENCH_EVENTS, or the short form's."""
    return int(os.environ.get("EMBAN_BENCH_EVENTS", default))
