"""What benchmarks of ingestion share: believable events, a serve on engines of ours, a lean HTTP client."""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
from tests.support.engines import Engines, running_engines
from tests.support.serve import Serve, serving

from emban.settings import Settings, load_settings

MODELS = ("gpt-4", "gpt-4o", "claude", "llama", "mistral")
ENDPOINTS = ("/v1/chat", "/v1/embeddings", "/v1/images")
NAMES = ("api.call", "page.view", "login", "export")


@dataclass(frozen=True, slots=True)
class Bench:
    """A running serve and the engines below it; `key` is an ingest key of an org on the largest plan."""

    serve: Serve
    engines: Engines
    settings: Settings
    org_id: str
    key: str


@contextmanager
def running(*, workers: int = 1, durable: bool = True, memory_mb: int = 2048, **more: str) -> Iterator[Bench]:
    """Start engines and `emban serve` on them in a temporary directory; everything is gone afterwards.

    `memory_mb` is ClickHouse's; `more` are further variables of the environment of `emban serve`.
    """
    directory = Path(tempfile.mkdtemp(prefix="emban-bench-"))
    try:
        with running_engines(directory / "engines", durable=durable, memory_mb=memory_mb) as engines:
            environment = {
                "EMBAN_DATABASE_URL": engines.database_owner_url,
                "EMBAN_CLICKHOUSE_URL": engines.clickhouse_url,
                "EMBAN_SECRET_KEY": engines.secret_key,
                "EMBAN_DEFAULT_PLAN": "scale",
                "EMBAN_LOG_LEVEL": "warning",
                **more,
            }
            settings = load_settings(
                database_url=engines.database_owner_url,
                clickhouse_url=engines.clickhouse_url,
                secret_key=engines.secret_key,
            )
            arguments = ["--workers", str(workers)]
            with serving(directory / "serve", arguments=arguments, environment=environment) as serve:
                org_id, key = _register(serve)
                yield Bench(serve, engines, settings, org_id, key)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _register(serve: Serve) -> tuple[str, str]:
    body = {"email": "bench@acme.example", "password": "correct horse battery", "org_name": "Bench"}
    answer = httpx.post(f"{serve.address}/v1/auth/register", json=body, headers={"origin": serve.address})
    made = answer.raise_for_status().json()
    return made["org"]["id"], made["api_key"]["key"]


def cpu_seconds(bench: Bench) -> dict[str, float]:
    """Return the processor time that API, ClickHouse and PostgreSQL have used: what counts on a busy machine."""

    def used(*roots: psutil.Process) -> float:
        family = [process for root in roots for process in (root, *root.children(recursive=True))]
        return sum(sum(process.cpu_times()[:2]) for process in family)

    clickhouse, postgres = bench.engines.clickhouse.process, bench.engines.postgres.process
    if clickhouse is None or postgres is None:
        raise RuntimeError("the engines do not run")
    return {
        "API": used(psutil.Process(bench.serve.process.pid)),
        "ClickHouse": used(psutil.Process(clickhouse.pid)),
        "PostgreSQL": used(psutil.Process(postgres.pid)),
    }


class Events:
    """Events of an LLM API: 4 dimensions, 3 measures, a random UUID as id, within the last 24 hours."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._now = datetime.now(UTC)

    def one(self) -> dict[str, Any]:
        """Return one event."""
        pick = self._random
        return {
            "tenant_id": f"tenant_{int(pick.random() ** 2 * 100)}",
            "event_name": pick.choice(NAMES),
            "timestamp": (self._now - timedelta(milliseconds=pick.randrange(86_400_000))).isoformat(
                timespec="milliseconds"
            ),
            "event_id": str(uuid.UUID(int=pick.getrandbits(128), version=4)),
            "user_id": f"u{pick.randrange(5000)}",
            "string_props": {
                "model": pick.choice(MODELS),
                "endpoint": pick.choice(ENDPOINTS),
                "plan": pick.choice(("free", "pro", "enterprise")),
                "region": pick.choice(("eu", "us", "ap")),
            },
            "numeric_props": {
                "tokens": pick.randrange(5000),
                "latency_ms": round(pick.random() * 900, 2),
                "cost": round(pick.random(), 4),
            },
        }

    def many(self, count: int) -> list[dict[str, Any]]:
        """Return that many events."""
        return [self.one() for _ in range(count)]


def request_bytes(path: str, key: str, body: bytes) -> bytes:
    """Return a whole HTTP/1.1 POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def batches(key: str, events: Sequence[dict[str, Any]], size: int) -> list[bytes]:
    """Return the requests that send events in batches."""
    encode = msgspec.json.encode
    starts = range(0, len(events), size)
    return [request_bytes("/v1/events", key, encode({"events": events[start : start + size]})) for start in starts]


@dataclass(frozen=True, slots=True)
class Load:
    """What a load took: seconds in all, each answer's seconds in order of size, and the statuses other than 200."""

    seconds: float
    latencies: list[float]
    failures: list[int]

    def percentile(self, share: float) -> float:
        """Return the latency below which that share of the answers lies, in milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000


async def send_all(serve: Serve, requests: Sequence[bytes], connections: int) -> Load:
    """Send requests over so many connections, each sending its next one when the last is answered."""
    waiting = iter(requests)
    latencies: list[float] = []
    failures: list[int] = []

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", serve.port)
        for request in waiting:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            latencies.append(time.perf_counter() - began)
            status = int(head[9:12])
            if status != 200:
                failures.append(status)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    return Load(time.perf_counter() - began, sorted(latencies), failures)
