"""`POST /v1/query/adhoc` over HTTP: answers, limits, places, audit, meter, errors."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from cachetools import TTLCache
from fastapi import FastAPI

from emban.billing.meters import QueryMeter
from emban.settings import Settings
from emban.sqlbox.gate import StatementGate
from emban.sqlbox.service import Sqlbox
from emban.store.adhoc import MAX_BYTES, MAX_ROWS, AdhocStore
from emban.store.client import EventStore
from tests.support.control import TestOrg, audit_rows, machine, running, service
from tests.support.waiting import PATIENCE_S

SLOW = (
    "SELECT sum(cityHash64(a, b)) FROM (SELECT arrayJoin(range(1000000)) AS a) AS x "
    "CROSS JOIN (SELECT arrayJoin(range(1000000)) AS b) AS y"
)


async def ask(org: TestOrg, sql: str, caller: str = "admin_key", **headers: str) -> httpx.Response:
    return await org[caller].post("/v1/query/adhoc", json={"sql": sql}, headers=headers)


async def rows_of(org: TestOrg, sql: str, caller: str = "admin_key", **headers: str) -> Any:
    answer = await ask(org, sql, caller, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def test_the_answer_has_the_documented_shape(analyst_org: TestOrg) -> None:
    answer = await ask(analyst_org, "SELECT tenant_id, count() AS n FROM emban.events GROUP BY tenant_id ORDER BY 1")
    body = answer.json()
    assert body["columns"] == [{"name": "tenant_id", "type": "String"}, {"name": "n", "type": "UInt64"}]
    assert body["rows"] == [["t0", 10], ["t1", 10], ["t2", 10]]
    assert body["totals"] is None
    stats = body["stats"]
    assert stats.pop("wall_ms") > 0
    assert stats == {"rows_returned": 3, "rows_read": 30, "truncated": False}


@pytest.mark.parametrize(("caller", "status"), [("owner", 200), ("admin", 200), ("editor", 403), ("ingest_key", 403)])
async def test_admins_alone_may_run_sql(analyst_org: TestOrg, caller: str, status: int) -> None:
    assert (await ask(analyst_org, "SELECT 1", caller)).status_code == status


async def test_an_org_sees_its_own_rows_and_one_environment(analyst_org: TestOrg, other_org: TestOrg) -> None:
    sql = "SELECT count() FROM emban.events"
    assert await rows_of(analyst_org, sql) == [[30]]
    assert await rows_of(analyst_org, sql, "owner", **{"X-Emban-Environment": "dev"}) == [[10]]
    assert await rows_of(other_org, sql) == [[0]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what the gate asks the engine."""
    counts: Counter[str] = Counter()
    for name in ("canonical", "describe_syntax", "describe_names"):
        plain = getattr(AdhocStore, name)

        async def counting(*arguments: Any, name: str = name, plain: Any = plain) -> Any:
            counts[name] += 1
            return await plain(*arguments)

        monkeypatch.setattr(AdhocStore, name, counting)
    return counts


