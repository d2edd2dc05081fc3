"""The command line without any store: help, versions, settings, mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emban import __version__
from emban.cli.findings import Findings, Health
from emban.cli.main import COMMANDS, build
from emban.settings import Settings

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"EMBAN_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_help_names_every_command() -> None:
    result = RUNNER.invoke(build(["--help"]), ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    result = RUNNER.invoke(build([name]), [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"emban {name}" in result.output.replace("root ", "emban ")


def test_version() -> None:
    assert RUNNER.invoke(build(["--version"]), ["--version"]).output == f"emban {__version__}\n"


def test_settings_lists_every_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_DATABASE_URL", "postgresql://u:hunter2@h/d")
    monkeypatch.setenv("EMBAN_WORKERS", "3")
    result = RUNNER.invoke(build(["settings"]), ["settings", "--json"])
    rows = {row["name"]: row for row in json.loads(result.output)}
    assert set(rows) == {f"EMBAN_{name.upper()}" for name in Settings.model_fields}
    assert rows["EMBAN_DATABASE_URL"]["value"] == "(set)"
    assert (rows["EMBAN_WORKERS"]["value"], rows["EMBAN_WORKERS"]["default"]) == ("3", "1")
    assert all(row["description"] for row in rows.values())
    assert "hunter2" not in result.output
    assert "hunter2" not in RUNNER.invoke(build(["settings"]), ["settings"]).output


@pytest.mark.parametrize("command", ["serve", "settings", "migrate"])
def test_wrong_setting_is_a_sentence_that_names_it(monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("EMBAN_SECRET_KEY", "short-hunter2")
    result = RUNNER.invoke(build([command]), [command])
    assert result.exit_code == 2
    assert result.output.startswith("emban: EMBAN_SECRET_KEY: must be at least 32 random characters")
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMBAN_SECRET_KEY", "a" * 64),
        ("EMBAN_SECRET_KEY", "0123456789abcdefghijklmnopqrstu"),
        ("EMBAN_SECRET_KEY", "changeme-0123456789-abcdefghijklmnop"),
        ("EMBAN_SECRET_KEY", "replace-this-with-32-random-characters"),
        ("EMBAN_METRICS_TOKEN", "secret"),
        ("EMBAN_SMTP_URL", "mail.acme.example"),
        ("EMBAN_AUTH_ATTEMPTS_PER_MINUTE", "0"),
    ],
)
def test_serve_refuses_weak_secrets_and_default_ones(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    result = RUNNER.invoke(build(["serve"]), ["serve"])
    assert result.exit_code == 2
    assert result.output.startswith(f"emban: {name}: ")
    assert len(value) < 3 or value not in result.output


def test_doctor_reports_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBAN_PORT", "70000")
    result = RUNNER.invoke(build(["doctor"]), ["doctor", "--json"])
    assert result.exit_code == 1
    (finding,) = json.loads(result.output)
    assert (finding["subject"], finding["health"]) == ("Settings", "failed")
    assert "EMBAN_PORT" in finding["text"]
    assert finding["remedy"]


def test_certificate_without_its_key_is_refused() -> None:
    result = RUNNER.invoke(build(["serve"]), ["serve", "--tls-cert", "x.pem"])
    assert result.exit_code == 2


def test_finding_of_a_broken_check_hides_no_other() -> None:
    findings = Findings()
    with findings.check("First", "Do this.", (OSError,)):
        _break("broken\nwith details")
    findings.ok("Second", "fine")
    assert [(item.subject, item.health, item.text) for item in findings.items] == [
        ("First", Health.FAILED, "broken"),
        ("Second", Health.OK, "fine"),
    ]
    assert [item.remedy for item in findings.failed] == ["Do this."]


def _break(text: str) -> None:
    raise OSError(text)
