"""Control plane under 64 connections: reads over a cookie, writes over a key, and their statements to PostgreSQL.

python -m bench control
python -m bench.control --requests 20000 --workers 2

Statements are counted apart, in an app within this process: those of the driver's own BEGIN and COMMIT are not among
them, and a session has one transaction beside the look-up of who is calling.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
import structlog
from tests.support.control import counted_statements, make_org
from tests.support.control import running as app_running

from bench.support import Bench, Load, cpu_seconds, request_bytes, running, send_all

CONNECTIONS = 64
PASSWORD = "correct horse battery"
QUERY = {"name": "Busiest", "sql": "SELECT tenant_id, count() FROM emban.events GROUP BY tenant_id"}
WIDGET = {"title": "Calls", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
READS = ("/v1/auth/me", "/v1/dashboards", "/v1/members", "/v1/billing", "/v1/audit")
WRITES: tuple[tuple[str, dict[str, Any]], ...] = (("/v1/saved-queries", QUERY), ("/v1/dashboards", {"name": "Usage"}))
CREATED = 201


def main() -> None:
    """Run in the short form."""
    asyncio.run(_run([] if sys.argv[0].endswith("__main__.py") else sys.argv[1:]))


async def _run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=3_000, help="requests of each kind")
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with running(workers=chosen.workers) as bench:
        statements = await _statements(bench)
        cookie = _sign_in(bench)
        for path in READS:
            sent = [_read(path, cookie)] * chosen.requests
            await _measure(bench, f"GET {path}, cookie", sent, statements[path, "GET"])
        for path, body in WRITES:
            sent = [request_bytes(path, bench.key, msgspec.json.encode(body))] * chosen.requests
            await _measure(bench, f"POST {path}, key", sent, statements[path, "POST"])


async def _measure(bench: Bench, name: str, requests: Sequence[bytes], statements: int) -> None:
    await send_all(bench.serve, requests[: CONNECTIONS * 4], CONNECTIONS)  # Connections and caches are there.
    used = cpu_seconds(bench)
    load = await send_all(bench.serve, requests, CONNECTIONS)
    shares = ", ".join(
        f"{part} {(seconds - used[part]) * 1000 / len(requests):.2f} ms"
        for part, seconds in cpu_seconds(bench).items()
        if part != "ClickHouse"
    )
    print(
        f"{name}: {len(requests) / load.seconds:,.0f}/s, p50 {load.percentile(0.5):.0f} ms, "
        f"p99 {load.percentile(0.99):.0f} ms, {statements} statements, failures {_failures(load)}; CPU {shares}",
        flush=True,
    )


def _failures(load: Load) -> int:
    return sum(status != CREATED for status in load.failures)


async def _statements(bench: Bench) -> dict[tuple[str, str], int]:
    """Return how many statements one request of each kind sends to PostgreSQL, once the key is remembered."""
    found: dict[tuple[str, str], int] = {}
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    async with app_running(bench.settings) as app:
        org = await make_org(app, roles=("owner",))
        for path in READS:
            with counted_statements(app) as sent:
                (await org["owner"].get(path)).raise_for_status()
            found[path, "GET"] = len(sent)
        for path, body in WRITES:
            (await org["admin_key"].post(path, json=body)).raise_for_status()
            with counted_statements(app) as sent:
                (await org["admin_key"].post(path, json=body)).raise_for_status()
            found[path, "POST"] = len(sent)
        await org.close()
    return found


def _sign_in(bench: Bench) -> str:
    body = {"email": "bench@acme.example", "password": PASSWORD}
    answer = httpx.post(f"{bench.serve.address}/v1/auth/login", json=body, headers={"origin": bench.serve.address})
    return answer.raise_for_status().cookies["emban_session"]


def _read(path: str, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: emban_session={cookie}\r\n\r\n".encode()


if __name__ == "__main__":
    main()
