"""Connections to a running `emban serve` of which it is known which API process serves each."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.serve import Serve
from tests.support.waiting import PATIENCE_S

AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the headers in small letters, and the decoded body."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def cookie(self) -> str:
        """The session's cookie that came with the answer, as it is sent back."""
        return self.headers["set-cookie"].split(";")[0]


@dataclass(slots=True)
class Link:
    """One connection that is kept open, and with it one API process."""

    serve: Serve
    headers: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.serve.port, timeout=60)
        self.connection.connect()
        self.connection.auto_open = 0  # Anew, it would be another process's.

    @property
    def port(self) -> int:
        """The port at this end."""
        found: int = self.connection.sock.getsockname()[1]
        return found

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send a request as Emban's own pages would."""
        raw = None if body is None else json.dumps(body)
        sent = {"Origin": self.serve.address, "Content-Type": "application/json", **self.headers, **headers}
        self.connection.request(method, path, raw, sent)
        return self.reply()

    def reply(self) -> Reply:
        """Wait for the answer to `send`."""
        answer = self.connection.getresponse()
        text = answer.read()
        kind = answer.headers.get_content_type()
        decoded = json.loads(text) if text and kind == "application/json" else text.decode()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, decoded)

    def send(self, method: str, path: str, body: Any) -> None:
        """Send a request and leave its answer for `reply`."""
        sent = {"Origin": self.serve.address, "Content-Type": "application/json", **self.headers}
        self.connection.request(method, path, json.dumps(body), sent)

    def reply_status(self) -> int:
        """Wait for the answer to `send`; returns its status alone."""
        return self.reply().status


@contextmanager
def one_link_each(serve: Serve, headers: Mapping[str, str] | None = None) -> Iterator[list[Link]]:
    """Open connections until every API process has one; yields one of each."""
    processes = {fork.pid: fork for fork in serve.forks("api")}
    found: dict[int, Link] = {}
    spare: list[Link] = []
    deadline = time.monotonic() + PATIENCE_S
    try:
        while len(found) < len(processes):
            assert time.monotonic() < deadline, f"{len(found)} of {len(processes)} processes took a connection"
            fresh = [Link(serve, dict(headers or {})) for _ in range(AT_ONCE)]
            spare += fresh
            for link in fresh:
                link.connection.request("GET", "/healthz")
            for link in fresh:
                link.connection.getresponse().read()
            owners = _owners(processes.values())
            for link in fresh:
                found.setdefault(owners[link.port], link)
        yield list(found.values())
    finally:
        for link in spare:
            link.connection.close()


def _owners(processes: Any) -> dict[int, int]:
    """Return port at the other end → process."""
    return {
        connection.raddr.port: process.pid
        for process in processes
        for connection in process.net_connections("tcp")
        if connection.raddr
    }
