"""`emban mail test`, over a real server."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from emban.cli.main import build
from tests.support.mail_server import mail_server

RUNNER = CliRunner()


def run(*arguments: str) -> tuple[int, str]:
    result = RUNNER.invoke(build(["mail"]), ["mail", "test", *arguments])
    return result.exit_code, result.output.strip()


@pytest.fixture(autouse=True)
def sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBAN_SMTP_URL", raising=False)
    monkeypatch.setenv("EMBAN_SMTP_FROM", "Emban <emban@acme.example>")


def test_what_the_server_says_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server() as mailbox:
        monkeypatch.setenv("EMBAN_SMTP_URL", mailbox.url)
        mailbox.refusals["ada@acme.example"] = ["550 5.1.1 no such user"]
        refused = run("ada@acme.example")
        taken = run("ada@acme.example")
        as_json = run("ada@acme.example", "--json")

    assert refused == (1, "emban: the mail server refused the recipient (550); it said: 5.1.1 no such user")
    assert taken == (0, "The mail server took it: 250 OK queued as mail-1")
    assert as_json[0] == 0
    assert json.loads(as_json[1]) == {"delivered": True, "error": None, "code": 250, "answer": "OK queued as mail-2"}
    assert [mail["Subject"] for mail in mailbox.messages] == ["Mail from Emban arrives"] * 2
    assert len({mail["Message-ID"] for mail in mailbox.messages}) == 2


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("ada@acme.example") == (2, "emban: no mail server is configured: set EMBAN_SMTP_URL")
    monkeypatch.setenv("EMBAN_SMTP_URL", "smtp://127.0.0.1:1")
    assert run("ada,eve@acme.example")[0] == 2
    code, said = run("ada@acme.example", "--json")
    assert (code, json.loads(said)["error"]) == (1, "the mail server cannot be reached")
