"""Networks and expiry of API keys: what is read, what is refused, and which address counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from emban.auth.key_limits import check_use, read_network, read_networks
from emban.auth.principal import KeyPrincipal, Rank
from emban.errors import EmbanError

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def key(networks: list[str] | None = None, expires_at: datetime | None = None) -> KeyPrincipal:
    return KeyPrincipal(
        org_id="org_1",
        environment="prod",
        rank=Rank.ADMIN,
        plan="scale",
        key_id="key_1",
        prefix="eb_adm_12345678",
        key_scope="admin",
        org_name="Acme",
        networks=read_networks(networks),
        expires_at=expires_at,
    )


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_networks_that_are_read(text: str, network: str) -> None:
    assert str(read_network(text)) == network


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "example.com", "10.0.0", "10.0.0.0/8/8", "::1%lo"])
def test_texts_that_are_no_network(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|network|bits|octet|zone"):
        read_network(text)


@pytest.mark.parametrize(
    ("networks", "address", "fits"),
    [
        (None, None, True),
        (None, "203.0.113.9", True),
        (["10.0.0.0/8"], "10.255.0.1", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["10.0.0.0/8"], "::ffff:10.0.0.1", True),
        (["10.0.0.0/8"], "::10.0.0.1", False),
        (["192.0.2.7", "2001:db8::/32"], "2001:db8::5", True),
        (["0.0.0.0/0"], "2001:db8::5", False),
        (["10.0.0.0/8"], None, False),
        (["10.0.0.0/8"], "not an address", False),
    ],
)
def test_the_address_has_to_be_in_a_network(networks: list[str] | None, address: str | None, fits: bool) -> None:
    if fits:
        check_use(key(networks), address, NOW)
        return
    with pytest.raises(EmbanError) as caught:
        check_use(key(networks), address, NOW)
    assert (caught.value.status, caught.value.code) == (403, "address_not_allowed")


@pytest.mark.parametrize(("left", "works"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_a_key_ends_at_its_time(left: timedelta, works: bool) -> None:
    held = key(expires_at=NOW + left)
    if works:
        check_use(held, None, NOW)
        return
    with pytest.raises(EmbanError) as caught:
        check_use(held, None, NOW)
    assert (caught.value.status, caught.value.code) == (401, "key_expired")
    assert "2026-11-27T12:00:00Z" in caught.value.message
