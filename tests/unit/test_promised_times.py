"""Promises in seconds that follow from constants: what is remembered must not outlive what was promised of it."""

from __future__ import annotations

from emban.auth.authenticator import KEY_CACHE_S
from emban.db.change_listener import BEAT_S, TRUSTED_S

# What a deleted key, or a revoked embed session, may live on in a process that was not told (spec: within 5 seconds).
REFUSED_WITHIN_S = 5.0


def test_a_deleted_key_is_forgotten_in_time() -> None:
    assert KEY_CACHE_S < REFUSED_WITHIN_S


def test_what_changed_is_known_in_time_or_nothing_is_believed() -> None:
    """A process goes by its memory for `TRUSTED_S` after the last beat that arrived, and beats come often enough."""
    assert TRUSTED_S < REFUSED_WITHIN_S
    assert 2 * BEAT_S < TRUSTED_S
