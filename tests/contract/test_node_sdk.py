"""`@emban/sdk` as it is built, in Node, against a running Emban."""

from __future__ import annotations

import json
import subprocess
import textwrap
import time
from typing import Any

import pytest

from tests.contract.support import Backend, Hang, Mischief, Proxy, Refuse, Swallow, node

PRELUDE = """
    import { Emban, EmbanApiError, EmbanConnectionError, EventsDroppedError, Tracker } from '@emban/sdk';
    const emban = new Emban(process.env.ADDRESS, { apiKey: process.env.KEY, timeoutMs: 2000 });
    const call = (tenant, nth = 0) => ({
      tenant_id: tenant, event_name: 'api.call', string_props: { model: ['small', 'large'][nth % 2] },
      numeric_props: { tokens: nth },
    });
    const calls = (tenant, count) => Array.from({ length: count }, (_, nth) => call(tenant, nth));
    const shape = ({ name, status, code, fields, retryAfter, requestId, message, unsent }) =>
      ({ name, status, code, fields, retryAfter, requestId, message, unsent });
    const caught = (promise) => promise.then(() => null, shape);
    const say = (value) => console.log(JSON.stringify(value));
"""


def program(backend: Backend, body: str, address: str = "") -> subprocess.CompletedProcess[str]:
    """Run a module that has the SDK."""
    environment = {"ADDRESS": address or backend.address, "KEY": backend.key, "DASHBOARD": backend.dashboard}
    return node(textwrap.dedent(PRELUDE) + textwrap.dedent(body), environment)


def result(backend: Backend, body: str, address: str = "") -> Any:
    """Run a module and return what it said."""
    done = program(backend, body, address)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def ids_sent(proxy: Proxy) -> list[list[str]]:
    return [[event["event_id"] for event in json.loads(body)["events"]] for body in proxy.bodies]


def test_events_to_embed_url(backend: Backend) -> None:
    said = result(
        backend,
        """
        const sent = await emban.sendEvents(calls('node', 2345));
        const query = { event_name: 'api.call', metric: 'sum', prop: 'tokens', period: '24h' };
        const sum = (await emban.query(query, { tenant_id: 'node' })).points[0].value;
        const made = await emban.createDashboard({ name: 'Node' });
        const changed = await emban.updateDashboard(made.id, { version: made.version, name: 'Node 2' });
        const lost = await caught(emban.updateDashboard(made.id, { version: made.version, name: 'Mine' }));
        await emban.publishDashboard(made.id);
        const seen = [];
        for await (const one of emban.dashboards()) if (one.id === made.id) seen.push(one.status);
        await emban.unpublishDashboard(made.id);
        await emban.deleteDashboard(made.id);
        const gone = await caught(emban.getDashboard(made.id));
        const session = await emban.createEmbedSession({
          tenant_id: 'node', dashboard_id: process.env.DASHBOARD, expires_in: 7200,
          permissions: { hidden_widgets: ['w_models'], locked_filters: { model: 'small' } },
        });
        const live = [];
        for await (const one of emban.embedSessions({ tenant_id: 'node' })) live.push(one.id === session.id);
        await emban.revokeEmbedSession(session.id);
        const left = (await emban.listEmbedSessions({ tenant_id: 'node' })).items.length;
        const found = JSON.stringify(await emban.discover()).includes('api.call');
        await emban.createEmbedSession({ tenant_id: 'node', dashboard_id: process.env.DASHBOARD });
        await emban.createEmbedSession({ tenant_id: 'node-2', dashboard_id: process.env.DASHBOARD });
        await emban.revokeEmbedSessions({ tenant_id: 'node' });
        const tenants = (await emban.listEmbedSessions()).items.map((one) => one.tenant_id);
        const others = tenants.filter((tenant) => tenant.startsWith('node'));
        await emban.revokeEmbedSessions({ all_tenants: true });
        const nobody = (await emban.listEmbedSessions()).items.length;
        const { name } = changed;
        const { embed_url: url } = session;
        say({ others, nobody, sent, sum, name, lost, seen, gone, url, live, left, found });
        """,
    )
    assert said["sent"] == {"accepted": 2_345, "rejected": 0, "duplicates": 0, "errors": [], "status": "ok"}
    assert said["sum"] == sum(range(2_345))
    assert (said["name"], said["seen"], said["live"], said["left"], said["found"]) == (
        "Node 2",
        ["published"],
        [True],
        0,
        True,
    )
    assert (said["others"], said["nobody"]) == (["node-2"], 0)
    assert (said["lost"]["name"], said["lost"]["status"]) == ("EmbanApiError", 409)
    assert (said["gone"]["status"], said["gone"]["code"]) == (404, "not_found")
    assert said["url"].startswith(f"{backend.address}/embed/{backend.dashboard}?token=")


