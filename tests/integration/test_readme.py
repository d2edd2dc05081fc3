"""The README's ten-minute path, run literally against an Emban that was started as the README says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
EMBAN = ROOT / ".venv" / "bin" / "emban"
START_LIMIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of `emban serve`, started in an empty directory with nothing set."""
    folder = tmp_path_factory.mktemp("newcomer")
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EMBAN_")}
    with (folder / "serve.log").open("wb") as log:
        serve = subprocess.Popen(
            [EMBAN, "serve", "--port", str(port)], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", serve)
            yield f"http://127.0.0.1:{port}"
        finally:
            serve.terminate()
            serve.wait(30)


def wait_until_ready(address: str, serve: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        assert serve.poll() is None, "emban serve ended"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail("emban serve was not ready in time")


def commands() -> str:
    readme = (ROOT / "README.md").read_text()
    path = readme.split("## The ten-minute path", 1)[1]
    found = re.search(r"```sh\n(.*?)```", path, re.DOTALL)
    assert found, "the README has no commands under its heading"
    return found.group(1)


def test_the_ten_minute_path_ends_with_a_dashboard(address: str) -> None:
    script = commands()
    assert "EMBAN=http://127.0.0.1:8000\n" in script
    script = script.replace("EMBAN=http://127.0.0.1:8000\n", f"EMBAN={address}\n")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"accepted":3' in done.stdout.replace(" ", "")
    assert '"value":2560' in done.stdout.replace(" ", "").replace("2560.0", "2560")
    embed_url = done.stdout.strip().splitlines()[-1]
    assert embed_url.startswith(f"{address}/embed/dash_")

    page = httpx.get(embed_url)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    token = embed_url.split("token=", 1)[1]
    bearer = {"Authorization": f"Bearer {token}"}
    shown = httpx.get(f"{address}/v1/embed/dashboard", headers=bearer).json()
    drawn = httpx.post(f"{address}/v1/embed/data", headers=bearer, json={"period": "24h"}).json()
    assert {widget["id"] for widget in shown["dashboard"]["widgets"]} == set(drawn["widgets"])
    assert not [answer for answer in drawn["widgets"].values() if "error" in answer]
