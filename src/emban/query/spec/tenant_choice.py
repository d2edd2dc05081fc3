"""Whose events: a request names one tenant or says that it means all of them. There is no default."""

from __future__ import annotations

from emban.errors import EmbanError, FieldError, invalid_field
from emban.scope import ALL_TENANTS, AllTenants, Tenant


def choose_tenant(tenant_id: str | None, all_tenants: bool | None) -> Tenant | AllTenants:
    """Return the choice; raises 400 `tenant_required` where there is none, and 400 where there are two."""
    if tenant_id is None and not all_tenants:
        raise EmbanError(
            "tenant_required",
            "name the tenant whose events you mean (tenant_id), or say all_tenants: true",
            fields=[FieldError("tenant_id", "is required, unless all_tenants is true")],
        )
    if tenant_id is not None and all_tenants:
        raise invalid_field("all_tenants", "does not go with tenant_id: give one or the other")
    return ALL_TENANTS if tenant_id is None else Tenant(tenant_id)
