"""The scope of a request: whose rows it may touch. Made once from the credential, carried everywhere.

Every repository, store call, cache key and job takes a `Scope`. There is no default tenant and no "none" that means
"all": a request for every tenant of an org says so with `ALL_TENANTS`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer of the org, by the org's own `tenant_id` (1 to 256 characters)."""

    id: str


@dataclass(frozen=True, slots=True)
class AllTenants:
    """Every tenant of one org and environment; an explicit choice, never a fallback."""


ALL_TENANTS = AllTenants()


@dataclass(frozen=True, slots=True)
class Lock:
    """A dimension held to a set of values; ANDed into every read and never shown to the browser."""

    prop: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: one org, one environment, one tenant or all of them, narrowed by locks.

    `org_id` and `environment` come from the credential alone, `tenant` from an embed token or from the body of a
    request whose principal may see the whole org.
    """

    org_id: str
    environment: str
    tenant: Tenant | AllTenants
    locks: tuple[Lock, ...] = ()

    def __post_init__(self) -> None:
        if not self.org_id or not self.environment:
            raise ValueError("a scope needs an org and an environment")
        if isinstance(self.tenant, Tenant) and not self.tenant.id:
            raise ValueError("a tenant scope needs a tenant id")

    def narrow(self, *locks: Lock) -> Scope:
        """Return this scope with further locks. There is no way to widen one."""
        return replace(self, locks=self.locks + locks)
