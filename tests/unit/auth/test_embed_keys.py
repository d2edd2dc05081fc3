"""Which key signs and which are accepted, at each moment of a rotation."""

from __future__ import annotations

import pytest

from emban.auth.embed_keys import ACCEPTED_FOR_S, FRESH_S, LEAD_S, MIN_LEAD_S, READ_EVERY_S, KeyView, TimedKey
from emban.auth.embed_tokens import SigningKey
from emban.embed.schemas import MAX_LIFETIME_S

OLD, NEW, NEWEST = (SigningKey(name, name * 32) for name in ("k1", "k2", "k3"))
AT = 1_800_000_000.0
VIEW = KeyView((TimedKey(OLD, 0.0), TimedKey(NEW, AT), TimedKey(NEWEST, AT + 5)), ahead_s=0.0, read_at=0.0)


@pytest.mark.parametrize(
    ("now", "key"), [(AT - 0.001, OLD), (AT, NEW), (AT + 4.999, NEW), (AT + 5, NEWEST), (AT + 10**9, NEWEST)]
)
def test_the_newest_key_whose_time_has_come_signs(now: float, key: SigningKey) -> None:
    assert VIEW.signing(now) == key


def test_a_slow_clock_follows_that_of_the_database() -> None:
    behind = KeyView(VIEW.keys, ahead_s=100.0, read_at=0.0)
    assert behind.signing(AT - 100) == NEW
    assert KeyView((TimedKey(NEW, AT),), 0.0, 0.0).signing(AT - 1) == NEW  # There is no other.


@pytest.mark.parametrize(
    ("kid", "now", "accepted"),
    [
        ("k1", AT - 1000, True),
        ("k2", AT - 1000, True),  # Known before it signs.
        ("k1", AT + MAX_LIFETIME_S, True),
        ("k1", AT + ACCEPTED_FOR_S, True),
        ("k1", AT + ACCEPTED_FOR_S + 1, False),
        ("k2", AT + ACCEPTED_FOR_S + 1, True),
        ("k3", AT + 10**9, True),
        ("k4", AT, False),
        ("", AT, False),
    ],
)
def test_a_key_is_accepted_until_its_last_token_has_ended(kid: str, now: float, accepted: bool) -> None:
    assert (VIEW.accepted(kid, now) is not None) == accepted


def test_the_times_fit_together() -> None:
    assert READ_EVERY_S < FRESH_S < MIN_LEAD_S <= LEAD_S
    assert ACCEPTED_FOR_S > MAX_LIFETIME_S + FRESH_S
