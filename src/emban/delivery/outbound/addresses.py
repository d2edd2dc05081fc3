"""Addresses that Emban does not send to on somebody's word: all but the public unicast ones.

The tables are IANA's special-purpose registries (RFC 6890 and what followed), written out, because Python's own
`is_global` has changed with its releases.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_IPV4: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-NAT"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "metadata"),  # Azure's host agent: public by its number, and answers every machine there.
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)
# Named for the message alone: nothing outside of 2000::/3 is let through.
_IPV6: tuple[tuple[str, str], ...] = (
    ("::/128", "reserved"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("::ffff:0:0:0/96", "IPv4-translated"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
)
_FORBIDDEN_IPV4 = tuple((IPv4Network(network), kind) for network, kind in _IPV4)
_FORBIDDEN_IPV6 = tuple((IPv6Network(network), kind) for network, kind in _IPV6)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def forbidden_kind(address: Address) -> str | None:
    """Return what kind of address it is, such as `loopback`, where Emban may not send there; None for a public one."""
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _FORBIDDEN_IPV4 if address in network), None)
    plain = IPv6Address(int(address))  # Without a zone, which no network has.
    kind = next((kind for network, kind in _FORBIDDEN_IPV6 if plain in network), None)
    return kind or (None if plain in _GLOBAL_UNICAST else "reserved")
