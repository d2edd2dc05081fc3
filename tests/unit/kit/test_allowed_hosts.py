"""What an operator allows: exactly that."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from emban.kit.allowed_hosts import read_allowed_hosts


def test_names_addresses_and_networks_are_told_apart() -> None:
    allowed = read_allowed_hosts(" Hooks.Corp.example., 10.1.0.0/16,, fd00::/8 ,192.168.0.7")

    assert allowed.has_name("hooks.corp.example")
    assert not allowed.has_name("other.hooks.corp.example")
    assert not allowed.has_name("corp.example")
    inside = ("10.1.255.255", "fd12::1", "192.168.0.7")
    outside = ("10.2.0.0", "192.168.0.8", "fe80::1", "::ffff:10.1.0.1")
    assert [allowed.has_address(ip_address(text)) for text in inside + outside] == [True] * 3 + [False] * 4


def test_nothing_is_allowed_by_default() -> None:
    allowed = read_allowed_hosts("")
    assert (allowed.names, allowed.networks) == (frozenset(), ())


@pytest.mark.parametrize(
    "text", ["10.0.0.1/8", "10.0.0.0/33", "a b", "http://a.example", "*.corp.example", "10.0.0", "a_/8"]
)
def test_what_is_neither_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an address nor a network"):
        read_allowed_hosts(f"good.example, {text}")
