"""Hosts that an operator vouches for: names, addresses and networks, as `EMBAN_WEBHOOK_ALLOW` lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Names in small letters without a trailing dot, and networks. Nothing is allowed by default."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def has_name(self, host: str) -> bool:
        """Tell whether this very name is allowed; a name within it is another."""
        return host in self.names

    def has_address(self, address: IPv4Address | IPv6Address) -> bool:
        """Tell whether an allowed network has the address."""
        return any(address in network for network in self.networks)


def read_allowed_hosts(text: str) -> AllowedHosts:
    """Read a comma-separated list of host names, addresses and CIDRs. Raises `ValueError` naming what is neither."""
    names: set[str] = set()
    networks: list[IPv4Network | IPv6Network] = []
    for part in (part.strip().lower().rstrip(".") for part in text.split(",")):
        if not part:
            continue
        try:
            networks.append(ip_network(part))
        except ValueError:
            if "/" in part or _NAME.fullmatch(part) is None or part.rpartition(".")[2].isdigit():
                raise ValueError(f"{part} is neither a host name nor an address nor a network") from None
            names.add(part)
    return AllowedHosts(frozenset(names), tuple(networks))
