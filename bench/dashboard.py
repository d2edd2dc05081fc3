"""A dashboard of twelve widgets over a large org: cold and warm, one tenant and all, against the bare engine.

python -m bench dashboard
python -m bench.dashboard --events 10000000 --rounds 40
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from bench._large import LARGEST, Large, fill
from bench.support import Bench, running
from emban.db import Database
from emban.db.urls import app_url
from emban.query.plan.planner import Question, ask, plan
from emban.query.run.watermarks import Watermarks
from emban.query.spec.validation import read_query
from emban.query.sql.compiler import compile_read
from emban.scope import Scope, Tenant
from emban.store.client import EventStore

TOKENS = {"metric": "sum", "prop": "tokens"}
COMPARED = {"compare": "previous_period"}
# 4 figures with the period before, 4 courses, 3 breakdowns, 1 table.
WIDGETS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("Calls", "kpi", "stat", {"metric": "count", **COMPARED}),
    ("Active users", "kpi", "stat", {"metric": "count_unique", **COMPARED}),
    ("Tokens", "kpi", "stat", {**TOKENS, **COMPARED}),
    ("Latency", "kpi", "stat", {"metric": "avg", "prop": "latency_ms", **COMPARED}),
    ("Calls by day", "timeseries", "area", {"metric": "count", "granularity": "day"}),
    ("Tokens by day", "timeseries", "bar", {**TOKENS, "granularity": "day"}),
    ("Cost by day", "timeseries", "line", {"metric": "sum", "prop": "cost", "granularity": "day"}),
    ("Models by day", "timeseries", "stacked_bar",
     {"metric": "count", "granularity": "day", "group_by": "model", "limit": 5, "other": True}),
    ("Endpoints", "breakdown", "horizontal_bar", {**TOKENS, "group_by": "endpoint", "other": True}),
    ("Plans", "breakdown", "donut", {"metric": "count", "group_by": "plan"}),
    ("Regions", "breakdown", "list", {"metric": "count", "group_by": "region"}),
    ("Models", "table", "table",
     {"columns": ["model", {"metric": "count"}, TOKENS, {"metric": "avg", "prop": "latency_ms"}]}),
)  # fmt: skip
# The same with what no rollup can hold: percentiles.
PERCENTILES = {
    "Latency": {"metric": "p95", "prop": "latency_ms", **COMPARED},
    "Cost by day": {"metric": "p95", "prop": "latency_ms", "granularity": "day"},
}


def main() -> None:
    """Run in the short form, or as the arguments say."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    chosen = parser.parse_args(arguments)
    with running(durable=False, memory_mb=6144, EMBAN_ROLLUP_INTERVAL_S="3600") as bench:
        store, database = EventStore(bench.settings), Database(app_url(bench.settings))
        try:
            _print_data(await fill(bench, store, database, chosen.events))
            await _dashboards(bench, chosen.rounds)
            await _singles(bench, store, database, chosen.rounds)
        finally:
            await store.close()
            await database.close()


def _print_data(made: Large) -> None:
    sizes = ", ".join(f"{table} {size:.1f}" for table, size in made.bytes_each.items())
    print(
        f"{made.events:,} events in {made.fill_s:.0f} s; rolled up in {made.rolled_s:.1f} s "
        f"({made.events / made.rolled_s:,.0f}/s, {made.segments} segments)\n"
        f"bytes on disk per event: {sum(made.bytes_each.values()):.1f} ({sizes})",
        flush=True,
    )


