"""The README's ten-minute path, run literally against an Emban that was started as the README says."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright

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


@dataclass(frozen=True, slots=True)
class Walked:
    """What the commands printed, and the embed they end with."""

    printed: str
    embed_url: str

    def ask(self, path: str, body: object = None) -> Any:
        """Ask the embed's API as its page does."""
        address, _, rest = self.embed_url.partition("/embed/")
        bearer = {"Authorization": f"Bearer {rest.split('token=', 1)[1]}"}
        method = "GET" if body is None else "POST"
        return httpx.request(method, address + path, headers=bearer, json=body).raise_for_status().json()


def run_commands(address: str) -> subprocess.CompletedProcess[str]:
    """Run the README's own commands, each as it stands but for the port."""
    script = commands()
    assert "EMBAN=http://127.0.0.1:8000\n" in script
    script = script.replace("EMBAN=http://127.0.0.1:8000\n", f"EMBAN={address}\n")
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def walked(address: str) -> Walked:
    done = run_commands(address)
    assert done.returncode == 0, done.stderr
    return Walked(done.stdout.replace(" ", ""), done.stdout.strip().splitlines()[-1])


def test_the_ten_minute_path_ends_with_a_dashboard(address: str, walked: Walked) -> None:
    assert '"accepted":3' in walked.printed
    assert '"value":2560' in walked.printed
    assert walked.embed_url.startswith(f"{address}/embed/dash_")
    page = httpx.get(walked.embed_url)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    shown = walked.ask("/v1/embed/dashboard")
    drawn = walked.ask("/v1/embed/data", {"period": "24h"})
    assert {widget["id"] for widget in shown["dashboard"]["widgets"]} == set(drawn["widgets"])
    assert not [answer for answer in drawn["widgets"].values() if "error" in answer]


def test_a_second_run_says_what_is_in_its_way(address: str, walked: Walked) -> None:
    assert walked.printed
    again = run_commands(address)
    assert again.returncode != 0
    assert "invitation" in again.stderr
    assert "Traceback" not in again.stderr


def test_chromium_draws_it_with_the_numbers_of_the_api(walked: Walked) -> None:
    config = walked.ask("/v1/embed/dashboard")
    answers = walked.ask("/v1/embed/data", {"period": config["filters"]["default_period"]})["widgets"]
    figures = [widget["id"] for widget in config["dashboard"]["widgets"] if widget["kind"] == "kpi"]
    series = [widget["id"] for widget in config["dashboard"]["widgets"] if widget["kind"] == "timeseries"]
    chromium = shutil.which("chromium")
    assert chromium is not None, "this test needs Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(walked.embed_url)
        page.wait_for_selector("[data-state=ready]")
        for widget in figures:
            shown = page.locator(f"[data-widget={widget}] .ew-figure").get_attribute("title")
            assert number(shown) == pytest.approx(answers[widget]["points"][0]["value"], abs=0.005)
        for widget in series:
            page.wait_for_selector(f"[data-widget={widget}] .ew-plot[data-drawn]")
            assert page.locator(f"[data-widget={widget}] canvas").count() > 0
        browser.close()
    assert len(figures) >= 2
    assert series
    assert {2, 2560} <= {answers[widget]["points"][0]["value"] for widget in figures}


def number(text: str | None) -> float:
    return float(re.sub(r"[^0-9.-]", "", text or ""))
