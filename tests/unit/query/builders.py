"""Questions for tests of single steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from emban.query.plan.planner import QueryPlan, ask, plan
from emban.query.spec.validation import read_query
from emban.scope import ALL_TENANTS, AllTenants, Lock, Scope, Tenant

NOW = datetime(2026, 11, 23, 15, 20, 30, tzinfo=UTC)
AS_OF = datetime(2026, 11, 23, 15, 20, 1, 250_000, tzinfo=UTC)
DAY = {"event_name": "*", "metric": "count", "date_from": "2026-11-01", "date_to": "2026-11-04"}
SUM = {**DAY, "metric": "sum", "prop": "tokens"}


def planned(
    query: Mapping[str, Any], tenant: Tenant | AllTenants = ALL_TENANTS, locks: tuple[Lock, ...] = ()
) -> QueryPlan:
    """Return the plan of a query over org_1's prod."""
    return plan(ask(read_query(query), Scope("org_1", "prod", tenant, locks), NOW, AS_OF))
