"""`emban import` beside a running serve, without one, and over HTTP: every event once, bad lines told, resumable."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from emban.cli.main import build
from emban.ingest.bulk.files import mark_of
from tests.support.events import COMMITS, commits
from tests.support.reference import Reference, assert_figures, labelled
from tests.support.serve import EMBAN, Serve, clean_environment, serving

GOOD = {"tenant_id": "t", "event_name": "e"}
EVERYTHING = {"event_name": "*", "date_from": "2017-01-01", "date_to": "2027-01-01"}
FIGURES: list[dict[str, Any]] = [
    {**EVERYTHING, "metric": "count", "group_by": "tenant_id"},
    {**EVERYTHING, "metric": "sum", "prop": "insertions", "group_by": "kind"},
    {**EVERYTHING, "metric": "count_unique", "group_by": "tenant_id"},
    *(
        {
            "event_name": "*",
            "metric": "count",
            "granularity": "day",
            "timezone": zone,
            "date_from": begin,
            "date_to": end,
        }
        for zone in ("Europe/Berlin", "Asia/Kolkata", "America/New_York")
        for begin, end in (("2025-03-01", "2025-04-05"), ("2025-10-20", "2025-11-10"))
    ),
]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a command."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, environment: dict[str, str] | None = None) -> Done:
    """Run a command in this process: starting another one takes longer than most imports."""
    result = CliRunner().invoke(build(arguments), arguments, env=environment)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    # On a busy machine the log says among it that the store is slow.
    said = [line for line in result.stdout.splitlines(keepends=True) if not line.startswith("[warning")]
    return Done(result.exit_code, "".join(said), result.stderr)


@dataclass(frozen=True, slots=True)
class Home:
    """A running serve with one org."""

    serve: Serve
    key: str

    def events_used(self) -> int:
        answer = httpx.get(f"{self.serve.address}/v1/billing", headers={"authorization": f"Bearer {self.key}"})
        return int(answer.raise_for_status().json()["events_used"])

    def count(self, environment: str, users: str) -> int:
        """Return how many stored events are of users whose names begin so."""
        made = httpx.post(
            f"{self.serve.address}/v1/api-keys",
            json={"label": users, "scope": "admin", "environment": environment},
            headers={"authorization": f"Bearer {self.key}"},
        )
        answer = httpx.post(
            f"{self.serve.address}/v1/query/adhoc",
            json={"sql": f"SELECT count() FROM emban.events WHERE startsWith(user_id, '{users}')"},
            headers={"authorization": f"Bearer {made.raise_for_status().json()['key']}"},
        )
        return int(answer.raise_for_status().json()["rows"][0][0])

    def ask(self, query: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a structured query over all tenants."""
        body, headers = {"query": query, "all_tenants": True}, {"authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{self.serve.address}/v1/query", json=body, headers=headers)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def run(self, *arguments: str) -> Done:
        return run("import", *arguments, "--data-dir", str(self.serve.data_dir))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    environment = {"EMBAN_DEFAULT_PLAN": "scale"}
    with serving(tmp_path_factory.mktemp("import") / "data", environment=environment) as serve:
        body = {"email": "owner@acme.example", "password": "correct horse battery", "org_name": "Acme"}
        made = httpx.post(f"{serve.address}/v1/auth/register", json=body, headers={"origin": serve.address})
        yield Home(serve, made.raise_for_status().json()["api_key"]["key"])


def lines(path: Path, *events: object) -> Path:
    path.write_text("".join(f"{event if isinstance(event, str) else json.dumps(event)}\n" for event in events))
    return path


def test_the_commits_are_imported_once(home: Home, tmp_path: Path) -> None:
    events = commits()
    read = f"{len(events):,} lines read:"
    file = tmp_path / "commits.jsonl.gz"
    shutil.copy(COMMITS, file)
    before = home.events_used()
    first = home.run(str(file), "--env", "prod")
    assert (first.returncode, first.stdout) == (
        0,
        f"{read} {len(events):,} events stored, 0 duplicates, 0 rejected.\n",
    ), first.stderr
    again = home.run(str(file), "--env", "prod")
    assert again.stdout == f"{read} 0 events stored, {len(events):,} duplicates, 0 rejected.\n"
    assert home.events_used() - before == len(events)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    # And the API says of them what plain Python says.
    truth = Reference(events, datetime.now(UTC))
    for query in FIGURES:
        assert_figures(labelled(home.ask(query), query), truth.points(query))


def test_bad_lines_are_shown_and_written_down(home: Home, tmp_path: Path) -> None:
    file = lines(tmp_path / "f.jsonl", GOOD, GOOD | {"tenant_id": ""}, "{", GOOD | {"tpyo": 1, "user_id": 5})
    rejected = tmp_path / "rejected.jsonl"
    done = home.run(str(file), "--env", "dev", "--rejected", str(rejected))
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "line 2: tenant_id: must have 1 to 256 characters",
        "line 3: is not JSON at column 2: Expecting property name enclosed in double quotes",
        "line 4: user_id: must be a string; tpyo: is not a known field",
        "4 lines read: 1 events stored, 0 duplicates, 3 rejected.",
    ]
    assert [json.loads(line)["line"] for line in rejected.read_text().splitlines()] == [2, 3, 4]
    assert home.run(str(file), "--env", "dev").stdout.splitlines()[-1] == (
        "4 lines read: 0 events stored, 1 duplicates, 3 rejected."
    )


