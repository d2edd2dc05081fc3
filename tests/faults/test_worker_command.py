"""`emban worker` beside a serve without workers: it does the work, ends when told, and makes no Emban of its own."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.alerts import FAILURES, job, rule
from tests.support.serve import EMBAN, Serve, clean_environment, run_emban, serving
from tests.support.waiting import until

SETTINGS = {"EMBAN_ALERT_INTERVAL_S": "1", "EMBAN_LOG_FORMAT": "json"}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    arguments = ["--worker-count", "0"]
    with serving(tmp_path / "data", arguments=arguments, environment=SETTINGS) as started:
        yield started


def test_it_does_what_serve_leaves_to_it(serve: Serve) -> None:
    body = {"email": "owner@acme.example", "password": "correct horse battery", "org_name": "Acme"}
    key = httpx.post(f"{serve.address}/v1/auth/register", json=body, timeout=30).json()["api_key"]["key"]
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=serve.address, headers=headers, timeout=30) as client:
        client.post("/v1/events", json={"events": [job(minutes) for minutes in (1, 2, 3)]}).raise_for_status()
        config = {"widgets": [{**FAILURES, "id": "w"}]}
        board = client.post("/v1/dashboards", json={"name": "Jobs", "config": config}).json()["id"]
        client.post(f"/v1/dashboards/{board}/publish").raise_for_status()
        made = client.post("/v1/alerts", json=rule(dashboard_id=board, widget_id="w")).json()
        assert serve.forks("worker") == []
        assert client.get(f"/v1/alerts/{made['id']}").json()["last_evaluated_at"] is None
        command = [*EMBAN, "worker", "--data-dir", str(serve.data_dir)]
        environment = {**clean_environment(), **SETTINGS}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:
            try:
                until(lambda: client.get(f"/v1/alerts/{made['id']}").json()["state"] == "firing", pause=0.2)
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(40) == 0
            finally:
                worker.kill()
    assert serve.status("/readyz") == 200


def test_it_makes_no_emban_where_there_is_none(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    ended = run_emban("worker", "--data-dir", str(nothing))
    assert ended.returncode == 1
    assert "there is no Emban in" in ended.stderr
    assert not nothing.exists()