def test_a_report_lives(backend: Backend) -> None:
    said = result(
        backend,
        """
        const body = {
          name: 'Node', dashboard_id: process.env.DASHBOARD, schedule_kind: 'daily', hour: 9, format: 'csv',
          email_to: ['ada@acme.example'],
        };
        const made = await emban.createReport(body);
        const { run_id: runId } = await emban.runReport(made.id);
        while (!(await emban.getReportRun(made.id, runId)).artifact) await new Promise((wake) => setTimeout(wake, 100));
        const file = await emban.downloadReportRun(made.id, runId);
        const missing = await caught(emban.downloadReportRun(made.id, runId + 1));
        const listed = (await emban.listReports()).items.some(({ id }) => id === made.id);
        const runs = (await emban.listReportRuns(made.id)).items.map(({ id }) => id);
        const changed = await emban.replaceReport(made.id, { ...body, enabled: false });
        await emban.deleteReport(made.id);
        const gone = await caught(emban.getReport(made.id));
        const begins = new TextDecoder().decode(file.slice(0, 7));
        const same = runs[0] === runId;
        say({ begins, missing: missing.status, listed, same, next: changed.next_run_at, gone: gone.status });
        """,
    )
    assert said == {"begins": "Usage\r\n", "missing": 404, "listed": True, "same": True, "next": None, "gone": 404}


def test_an_alert_lives(backend: Backend) -> None:
    said = result(
        backend,
        """
        await emban.sendEvents(calls('node-watched', 3));
        const body = {
          name: 'Node', dashboard_id: process.env.DASHBOARD, widget_id: 'w_calls', tenant_id: 'node-watched',
          condition_type: 'threshold', operator: 'gt', threshold_value: 2, email_to: ['ada@acme.example'],
        };
        const { evaluated } = await emban.previewAlert(body);
        const made = await emban.createAlert(body);
        const listed = (await emban.listAlerts()).items.some(({ id }) => id === made.id);
        const wait = () => new Promise((wake) => setTimeout(wake, 100));
        while ((await emban.getAlert(made.id)).state !== 'firing') await wait();
        const [{ state, value, deliveries }] = (await emban.listAlertEvents(made.id)).items;
        const tested = (await emban.testAlert(made.id)).deliveries.map(({ channel, attempt }) => [channel, attempt]);
        const changed = await emban.replaceAlert(made.id, { ...body, enabled: false });
        await emban.deleteAlert(made.id);
        const gone = await caught(emban.getAlert(made.id));
        const to = deliveries.map((one) => one.to);
        say({ evaluated, listed, state, value, to, tested, next: changed.next_evaluation_at, gone: gone.status });
        """,
    )
    assert said == {
        "evaluated": 7 * 24 * 60,
        "listed": True,
        "state": "firing",
        "value": 3,
        "to": ["ada@acme.example"],
        "tested": [["email", 1]],
        "next": None,
        "gone": 404,
    }


@pytest.mark.parametrize("trick", [Swallow(), Hang(), Refuse(502), Refuse(504)], ids=["swallow", "hang", "502", "504"])
def test_a_repeat_counts_once(backend: Backend, proxy: Proxy, trick: Mischief, request: pytest.FixtureRequest) -> None:
    tenant = f"node-repeat-{request.node.callspec.id}"
    proxy.mischief = [trick]
    sent = result(backend, f"say(await emban.sendEvents(calls('{tenant}', 10)));", proxy.address)
    first, second = ids_sent(proxy)
    assert first == second
    assert sent["accepted"] + sent["duplicates"] == 10
    assert backend.count(tenant) == 10


@pytest.mark.parametrize("status", [429, 503])
def test_waits_as_long_as_the_server_asks(backend: Backend, proxy: Proxy, status: int) -> None:
    proxy.mischief = [Refuse(status, {"retry-after": "1"})]
    started = time.monotonic()
    assert result(backend, "say(await emban.sendEvents([call('node-wait')]));", proxy.address)["accepted"] == 1
    assert time.monotonic() - started >= 1.0


