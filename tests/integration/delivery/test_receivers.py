"""The receivers of examples/webhooks, started as their README says: they take what Emban signed, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from emban.delivery.messages import WebhookContent
from emban.delivery.signature import signed_headers
from emban.engines.supervisor.child import free_port
from emban.kit.clock import utcnow
from tests.contract.support import ROOT, node_program
from tests.support.control import TestOrg
from tests.support.deliveries import Post, new_message
from tests.support.waiting import PATIENCE_S

COMMANDS = {"python": [sys.executable, "receiver.py"], "node": [node_program(), "receiver.js"]}
_LONG_AGO = datetime(2026, 11, 23, tzinfo=UTC)
PDF = b"%PDF-1.7\n\xe2\xe3\xcf\xd3\x00\xff"
ALERT = '{"alert_id": 7, "state": "firing", "value": 412, "name": "Fehlerfälle"}'


@dataclass(frozen=True)
class Program:
    """A started receiver; `said` are its lines so far."""

    url: str
    secret: str
    log: Path

    @property
    def said(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture(params=COMMANDS)
async def program(request: pytest.FixtureRequest, fresh_org: TestOrg, tmp_path: Path) -> AsyncIterator[Program]:
    answer = await fresh_org["admin"].post("/v1/org/webhook-secret")
    with started(request.param, answer.json()["secret"], tmp_path) as running:
        yield running


@contextmanager
def started(language: str, secret: str, folder: Path) -> Iterator[Program]:
    example = Path(shutil.copytree(ROOT / "examples/webhooks", folder / "example"))
    (example / "node_modules").symlink_to(ROOT / "web/node_modules")
    port, log = free_port(), folder / "said"
    environment = {"PATH": os.environ["PATH"], "EMBAN_WEBHOOK_SECRET": secret, "PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(COMMANDS[language], cwd=example, env=environment, stdout=output, stderr=output)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_for(url, process, log)
        yield Program(url, secret, log)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            httpx.post(url, timeout=PATIENCE_S)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


async def test_alerts_and_files_are_taken_once(api: FastAPI, post: Post, fresh_org: TestOrg, program: Program) -> None:
    delivery = post.services.delivery
    alert = await delivery.send_now(new_message(fresh_org, program.url, body=ALERT))
    again = await fresh_org["admin"].post(f"/v1/webhook-deliveries/{alert.id}/redeliver")
    assert (again.status_code, again.json()["status_code"]) == (200, 204), api.title
    outcomes = [alert]
    for content, kind in ((PDF, "application/pdf"), ("a,b\n1,ü\n".encode(), "text/csv; charset=utf-8")):
        post.source.content = WebhookContent(content, kind, {"X-Emban-Report-Id": "9"})
        outcomes.append(await delivery.send_now(new_message(fresh_org, program.url, source="report", body=None)))

    assert [(one.status_code, one.answer) for one in outcomes] == [(204, None)] * 3
    assert program.said == ["alert 7 is firing: 412", f"report 9: {len(PDF)} bytes", "report 9: 9 bytes"]


async def test_the_old_secret_is_taken_for_a_day(post: Post, fresh_org: TestOrg, program: Program) -> None:
    rotated = await fresh_org["admin"].post("/v1/org/webhook-secret")
    sent = await post.services.delivery.send_now(new_message(fresh_org, program.url, body=ALERT))

    assert rotated.json()["secret"] != program.secret
    assert sent.status_code == 204


@pytest.mark.parametrize("kind", ["application/json", "application/pdf"])
def test_what_emban_did_not_sign_is_refused(program: Program, kind: str) -> None:
    body = ALERT.encode() if kind == "application/json" else PDF
    good = {"content-type": kind, **signed_headers([program.secret], "msg_1", utcnow(), body)}
    tries = {
        "another body": (good, body + b" "),
        "another id": ({**good, "webhook-id": "msg_2"}, body),
        "another time": ({**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) - 1)}, body),
        "no signature": ({**good, "webhook-signature": "v1,"}, body),
        "nothing": ({"content-type": kind}, body),
        "a stranger's": ({**good, **signed_headers(["whsec_c3RyYW5nZXI="], "msg_1", utcnow(), body)}, body),
        "an old one": ({**good, **signed_headers([program.secret], "msg_1", _LONG_AGO, body)}, body),
    }
    answers = {
        name: httpx.post(program.url, headers=headers, content=content, timeout=30).status_code
        for name, (headers, content) in tries.items()
    }

    assert answers == dict.fromkeys(tries, 401)
    assert httpx.post(program.url, headers=good, content=ALERT.encode(), timeout=30).status_code == (
        204 if kind == "application/json" else 401
    )
