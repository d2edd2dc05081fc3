"""What an API key may be held to: a time after which it is refused, and the networks that it may be used from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from emban.auth.principal import KeyPrincipal, Network
from emban.errors import forbidden, unauthorized
from emban.kit.rfc3339 import format_instant


def read_network(text: str) -> Network:
    """Return the network that a text such as `10.0.0.0/8` names, a single address as a network of one.

    Raises `ValueError`, also for an address with bits beyond the prefix: it may be meant as the one or as the other.
    """
    if "%" in text:
        raise ValueError("a network has no zone")
    network = ip_network(text, strict=True)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= _MAPPED_BITS:
        return ip_network((mapped, network.prefixlen - _MAPPED_BITS))
    return network


def read_networks(texts: Sequence[str] | None) -> tuple[Network, ...] | None:
    """Return the networks of a key's row; None, which is any address, stays None."""
    return None if texts is None else tuple(read_network(text) for text in texts)


def check_use(key: KeyPrincipal, address: str | None, now: datetime) -> None:
    """Raise 401 for a key that has expired, 403 for one that may not be used from the address.

    The address is the connection's, or what trusted proxies say of it (EMBAN_TRUSTED_PROXIES). One that is not known
    is in no network.
    """
    if key.expires_at is not None and key.expires_at <= now:
        raise unauthorized(f"the API key expired at {format_instant(key.expires_at)}; make another", "key_expired")
    if key.networks is None:
        return
    given = _address(address)
    if given is None or not any(given in network for network in key.networks):
        raise forbidden(f"the API key may not be used from {given or 'an unknown address'}", "address_not_allowed")


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    """Return an address, one of IPv4 that came over IPv6 as what it is."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


# An IPv6 address that stands for one of IPv4 begins with 96 bits that say so.
_MAPPED_BITS = 96
