"""What an org has used and may use, and the change of its plan."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record
from emban.auth.authenticator import Authenticator
from emban.auth.principal import Principal
from emban.billing.limits import lock_org, used_of
from emban.billing.schemas import BillingOut, CountOut, PlanBody
from emban.db import Database
from emban.errors import forbidden, not_found
from emban.kit.clock import utcnow
from emban.models import Org, UsageDaily
from emban.plans import PLANS, Feature, Limit
from emban.settings import Settings

_COUNTED = (Limit.PUBLISHED_DASHBOARDS, Limit.EDITOR_SEATS, Limit.API_KEYS)


class Billing:
    """Reads an org's use, and changes its plan where the operator lets it."""

    def __init__(self, database: Database, settings: Settings, authenticator: Authenticator) -> None:
        self._database = database
        self._settings = settings
        self._authenticator = authenticator

    async def read(self, caller: Principal) -> BillingOut:
        """Return plan, meters, counts and features; one statement."""
        start, end = month_of(utcnow())
        async with self._database.for_org(caller.org_id) as session:
            row = (await session.execute(_use(caller.org_id, start, end))).mappings().one_or_none()
        if row is None:
            raise not_found("org")
        plan = PLANS[row["plan"]]
        counts = {limit.key: CountOut(used=row[limit.key], limit=plan.limit(limit)) for limit in _COUNTED}
        return BillingOut.model_validate(
            {
                "plan": row["plan"],
                "status": "active",
                "events_used": row["events"],
                "events_limit": plan.events,
                "queries_used": row["queries"],
                "queries_limit": plan.queries,
                **counts,
                "period_start": start,
                "period_end": end,
                "features": {feature.key: plan.has(feature) for feature in Feature},
                "self_serve": self._settings.self_serve_plans,
            }
        )

    async def change_plan(self, caller: Principal, body: PlanBody) -> BillingOut:
        """Change the org's plan; raises 403 where the operator keeps that to itself.

        Nothing is deleted on a smaller plan: what is over its limits stays and blocks new.
        """
        if not self._settings.self_serve_plans:
            raise forbidden("plans are changed by the operator of this Emban (EMBAN_SELF_SERVE_PLANS is off)")
        async with self._database.for_org(caller.org_id) as session:
            await set_plan(session, caller.org_id, body.plan, actor=caller.actor, address=caller.address)
        self._authenticator.forget_keys()
        return await self.read(caller)


async def set_plan(session: AsyncSession, org_id: str, plan: str, *, actor: str, address: str | None = None) -> str:
    """Put an org on a plan and return the one before; raises 404. The session must be the org's."""
    org = await lock_org(session, org_id)
    before, org.plan = org.plan, plan
    await record(
        session,
        org_id=org_id,
        actor=actor,
        action="billing.plan_change",
        entity_type="org",
        entity_id=org_id,
        metadata={"before": before, "after": plan},
        address=address,
    )
    return before


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """Return the start of an instant's UTC month, and of the next one."""
    start = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(days=32)).replace(day=1)


def _use(org_id: str, start: datetime, end: datetime) -> Select[tuple[object, ...]]:
    days = (UsageDaily.org_id == org_id, UsageDaily.day >= start.date(), UsageDaily.day < end.date())
    meters = [
        select(func.coalesce(func.sum(column), 0)).where(*days).scalar_subquery().label(column.key)
        for column in (UsageDaily.events, UsageDaily.queries)
    ]
    counts = [used_of(limit, org_id).label(limit.key) for limit in _COUNTED]
    return select(Org.plan, *meters, *counts).where(Org.id == org_id)