def test_over_http_with_a_key(home: Home, tmp_path: Path) -> None:
    file = lines(tmp_path / "g.jsonl", *[GOOD | {"user_id": f"u{n}"} for n in range(1500)], GOOD | {"event_name": ""})
    key = {"EMBAN_API_KEY": home.key}
    done = run("import", str(file), "--to", home.serve.address, environment=key)
    assert done.stdout.splitlines()[-1] == "1,501 lines read: 1,500 events stored, 0 duplicates, 1 rejected."
    bad = lines(tmp_path / "h.jsonl", GOOD | {"event_name": ""})
    assert (
        "line 1: event_name: must have 1 to 128 characters"
        in run("import", str(bad), "--to", home.serve.address, environment=key).stdout
    )
    refused = run("import", str(file), "--to", home.serve.address, environment={"EMBAN_API_KEY": "eb_ing_wrong"})
    assert refused.returncode == 1
    assert "API key" in refused.stderr


def test_a_killed_import_goes_on_where_it_was(home: Home, tmp_path: Path) -> None:
    count = 40_000
    file = lines(tmp_path / "i.jsonl", *[GOOD | {"user_id": f"i{n}"} for n in range(count)])
    note = tmp_path / "i.jsonl.emban-import"
    command = [*EMBAN, "import", str(file), "--env", "dev", "--data-dir", str(home.serve.data_dir)]
    with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, start_new_session=True) as running:
        while not note.exists():
            assert running.poll() is None
            time.sleep(0.005)
        os.killpg(running.pid, signal.SIGKILL)
    noted = json.loads(note.read_text())
    assert 0 < noted["line"] < count
    done = home.run(str(file), "--env", "dev")
    first, last = done.stdout.splitlines()
    assert first == f"Going on after line {noted['line']:,}."
    told = re.fullmatch(r"40,000 lines read: ([\d,]+) events stored, ([\d,]+) duplicates, 0 rejected.", last)
    assert told, last
    # What was stored after the note and before the kill is found to be there.
    assert sum(int(number.replace(",", "")) for number in told.groups()) == count
    assert home.count("dev", "i") == count
    assert not note.exists()


def test_a_note_about_other_lines_or_another_target_is_not_followed(home: Home, tmp_path: Path) -> None:
    file = lines(tmp_path / "l.jsonl", *[GOOD | {"user_id": f"l{n}"} for n in range(2000)])
    org_id = httpx.get(f"{home.serve.address}/v1/org", headers={"authorization": f"Bearer {home.key}"}).json()["id"]
    note = tmp_path / "l.jsonl.emban-import"
    state = {"line": 1000, "stored": 1000, "duplicates": 0, "rejected": 0}
    for target, mark in ((f"{org_id}/dev", mark_of(file, 999)), (f"{org_id}/prod", mark_of(file, 1000))):
        note.write_text(json.dumps({"target": target, "mark": mark, **state}))
        assert home.run(str(file), "--env", "dev").stdout.startswith("2,000 lines read: ")
    assert home.count("dev", "l") == 2000


def test_the_way_is_shown_on_a_terminal(home: Home, tmp_path: Path) -> None:
    file = lines(tmp_path / "m.jsonl", *[GOOD | {"user_id": f"m{n}"} for n in range(3000)])
    ours, theirs = pty.openpty()
    command = [*EMBAN, "import", str(file), "--env", "dev", "--data-dir", str(home.serve.data_dir)]
    environment = clean_environment() | {"TERM": "xterm", "COLUMNS": "160"}
    with subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # A terminal whose other end is closed gives EIO.
            while piece := os.read(ours, 65_536):
                shown += piece
        assert running.wait() == 0
    os.close(ours)
    text = shown.decode()
    assert "Importing" in text
    assert "100%" in text
    assert "3,000 stored, 0 duplicates, 0 rejected" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--env", "staging"], "no environment 'staging'; there are: dev, prod"),
        (["--org", "nobody@example.com"], "not found"),
        (["--to", "http://127.0.0.1:1"], "EMBAN_API_KEY must hold"),
    ],
)
def test_mistakes_are_sentences(home: Home, tmp_path: Path, arguments: list[str], words: str) -> None:
    file = lines(tmp_path / "j.jsonl", GOOD)
    done = home.run(str(file), *arguments)
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_running_serve(home: Home, tmp_path: Path) -> None:
    """Last of this module: it stops the serve."""
    before = home.events_used()
    assert home.serve.stop() == 0
    file = lines(tmp_path / "k.jsonl", *[GOOD | {"user_id": f"k{n}"} for n in range(10)])
    assert home.run(str(file)).stdout == "10 lines read: 10 events stored, 0 duplicates, 0 rejected.\n"
    home.serve.restart()
    home.serve.wait_ready()
    assert home.events_used() == before + 10
