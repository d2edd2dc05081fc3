"""A live stream over a real connection: piece by piece, never packed, and over when the server stops."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from emban.app.build import build_app
from emban.app.connection import http_protocol
from emban.cli.api_forks import _Server
from emban.settings import Settings
from tests.support.control import TestOrg


@contextmanager
def served(app: FastAPI) -> Iterator[tuple[str, uvicorn.Server]]:
    """Serve from a thread, as `emban serve` does; yields the address and the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=http_protocol(30), log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=20
    )
    server = _Server(config, app, announce=False)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", server
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.mark.parametrize("packing", ["identity", "gzip, br, zstd"])
async def test_it_comes_piece_by_piece_and_ends_with_the_server(
    settings: Settings, fresh_org: TestOrg, packing: str
) -> None:
    headers = {"authorization": f"Bearer {fresh_org.raw_admin_key}", "accept-encoding": packing}
    with served(build_app(settings)) as (address, server):
        async with (
            httpx.AsyncClient(headers=headers, timeout=10) as client,
            client.stream("GET", f"{address}/v1/stream") as answer,
        ):
            assert answer.status_code == 200
            assert "content-encoding" not in answer.headers
            lines = answer.aiter_lines()
            assert await anext(lines) == "retry: 2000"
            await fresh_org["editor"].post("/v1/dashboards", json={"name": "x"})
            async with asyncio.timeout(5):
                while not (await anext(lines)).startswith("data: "):
                    pass
            server.should_exit = True
            async with asyncio.timeout(5):
                assert [line async for line in lines if line.startswith("data: ")] == []
