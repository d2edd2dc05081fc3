"""An httpx transport that connects to checked addresses only.

The host is looked up once, each of its addresses is checked, and the connection goes to one of these: nothing that a
name server says a moment later matters. TLS still asks for and checks the certificate of the name. No connection is
kept, so each request is checked anew; a transport asks no proxy and follows no redirect.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import httpcore
import httpx
from httpcore import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from emban.delivery.outbound.addresses import Address
from emban.delivery.outbound.resolver import Resolver
from emban.delivery.outbound.targets import read_target, refuse_address
from emban.kit.allowed_hosts import AllowedHosts

# Of one address; the next is tried afterwards, as one family of addresses may lead nowhere.
CONNECT_S = 4.0
# All that is taken in of one answer, heads of 1xx answers and the frames of chunks included.
MAX_READ = 1 << 20


class AnswerTooLongError(httpcore.ReadError):
    """The receiver sent more than is read of an answer."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends one request over a connection of its own. Raises `UrlRefusedError` beside httpx's `TransportError`s."""

    def __init__(self, allowed: AllowedHosts, resolver: Resolver, ssl_context: ssl.SSLContext) -> None:
        self._allowed = allowed
        self._backend = _CheckedBackend(allowed, resolver)
        self._ssl_context = ssl_context

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; the answer's body is read from its stream, and its connection closed with it."""
        target = read_target(str(request.url), self._allowed)
        connection = httpcore.AsyncHTTPConnection(
            httpcore.Origin(target.url.raw_scheme, target.url.raw_host, target.port),
            ssl_context=self._ssl_context,
            network_backend=self._backend,
        )
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=target.url.raw_scheme, host=target.url.raw_host, port=target.port, target=target.url.raw_path
            ),
            headers=request.headers.raw,
            content=cast("httpx.AsyncByteStream", request.stream),
            extensions=request.extensions,
        )
        try:
            with _as_httpx():
                answer = await connection.handle_async_request(sent)
        except BaseException:
            await connection.aclose()
            raise
        stream = _AnswerStream(cast("AsyncIterable[bytes]", answer.stream), connection)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)


class _CheckedBackend(AsyncNetworkBackend):
    """Connects to hosts whose every address may be asked."""

    def __init__(self, allowed: AllowedHosts, resolver: Resolver) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Look the host up, check, connect."""
        addresses = await checked_addresses(host, port, self._allowed, self._resolver)
        for address in addresses:
            try:
                stream = await self._network.connect_tcp(str(address), port, CONNECT_S, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if address == addresses[-1]:
                    raise
                continue
            return _BoundedStream(stream, MAX_READ)
        raise httpcore.ConnectError("the name has no address")


async def checked_addresses(host: str, port: int, allowed: AllowedHosts, resolver: Resolver) -> Sequence[Address]:
    """Return a host's addresses; raises `UrlRefusedError` where one of them may not be asked, whatever the others."""
    target = read_target(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}", allowed)
    if target.address is not None:
        return [target.address]
    try:
        addresses = await resolver.resolve(host, port)
    except OSError as error:
        raise httpcore.ConnectError("the name does not resolve") from error
    if not target.any_address:
        for address in addresses:
            refuse_address(address, allowed, "must not resolve to")
    return addresses


class _BoundedStream(AsyncNetworkStream):
    """A connection that takes in so many bytes and no more."""

    def __init__(self, stream: AsyncNetworkStream, left: int) -> None:
        self._stream = stream
        self._left = left

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        if self._left <= 0:
            raise AnswerTooLongError("the answer is too long")
        data = await self._stream.read(min(max_bytes, self._left), timeout)
        self._left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> AsyncNetworkStream:
        try:
            return _BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._left)
        except BaseException:  # httpcore leaves the socket open where the time is over in the middle of it.
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _AnswerStream(httpx.AsyncByteStream):
    def __init__(self, parts: AsyncIterable[bytes], connection: httpcore.AsyncHTTPConnection) -> None:
        self._parts = parts
        self._connection = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx():
            async for part in self._parts:
                yield part

    async def aclose(self) -> None:
        await self._connection.aclose()


@contextmanager
def _as_httpx() -> Iterator[None]:
    """Raise what httpx's callers know instead of what lies below it."""
    try:
        yield
    except httpcore.ConnectTimeout as error:
        raise httpx.ConnectTimeout("the connection was not made in time") from error
    except httpcore.TimeoutException as error:
        raise httpx.ReadTimeout("the receiver took too long") from error
    except httpcore.ConnectError as error:
        raise httpx.ConnectError(str(error)) from error
    except httpcore.NetworkError as error:
        raise httpx.ReadError(str(error)) from error
    except httpcore.ProtocolError as error:
        raise httpx.RemoteProtocolError(str(error)) from error
