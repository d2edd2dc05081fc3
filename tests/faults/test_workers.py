"""Four API processes and a restart: what one of them was told holds in all of them, and in those that come after."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.links import Link, Reply, one_link_each
from tests.support.serve import Serve, serving
from tests.support.waiting import move_attempts, until

WORKERS = 4
PASSWORD = "correct horse battery"
PER_MINUTE = 10


@dataclass(slots=True)
class Installation:
    """A running Emban with an org, and every secret that was given out or typed in."""

    serve: Serve
    owner: dict[str, str]
    key: str
    email: str
    secrets: set[str] = field(default_factory=set)

    def all_of_them(self) -> Iterator[list[Link]]:
        with one_link_each(self.serve) as links:
            assert len(links) == WORKERS
            yield links


@pytest.fixture(scope="module")
def emban(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    environment = {
        "EMBAN_DEFAULT_PLAN": "scale",
        "EMBAN_SELF_SERVE_PLANS": "true",
        "EMBAN_LOG_FORMAT": "json",
        "EMBAN_AUTH_ATTEMPTS_PER_MINUTE": str(PER_MINUTE),
    }
    data = tmp_path_factory.mktemp("workers") / "data"
    with serving(data, arguments=["--workers", str(WORKERS)], environment=environment) as serve:
        link = Link(serve)
        body = {"email": "owner@acme.example", "password": PASSWORD, "org_name": "Acme"}
        made = link.ask("POST", "/v1/auth/register", body)
        assert made.status == 201
        link.connection.close()
        found = Installation(serve, {"Cookie": made.cookie}, made.body["api_key"]["key"], body["email"])
        found.secrets |= {PASSWORD, made.cookie.split("=")[1], found.key}
        yield found
        assert serve.stop() == 0


@pytest.fixture
def links(emban: Installation) -> Iterator[list[Link]]:
    """One connection to each API process."""
    yield from emban.all_of_them()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def everywhere(links: list[Link], status: int, ask: Callable[[Link], Reply]) -> None:
    """Ask each process now."""
    assert [ask(link).status for link in links] == [status] * WORKERS


def soon_everywhere(links: list[Link], status: int, ask: Callable[[Link], Reply]) -> None:
    """Ask each process until the status is there, which has to stay so."""
    until(lambda: all(ask(link).status == status for link in links))
    everywhere(links, status, ask)


def published(emban: Installation, link: Link) -> str:
    widget = {"title": "A", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}}
    made = link.ask("POST", "/v1/dashboards", {"name": "A", "config": {"widgets": [widget]}}, **emban.owner)
    identity: str = made.body["id"]
    assert link.ask("POST", f"/v1/dashboards/{identity}/publish", **emban.owner).status == 204
    return identity


def test_a_deleted_key_is_refused_by_all(emban: Installation, links: list[Link]) -> None:
    made = links[0].ask("POST", "/v1/api-keys", {"label": "x", "scope": "admin"}, **emban.owner).body
    emban.secrets.add(made["key"])

    def ask(link: Link) -> Reply:
        return link.ask("GET", "/v1/org", **bearer(made["key"]))

    everywhere(links, 200, ask)
    assert links[0].ask("DELETE", f"/v1/api-keys/{made['id']}", **emban.owner).status == 204
    soon_everywhere(links, 401, ask)


def test_a_revoked_embed_session_is_refused_by_all(emban: Installation, links: list[Link]) -> None:
    body = {"tenant_id": "customer_1", "dashboard_id": published(emban, links[0])}
    made = links[1].ask("POST", "/v1/embed-sessions", body, **emban.owner).body
    emban.secrets.add(made["token"])

    def ask(link: Link) -> Reply:
        return link.ask("GET", "/v1/embed/dashboard", **bearer(made["token"]))

    everywhere(links, 200, ask)
    assert links[2].ask("GET", f"/embed/{body['dashboard_id']}?token={made['token']}").status in {200, 404}
    assert links[0].ask("DELETE", f"/v1/embed-sessions/{made['id']}", **emban.owner).status == 204
    soon_everywhere(links, 401, ask)


def test_a_removed_member_is_out_everywhere_at_once(emban: Installation, links: list[Link]) -> None:
    invited = links[0].ask("POST", "/v1/invites", {"email": "m@acme.example", "role": "admin"}, **emban.owner).body
    accept = {"token": invited["token"], "password": "planted accept password"}
    joined = links[1].ask("POST", "/v1/invites/accept", accept)
    emban.secrets |= {invited["token"], accept["password"], joined.cookie.split("=")[1]}

    def ask(link: Link) -> Reply:
        return link.ask("GET", "/v1/members", Cookie=joined.cookie)

    everywhere(links, 200, ask)
    assert links[2].ask("DELETE", f"/v1/members/{joined.body['user']['id']}", **emban.owner).status == 204
    everywhere(links, 401, ask)


def test_a_session_ended_elsewhere_is_ended_everywhere(emban: Installation, links: list[Link]) -> None:
    phone = links[0].ask("POST", "/v1/auth/login", {"email": emban.email, "password": PASSWORD})
    emban.secrets.add(phone.cookie.split("=")[1])

    def ask(link: Link) -> Reply:
        return link.ask("GET", "/v1/auth/me", Cookie=phone.cookie)

    everywhere(links, 200, ask)
    listed = links[1].ask("GET", "/v1/auth/sessions", **emban.owner).body["items"]
    other = next(item["id"] for item in listed if not item["current"])
    assert links[1].ask("DELETE", f"/v1/auth/sessions/{other}", **emban.owner).status == 204
    everywhere(links, 401, ask)


def test_a_plan_changed_in_one_holds_in_all(emban: Installation, links: list[Link]) -> None:
    def by_key(link: Link) -> Reply:
        return link.ask("GET", "/v1/audit", **bearer(emban.key))

    def by_cookie(link: Link) -> Reply:
        return link.ask("GET", "/v1/audit", **emban.owner)

    everywhere(links, 200, by_key)
    assert links[0].ask("PUT", "/v1/billing/plan", {"plan": "starter"}, **emban.owner).status == 200
    everywhere(links, 402, by_cookie)
    soon_everywhere(links, 402, by_key)
    assert links[3].ask("PUT", "/v1/billing/plan", {"plan": "scale"}, **emban.owner).status == 200
    soon_everywhere(links, 200, by_key)


def test_attempts_are_counted_over_all(emban: Installation, links: list[Link]) -> None:
    wrong = {"email": "guessed@acme.example", "password": "planted wrong password"}
    emban.secrets.add(wrong["password"])
    first = links[0].ask("POST", "/v1/auth/login", wrong)
    move_attempts(emban.serve.data_dir, 60)
    answers = [first]
    for _ in range(5):
        # All at once: a connection that waits long for its turn is closed by the server.
        for link in links:
            link.send("POST", "/v1/auth/login", wrong)
        answers += [link.reply() for link in links]
    counted = Counter(answer.status for answer in answers)

    assert counted[401] == PER_MINUTE
    assert counted[429] == len(answers) - counted[401]
    waits = [int(answer.headers["retry-after"]) for answer in answers if answer.status == 429]
    assert all(1 <= wait <= 60 for wait in waits)


def test_after_a_restart_everything_is_as_it_was_left(emban: Installation) -> None:
    serve, link = emban.serve, Link(emban.serve)
    made = link.ask("POST", "/v1/api-keys", {"label": "gone", "scope": "admin"}, **emban.owner).body
    assert link.ask("GET", "/v1/org", **bearer(made["key"])).status == 200
    assert link.ask("DELETE", f"/v1/api-keys/{made['id']}", **emban.owner).status == 204
    link.ask("PUT", "/v1/billing/plan", {"plan": "growth"}, **emban.owner)
    assert link.ask("GET", "/v1/org", **bearer(emban.key)).status == 200
    used = datetime.now(UTC)
    guess = {"email": "later@acme.example", "password": "planted wrong password"}
    for _ in range(PER_MINUTE):
        link.ask("POST", "/v1/auth/login", guess)
    move_attempts(serve.data_dir, 60)  # The minute of the limit may not end before the restart does.
    link.connection.close()

    assert serve.stop() == 0
    serve.restart()
    serve.wait_ready()

    with one_link_each(serve) as links:
        everywhere(links, 401, lambda one: one.ask("GET", "/v1/org", **bearer(made["key"])))
        everywhere(links, 200, lambda one: one.ask("GET", "/v1/org", **emban.owner))
        assert links[0].ask("POST", "/v1/auth/login", guess).status == 429
        assert links[1].ask("GET", "/v1/billing", **emban.owner).body["plan"] == "growth"
        keys = links[2].ask("GET", "/v1/api-keys", **emban.owner).body["items"]
        last = next(key["last_used_at"] for key in keys if emban.key.startswith(key["prefix"]))
        assert datetime.fromisoformat(last) > used - timedelta(seconds=1), (
            "a process that ends writes down what it knows"
        )


def test_what_runs_is_answered_before_the_end(emban: Installation) -> None:
    serve = emban.serve
    links = [Link(serve) for _ in range(8)]
    before = _logins_begun(serve)
    for number, link in enumerate(links):
        link.send("POST", "/v1/auth/login", {"email": f"{number}@acme.example", "password": "planted wrong password"})
    until(lambda: _logins_begun(serve) >= before + len(links))
    assert serve.stop() == 0
    assert Counter(link.reply_status() for link in links) == {401: 8}
    serve.restart()
    serve.wait_ready()


def _logins_begun(serve: Serve) -> float:
    """Count the wrong logins that were answered, and what is under way beside the question itself."""
    text = httpx.get(f"{serve.address}/metrics").text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    answered = 'emban_http_requests_total{method="POST",route="/v1/auth/login",status="401"}'
    return float(figures["emban_http_requests_under_way"]) - 1 + float(figures.get(answered, 0))


def test_the_log_is_json_with_request_ids_and_without_secrets(emban: Installation) -> None:
    link = Link(emban.serve)
    link.ask("POST", "/v1/auth/login", {"email": emban.email, "password": PASSWORD}, **{"X-Request-Id": "mine-42"})
    link.ask("GET", f"/v1/org?password={PASSWORD.replace(' ', '+')}", **bearer("eb_adm_planted_in_a_header"))
    link.connection.close()
    emban.secrets |= {"eb_adm_planted_in_a_header", PASSWORD.replace(" ", "+")}
    text = _log_with(emban.serve.log, "mine-42")
    lines = [_object(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line.get("event") == "request.finished"]

    assert len(requests) > 50
    assert all(line["request_id"] and line["route"] and line["status"] for line in requests)
    assert {"method": "POST", "route": "/v1/auth/login", "status": 200}.items() <= next(
        line for line in requests if line["request_id"] == "mine-42"
    ).items()
    assert len(emban.secrets) > 10
    assert [secret for secret in emban.secrets if secret in text] == []


def _object(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    return found


def _log_with(log: Path, word: str) -> str:
    until(lambda: word in log.read_text())
    return log.read_text()