def _config(replaced: dict[str, dict[str, Any]]) -> dict[str, Any]:
    widgets = []
    for place, (title, kind, chart, query) in enumerate(WIDGETS):
        widgets.append(
            {
                "id": f"w_{place}",
                "title": title,
                "kind": kind,
                "chart": chart,
                "query": {"event_name": "*", **replaced.get(title, query)},
                "layout": {"x": place % 4 * 3, "y": place // 4 * 3, "w": 3, "h": 3},
            }
        )
    return {"widgets": widgets}


async def _dashboards(bench: Bench, rounds: int) -> None:
    headers = {"authorization": f"Bearer {bench.key}"}
    async with httpx.AsyncClient(base_url=bench.serve.address, headers=headers, timeout=60) as client:
        for label, replaced in (("", {}), (", two of them p95", PERCENTILES)):
            embed, path = await _published(client, _config(replaced))
            month: dict[str, Any] = {"period": "30d", "timezone": "UTC"}
            everybody = {"period": "90d", "timezone": "UTC", "all_tenants": True}
            for what, who, url, body in (
                ("largest tenant, 30 days, cold", embed, "/v1/embed/data", {**month, "reload": True}),
                ("largest tenant, 30 days, warm", embed, "/v1/embed/data", month),
                ("all tenants, 90 days, cold", client, path, {**everybody, "reload": True}),
                ("all tenants, 90 days, warm", client, path, everybody),
            ):
                times, answer = await _timed(rounds, lambda who=who, url=url, body=body: who.post(url, json=body))  # type: ignore[misc]
                paths = [
                    widget.get("meta", {}).get("path", widget.get("code")) for widget in answer["widgets"].values()
                ]
                print(
                    f"12 widgets{label}, {what:30s} p50 {statistics.median(times):7.1f} ms, "
                    f"p95 {times[int(len(times) * 0.95)]:7.1f} ms   {', '.join(sorted(set(paths)))}",
                    flush=True,
                )
            await embed.aclose()


async def _published(client: httpx.AsyncClient, config: dict[str, Any]) -> tuple[httpx.AsyncClient, str]:
    made = (await client.post("/v1/dashboards", json={"name": "Bench", "config": config})).raise_for_status().json()
    (await client.post(f"/v1/dashboards/{made['id']}/publish")).raise_for_status()
    session = await client.post("/v1/embed-sessions", json={"tenant_id": LARGEST, "dashboard_id": made["id"]})
    token = session.raise_for_status().json()["token"]
    embed = httpx.AsyncClient(base_url=client.base_url, headers={"authorization": f"Bearer {token}"}, timeout=60)
    return embed, f"/v1/dashboards/{made['id']}/data"


async def _timed(rounds: int, ask: Callable[[], Awaitable[httpx.Response]]) -> tuple[list[float], dict[str, Any]]:
    times = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        answer = await ask()
        times.append((time.perf_counter() - began) * 1000)
    decoded: dict[str, Any] = answer.raise_for_status().json()
    return sorted(times[2:]), decoded


async def _singles(bench: Bench, store: EventStore, database: Database, rounds: int) -> None:
    """One widget through HTTP against the bare engine for the same SQL, measured in queue."""
    known = await Watermarks(database).progress(bench.org_id, "prod")
    if known.watermark is None:
        raise RuntimeError("nothing was filled in")
    scope, headers = Scope(bench.org_id, "prod", Tenant(LARGEST)), {"authorization": f"Bearer {bench.key}"}
    print(f"{'one widget, largest tenant, 30 days; ms':40s} {'engine':>8s} {'HTTP':>8s} {'ratio':>6s}  path")
    async with httpx.AsyncClient(base_url=bench.serve.address, headers=headers, timeout=60) as client:
        for title, _, _, query in [
            *WIDGETS,
            *((f"{name} (p95)", "", "", query) for name, query in PERCENTILES.items()),
        ]:
            asked = {"event_name": "*", "period": "30d", **query}
            question = ask(read_query(asked), scope, datetime.now(UTC), known.watermark, known.rolled)
            body = {"query": asked, "tenant_id": LARGEST}
            engine, http = [], []
            for _ in range(rounds):
                engine.append(await _milliseconds(lambda question=question: _bare(store, scope, question)))  # type: ignore[misc]
                # A new limit each time is a new question to the cache, and the same work for the engine.
                fresh = {**body, "query": {**asked, "as_of": datetime.now(UTC).isoformat(timespec="milliseconds")}}
                http.append(await _milliseconds(lambda fresh=fresh: client.post("/v1/query", json=fresh)))  # type: ignore[misc]
            bare, whole = statistics.median(engine), statistics.median(http)
            print(f"  {title:38s} {bare:8.1f} {whole:8.1f} {whole / bare:6.2f}  {plan(question).path}", flush=True)


async def _bare(store: EventStore, scope: Scope, question: Question) -> None:
    await asyncio.gather(*(store.select(scope, compile_read(read)) for read in plan(question).reads))


async def _milliseconds(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
