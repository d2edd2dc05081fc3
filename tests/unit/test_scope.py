"""Scopes: nothing is made without an org, nothing is ever widened."""

from __future__ import annotations

import dataclasses

import pytest

from emban.scope import ALL_TENANTS, Lock, Scope, Tenant


@pytest.mark.parametrize(
    ("org", "environment", "tenant"),
    [("", "prod", ALL_TENANTS), ("org_1", "", ALL_TENANTS), ("org_1", "prod", Tenant(""))],
)
def test_a_scope_with_a_hole_cannot_be_made(org: str, environment: str, tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="scope needs"):
        Scope(org, environment, tenant)


def test_a_scope_cannot_be_changed() -> None:
    scope = Scope("org_1", "prod", Tenant("a"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        scope.org_id = "org_2"  # type: ignore[misc]  # the point of the test


def test_narrowing_keeps_every_lock() -> None:
    scope = Scope("org_1", "prod", Tenant("a")).narrow(Lock("plan", ("pro",))).narrow(Lock("region", ("eu",)))
    assert scope.locks == (Lock("plan", ("pro",)), Lock("region", ("eu",)))
    assert scope.tenant == Tenant("a")
