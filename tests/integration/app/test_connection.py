"""What a client may send over a real socket before there is a request: heads, their time, bodies, and what goes on.

Against a real `emban serve`, whose limit is a second here.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import httpx
import psutil
import pytest

from emban.app.connection import MAX_HEAD
from tests.support.control import PASSWORD, fresh_email
from tests.support.serve import Serve, serving

TIMEOUT_S = 1
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
OK = b"HTTP/1.1 200"


@dataclass(frozen=True, slots=True)
class Server:
    serve: Serve
    key: str

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.serve.port), timeout=20)

    def head(self, path: str, **headers: str) -> bytes:
        lines = {"Host": "localhost", "Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        text = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **headers}.items())
        return f"POST {path} HTTP/1.1\r\n{text}\r\n".encode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {"EMBAN_BODY_TIMEOUT_S": str(TIMEOUT_S), "EMBAN_LOG_LEVEL": "info"}
    with serving(tmp_path_factory.mktemp("connection") / "data", environment=environment) as serve:
        body = {"email": fresh_email(), "password": PASSWORD, "org_name": "Acme"}
        made = httpx.post(f"{serve.address}/v1/auth/register", json=body).raise_for_status().json()
        yield Server(serve, made["api_key"]["key"])


def answer(connection: socket.socket) -> bytes:
    """Return all that the server sends until it closes; a reset after an answer ends it as well."""
    received = b""
    try:
        while part := connection.recv(65_536):
            received += part
    except ConnectionResetError:
        pass
    return received


def one_answer(connection: socket.socket) -> bytes:
    """Return one answer of a connection that stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65_536)
        assert part, received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert found is not None, head
    while len(body) < int(found[1]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def send_all(connection: socket.socket, data: bytes) -> None:
    """Send, as far as the server takes it."""
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(data)


def told(received: bytes) -> tuple[int, str]:
    """Return status and code of a raw answer in the one shape of errors."""
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)["code"]


LONG = [
    pytest.param(b"GET /healthz HTTP/1.1\r\nX-Long: ", b"a" * (1 << 20), 100, id="one header of 100 MiB"),
    pytest.param(HEALTH, b"X-A: b\r\n" * (1 << 17), 2, id="many small headers"),
    pytest.param(b"GET /", b"a" * (1 << 20), 2, id="a long address"),
    pytest.param(HEALTH + b"Cookie: ", b"a=b; " * (1 << 17), 2, id="a long cookie"),
    pytest.param(b"", b"A" * (1 << 20), 2, id="a method without end"),
    pytest.param(b"", b"\r\n" * (1 << 19), 2, id="empty lines"),
]


@pytest.mark.parametrize(("beginning", "more", "times"), LONG)
def test_a_long_head_is_refused_before_it_costs_anything(
    server: Server, beginning: bytes, more: bytes, times: int
) -> None:
    worker = server.serve.one("api")
    before = worker.cpu_times().user
    with server.connect() as connection:
        send_all(connection, beginning)
        for _ in range(times):
            send_all(connection, more)
        received = answer(connection)

    assert told(received) in {(431, "head_too_large"), (400, "invalid_request")}
    if beginning:
        assert told(received) == (431, "head_too_large")
    assert worker.cpu_times().user - before < 1, "it took 26 s of the processor"
    assert server.serve.status("/healthz") == 200


@pytest.mark.parametrize(("size", "status"), [(MAX_HEAD - 1, 200), (MAX_HEAD, 200), (MAX_HEAD + 1, 431)])
def test_the_limit_is_the_limit(server: Server, size: int, status: int) -> None:
    """In one piece and in many: the bytes count, not how they come."""
    frame = HEALTH + b"Connection: close\r\nX-Long: \r\n\r\n"
    whole = frame.replace(b"X-Long: ", b"X-Long: " + b"a" * (size - len(frame)))
    assert len(whole) == size
    for step in (size, 1000):
        with server.connect() as connection:
            for start in range(0, size, step):
                send_all(connection, whole[start : start + step])
            assert int(answer(connection).split()[1]) == status


