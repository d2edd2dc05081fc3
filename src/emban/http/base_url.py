"""The address under which browsers reach Emban."""

from __future__ import annotations

from starlette.requests import Request

from emban.http.provide import take
from emban.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, not listened on


def base_url(request: Request) -> str:
    """Return the address under which browsers reach Emban, without a slash at its end.

    EMBAN_PUBLIC_URL where it is set. Else what the request calls this host, if that is a name of this machine itself,
    and the address that it listens on if it is another: whoever writes the Host header must not write the address
    that an invitation or an iframe leads to.
    """
    settings = take(request, Settings)
    if settings.public_url is not None:
        return str(settings.public_url).rstrip("/")
    asked = request.url
    if asked.hostname in LOOPBACK_NAMES or (asked.hostname, asked.port) == (settings.host, settings.port):
        return f"{asked.scheme}://{asked.netloc}"
    host, port = _bound(request, settings)
    return f"{asked.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def configured_base_url(settings: Settings) -> str:
    """Return the same where there is no request: of mails and webhooks. Set EMBAN_PUBLIC_URL for it to be right."""
    if settings.public_url is not None:
        return str(settings.public_url).rstrip("/")
    host = "localhost" if settings.host in ANY_ADDRESS else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _bound(request: Request, settings: Settings) -> tuple[str, int]:
    """Return host and port that the server listens on; where that is everywhere, those that this request came to."""
    if settings.host not in ANY_ADDRESS:
        return settings.host, settings.port
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    return host, settings.port if port is None else port
