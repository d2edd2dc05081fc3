"""`emban_client` against a running Emban: what it sends, what it sends again, what it raises."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from emban_client import AsyncEmban, Emban, EmbanAPIError, EmbanConnectionError, models
from emban_client.batches import MAX_BYTES, batches
from emban_client.models import Event
from tests.contract.support import ROOT, Backend, Hang, Mischief, Proxy, Refuse, Swallow


def call(nth: int, tenant: str) -> Event:
    return {
        "tenant_id": tenant,
        "event_name": "api.call",
        "string_props": {"model": ("small", "large")[nth % 2]},
        "numeric_props": {"tokens": float(nth)},
    }


@pytest.fixture
def client(backend: Backend) -> Iterator[Emban]:
    with Emban(backend.address, api_key=backend.key) as opened:
        yield opened


@pytest.fixture
def through(backend: Backend, proxy: Proxy) -> Iterator[Emban]:
    """A client that talks to Emban through the proxy."""
    with Emban(proxy.address, api_key=backend.key, timeout=2.0) as opened:
        yield opened


def ids_sent(proxy: Proxy) -> list[list[str]]:
    return [[event["event_id"] for event in json.loads(body)["events"]] for body in proxy.bodies]


def test_events_to_embed_url(client: Emban, backend: Backend) -> None:
    sent = client.send_events(call(nth, "path") for nth in range(2_345))
    assert (sent["accepted"], sent["rejected"], sent["status"]) == (2_345, 0, "ok")
    answer = client.query(
        {"event_name": "api.call", "metric": "sum", "prop": "tokens", "period": "24h"}, tenant_id="path"
    )
    assert answer["points"][0]["value"] == sum(range(2_345))
    everybody = client.query({"event_name": "api.call", "metric": "count", "period": "24h"}, all_tenants=True)
    assert (everybody["points"][0]["value"] or 0) >= 2_345

    made = client.create_dashboard("Calls", {"widgets": []})
    changed = client.update_dashboard(made["id"], version=made["version"], name="All calls")
    assert client.get_dashboard(made["id"])["name"] == "All calls"
    with pytest.raises(EmbanAPIError) as lost:
        client.update_dashboard(made["id"], version=made["version"], name="Mine")
    assert lost.value.status == 409
    assert changed["version"] > made["version"]
    client.publish_dashboard(made["id"])
    assert made["id"] in {one["id"] for one in client.iter_dashboards() if one["status"] == "published"}
    client.unpublish_dashboard(made["id"])
    client.delete_dashboard(made["id"])
    assert made["id"] not in {one["id"] for one in client.iter_dashboards()}

    session = client.create_embed_session(
        tenant_id="path",
        dashboard_id=backend.dashboard,
        expires_in=7200,
        permissions={"hidden_widgets": ["w_models"], "locked_filters": {"model": "small"}},
    )
    assert session["embed_url"].startswith(f"{backend.address}/embed/{backend.dashboard}?token=")
    assert [one["id"] for one in client.iter_embed_sessions(tenant_id="path")] == [session["id"]]
    client.revoke_embed_session(session["id"])
    assert client.list_embed_sessions(tenant_id="path")["items"] == []
    assert "api.call" in json.dumps(client.discover())

    for tenant in ("path", "path", "another"):
        client.create_embed_session(tenant_id=tenant, dashboard_id=backend.dashboard)
    client.revoke_embed_sessions(tenant_id="path")
    live = {one["tenant_id"] for one in client.iter_embed_sessions()}
    assert ("path" in live, "another" in live) == (False, True)
    with pytest.raises(ValueError, match="tenant_id or all_tenants"):
        client.revoke_embed_sessions()
    client.revoke_embed_sessions(all_tenants=True)
    assert list(client.iter_embed_sessions()) == []


async def test_the_asynchronous_client_has_the_same_methods(backend: Backend) -> None:
    async with AsyncEmban(backend.address, api_key=backend.key) as client:
        sent = await client.send_events([call(nth, "async") for nth in range(3)])
        assert sent["accepted"] == 3
        answer = await client.query({"event_name": "*", "metric": "count", "period": "24h"}, tenant_id="async")
        assert answer["points"][0]["value"] == 3
        session = await client.create_embed_session(tenant_id="async", dashboard_id=backend.dashboard)
        live = [one["id"] async for one in client.iter_embed_sessions(tenant_id="async")]
        assert live == [session["id"]]
        await client.revoke_embed_session(session["id"])
        assert backend.dashboard in [one["id"] async for one in client.iter_dashboards()]
        with pytest.raises(EmbanAPIError) as missing:
            await client.get_dashboard("dash_none")
        assert (missing.value.status, missing.value.code) == (404, "not_found")


def test_both_clients_take_the_same_arguments() -> None:
    def public(kind: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    assert public(Emban) == public(AsyncEmban)


@pytest.mark.parametrize("trick", [Swallow(), Hang(), Refuse(502), Refuse(504)], ids=lambda one: type(one).__name__)
def test_a_repeat_counts_once(
    backend: Backend, proxy: Proxy, through: Emban, trick: Mischief, request: pytest.FixtureRequest
) -> None:
    tenant = f"repeat-{request.node.name}"
    proxy.mischief = [trick]
    sent = through.send_events([call(nth, tenant) for nth in range(10)])
    first, second = ids_sent(proxy)
    assert first == second
    assert sent["accepted"] + sent["duplicates"] == 10
    assert backend.count(tenant) == 10


async def test_a_repeat_of_the_asynchronous_client_counts_once(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Swallow(), Hang(), Refuse(503, {"retry-after": "0"})]
    async with AsyncEmban(proxy.address, api_key=backend.key, timeout=2.0) as client:
        sent = await client.send_events([call(nth, "repeat-async") for nth in range(10)])
    ids = ids_sent(proxy)
    assert ids == [ids[0]] * 4
    assert sent["duplicates"] == 10
    assert backend.count("repeat-async") == 10


@pytest.mark.parametrize("status", [429, 503])
def test_waits_as_long_as_the_server_asks(proxy: Proxy, through: Emban, status: int) -> None:
    proxy.mischief = [Refuse(status, {"retry-after": "1"})]
    started = time.monotonic()
    assert through.send_events([call(0, f"wait-{status}")])["accepted"] == 1
    assert time.monotonic() - started >= 1.0


def test_a_wait_may_be_asked_for_as_a_date(proxy: Proxy, through: Emban) -> None:
    in_a_moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    proxy.mischief = [Refuse(503, {"retry-after": in_a_moment})]
    started = time.monotonic()
    assert through.send_events([call(0, "wait-date")])["accepted"] == 1
    assert time.monotonic() - started >= 0.9


def test_does_not_wait_for_an_hour(proxy: Proxy, through: Emban) -> None:
    proxy.mischief = [Refuse(429, {"retry-after": "3600"}, b'{"error": "slowly", "code": "rate_limited"}')]
    with pytest.raises(EmbanAPIError) as refused:
        through.send_events([call(0, "hour")])
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (429, "rate_limited", 3600)
    assert len(proxy.bodies) == 1


def test_gives_up_after_its_retries(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Refuse(503, {"retry-after": "0"})] * 3
    with Emban(proxy.address, api_key=backend.key, retries=2) as client, pytest.raises(EmbanAPIError) as refused:
        client.send_events([call(0, "gives-up")])
    assert refused.value.status == 503
    assert len(proxy.bodies) == 3


def test_what_would_be_made_twice_is_not_sent_twice(proxy: Proxy, through: Emban) -> None:
    proxy.mischief = [Swallow()]
    with pytest.raises(EmbanConnectionError):
        through.create_dashboard("Once", {"widgets": []})
    assert len(proxy.bodies) == 1
    # A refusal made nothing, so that one is.
    proxy.mischief = [Refuse(503, {"retry-after": "0"})]
    through.create_dashboard("Twice", {"widgets": []})
    assert len(proxy.bodies) == 3


def test_nobody_there() -> None:
    with Emban("http://127.0.0.1:9", api_key="eb_adm_x", retries=1) as client, pytest.raises(EmbanConnectionError):
        client.discover()


def test_a_batch_that_is_partly_refused_says_which_events(client: Emban) -> None:
    events: list[Any] = [call(nth, "partly") for nth in range(1_500)]
    events[3] = {"tenant_id": "partly"}
    events[1_207] = {**call(0, "partly"), "numeric_props": {"tokens": "many"}}
    sent = client.send_events(events)
    assert (sent["accepted"], sent["rejected"], sent["status"]) == (1_498, 2, "partial")
    assert [(one["index"], one["path"]) for one in sent["errors"]] == [
        (3, "event_name"),
        (1_207, "numeric_props.tokens"),
    ]


def test_a_failure_in_the_middle_says_how_far_it_came(backend: Backend, proxy: Proxy, through: Emban) -> None:
    class Rude(list[Mischief]):
        """Lets the first request pass, and refuses what follows."""

        def pop(self, index: Any = -1) -> Any:
            return None if len(proxy.bodies) == 1 else Refuse(402, {}, b'{"error": "used up", "code": "events_limit"}')

        def __bool__(self) -> bool:
            return True

    proxy.mischief = Rude()
    with pytest.raises(EmbanAPIError) as refused:
        through.send_events([call(nth, "middle") for nth in range(2_500)])
    unsent = refused.value.unsent
    assert unsent is not None
    assert (refused.value.code, unsent.offset, unsent.answer["accepted"]) == ("events_limit", 1_000, 1_000)
    assert [event["event_id"] for event in unsent.events] == ids_sent(proxy)[1]
    proxy.mischief = []
    assert through.send_events(unsent.events)["accepted"] == 1_000
    assert backend.count("middle") == 2_000


def test_errors_carry_what_a_program_needs(backend: Backend, client: Emban) -> None:
    wrong: Any = {"event_name": "api.call", "metric": "sum"}
    with pytest.raises(EmbanAPIError) as refused:
        client.query(wrong, tenant_id="x")
    assert (refused.value.status, refused.value.code) == (400, "invalid_request")
    assert any("prop" in field.path for field in refused.value.fields)
    assert refused.value.request_id
    with Emban(backend.address, api_key="eb_adm_" + "0" * 40) as stranger, pytest.raises(EmbanAPIError) as unknown:
        stranger.discover()
    assert unknown.value.status == 401
    assert "0000" not in str(unknown.value)


def test_asks_for_a_tenant_or_for_all_never_for_neither(client: Emban) -> None:
    with pytest.raises(ValueError, match="tenant_id or all_tenants"):
        client.query({"event_name": "*"})
    with pytest.raises(ValueError, match="tenant_id or all_tenants"):
        client.query({"event_name": "*"}, tenant_id="x", all_tenants=True)


def test_requests_stay_below_the_servers_limits(client: Emban, backend: Backend) -> None:
    large: list[Event] = [
        {"tenant_id": "large", "event_name": "doc", "string_props": {f"p{n}": "x" * 1_000 for n in range(60)}}
        for _ in range(150)
    ]
    made = list(batches(large))
    assert len(made) > 1
    assert all(len(batch.body) <= MAX_BYTES for batch in made)
    assert client.send_events(large)["accepted"] == 150
    assert backend.count("large") == 150


def test_an_event_that_is_no_json_is_refused_before_it_is_sent(proxy: Proxy, through: Emban) -> None:
    for wrong in ({"numeric_props": {"tokens": float("nan")}}, {"timestamp": datetime(2026, 1, 1)}):  # noqa: DTZ001
        event: Any = {**call(0, "wrong"), **wrong}
        with pytest.raises(ValueError, match=r"timezone|JSON"):
            through.send_events([event])
    assert proxy.bodies == []


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (models.Query, "QueryIn"),
        (models.BaseFigure, "BaseFigureIn"),
        (models.Figure, "FigureIn"),
        (models.Filters, "FiltersIn"),
        (models.Permissions, "PermissionsBody"),
        (models.Point, "PointOut"),
        (models.EventsAnswer, "EventsOut"),
        (models.EventProblem, "EventErrorOut"),
        (models.DashboardSummary, "DashboardItem"),
        (models.Dashboard, "DashboardOut"),
        (models.MintedSession, "MintedOut"),
        (models.EmbedSession, "MintedSessionOut"),
        (models.Delivery, "DeliveryOut"),
        (models.WebhookSecret, "WebhookSecretOut"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_the_shapes_have_the_keys_of_the_api(backend: Backend, shape: type, schema: str) -> None:
    document = backend.call("GET", "/openapi.json")
    assert set(shape.__annotations__) == set(document["components"]["schemas"][schema]["properties"])


@pytest.mark.parametrize(("words", "field"), [(models.MetricName, "metric"), (models.Period, "period")])
def test_the_words_are_those_of_the_api(backend: Backend, words: object, field: str) -> None:
    """The client stands by itself, so it has a list of its own of what a metric and a period may be."""
    query = backend.call("GET", "/openapi.json")["components"]["schemas"]["QueryIn"]["properties"][field]
    (listed,) = [one["enum"] for one in query["anyOf"] if "enum" in one]
    assert list(get_args(words)) == listed


@pytest.mark.parametrize("name", ["emban_client", "emban.client"])
def test_is_one_package_under_two_names(name: str) -> None:
    """Beside the server as `emban.client`, by itself as `emban_client`; neither needs anything but httpx."""
    probe = (
        f"import {name}, sys; loaded = [m for m in sys.modules if m.split('.')[0] in "
        "('fastapi', 'sqlalchemy', 'pydantic', 'chdb', 'clickhouse_connect')]; assert not loaded, loaded; "
        f"print({name}.Emban.__module__)"
    )
    path = f"{ROOT / 'clients/python/src'}:{ROOT / 'src'}"
    done = subprocess.run(
        [sys.executable, "-c", probe], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == (f"{name}.client", "")


def test_both_wheels_and_the_source_archive_carry_it(tmp_path: Path) -> None:
    def build(folder: Path, kind: str) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(tmp_path)]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    build(ROOT, "sdist")
    build(ROOT, "wheel")
    build(ROOT / "clients/python", "wheel")
    names = {wheel.name.split("-")[0]: _names(wheel) for wheel in tmp_path.glob("*.whl")}
    own = sorted(name.removeprefix("emban_client/") for name in names["emban_client"] if "dist-info" not in name)
    assert {"__init__.py", "py.typed", "tracker.py"} <= set(own)
    beside = sorted(name.removeprefix("emban/client/") for name in names["emban"] if name.startswith("emban/client/"))
    assert beside == own
    with tarfile.open(next(tmp_path.glob("emban-*.tar.gz"))) as archive:
        files = [member.name for member in archive if member.isfile()]
    within = sorted(name.split("/src/emban/client/")[1] for name in files if "/src/emban/client/" in name)
    assert within == own
    assert not [name for name in files if "/clients/" in name or "/web/" in name]


def _names(wheel: Path) -> list[str]:
    listed = subprocess.run([sys.executable, "-m", "zipfile", "-l", wheel], check=True, capture_output=True, text=True)
    return [line.split()[0] for line in listed.stdout.splitlines()[1:]]


def test_webhooks(client: Emban) -> None:
    first, second = client.rotate_webhook_secret(), client.rotate_webhook_secret()
    page = client.list_deliveries(channel="webhook", source="alert", source_id=1, limit=5)
    with pytest.raises(EmbanAPIError) as gone:
        client.redeliver(2**53)

    assert first["secret"].startswith("whsec_")
    assert first["secret"] != second["secret"]
    assert second["previous_signs_until"] is not None
    assert (page["items"], page["next_cursor"]) == ([], None)
    assert gone.value.status == 404