@pytest.mark.parametrize("beginning", [b"", b"GET /heal", HEALTH])
def test_a_head_that_does_not_end_is_given_up(server: Server, beginning: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(beginning)
        received = answer(connection)

    assert received == b"" if not beginning else told(received) == (408, "request_timeout")


def test_a_head_that_dribbles_is_given_up(server: Server) -> None:
    """Each byte is in time, and all of them together are not."""
    with server.connect() as connection:
        connection.settimeout(TIMEOUT_S / 5)
        received = b""
        for _ in range(50):
            send_all(connection, b"G" if not received else b"")
            try:
                received = connection.recv(65_536) + answer(connection)
                break
            except TimeoutError:
                continue
    assert told(received) in {(408, "request_timeout"), (400, "invalid_request")}


@pytest.mark.parametrize("path", ["/v1/auth/login", "/v1/events", "/v1/query", "/v1/embed/data"])
@pytest.mark.parametrize("framing", [{"Content-Length": "1000"}, {"Transfer-Encoding": "chunked"}])
def test_a_body_that_does_not_arrive_is_a_408(server: Server, path: str, framing: dict[str, str]) -> None:
    with server.connect() as connection:
        connection.sendall(server.head(path, **framing))
        connection.sendall(b'{"' if "Content-Length" in framing else b'2\r\n{"\r\n')
        received = answer(connection)

    if path == "/v1/embed/data":  # Refused for its token before the body is looked at; what follows is cut off.
        assert received.startswith(b"HTTP/1.1 401")
        return
    assert told(received) == (408, "request_timeout")


def test_a_body_that_dribbles_is_a_408(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(server.head("/v1/events", **{"Content-Length": "1000"}))
        connection.settimeout(TIMEOUT_S / 5)
        received = b""
        for _ in range(50):
            send_all(connection, b"{")
            try:
                received = connection.recv(65_536) + answer(connection)
                break
            except TimeoutError:
                continue
    assert told(received) == (408, "request_timeout")


def test_a_body_that_nobody_reads_ends_with_its_time(server: Server) -> None:
    """A GET's body is asked for by no handler: the answer comes at once, and the connection is closed all the same."""
    with server.connect() as connection:
        connection.sendall(HEALTH + b"Content-Length: 1000\r\n\r\n")
        assert answer(connection).startswith(OK)


@pytest.mark.parametrize("tail", [b"0\r\nX-Trailer: ", b"1;extension="])
def test_trailers_and_chunk_lines_are_bounded_as_well(server: Server, tail: bytes) -> None:
    worker = server.serve.one("api")
    before = worker.cpu_times().user
    with server.connect() as connection:
        send_all(connection, server.head("/v1/events", **{"Transfer-Encoding": "chunked"}) + b"2\r\n{}\r\n" + tail)
        for _ in range(20):
            send_all(connection, b"a" * (1 << 20))
        answer(connection)

    assert worker.cpu_times().user - before < 1
    assert server.serve.status("/healthz") == 200


def test_connections_are_kept_for_requests_one_after_the_other(server: Server) -> None:
    """Longer together than one may take, with pauses between them, and pipelined."""
    with server.connect() as connection:
        for _ in range(4):
            connection.sendall(HEALTH + b"\r\n")
            assert one_answer(connection).startswith(OK)
            time.sleep(TIMEOUT_S / 2)
        time.sleep(TIMEOUT_S * 1.5)
        connection.sendall((HEALTH + b"\r\n") * 2 + HEALTH + b"Connection: close\r\n\r\n")
        assert answer(connection).count(OK) == 3


def test_large_bodies_go_on(server: Server) -> None:
    """Of the largest size, in chunks, packed, and after a head in the same segment."""
    events = [
        {"tenant_id": "t", "event_name": "e", "string_props": {f"k{n}": "v" * 1000 for n in range(5)}}
        for _ in range(900)
    ]
    body = json.dumps({"events": events}).encode()
    assert len(body) > 4 << 20
    headers = {"authorization": f"Bearer {server.key}", "content-type": "application/json"}
    with httpx.Client(base_url=server.serve.address, headers=headers, timeout=30) as client:
        whole = client.post("/v1/events", content=body)
        chunked = client.post("/v1/events", content=(body[at : at + 70_000] for at in range(0, len(body), 70_000)))
        packed = client.post("/v1/events", content=gzip.compress(body), headers={"content-encoding": "gzip"})
    assert [one.json() for one in (whole, chunked, packed)] == [{"accepted": 900, "status": "ok"}] * 3
    small = json.dumps({"events": events[:1]}).encode()
    with server.connect() as connection:
        close = {"Content-Length": str(len(small)), "Connection": "close"}
        connection.sendall(server.head("/v1/events", **close) + small)
        assert answer(connection).startswith(OK)


def test_a_head_request_leaves_the_connection_as_a_get_does(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(HEALTH.replace(b"GET", b"HEAD") + b"\r\n" + HEALTH + b"Connection: close\r\n\r\n")
        first, second = answer(connection).split(OK)[1:]

    assert first.endswith(b"\r\n\r\n"), "no body"
    assert b"content-length: 15" in first.lower()
    assert second.endswith(b'{"status":"ok"}')


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (None, 403),
        ("203.0.113.9", 200),
        ("198.51.100.1, 203.0.113.9", 200),
        ("203.0.113.9, 198.51.100.1", 403),
        ("198.51.100.1", 403),
    ],
)
def test_a_bound_key_goes_by_what_the_trusted_proxy_saw(server: Server, forwarded: str | None, status: int) -> None:
    """This machine is trusted by default, as a proxy in front is; what the client told the proxy is not."""
    headers = {"authorization": f"Bearer {server.key}"}
    body = {"label": "bound", "scope": "admin", "allowed_cidrs": ["203.0.113.0/24"]}
    made = httpx.post(f"{server.serve.address}/v1/api-keys", json=body, headers=headers).raise_for_status().json()
    seen = {"authorization": f"Bearer {made['key']}", **({"x-forwarded-for": forwarded} if forwarded else {})}

    assert httpx.get(f"{server.serve.address}/v1/auth/me", headers=seen).status_code == status


def test_what_is_not_http_is_an_error_of_the_one_shape(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        assert told(answer(connection)) == (400, "invalid_request")


def test_nothing_of_it_stays_in_memory(server: Server) -> None:
    """Fifty connections that each send half a head of the largest size, and leave."""
    worker: psutil.Process = server.serve.one("api")
    before = worker.memory_info().rss
    for _ in range(50):
        with server.connect() as connection:
            send_all(connection, HEALTH + b"X-Long: " + b"a" * (MAX_HEAD // 2))
    assert server.serve.status("/healthz") == 200
    assert worker.memory_info().rss - before < 16 << 20
