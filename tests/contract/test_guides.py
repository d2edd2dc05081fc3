"""The guide's own lines, run by bash, Python and Node, and its quotes held to what they quote."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.support import ROOT, Backend, node

GUIDE = ROOT / "docs/guide"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL_PAGES = (
    "curl.md",
    "events.md",
    "keys.md",
    "tenants.md",
    "permissions.md",
    "embedding.md",
    "exports.md",
    "reports.md",
    "webhooks.md",
)
QUOTES = {"react.md": ("tsx",), "html.md": ("js",), "webhooks.md": ("python", "js")}


def blocks(page: str, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall((GUIDE / page).read_text()) if kind == language]


@pytest.mark.parametrize("page", SHELL_PAGES)
def test_shell_blocks_run(backend: Backend, page: str) -> None:
    found = blocks(page, "sh")
    assert found
    variables = {"EMBAN": backend.address, "KEY": backend.key, "DASHBOARD": backend.dashboard}
    for block in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env={"PATH": os.environ["PATH"], **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"


def test_the_python_guide_is_a_program(backend: Backend) -> None:
    program = "\n".join(blocks("python.md", "python"))
    paths = {"PYTHONPATH": str(ROOT / "clients/python/src")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"EMBAN_URL": backend.address, "EMBAN_KEY": backend.key, **paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "1 stored"
    assert "['large'] 2048" in done.stdout.replace("2048.0", "2048")
    assert any(line.startswith(f"{backend.address}/embed/dash_") for line in said)
    assert said[-1] == "404 not_found ()"


def test_the_node_guide_is_a_module(backend: Backend) -> None:
    module = "\n".join(blocks("node.md", "js"))
    done = node(module, {"EMBAN_URL": backend.address, "EMBAN_KEY": backend.key})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "1 stored"
    assert any(line.startswith(f"{backend.address}/embed/dash_") for line in said)
    assert said[-1] == "404 not_found []"


def test_python_of_the_embedding_guide_runs(backend: Backend) -> None:
    [block] = blocks("embedding.md", "python")
    names = {"EMBAN_URL": backend.address, "EMBAN_ADMIN_KEY": backend.key, "DASHBOARD_ID": backend.dashboard}
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    done = subprocess.run(
        [sys.executable, "-c", f"{given}\n{block}\nprint(embed_url('customer_1'))"],
        env={"PYTHONPATH": str(ROOT / "clients/python/src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith(f"{backend.address}/embed/{backend.dashboard}?token="), done.stderr


@pytest.mark.parametrize("page", QUOTES)
def test_what_is_quoted_from_an_example_is_in_it(page: str) -> None:
    sources = [path.read_text() for path in (ROOT / "examples" / page.removesuffix(".md")).rglob("*") if path.is_file()]
    for language in QUOTES[page]:
        for block in blocks(page, language):
            assert any(block in source for source in sources), block


def test_json_in_the_guide_is_json() -> None:
    read = [json.loads(block.replace("…", "")) for page in GUIDE.glob("*.md") for block in blocks(page.name, "json")]
    assert read


def test_every_page_can_be_reached_from_the_quickstart() -> None:
    reached, waiting = set[Path](), [GUIDE / "quickstart.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        links = re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", page.read_text())
        waiting += [target for link in links if (target := (page.parent / link).resolve()).parent == GUIDE]
    assert reached == set(GUIDE.glob("*.md"))
