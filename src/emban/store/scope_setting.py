"""The scope as the settings that hold a reader to it: one that the row policies look at, one for the locks.

See `emban.store.policies` and `emban.store.locks`.
"""

from __future__ import annotations

from collections.abc import Iterable

from emban.scope import Scope, Tenant
from emban.store.locks import lock_filters
from emban.store.policies import ALL_TENANTS_MARK, TENANT_MARK


def scope_settings(scope: Scope, tables: Iterable[str]) -> dict[str, str]:
    """Return all settings that hold a statement over these tables to a scope."""
    settings = {"log_comment": scope_setting(scope)}
    if scope.locks:
        settings["additional_table_filters"] = lock_filters(scope, tables)
    return settings


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
