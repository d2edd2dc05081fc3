"""Counted limits, checked so that no two requests take the last place: the org's row is locked until the commit.

The lock (`FOR NO KEY UPDATE`) holds up other claims on the same org and nothing else: events go on being stored.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.errors import not_found
from emban.kit.clock import utcnow
from emban.models import ApiKey, Dashboard, Invite, Membership, Org
from emban.plans import PLANS, Limit, limit_reached

SEAT_ROLES = ("editor", "admin", "owner")


def used_of(limit: Limit, org_id: str) -> ColumnElement[int]:
    """Return the expression that counts what an org uses of a limit, of those that are counted from rows."""
    if limit is Limit.API_KEYS:
        return _count(select(func.count()).select_from(ApiKey).where(ApiKey.org_id == org_id))
    if limit is Limit.PUBLISHED_DASHBOARDS:
        published = select(func.count()).select_from(Dashboard)
        return _count(published.where(Dashboard.org_id == org_id, Dashboard.published.is_(True)))
    if limit is Limit.EDITOR_SEATS:
        members = select(func.count()).select_from(Membership)
        invited = select(func.count()).select_from(Invite)
        return _count(members.where(Membership.org_id == org_id, Membership.role.in_(SEAT_ROLES))) + _count(
            invited.where(Invite.org_id == org_id, Invite.role.in_(SEAT_ROLES), Invite.expires_at > utcnow())
        )
    raise ValueError(f"{limit.key} is metered, not counted from rows")


async def lock_org(session: AsyncSession, org_id: str) -> Org:
    """Lock the org's row until the commit; raises 404. Always before its other rows, so that nobody deadlocks."""
    locked = select(Org).where(Org.id == org_id).with_for_update(key_share=True)
    org = (await session.execute(locked.execution_options(populate_existing=True))).scalar_one_or_none()
    if org is None:
        raise not_found("org")
    return org


async def require_room(session: AsyncSession, org_id: str, limit: Limit) -> str:
    """Lock the org and raise 402 unless one more fits; call it inside the transaction that then adds the one.

    Returns the org's plan. Raises 404 where the org is gone. What is over the limit already (after a change to a
    smaller plan) stays; it only leaves no room.
    """
    plan = (await lock_org(session, org_id)).plan
    allowed = PLANS[plan].limit(limit)
    if allowed is None:
        return plan
    used = (await session.execute(select(used_of(limit, org_id)))).scalar_one()
    if used >= allowed:
        raise limit_reached(plan, limit, used)
    return plan


def _count(query: Select[int]) -> ColumnElement[int]:
    return query.scalar_subquery()
