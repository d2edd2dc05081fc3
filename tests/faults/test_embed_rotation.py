"""`emban embed rotate-key` beside a running `emban serve` with several API processes, under load."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import jwt

from emban.auth.embed_keys import MIN_LEAD_S
from tests.support.serve import Serve, run_emban, serving
from tests.support.waiting import until

WORKERS = 3
REGISTER = {"email": "ada@acme.example", "password": "correct horse battery", "org_name": "Acme"}
WIDGET = {"id": "w_1", "title": "Calls", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}


def admin(serve: Serve) -> httpx.Client:
    """Register an org and return a client with its admin key."""
    answer = httpx.post(f"{serve.address}/v1/auth/register", json=REGISTER, headers={"origin": serve.address})
    key = answer.json()["api_key"]["key"]
    return httpx.Client(base_url=serve.address, headers={"authorization": f"Bearer {key}"}, timeout=20)


def published(client: httpx.Client) -> str:
    made = client.post("/v1/dashboards", json={"name": "Usage", "config": {"widgets": [WIDGET]}}).json()
    assert client.post(f"/v1/dashboards/{made['id']}/publish").status_code == 204
    return str(made["id"])


def mint(client: httpx.Client, dashboard_id: str) -> dict[str, Any]:
    answer = client.post("/v1/embed-sessions", json={"tenant_id": "customer_1", "dashboard_id": dashboard_id})
    assert answer.status_code == 201, answer.text
    minted: dict[str, Any] = answer.json()
    return minted


def shown(serve: Serve, token: str) -> int:
    """Return the status of a browser's request. A connection of its own goes to whichever process takes it."""
    url = f"{serve.address}/v1/embed/dashboard"
    return httpx.get(url, headers={"authorization": f"Bearer {token}"}, timeout=20).status_code


def test_rotation_and_revocation_reach_every_process(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with serving(data_dir, arguments=["--workers", str(WORKERS)]) as serve, admin(serve) as client:
        dashboard_id = published(client)
        first = mint(client, dashboard_id)["token"]
        statuses: Counter[int] = Counter()
        kids: list[str] = []
        done = threading.Event()

        def load() -> None:
            while not done.is_set():
                fresh = mint(client, dashboard_id)["token"]
                kids.append(str(jwt.get_unverified_header(fresh)["kid"]))
                for token in (first, fresh):
                    for _ in range(WORKERS):
                        statuses[shown(serve, token)] += 1

        loading = threading.Thread(target=load)
        loading.start()
        rotated = run_emban(
            "embed", "rotate-key", "--after", str(MIN_LEAD_S), environment={"EMBAN_DATA_DIR": str(data_dir)}
        )
        new = rotated.stdout.split()[0] if rotated.returncode == 0 else rotated.stderr
        until(lambda: kids.count(new) >= 5 or not loading.is_alive(), pause=0.1)
        done.set()
        loading.join()
        assert rotated.returncode == 0, rotated.stderr
        assert list(dict.fromkeys(kids)) == ["k1", new]
        assert set(statuses) == {200}, statuses

        assert client.delete("/v1/embed-sessions?all=true").status_code == 204
        until(lambda: {shown(serve, first) for _ in range(3 * WORKERS)} == {401})
        assert {shown(serve, first) for _ in range(10 * WORKERS)} == {401}
        assert first not in serve.log.read_text()
