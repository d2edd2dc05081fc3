"""How long `emban serve` takes to start and to repair itself; what the ClickHouse child costs over the bare library."""

from __future__ import annotations

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.support.serve import Serve, serving

from emban.engines.clickhouse.child import QUERY_ACCOUNT, ClickHouseChild
from emban.engines.clickhouse.config import write_config
from emban.engines.supervisor.child import start
from emban.store.policies import DATABASE, QUERY_ROLE
from emban.store.schema import MIGRATIONS

ROUNDS = 300
EVENTS = 1_000_000
SCOPE = "org_1|prod|t:" + b"t7".hex()
FILL = f"""
INSERT INTO {DATABASE}.events (org_id, environment, tenant_id, event_name, timestamp, event_id, user_id, string_props,
    numeric_props, ingested_at)
SELECT 'org_' || toString(number % 5), 'prod', 't' || toString(intDiv(number, 5) % 50), 'e' || toString(number % 7),
    toDateTime64('2026-06-01', 3, 'UTC') + intDiv(number, 8), toString(number), 'u',
    map('model', 'm' || toString(number % 9)), map('tokens', number % 1000), toDateTime64('2026-06-01', 3, 'UTC')
FROM numbers({EVENTS})
"""
STATEMENTS = {
    "SELECT 1": "SELECT 1",
    "daily count of one tenant": "SELECT toStartOfDay(timestamp) AS d, count() FROM events GROUP BY d ORDER BY d",
    "sum by dimension": "SELECT string_props['model'] AS m, sum(numeric_props['tokens']) FROM events GROUP BY m",
}


def main() -> None:
    """Print seconds to ready and to repaired, and milliseconds a statement with and without the child."""
    with tempfile.TemporaryDirectory() as directory:
        _starts(Path(directory) / "data")
        _overhead(Path(directory) / "overhead")


def _starts(data: Path) -> None:
    serve = Serve(data)
    print(f"empty directory to 200 on /readyz      {serve.wait_ready():6.2f} s")
    serve.stop()
    times = []
    for _ in range(3):
        serve.restart()
        times.append(serve.wait_ready())
        started = time.monotonic()
        serve.stop()
    print(f"filled directory to 200 on /readyz     {statistics.median(times):6.2f} s (median of 3)")
    print(f"SIGTERM to ended                       {time.monotonic() - started:6.2f} s")
    with serving(data) as running:
        for kind in ("postgres", "clickhouse", "api", "template"):
            print(f"kill -9 {kind:10} to 200 on /readyz  {_repair(running, kind):6.2f} s")
        running.kill_all()
        running.restart()
        print(f"kill -9 of all, start again            {running.wait_ready():6.2f} s")


def _repair(serve: Serve, kind: str) -> float:
    victim = serve.one(kind)
    started = time.monotonic()
    victim.kill()
    while serve.status("/readyz") == 200 and kind in {"postgres", "clickhouse"}:
        pass
    serve.wait_ready()
    return time.monotonic() - started


def _overhead(data: Path) -> None:
    child = ClickHouseChild(data, reader_password="bench")
    start(child)
    url = urlsplit(child.url)
    owner = _sender(url.hostname, url.port, url.username or "", url.password or "")
    for migration in MIGRATIONS:
        for statement in migration.statements:
            owner(statement)
    owner(FILL)
    owner(f"OPTIMIZE TABLE {DATABASE}.events FINAL")
    reader = _sender(url.hostname, url.port, QUERY_ACCOUNT, "bench")
    through = {name: _median(lambda sql=sql: reader(sql)) for name, sql in STATEMENTS.items()}  # type: ignore[misc]
    child.close()
    bare = json.loads(subprocess.check_output([sys.executable, "-m", "bench.engines", str(data)], text=True))
    for name in STATEMENTS:
        print(f"{name:28} in process {bare[name]:6.2f} ms, through the child {through[name]:6.2f} ms")


def _sender(host: str | None, port: int | None, name: str, password: str) -> Callable[[str], None]:
    connection = http.client.HTTPConnection(host or "", port, timeout=120)
    address = "/?" + urlencode({"database": DATABASE, "log_comment": SCOPE, "max_threads": 2})
    headers = {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}

    def send(sql: str) -> None:
        connection.request("POST", address, sql.encode(), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode())

    return send


def _median(work: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _in_process(data: Path) -> None:
    """Run the same statements in the same sessions, in this process. Prints medians as JSON."""
    from emban.engines.clickhouse.chdb_engine import ChdbEngine, EngineStatement, load_chdb  # noqa: PLC0415  # for this process alone

    config = data / "bench-config"
    config.mkdir()
    written = write_config(config, data=data / "clickhouse", memory_bytes=4 << 30)
    engine = ChdbEngine(load_chdb(), data=data / "clickhouse", config_file=written.config_file)

    def run(sql: str) -> None:
        engine.run(
            EngineStatement(
                role=QUERY_ROLE,
                sql=sql.encode(),
                database=DATABASE,
                query_id="bench",
                read_only=True,
                settings={"log_comment": SCOPE, "max_threads": "2", "max_execution_time": "60"},
            )
        )

    print(json.dumps({name: _median(lambda sql=sql: run(sql)) for name, sql in STATEMENTS.items()}))  # type: ignore[misc]
    engine.close()


if __name__ == "__main__":
    _in_process(Path(sys.argv[1]))
