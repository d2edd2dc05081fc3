"""The three kinds of caller. A principal is made by `Authenticator` (or `EmbedTokens`) and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from emban.scope import ALL_TENANTS, AllTenants, Lock, Scope, Tenant

Network = IPv4Network | IPv6Network


class Rank(IntEnum):
    """How much a caller may do; a route names the least it needs. An admin key ranks as an admin."""

    INGEST = 0
    VIEWER = 1
    EDITOR = 2
    ADMIN = 3
    OWNER = 4


ROLE_RANKS = {"viewer": Rank.VIEWER, "editor": Rank.EDITOR, "admin": Rank.ADMIN, "owner": Rank.OWNER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person or a machine that acts within one org and environment."""

    org_id: str
    environment: str
    rank: Rank
    plan: str
    address: str | None = None

    @property
    def actor(self) -> str:
        """How the audit log names the caller."""
        raise NotImplementedError

    def scope(self, tenant: Tenant | AllTenants = ALL_TENANTS) -> Scope:
        """Return the scope of this caller's reads: its org and environment, one tenant or all of them."""
        return Scope(self.org_id, self.environment, tenant)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPrincipal(Principal):
    """A member of the org, signed in to the console."""

    user_id: str
    email: str
    name: str
    role: str
    org_name: str
    session_id: str

    @property
    def actor(self) -> str:
        """The person's email."""
        return self.email


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPrincipal(Principal):
    """A machine with an API key; `key_scope` is admin or ingest.

    `environment_only` confines it to its environment, `networks` to addresses (None: any).
    """

    key_id: str
    prefix: str
    key_scope: str
    org_name: str
    environment_only: bool = False
    expires_at: datetime | None = None
    networks: tuple[Network, ...] | None = None

    @property
    def actor(self) -> str:
        """The key's prefix, which tells keys apart without being one."""
        return self.prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPrincipal:
    """A customer's browser: everything it may see is in its token, and nothing it sends can add to it."""

    session_id: str
    org_id: str
    environment: str
    tenant_id: str
    dashboard_id: str
    expires_at: datetime
    permissions: dict[str, Any] = field(default_factory=dict)

    def scope(self, locks: tuple[Lock, ...] = ()) -> Scope:
        """Return the scope of this browser's reads: one tenant, narrowed by the session's locks."""
        return Scope(self.org_id, self.environment, Tenant(self.tenant_id), locks)
