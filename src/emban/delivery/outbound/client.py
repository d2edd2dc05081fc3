"""Asking receivers over HTTP: one request, one connection, one time limit."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx

from emban import __version__
from emban.delivery.outbound.resolver import Resolver, SystemResolver
from emban.delivery.outbound.targets import UrlRefusedError, find_url_problem, read_target
from emban.delivery.outbound.transport import AnswerTooLongError, CheckedTransport, checked_addresses
from emban.errors import invalid_field
from emban.kit.allowed_hosts import AllowedHosts

MAX_BODY = 64 << 10
# A name that takes longer to look up than somebody waits for a form to be saved is looked up when it is asked.
LOOK_UP_S = 2.0
_HEADERS = {
    "user-agent": f"Emban/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",  # What is packed could grow beyond what is read.
    "connection": "close",
}


class OutboundError(Exception):
    """There was no answer; the text says why to a person, and is safe to show."""


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """What a receiver answered: at most 64 KiB of the body, which is `complete` where that was all of it in time."""

    status: int
    headers: httpx.Headers
    body: bytes
    complete: bool

    @property
    def accepted(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return 200 <= self.status < 300


class OutboundHttp:
    """The one way out over HTTP. Follows no redirect, keeps no cookie, asks no proxy, reads no netrc."""

    def __init__(
        self,
        allowed: AllowedHosts,
        *,
        resolver: Resolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver or SystemResolver()
        self._transport = CheckedTransport(allowed, self._resolver, ssl_context or _trusted())

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """The transport alone, for libraries that bring an httpx client."""
        return self._transport

    def find_problem(self, url: str) -> str | None:
        """Say what is wrong with a URL as it is written, in words that go on after a field's name; looks nothing up."""
        return find_url_problem(url, self._allowed)

    async def require(self, field: str, url: str) -> None:
        """Raise 400 naming the field for a URL that Emban does not send to, as far as it can be known by now."""
        try:
            target = read_target(url, self._allowed)
            async with asyncio.timeout(LOOK_UP_S):
                await checked_addresses(target.host, target.port, self._allowed, self._resolver)
        except UrlRefusedError as error:
            raise invalid_field(field, str(error)) from error
        except (TimeoutError, httpcore.ConnectError):
            return  # Perhaps it will have an address when it is asked.

    async def request(
        self,
        method: str,
        url: str,
        *,
        timeout_s: float,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
    ) -> OutboundAnswer:
        """Send a request; the limit is of all of it, the look-up and the sending included. Raises `OutboundError`.

        A status that came in time counts, even where the body did not come to its end.
        """
        response: httpx.Response | None = None
        body = bytearray()
        complete, problem = False, ""
        try:
            async with asyncio.timeout(timeout_s):
                sent = httpx.Request(method, read_target(url, self._allowed).url, headers=_HEADERS, content=content)
                sent.headers.update(headers or {})
                response = await self._transport.handle_async_request(sent)
                complete = await _read_into(body, response)
        except TimeoutError:
            problem = f"no answer within {timeout_s:g} s"
        except UrlRefusedError as error:
            problem = f"refused: the address {error}"
        except httpx.TransportError as error:
            problem = _words(error)
        if response is None:
            raise OutboundError(problem)
        return OutboundAnswer(response.status_code, response.headers, bytes(body), complete)


async def _read_into(body: bytearray, response: httpx.Response) -> bool:
    """Take in what is read of a body; tell whether it was all."""
    try:
        async for part in response.stream:  # type: ignore[union-attr]
            if len(body) + len(part) > MAX_BODY:
                body += part[: MAX_BODY - len(body)]
                return False
            body += part
        return True
    finally:
        await response.aclose()


def _trusted() -> ssl.SSLContext:
    """Trust the usual authorities, and those that the machine's operator added to it."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _words(error: Exception) -> str:
    """Say what went wrong from the first cause that says it, without addresses and paths."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case ssl.SSLCertVerificationError():
                return f"the certificate is not valid: {cause.verify_message}"
            case ssl.SSLError():
                return "TLS failed: the receiver does not speak it as it should"
            case AnswerTooLongError():
                return "the answer's headers are too long"
            case ConnectionRefusedError():
                return "the connection was refused"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError):
        return str(error) if str(error) == "the name does not resolve" else "the connection could not be made"
    if isinstance(error, httpx.ConnectTimeout):
        return str(error)
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer is not HTTP, or its headers are too long"
    return "the connection was closed before the answer"
