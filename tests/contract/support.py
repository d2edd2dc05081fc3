"""A backend's view of a running Emban, and a server in front of it that behaves badly on request."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests.support.serve import Serve

ROOT = Path(__file__).parents[2]
EMAIL, PASSWORD = "owner@acme.example", "correct horse battery"
# A dashboard whose figures a test can foretell.
CONFIG = {
    "widgets": [
        {"id": "w_calls", "title": "Calls", "kind": "kpi", "query": {"event_name": "*", "metric": "count"}},
        {
            "id": "w_models",
            "title": "Models",
            "kind": "breakdown",
            "query": {"event_name": "*", "metric": "count", "group_by": ["model"]},
        },
    ],
    "filters": {"periods": ["24h", "7d", "30d"], "default_period": "7d", "dimensions": ["model"]},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A served Emban, an org in it, and the org's key."""

    serve: Serve
    address: str
    key: str
    dashboard: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send a request with the admin key; returns the decoded body."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.request(method, self.address + path, json=body, headers=headers, timeout=60)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def count(self, tenant: str) -> int:
        """Return how many events of a tenant are stored."""
        query = {"event_name": "*", "metric": "count", "period": "24h"}
        points = self.call("POST", "/v1/query", {"tenant_id": tenant, "query": query})["points"]
        return sum(int(point["value"]) for point in points)


def prepare(serve: Serve) -> Backend:
    """Register an org and publish a dashboard."""
    body = {"email": EMAIL, "password": PASSWORD, "org_name": "Acme"}
    registered = httpx.post(f"{serve.address}/v1/auth/register", json=body, timeout=30).raise_for_status().json()
    key = registered["api_key"]["key"]
    made = Backend(serve=serve, address=serve.address, key=key, dashboard="")
    dashboard = made.call("POST", "/v1/dashboards", {"name": "Usage", "config": CONFIG})["id"]
    made.call("POST", f"/v1/dashboards/{dashboard}/publish")
    return Backend(serve=serve, address=serve.address, key=key, dashboard=dashboard)


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer without asking Emban: nothing was done."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"error": "not now", "code": "store_unavailable"}'


class Swallow:
    """Let Emban do it, and close the connection without a word."""


class Hang:
    """Let Emban do it, and answer when it is too late: not before the proxy is closed."""


Mischief = Refuse | Swallow | Hang


class Proxy:
    """Forwards to Emban; the next requests meet what is in `mischief`, one each. `bodies` are all that arrived."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.mischief: list[Mischief] = []
        self.bodies: list[bytes] = []
        self.closed = threading.Event()
        self.address = ""

    @contextmanager
    def running(self) -> Iterator[Proxy]:
        """Serve until the block ends."""
        with ThreadingHTTPServer(("127.0.0.1", 0), self._handler()) as server:
            self.address = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self.closed.set()
                server.shutdown()
                thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy.pass_on(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        return Handler

    def pass_on(self, request: BaseHTTPRequestHandler) -> None:
        """Deal with one request."""
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        self.bodies.append(body)
        trick = self.mischief.pop(0) if self.mischief else None
        if isinstance(trick, Refuse):
            _answer(request, trick.status, trick.headers, trick.body)
            return
        headers = {name: request.headers[name] for name in ("authorization", "content-type") if name in request.headers}
        answer = httpx.request(request.command, self.target + request.path, content=body, headers=headers, timeout=60)
        if isinstance(trick, Hang):
            self.closed.wait()
        if trick is not None:
            request.close_connection = True
            return
        kept = {name: answer.headers[name] for name in ("retry-after", "x-request-id") if name in answer.headers}
        _answer(request, answer.status_code, kept, answer.content)


def _answer(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    request.send_response(status)
    for name, value in {**headers, "content-type": "application/json", "content-length": str(len(body))}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


def node_program() -> str:
    """Return the path of Node: the machine's, else the one that `tools/web.sh` took from a Python package."""
    found = shutil.which("node", path=f"{os.environ['PATH']}:{ROOT / '.venv/node-bin'}")
    assert found is not None, "these tests need Node: run `make setup`"
    return found


def node(
    module: str, environment: Mapping[str, str], heard: Callable[[str], None] = lambda line: None
) -> subprocess.CompletedProcess[str]:
    """Run a module in Node where `@emban/…` are the built packages; `heard` gets each line as it is said."""
    with subprocess.Popen(
        [node_program(), "--input-type=module", "--eval", module],
        cwd=ROOT / "web",
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                heard(line)
            complaints = process.stderr.read()
            code = process.wait()
        finally:
            guard.cancel()
    return subprocess.CompletedProcess(process.args, code, "".join(said), complaints)