def test_does_not_wait_for_an_hour(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Refuse(429, {"retry-after": "3600"}, b'{"error": "slowly", "code": "rate_limited"}')]
    said = result(backend, "say(await caught(emban.sendEvents([call('node-hour')])));", proxy.address)
    assert (said["status"], said["code"], said["retryAfter"]) == (429, "rate_limited", 3600)
    assert said["unsent"]["offset"] == 0
    assert [event["event_id"] for event in said["unsent"]["events"]] == ids_sent(proxy)[0]
    assert len(proxy.bodies) == 1


def test_what_would_be_made_twice_is_not_sent_twice(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Swallow()]
    said = result(backend, "say(await caught(emban.createDashboard({ name: 'Once' })));", proxy.address)
    assert said["name"] == "EmbanConnectionError"
    assert len(proxy.bodies) == 1
    proxy.mischief = [Refuse(503, {"retry-after": "0"})]
    assert result(backend, "say((await emban.createDashboard({ name: 'Twice' })).id);", proxy.address)
    assert len(proxy.bodies) == 3


def test_a_callers_signal_ends_a_call_and_its_waits(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Refuse(503, {"retry-after": "50"}), Hang()]
    body = """
        const why = (promise) => promise.then(() => null, (error) => error.name);
        const waiting = await why(emban.sendEvents([call('node-abort')], { signal: AbortSignal.timeout(2000) }));
        const asking = await why(emban.sendEvents([call('node-abort')], { signal: AbortSignal.timeout(2000) }));
        const early = await why(emban.discover({ signal: AbortSignal.abort() }));
        say([waiting, asking, early]);
    """
    assert result(backend, body, proxy.address) == ["TimeoutError", "TimeoutError", "AbortError"]
    assert len(proxy.bodies) == 2


def test_errors_carry_what_a_program_needs(backend: Backend) -> None:
    said = result(
        backend,
        """
        const events = calls('node-partly', 1500);
        delete events[1207].event_name;
        const partly = await emban.sendEvents(events);
        const wrong = await caught(emban.query({ event_name: 'x', metric: 'sum' }, { tenant_id: 'x' }));
        const stranger = new Emban(process.env.ADDRESS, { apiKey: 'eb_adm_' + '0'.repeat(40) });
        const unknown = await caught(stranger.discover());
        const nobody = await caught(new Emban('http://127.0.0.1:54321', { apiKey: 'x', retries: 1 }).discover());
        const nan = await caught(emban.sendEvents([{ ...call('x'), numeric_props: { tokens: NaN } }]));
        say({ partly, wrong, unknown, nobody, nan });
        """,
    )
    assert (said["partly"]["accepted"], said["partly"]["status"]) == (1_499, "partial")
    assert [(one["index"], one["path"]) for one in said["partly"]["errors"]] == [(1_207, "event_name")]
    assert (said["wrong"]["status"], said["wrong"]["code"]) == (400, "invalid_request")
    assert any("prop" in field["path"] for field in said["wrong"]["fields"])
    assert said["wrong"]["requestId"]
    assert said["unknown"]["status"] == 401
    assert "0000" not in json.dumps(said["unknown"])
    assert (said["nobody"]["name"], "ECONNREFUSED" in said["nobody"]["message"]) == ("EmbanConnectionError", True)
    assert (said["nan"]["name"], said["nan"]["message"]) == (
        "TypeError",
        "numeric_props.tokens must be a finite number",
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [("", 0), ("await tracker.close(); process.exit(3);", 3), ("process.kill(process.pid, 'SIGTERM');", -15)],
    ids=["end", "closed", "sigterm"],
)
def test_a_tracker_flushes_when_the_process_ends(backend: Backend, ending: str, code: int) -> None:
    tenant = f"node-exit{code}"
    body = f"""
        const tracker = new Tracker(emban, {{ intervalMs: 60000 }});
        for (let nth = 0; nth < 2500; nth += 1) tracker.track(call('{tenant}', nth));
        {ending}
    """
    done = program(backend, body)
    assert (done.returncode, done.stderr) == (code, "")
    assert backend.count(tenant) == 2_500


