"""`emban demo` as somebody starts it: filled, once, and none of it in `emban serve`."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from emban.demo import fill as filling
from emban.demo.fill import DemoError, fill
from emban.demo.state import read_state, write_state
from emban.kit.clock import utcnow
from emban.onboarding.company import CUSTOMERS
from tests.support.serve import Serve, serving
from tests.support.waiting import until

FILLED_S = 60.0


def wait_filled(serve: Serve) -> dict[str, Any]:
    deadline = time.monotonic() + FILLED_S
    while time.monotonic() < deadline:
        answer = httpx.get(f"{serve.address}/demo/session?tenant=aurora-health", timeout=10)
        if answer.status_code == 200:
            return httpx.get(f"{serve.address}/demo/tenants").json()  # type: ignore[no-any-return]
        time.sleep(0.2)
    raise AssertionError(f"not filled:\n{serve.log.read_text()[-4000:]}")


def requests_of(serve: Serve, tenant: str) -> int:
    url = httpx.get(f"{serve.address}/demo/session", params={"tenant": tenant}).json()["embed_url"]
    headers = {"authorization": f"Bearer {url.partition('token=')[2]}"}
    answer = httpx.post(f"{serve.address}/v1/embed/data", json={"period": "90d"}, headers=headers, timeout=30)
    return int(answer.json()["widgets"]["w_requests"]["points"][0]["value"])


def wait_delivered(serve: Serve, cookies: httpx.Cookies) -> None:
    """Wait for what the demo's alert and report send: there is a history, a file and a log to look at."""
    with httpx.Client(base_url=serve.address, cookies=cookies, timeout=30) as client:

        def delivered() -> bool:
            log = client.get("/v1/deliveries").json()["items"]
            return {one["source"] for one in log if one["delivered"]} == {"alert", "report"}

        until(delivered, pause=0.5)
        (alert,) = client.get("/v1/alerts").json()["items"]
        assert alert["state"] == "firing"
        (report,) = client.get("/v1/reports").json()["items"]
        (run,) = client.get(f"/v1/reports/{report['id']}/runs").json()["items"]
        assert run["status"] == "delivered"
        file = client.get(f"/v1/reports/{report['id']}/runs/{run['id']}/artifact")
        assert file.content.startswith(b"%PDF-")


def test_a_demo_is_filled_once_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_LOG_LEVEL", "info")
    with serving(tmp_path / "demo", command="demo", arguments=["--no-open"]) as serve:
        tenants = wait_filled(serve)
        assert [one["id"] for one in tenants["tenants"]] == [customer.id for customer in CUSTOMERS]
        login = httpx.post(f"{serve.address}/v1/auth/login", json=tenants["console"], headers={"origin": serve.address})
        assert login.json()["org"]["plan"] == "scale"
        counts = {one["id"]: requests_of(serve, one["id"]) for one in tenants["tenants"]}
        assert sum(counts.values()) > 50_000
        assert max(counts.values()) > 20 * min(counts.values()) > 0
        assert httpx.get(f"{serve.address}/").headers["location"] == "/demo"
        wait_delivered(serve, login.cookies)
        assert httpx.get(f"{serve.address}/demo/session?tenant=nobody").status_code == 400
        serve.stop()
        serve.restart()
        serve.wait_ready()
        again = wait_filled(serve)
        assert again == tenants
        for tenant, count in counts.items():
            # Events of the last seconds came in; those of 90 days ago have left the window.
            assert requests_of(serve, tenant) == pytest.approx(count, rel=0.01, abs=3)
        state = (tmp_path / "demo" / "demo.json").stat()
        assert oct(state.st_mode & 0o777) == "0o600"


def test_plain_serve_has_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(tmp_path / "plain", environment={"EMBAN_WEBHOOK_ALLOW": "127.0.0.1"}) as serve:
        for path in ("/demo", "/demo/tenants", "/demo/session?tenant=aurora-health"):
            assert httpx.get(f"{serve.address}{path}").status_code == 404
        # Filled by hand: what was lost is made anew, what came since is added, what is there is kept.
        monkeypatch.setattr(filling, "EVENTS", 1_500)
        data_dir = tmp_path / "state"
        yesterday = utcnow() - timedelta(days=1)
        first = fill(serve.address, data_dir, _ignore, now=yesterday)
        sent: list[int] = []
        second = fill(serve.address, data_dir, lambda done, _: sent.append(done))
        assert (second.dashboard_id, second.api_key) == (first.dashboard_id, first.api_key)
        assert 0 < sent[-1] < 200
        (data_dir / "demo.json").write_text("{")
        assert read_state(data_dir) is None
        third = fill(serve.address, data_dir, _ignore)
        assert third.email != first.email
        write_state(data_dir, third)
    with pytest.raises(DemoError, match="did not answer"):
        fill(serve.address, data_dir, _ignore)


def _ignore(_sent: int, _total: int) -> None:
    pass
