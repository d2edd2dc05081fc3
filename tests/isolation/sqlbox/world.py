"""Two event stores that ought to answer alike: one full of other orgs' rows, one with the caller's alone.

What must never be seen holds `CANARY`. The caller's rows lie between the others' in key order, one INSERT brings rows
of several orgs at once, and the caller's own org has a second environment that is hidden as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from emban.errors import EmbanError
from emban.scope import Scope
from emban.sqlbox.gate import CheckedStatement
from emban.sqlbox.runner import AdhocRunner
from emban.store.adhoc import AdhocStore
from emban.store.client import EventStore
from emban.store.schema import EVENTS
from tests.support.events import COLUMNS

CANARY = "CANARY"
SECONDS = 3
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]
Outcome = dict[str, Any]


@dataclass(slots=True)
class World:
    """The caller's way to both stores, and the directories in which nothing may appear."""

    scope: Scope
    client: httpx.AsyncClient
    shared: AdhocRunner
    truth: AdhocRunner
    watched: tuple[Path, ...]
    seen: set[str] = field(default_factory=set)

    async def through_http(self, sql: str) -> Outcome:
        """Ask the API, as an admin key of the org."""
        answer = await self.client.post("/v1/query/adhoc", json={"sql": sql})
        body: Outcome = answer.json()
        body.get("stats", {}).pop("wall_ms", None)
        return {"status": answer.status_code, **body}

    async def in_shared(self, sql: str) -> Outcome:
        """Ask the store full of others' rows, without HTTP, audit and meter."""
        return await _outcome(self.shared, self.scope, sql)

    async def in_truth(self, sql: str) -> Outcome:
        """Ask the store that has the caller's rows alone."""
        return await _outcome(self.truth, self.scope, sql)

    async def in_both(self, sql: str) -> tuple[Outcome, Outcome]:
        """Ask both stores, and the gate once: what it lets through is the same statement in both."""
        try:
            passed = await self.shared.check(self.scope, sql)
        except EmbanError as error:
            refused = {"status": error.status, **error.body()}
            return refused, refused if error.code == "sql_refused" else await self.in_truth(sql)
        first = await _answer(self.shared, self.scope, passed, sql)
        return first, await _answer(self.truth, self.scope, passed, sql)

    def files(self) -> set[str]:
        """Return every file in the directories that a statement could write to."""
        return {str(path) for directory in self.watched for path in directory.rglob("*")}


async def _outcome(runner: AdhocRunner, scope: Scope, sql: str) -> Outcome:
    try:
        passed = await runner.check(scope, sql)
    except EmbanError as error:
        return {"status": error.status, **error.body()}
    return await _answer(runner, scope, passed, sql)


async def _answer(runner: AdhocRunner, scope: Scope, passed: CheckedStatement, sql: str) -> Outcome:
    try:
        result = await runner.answer(scope, passed, sql)
    except EmbanError as error:
        return {"status": error.status, **error.body()}
    body: Outcome = json.loads(json.dumps(result.body()))
    body["stats"].pop("wall_ms")
    return {"status": 200, **body}


def alike(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes say the same, rows in any order (which ones differ is for ORDER BY to say)."""
    if one == other:
        return True
    if one["status"] != 200 or other["status"] != 200:
        return False
    return {**one, "rows": _sorted(one["rows"])} == {**other, "rows": _sorted(other["rows"])}


def _sorted(rows: Sequence[Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


async def difference(world: World, sql: str, first: Outcome, *, tries: int = 4) -> str | None:
    """Return how an outcome differs from the truth; None where some run of the two agrees.

    Statements such as `any(x)` answer differently from run to run, so a difference counts when no runs agree.
    """
    shared = [first]
    truth = [await world.in_truth(sql)]
    for _ in range(tries):
        if any(alike(one, other) for one in shared for other in truth):
            return None
        shared.append(await world.in_shared(sql))
        truth.append(await world.in_truth(sql))
    return f"{sql}\n    shared: {json.dumps(first)[:300]}\n    truth:  {json.dumps(truth[0])[:300]}"


def own_rows(org_id: str) -> list[Row]:
    """Return the caller's rows: 240 over 60 days, two months."""
    return [
        _row(
            org_id,
            "prod",
            tenant=f"t{number % 4}",
            name=("page_view", "login", "purchase")[number % 3],
            at=START + timedelta(hours=6 * number),
            key=f"own-{number}",
            user=f"u{number % 10}",
            strings={"plan": ("free", "pro")[number % 2], "country": ("DE", "US", "FR")[number % 3], "n": str(number)},
            numbers={"amount": number * 0.25, "items": float(number % 7)},
        )
        for number in range(240)
    ]


def hidden_rows(org_id: str, environment: str, count: int) -> list[Row]:
    """Return rows that must not be seen; some share names, users, times and tenants with the caller's."""
    mark = f"{CANARY}-{org_id[-6:]}-{environment}"
    return [
        _row(
            org_id,
            environment,
            tenant=f"{mark}-t{number % 7}" if number % 3 else f"t{number % 4}",
            name=("page_view", f"{mark}-event", "login")[number % 3],
            at=START + timedelta(hours=5 * number - 400),
            key=f"{mark}-{number}" if number % 5 else f"own-{number}",
            user=f"{mark}-u{number % 11}" if number % 2 else f"u{number % 10}",
            strings={"plan": mark, f"{mark}-key": mark, "n": f"{mark} is no number"},
            numbers={"amount": 1e15 + number, f"{mark}-measure": float("1e300")},
        )
        for number in range(count)
    ]


def _row(
    org_id: str,
    environment: str,
    *,
    tenant: str,
    name: str,
    at: datetime,
    key: str,
    user: str,
    strings: dict[str, str],
    numbers: dict[str, float],
) -> Row:
    instant = at.strftime("%Y-%m-%d %H:%M:%S.000")
    values = (org_id, environment, tenant, name, instant, key, user, strings, numbers, "2026-04-01 00:00:00.000")
    return dict(zip(COLUMNS, values, strict=True))


def batches(scope: Scope, *, others: bool) -> Iterator[list[Row]]:
    """Yield what is inserted at once: the caller's rows in two halves, with and without everybody else's."""
    own = own_rows(scope.org_id)
    hidden: list[Row] = []
    if others:
        for org_id in ("org_0000", f"{scope.org_id}0", f"{scope.org_id[:-1]}", "org_zzzz"):
            hidden += hidden_rows(org_id, "prod", 400)
        hidden += hidden_rows(scope.org_id, "dev", 400) + hidden_rows(scope.org_id, "prod2", 100)
    yield sorted(own[:120] + hidden, key=lambda row: str(row["event_id"]))
    yield own[120:]
    if others:
        yield hidden_rows("org_0001", "prod", 9000)


async def fill(store: EventStore, scope: Scope, *, others: bool) -> None:
    """Insert the batches."""
    client = await store._client("")
    settings = {"max_partitions_per_insert_block": 10_000, "insert_allow_materialized_columns": 1}
    for rows in batches(scope, others=others):
        block = "\n".join(json.dumps(row) for row in rows).encode()
        await client.raw_insert(EVENTS, COLUMNS, block, settings, fmt="JSONEachRow")


def runner_over(store: EventStore) -> AdhocRunner:
    """Return a runner with a time limit that suits tests."""
    return AdhocRunner(AdhocStore(store, seconds=SECONDS, memory_mb=256))
