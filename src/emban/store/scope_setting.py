"""The scope as the one setting that the readers' row policies look at. See `emban.store.policies`."""

from __future__ import annotations

from emban.scope import Scope, Tenant
from emban.store.policies import ALL_TENANTS_MARK, TENANT_MARK


def scope_setting(scope: Scope) -> str:
    """Return `<org_id>|<environment>|*` or `…|t:<hex of the tenant_id's UTF-8>`.

    Raises `ValueError` for an org or environment that holds the separator: neither can be made that way.
    """
    for part in (scope.org_id, scope.environment):
        if "|" in part or not part.isprintable():
            raise ValueError("an org id or environment name with a separator in it")
    if isinstance(scope.tenant, Tenant):
        tenants = TENANT_MARK + scope.tenant.id.encode("utf-8", "surrogatepass").hex()
    else:
        tenants = ALL_TENANTS_MARK
    return f"{scope.org_id}|{scope.environment}|{tenants}"
