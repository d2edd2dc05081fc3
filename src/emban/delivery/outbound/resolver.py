"""Names to addresses, once for each connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Protocol

from emban.delivery.outbound.addresses import Address

# Names that do not answer hold a thread for as long as the system waits: these are nobody else's.
THREADS = 32


class Resolver(Protocol):
    """Looks names up."""

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """Return every address of a host; raises `OSError` where there is none."""
        ...


class SystemResolver:
    """The system's own look-up, hosts file and all."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="emban-resolver")

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """Return every address of a host; raises `OSError` where there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return list(dict.fromkeys(ip_address(text) for text in found))


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError as error:
        raise OSError(f"not a host name: {error}") from error
    return [str(item[4][0]) for item in found]
