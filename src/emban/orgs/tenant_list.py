"""The tenants of an environment, the ones with the most events first. Listing them is no query of the plan."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from emban.auth.principal import Principal
from emban.errors import EmbanError, invalid_field
from emban.kit.clock import truncate_ms
from emban.kit.epoch import from_ms, to_ms
from emban.kit.text import text_problem
from emban.orgs.schemas import TenantItem, TenantPage
from emban.query.run.interfaces import Admission, StatementRunner, WatermarkSource
from emban.query.run.runner import RollupMovedError, run_statement
from emban.scope import Scope
from emban.store.tenant_queries import TenantPlace, newest_events, tenants

# Rollups are added to every ten seconds; by then they are read as they are, or the events alone.
_TRIES = 3


class TenantList:
    """Lists tenants of the caller's environment: those that have events in it."""

    def __init__(self, store: StatementRunner, watermarks: WatermarkSource, admission: Admission) -> None:
        self._store = store
        self._watermarks = watermarks
        self._admission = admission

    async def page(self, caller: Principal, search: str, limit: int, cursor: str | None) -> TenantPage:
        """Return a page; raises 400 for a cursor that was not given out, 429 and 503 as a query does."""
        problem = text_problem(search)
        if problem is not None:
            raise invalid_field("q", problem)
        after = None if cursor is None else _read_cursor(cursor)
        scope = caller.scope()
        async with self._admission.admit(scope):
            rows, as_of_ms = await self._largest(scope, search, limit, after)
            shown = rows[:limit]
            days = {str(tenant): int(day) for tenant, _, day in shown}
            newest = await run_statement(self._store, scope, newest_events(scope, days, as_of_ms)) if days else None
        seen = {str(tenant): int(ms) for tenant, ms in (newest.rows if newest else ())}
        items = [
            # An event that was erased in between leaves its day.
            TenantItem(tenant_id=tenant, events=int(events), last_seen=from_ms(seen.get(str(tenant), int(day) * 1000)))
            for tenant, events, day in shown
        ]
        more = len(rows) > limit
        return TenantPage(items=items, next_cursor=_write_cursor(items[-1]) if more else None)

    async def _largest(
        self, scope: Scope, search: str, limit: int, after: TenantPlace | None
    ) -> tuple[list[list[Any]], int]:
        """Return (tenant, events, day in s), one more than fit on the page where there are more, and the watermark."""
        for attempt in range(_TRIES):
            progress = await self._watermarks.progress(scope.org_id, scope.environment)
            if progress.watermark is None:
                return [], 0
            as_of_ms = to_ms(truncate_ms(progress.watermark))
            rolled = None if attempt == _TRIES - 1 else progress.rolled
            upto_ms = 0 if rolled is None else to_ms(rolled.upto)
            wanted = tenants(
                scope, upto_ms=upto_ms, as_of_ms=as_of_ms, limit=limit + 1, search=search.strip(), after=after
            )
            try:
                return (await run_statement(self._store, scope, wanted)).rows, as_of_ms
            except RollupMovedError:
                continue
        raise AssertionError("a statement of the events alone reads no rollup")


def _write_cursor(last: TenantItem) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([last.events, last.tenant_id])).decode().rstrip("=")


def _read_cursor(text: str) -> TenantPlace:
    try:
        read = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        read = None
    match read:
        case [int(events), str(tenant_id)] if 0 <= events < 2**63 and text_problem(tenant_id) is None:
            return TenantPlace(events, tenant_id)
    raise EmbanError("bad_cursor", "the cursor was not given out by this API")
