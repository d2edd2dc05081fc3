"""Unit tests cannot reach the network, and event loops work all the same."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from pytest_socket import SocketBlockedError


def test_no_socket_can_be_opened() -> None:
    with pytest.raises(SocketBlockedError):
        socket.create_connection(("127.0.0.1", 1))
    with pytest.raises(SocketBlockedError):
        httpx.get("http://127.0.0.1:1")


async def test_nor_from_an_event_loop() -> None:
    with pytest.raises(SocketBlockedError):
        await asyncio.open_connection("127.0.0.1", 1)


def test_a_new_event_loop_still_starts() -> None:
    assert asyncio.run(asyncio.to_thread(lambda: 42)) == 42
