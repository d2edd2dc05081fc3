"""Receivers of webhooks on loopback that answer byte by byte as a test wants; a name server that changes its mind."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

import dns.asyncresolver
import dns.exception
import dns.message
import dns.rdatatype
import dns.resolver
import dns.rrset

from emban.delivery.outbound.addresses import Address


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """What a receiver was asked, and how many bytes it got rid of."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    written: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)


Answer = Callable[["Conversation"], Awaitable[None]]


@dataclass(slots=True)
class Conversation:
    """One connection, after its request was read."""

    receiver: Receiver
    writer: asyncio.StreamWriter
    request: Received

    async def say(self, data: bytes) -> None:
        """Send bytes; raises `ConnectionError` once the other side is gone."""
        self.writer.write(data)
        await self.writer.drain()
        self.receiver.written += len(data)
        if self.writer.is_closing():
            raise ConnectionResetError


def answering(status: int = 200, body: bytes = b"ok", headers: Mapping[str, str] | None = None) -> Answer:
    """Answer plainly."""

    async def answer(talk: Conversation) -> None:
        lines = {"content-length": str(len(body)), **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        await talk.say(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body)

    return answer


@asynccontextmanager
async def receiving(
    answer: Answer, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Listen until the block ends."""
    receiver = Receiver()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            request = await _read(reader)
            receiver.requests.append(request)
            await answer(Conversation(receiver, writer, request))

    async with _listening(receiver, talk, host, port, tls):
        yield receiver


@asynccontextmanager
async def unmoved(said: bytes = b"") -> AsyncIterator[Receiver]:
    """Listen until the block ends, and read nothing; all that it says is said whatever it is asked."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(said)
        await asyncio.Event().wait()

    receiver = Receiver()
    async with _listening(receiver, talk, "127.0.0.1", 0, None):
        yield receiver


@asynccontextmanager
async def _listening(
    receiver: Receiver,
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
) -> AsyncIterator[None]:
    tasks: set[asyncio.Task[None]] = set()

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        try:
            await talk(reader, writer)
        finally:
            # TLS says good-bye; a plain one that still has much to say is cut off.
            writer.close() if tls is not None else await _hang_up(writer)
            receiver.closed.set()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(end(reader, writer))
        tasks.add(task)
        await asyncio.wait([task])

    server = await asyncio.start_server(keep, host, port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    if writer.transport.get_write_buffer_size():
        writer.transport.abort()
    else:
        writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, path, _ = first.split(" ")
    return Received(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@dataclass(slots=True)
class NameServer:
    """Answers look-ups of names: the addresses of each answer in turn, the last one from then on."""

    answers: dict[str, list[Sequence[str]]]
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    def reply(self, wire: bytes) -> bytes:
        """Answer one question of DNS."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = str(question.name).rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        turns = self.answers.get(name, [[]])
        addresses = turns[0]
        if kind == "AAAA" and len(turns) > 1:  # Asked last of the two kinds.
            turns.pop(0)
        version = {"A": 4, "AAAA": 6}[kind]
        fitting = [text for text in addresses if ip_address(text).version == version]
        answer = dns.message.make_response(query)
        if fitting:
            answer.answer.append(dns.rrset.from_text(question.name, 0, "IN", kind, *fitting))
        return answer.to_wire()


class NameServerResolver:
    """Looks names up at a name server of the tests' own, as the system does at its own: one question for each kind."""

    def __init__(self, port: int) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = ["127.0.0.1"]
        self._resolver.port = port

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        """Return every address of a host; raises `OSError` where there is none."""
        del port
        found: list[Address] = []
        for kind in ("A", "AAAA"):
            with suppress(dns.resolver.NoAnswer):
                found += [ip_address(str(item)) for item in await self._resolver.resolve(host, kind)]
        if not found:
            raise OSError("no such name")
        return found


@asynccontextmanager
async def naming(answers: dict[str, list[Sequence[str]]]) -> AsyncIterator[tuple[NameServer, NameServerResolver]]:
    """Run a name server until the block ends."""
    server = NameServer(answers)

    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            self.transport.sendto(server.reply(data), addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Protocol, local_addr=("127.0.0.1", 0))
    server.port = transport.get_extra_info("sockname")[1]
    try:
        yield server, NameServerResolver(server.port)
    finally:
        transport.close()