async def test_form_and_syntax_of_a_text_that_passed_are_remembered_and_names_are_not(
    app: FastAPI, analyst_org: TestOrg, other_org: TestOrg, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "SELECT count() AS remembered FROM emban.events"
    assert [await rows_of(org, sql) for org in (analyst_org, other_org, analyst_org)] == [[[30]], [[0]], [[30]]]
    assert asked == {"canonical": 1, "describe_syntax": 1, "describe_names": 3}
    assert await rows_of(analyst_org, f"{sql} ") == [[30]]
    assert asked["canonical"] == 2
    monkeypatch.setattr(_gate(app), "_well_formed", TTLCache(10, 0.0))
    assert await rows_of(analyst_org, sql) == [[30]]
    assert asked["canonical"] == 3


async def test_a_text_that_is_refused_is_looked_at_each_time(analyst_org: TestOrg, asked: Counter[str]) -> None:
    for times in (1, 2):
        assert (await ask(analyst_org, "SELECT * FROM file('/etc/passwd')")).status_code == 400
        assert asked["canonical"] == times


async def test_the_oldest_of_many_texts_are_forgotten(
    app: FastAPI, analyst_org: TestOrg, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_gate(app), "_well_formed", TTLCache(2, 300.0))
    for number in (1, 2, 3, 3, 2, 1):
        assert await rows_of(analyst_org, f"SELECT {number} AS forgotten") == [[number]]
    assert asked["canonical"] == 4


async def test_rows_are_cut_at_the_limit(analyst_org: TestOrg) -> None:
    body = (await ask(analyst_org, "SELECT arrayJoin(range(25000)) AS n ORDER BY n")).json()
    assert (len(body["rows"]), body["stats"]["truncated"]) == (MAX_ROWS, True)
    assert body["rows"][-1] == [MAX_ROWS - 1]
    exact = (await ask(analyst_org, f"SELECT arrayJoin(range({MAX_ROWS}))")).json()
    assert (exact["stats"]["rows_returned"], exact["stats"]["truncated"]) == (MAX_ROWS, False)


async def test_bytes_are_cut_at_the_limit(analyst_org: TestOrg) -> None:
    answer = await ask(analyst_org, "SELECT repeat('x', 100000) FROM (SELECT arrayJoin(range(500)))")
    body = answer.json()
    assert body["stats"]["truncated"] is True
    assert 90 <= len(body["rows"]) <= MAX_BYTES // 100_000
    assert len(answer.content) < MAX_BYTES + 10_000


async def test_one_row_over_the_limit_of_bytes_gives_none(analyst_org: TestOrg) -> None:
    body = (await ask(analyst_org, "SELECT arrayMap(x -> repeat('x', 1000000), range(20))")).json()
    assert (body["rows"], body["stats"]["truncated"]) == ([], True)


async def test_values_are_json_that_every_client_reads_the_same(analyst_org: TestOrg) -> None:
    rows = await rows_of(
        analyst_org,
        "SELECT toUInt64(9007199254740991), 9007199254740992, [toInt64(-9007199254740993)], map('k', toUInt64(7)), "
        "0 / 0, 1 / 0, toDateTime64('2026-03-01 10:00:00.5', 3, 'UTC'), toDate('2026-03-01'), (1, 'a'), "
        "toDecimal64('1.10', 2), NULL, true, toInt128('170141183460469231731687303715884105727')",
    )
    assert rows == [
        [
            9007199254740991,
            "9007199254740992",
            ["-9007199254740993"],
            {"k": 7},
            None,
            None,
            "2026-03-01T10:00:00.500Z",
            "2026-03-01",
            [1, "a"],
            "1.1",
            None,
            True,
            "170141183460469231731687303715884105727",
        ]
    ]


async def test_a_run_is_in_the_audit_log_with_an_excerpt(app: FastAPI, analyst_org: TestOrg) -> None:
    sql = "SELECT 'an excerpt', '" + "y" * 600 + "'"
    await rows_of(analyst_org, sql)
    last = (await audit_rows(app, analyst_org.id))[-1]
    assert (last["action"], last["actor"]) == ("query.adhoc.run", analyst_org.raw_admin_key[:15])
    meta = last["metadata"] if "metadata" in last else last["meta"]
    assert isinstance(meta, dict)
    assert meta["excerpt"] == sql[:512]


async def test_a_refused_statement_is_no_run(app: FastAPI, analyst_org: TestOrg) -> None:
    before = len(await audit_rows(app, analyst_org.id))
    assert (await ask(analyst_org, "SELECT hostName()")).status_code == 400
    assert len(await audit_rows(app, analyst_org.id)) == before


async def test_an_answer_is_metered_and_an_error_is_not(app: FastAPI, fresh_org: TestOrg) -> None:
    async def used() -> int:
        await service(app, QueryMeter).flush()
        answer = await fresh_org["owner"].get("/v1/billing")
        return int(answer.json()["queries_used"])

    before = await used()
    await rows_of(fresh_org, "SELECT 1")
    await ask(fresh_org, "SELECT nothing_of_that_name FROM emban.events")
    assert await used() == before + 1


@pytest.mark.parametrize(
    ("sql", "code", "construct", "words"),
    [
        ("SELECT 1 FORMAT JSON", "sql_refused", "SELECT", "only a SELECT"),
        ("SHOW TABLES", "sql_refused", "SELECT", "only a SELECT"),
        ("SELECT 1; SELECT 2", "sql_refused", ";", "one statement"),
        ("SELECT 1 SETTINGS max_threads = 1", "sql_refused", "SETTINGS", "settings are fixed"),
        ("SELECT file('/etc/passwd')", "sql_refused", "file", "outside of the event store"),
        ("SELECT getSetting('log_comment')", "sql_refused", "getSetting", "tells of the server"),
        ("SELECT * FROM numbers(3)", "sql_refused", "numbers", "arrayJoin(range"),
        ("SELECT * FROM emban.api_keys", "sql_refused", "emban.api_keys", "there is: emban.events"),
        ("SELECT org_id FROM emban.events", "sql_refused", "org_id", "your own org and environment"),
        ("SELECT {x:String}", "sql_error", None, "write the value itself"),
        ("SELECT tenantid FROM emban.events", "sql_error", None, "did you mean tenant_id?"),
        ("SELECT toUInt8('abc')", "sql_error", None, "OrNull"),
        ("SELECT range(1000000000)", "sql_error", None, "out of range"),
        ("SELECT tenant_id, count() FROM emban.events", "sql_error", None, "GROUP BY"),
        ("SELECT\u202e 1", "sql_refused", "control character", "U+202E"),
        ("SELECT '" + "x" * 65_536 + "'", "sql_refused", "length", "64 KiB"),
    ],
)
async def test_refusals_say_what_and_why(
    analyst_org: TestOrg, sql: str, code: str, construct: str | None, words: str
) -> None:
    answer = await ask(analyst_org, sql)
    body = answer.json()
    if construct == "length":  # Refused before the body is read as SQL.
        assert answer.status_code == 400
        return
    assert (answer.status_code, body["code"], body.get("construct")) == (400, code, construct), body
    assert words in body["error"]
    assert [field["path"] for field in body["fields"]] == ["sql"]


async def test_a_syntax_error_tells_the_place(analyst_org: TestOrg) -> None:
    body = (await ask(analyst_org, "SELECT 'ä',\n  count( FROM emban.events")).json()
    assert (body["code"], body["line"], body["column"]) == ("sql_error", 2, 15)
    assert "near 'emban.events', line 2, column 15" in body["error"]


@pytest.fixture
async def two_processes(settings: Settings, app: FastAPI) -> AsyncIterator[tuple[FastAPI, FastAPI]]:
    async with running(settings) as other:
        yield app, other


async def test_two_at_a_time_over_all_processes(
    two_processes: tuple[FastAPI, FastAPI], fresh_org: TestOrg, other_org: TestOrg
) -> None:
    clients = [machine(process, fresh_org.raw_admin_key) for process in two_processes]
    slow = [asyncio.ensure_future(client.post("/v1/query/adhoc", json={"sql": SLOW})) for client in clients]
    # The lane may have one slot alone: then the second statement of the org waits for the first, and counts.
    assert await _becomes(two_processes[0], running=1, of="range(1000000)")
    async with asyncio.timeout(PATIENCE_S):
        while not all(_held(process, fresh_org) for process in two_processes):  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0.05)
    other = asyncio.ensure_future(ask(other_org, "SELECT 1"))
    try:
        for client in clients:
            third = await client.post("/v1/query/adhoc", json={"sql": "SELECT 1"})
            assert (third.status_code, third.json()["code"]) == (429, "concurrency_limited"), third.text
            assert int(third.headers["retry-after"]) > 0
    finally:
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    assert (await other).json()["rows"] == [[1]]  # Not refused: it waited for its turn.
    for _ in range(600):  # A cancelled statement gives its place back.
        if (await ask(fresh_org, "SELECT 1")).status_code == 200:
            break
        await asyncio.sleep(0.1)
    assert await rows_of(fresh_org, "SELECT 1") == [[1]]
    for client in clients:
        await client.aclose()


