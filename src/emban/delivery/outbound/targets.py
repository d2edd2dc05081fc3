"""Reading the address of a receiver: what may be saved, and what may be asked later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

import httpx

from emban.delivery.outbound.addresses import Address, forbidden_kind
from emban.kit.allowed_hosts import AllowedHosts

MAX_URL = 2048
LOW_PORTS = frozenset({80, 443})
FIRST_HIGH_PORT, LAST_PORT = 1024, 65_535
# Names that mean this machine or this network to whoever resolves them, and those that clouds answer secrets under.
_LOCAL_NAMES = frozenset({"metadata.tencentyun.com", "metadata.platformequinix.com"})
_LOCAL_ENDINGS = (
    *(".localhost", ".local", ".localdomain", ".internal", ".intranet"),
    *(".lan", ".corp", ".home", ".private", ".home.arpa"),
)
_AUTHORITY = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_UNWRITTEN = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SCHEMES = {"http": 80, "https": 443}


class UrlRefusedError(ValueError):
    """Emban does not send to this URL; the text says why, and holds nothing of the URL but its host."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked once its addresses are known to be fit.

    `host` is in small letters, without a trailing dot; `address` is set where it is one. `any_address`: the operator
    vouches for the name, whatever it resolves to.
    """

    url: httpx.URL
    host: str
    port: int
    address: Address | None
    any_address: bool


def find_url_problem(url: str, allowed: AllowedHosts) -> str | None:
    """Say what is wrong with a receiver's URL, in words that go on after a field's name; None where nothing is.

    Looks nothing up: a name that resolves to a forbidden address is found by `OutboundHttp`.
    """
    try:
        read_target(url, allowed)
    except UrlRefusedError as error:
        return str(error)
    return None


def read_target(url: str, allowed: AllowedHosts) -> Target:
    """Read a URL; raises `UrlRefusedError`."""
    parsed = _parsed(url)
    host = parsed.raw_host.decode("ascii").lower()
    host = host.removesuffix(".")
    port = parsed.port or _SCHEMES[parsed.scheme]
    if parsed.port == 0 or (port not in LOW_PORTS and not FIRST_HIGH_PORT <= port <= LAST_PORT):
        raise UrlRefusedError("must have the port 80, 443, or one of 1024 and up")
    address = _address(host)
    named = allowed.has_name(host)
    if address is not None:
        refuse_address(address, allowed, "must not be")
    elif not named:
        _refuse_name(host)
    return Target(parsed.copy_with(host=host, fragment=None), host, port, address, named)


def refuse_address(address: Address, allowed: AllowedHosts, words: str) -> None:
    """Raise `UrlRefusedError` for an address that is neither public nor allowed by the operator."""
    kind = forbidden_kind(address)
    if kind is not None and not allowed.has_address(address):
        raise UrlRefusedError(f"{words} {_article(kind)} {kind} address")


def _parsed(url: str) -> httpx.URL:
    if len(url) > MAX_URL:
        raise UrlRefusedError(f"must have at most {MAX_URL} characters")
    if _UNWRITTEN.search(url):
        raise UrlRefusedError("must not contain spaces, control characters or backslashes")
    authority = _AUTHORITY.match(url)
    if authority is None or url.partition(":")[0].lower() not in _SCHEMES:
        raise UrlRefusedError("must be an http:// or https:// address")
    if "@" in authority[1]:
        raise UrlRefusedError("must not contain a user name or a password")
    if "%" in authority[1]:
        raise UrlRefusedError("must have a host name without percent signs")
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise UrlRefusedError("must be a valid address") from error


def _address(host: str) -> Address | None:
    """Return the address that the host is, None for a name; raises for a number in any spelling but the usual one."""
    if ":" in host:
        try:
            return ip_address(host)
        except ValueError as error:
            raise UrlRefusedError("must have a valid host") from error
    if _NUMBER.fullmatch(host.rpartition(".")[2]) is None:
        return None
    try:
        # Refuses 127.1, 0x7f000001, 0177.0.0.1 and 2130706433, all of which reach 127.0.0.1.
        return IPv4Address(host)
    except ValueError as error:
        raise UrlRefusedError("must have an address written as four decimal numbers") from error


def _refuse_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlRefusedError("must have a valid host name")
    if len(labels) == 1 or host in _LOCAL_NAMES or host.endswith(_LOCAL_ENDINGS):
        raise UrlRefusedError("must not name a host of this machine or its own network")


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiouI" else "a"