def test_what_a_tracker_cannot_send_is_handed_back(backend: Backend, proxy: Proxy) -> None:
    proxy.mischief = [Refuse(503, {"retry-after": "0"})] * 100
    body = """
        const lost = [];
        const onError = (error, events) => lost.push([error.name, events.length]);
        const few = new Tracker(emban, { intervalMs: 60000, maxQueued: 2, onError, closeTimeoutMs: 500 });
        const taken = [1, 2, 3].map((nth) => few.track(call('node-left', nth)));
        taken.push(few.track({ ...call('x'), numeric_props: { tokens: Infinity } }));
        await few.close();
        taken.push(few.track(call('node-left')));
        say({ taken, lost, dropped: few.dropped });
    """
    said = result(backend, body, proxy.address)
    assert said["taken"] == [True, True, False, False, False]
    assert said["lost"] == [["EventsDroppedError", 1]] * 2 + [["EventsDroppedError", 2], ["EventsDroppedError", 1]]
    assert said["dropped"] == 5


def test_a_process_that_exits_at_once_says_what_it_loses(backend: Backend) -> None:
    body = """
        const onError = (error, events) => console.log(error.name, events.length);
        const tracker = new Tracker(emban, { intervalMs: 60000, onError });
        tracker.track(call('node-lost'));
        process.exit(0);
    """
    assert program(backend, body).stdout == "EventsDroppedError 1\n"


def test_a_tracker_raises_nothing_in_its_host(backend: Backend) -> None:
    said = result(
        backend,
        """
        const lost = [];
        const onError = (error, events) => lost.push(...events);
        const tracker = new Tracker(emban, { intervalMs: 60000, onError });
        const odd = { get tenant_id() { throw new Error('no'); } };
        const taken = [null, undefined, 7, odd].map((event) => tracker.track(event));
        taken.push(tracker.track(call('node-odd')));
        await tracker.close();
        say({ taken, lost: lost.length, dropped: tracker.dropped });
        """,
    )
    assert said == {"taken": [False] * 4 + [True], "lost": 4, "dropped": 4}
    assert backend.count("node-odd") == 1


def test_a_tracker_hands_back_what_the_server_refuses(backend: Backend) -> None:
    body = """
        const lost = [];
        const onError = (error, events) => {
          lost.push([error.status, error.fields[0].path, events.map((one) => one.event_name)]);
          throw new Error('on purpose');
        };
        process.removeAllListeners('warning');
        const warned = [];
        process.on('warning', (warning) => warned.push(warning.message));
        const tracker = new Tracker(emban, { intervalMs: 60000, onError });
        tracker.track(call('node-refused'));
        tracker.track({ ...call('node-refused'), event_name: 'x'.repeat(200) });
        await tracker.flush();
        tracker.track({ ...call('node-refused'), tenant_id: '' });
        await tracker.close();
        await new Promise(setImmediate);
        say({ lost, warned });
    """
    said = result(backend, body)
    assert said["lost"] == [
        [200, "events[1].event_name", ["x" * 200]],
        [400, "events[0].tenant_id", ["api.call"]],
    ]
    assert said["warned"] == ["onError failed: on purpose"] * 2
    assert backend.count("node-refused") == 1


def test_a_killed_server_in_the_middle_costs_no_event(backend: Backend) -> None:
    body = """
        const tracker = new Tracker(emban, { intervalMs: 20 });
        const { setTimeout: sleep } = await import('node:timers/promises');
        for (let nth = 0; nth < 6000; nth += 1) {
          tracker.track(call('node-killed', nth));
          if (nth === 2000) process.stdout.write('kill\\n');
          if (nth % 100 === 0) await sleep(10);
        }
        while (!(await tracker.flush())) await sleep(100);
        say(tracker.dropped);
    """

    def kill(line: str) -> None:
        if line == "kill\n":
            backend.serve.one("api").kill()

    environment = {"ADDRESS": backend.address, "KEY": backend.key}
    done = node(textwrap.dedent(PRELUDE) + textwrap.dedent(body), environment, heard=kill)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0"), done.stderr
    assert backend.count("node-killed") == 6_000


def test_webhooks(backend: Backend) -> None:
    said = result(
        backend,
        """
        const made = await emban.rotateWebhookSecret();
        const page = await emban.listDeliveries({ channel: 'webhook', source: 'alert', source_id: 1, limit: 5 });
        const gone = await caught(emban.redeliver(2 ** 52));
        say({ secret: made.secret.slice(0, 6), items: page.items.length, next: page.next_cursor, status: gone.status });
        """,
    )
    assert said == {"secret": "whsec_", "items": 0, "next": None, "status": 404}