async def test_a_client_that_leaves_stops_its_statement(app: FastAPI, analyst_org: TestOrg) -> None:
    """As the server tells the app: the body, and then a disconnect while the statement runs."""
    raw = json.dumps({"sql": SLOW.replace("1000000", "999999")}).encode()
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    messages.put_nowait({"type": "http.request", "body": raw, "more_body": False})
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"authorization", f"Bearer {analyst_org.raw_admin_key}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(raw)).encode()),
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/query/adhoc",
        "raw_path": b"/v1/query/adhoc",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "root_path": "",
        "app": app,
    }
    running_request = asyncio.ensure_future(app(scope, messages.get, send))
    assert await _becomes(app, running=1)
    messages.put_nowait({"type": "http.disconnect"})
    await running_request
    assert await _becomes(app, running=0)
    assert not sent or sent[0]["status"] == 499


def _held(app: FastAPI, org: TestOrg) -> set[int]:
    return service(app, Sqlbox)._slots._held.get(org.id, set())


def _gate(app: FastAPI) -> StatementGate:
    return service(app, Sqlbox)._runner._gate


async def _becomes(app: FastAPI, *, running: int, of: str = "999999") -> bool:
    """Wait until that many statements with the words run."""
    question = f"SELECT count() FROM system.processes WHERE query LIKE '%{of}%' AND query NOT LIKE '%system.processes%'"
    for _ in range(600):
        raw = await service(app, EventStore).fetch(question, output_format="TabSeparated")
        if int(raw) == running:
            return True
        await asyncio.sleep(0.1)
    return False
