"""Orgs that fire the worst ad-hoc statements known without pause, and what another org sees of the store meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

# Passes the gate, and is one call on one block: some minutes within 400 MB, which nothing interrupts.
UNSTOPPABLE = (
    "WITH arrayStringConcat(arrayMap(x -> if(cityHash64(x) % 2 = 1, 'a', 'b'), range(100000))) AS t "
    f"SELECT sum(match(concat(t, toString(n)), '(a|b)*a{'(a|b)' * 24}x')) FROM (SELECT arrayJoin(range(2000)) AS n)"
)
# Once took the engine from everybody, each in its own way.
WORST = (
    "SELECT count() FROM (SELECT arrayJoin(range(100000)) AS a) x, (SELECT arrayJoin(range(100000)) AS b) y "
    "WHERE a * b % 7 = 0",
    "SELECT match(repeat('a', 1000000), '((a{1,100}){1,10})b')",
    "SELECT kolmogorovSmirnovTest('two-sided', 'exact')(a, a % 2) FROM (SELECT arrayJoin(range(200000)) AS a)",
    "SELECT length(printf('%2147483646d', 1))",
    "SELECT groupArray(repeat('x', 10000)) FROM (SELECT arrayJoin(range(100000)))",
    "SELECT sum(cityHash64(*)) FROM emban.events a, emban.events b, emban.events c",
    "SELECT hasAll(range(9000), arrayReverse(range(9000)))",
)
PASSWORD = "correct horse battery"
AT_ONCE = 3
PAUSE_S = 0.1


@dataclass(slots=True)
class Neighbour:
    """A registered org and its client."""

    org_id: str
    client: httpx.AsyncClient


@asynccontextmanager
async def neighbours(address: str, count: int) -> AsyncIterator[list[Neighbour]]:
    """Register orgs on a running serve."""
    made: list[Neighbour] = []
    for number in range(count):
        body = {"email": f"noisy-{number}@acme.example", "password": PASSWORD, "org_name": f"Org {number}"}
        async with httpx.AsyncClient(base_url=address, headers={"origin": address}, timeout=60) as browser:
            answer = (await browser.post("/v1/auth/register", json=body)).raise_for_status().json()
        headers = {"authorization": f"Bearer {answer['api_key']['key']}"}
        made.append(Neighbour(answer["org"]["id"], httpx.AsyncClient(base_url=address, headers=headers, timeout=120)))
    try:
        yield made
    finally:
        for neighbour in made:
            await neighbour.client.aclose()


@dataclass(slots=True)
class Answers:
    """What somebody who asks without pause was answered: error codes with the last answer, and times without any."""

    codes: Counter[str] = field(default_factory=Counter)
    last: dict[str, httpx.Response] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    outages: list[float] = field(default_factory=list)
    _failing_since: float | None = None

    def note(self, answer: httpx.Response, began: float) -> None:
        """Count one answer to a question asked at a time (monotonic)."""
        code = "ok" if answer.is_success else str(answer.json().get("code"))
        self.codes[code] += 1
        self.last[code] = answer
        if answer.status_code == 503:
            self._failing_since = self._failing_since or began
            return
        self.latencies.append(time.monotonic() - began)
        if self._failing_since is not None:
            self.outages.append(time.monotonic() - self._failing_since)
            self._failing_since = None


async def ask_on(
    neighbour: Neighbour, path: str, bodies: Callable[[], Any], answers: Answers, pause_s: float = PAUSE_S
) -> None:
    """Ask again and again until cancelled."""
    while True:
        began = time.monotonic()
        answers.note(await neighbour.client.post(path, json=bodies()), began)
        await asyncio.sleep(pause_s)


@asynccontextmanager
async def firing(noisy: Sequence[Neighbour], *, unstoppable: bool = True) -> AsyncIterator[list[Answers]]:
    """Let each org fire statements meanwhile, `AT_ONCE` of them, the first org the one that cannot be stopped too."""
    heard = [Answers() for _ in noisy]
    tasks: list[asyncio.Task[None]] = []
    for place, (neighbour, answers) in enumerate(zip(noisy, heard, strict=True)):
        statements = (UNSTOPPABLE, *WORST) if unstoppable and place == 0 else WORST
        for start in range(AT_ONCE):
            turn = itertools.cycle([*statements[start:], *statements[:start]])
            bodies = lambda turn=turn: {"sql": next(turn)}  # noqa: E731 - one line says it
            tasks.append(asyncio.create_task(ask_on(neighbour, "/v1/query/adhoc", bodies, answers)))
    try:
        yield heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
