"""The org itself: its settings, its owner, its end."""

from __future__ import annotations

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal, Rank, UserPrincipal
from emban.billing.limits import lock_org
from emban.db import Database
from emban.errors import conflict, forbidden, not_found
from emban.kit.clock import utcnow
from emban.models import DeletedOrg, Membership, Org
from emban.orgs.erasure import Erasure
from emban.orgs.schemas import OrgOut, OrgPatch, TransferBody

_REMOVE_ORG = text("SELECT emban_remove_org(:org_id)")


class Orgs:
    """Reads and changes the caller's org."""

    def __init__(self, database: Database, erasure: Erasure) -> None:
        self._database = database
        self._erasure = erasure

    async def read(self, caller: Principal) -> OrgOut:
        """Return the caller's org."""
        async with self._database.for_org(caller.org_id) as session:
            found = (await session.execute(select(Org).where(Org.id == caller.org_id))).scalar_one_or_none()
        if found is None:
            raise not_found("org")
        return _org(found)

    async def change(self, caller: Principal, body: OrgPatch) -> OrgOut:
        """Change name, allowed embed origins or the domains that may be mailed to."""
        async with self._database.for_org(caller.org_id) as session:
            org = await lock_org(session, caller.org_id)
            before: dict[str, object] = {}
            after: dict[str, object] = {}
            asked = {"name": body.name, "embed_origins": body.embed_origins}
            changes: dict[str, object] = {field: value for field, value in asked.items() if value is not None}
            if body.allowed_recipient_domains is not None:
                changes["allowed_recipient_domains"] = sorted(set(body.allowed_recipient_domains)) or None
            for field, value in changes.items():
                if value != getattr(org, field):
                    before[field], after[field] = getattr(org, field), value
                    setattr(org, field, value)
            await record_by(session, caller, "org.update", "org", org.id, {"before": before, "after": after})
            return _org(org)

    async def transfer(self, caller: UserPrincipal, body: TransferBody) -> None:
        """Make another member the owner and the caller an admin, both or neither.

        The org's row is locked first, and who the owner is, is looked up under the lock: of two calls at once the
        second finds its caller to be an admin and is refused. Raises 404 for a person who is not a member.
        """
        if body.user_id == caller.user_id:
            raise conflict("you own this org already")
        async with self._database.for_org(caller.org_id) as session:
            await lock_org(session, caller.org_id)
            roles = select(Membership.user_id, Membership.role).where(
                Membership.org_id == caller.org_id, Membership.user_id.in_([caller.user_id, body.user_id])
            )
            found = dict((await session.execute(roles)).all())
            if found.get(caller.user_id) != "owner":
                raise forbidden("only the owner can hand the org over", required="owner")
            if body.user_id not in found:
                raise not_found("member")
            # Demoted first: the index that allows one owner is checked at each statement.
            for user_id, role in ((caller.user_id, "admin"), (body.user_id, "owner")):
                await session.execute(
                    update(Membership)
                    .where(Membership.org_id == caller.org_id, Membership.user_id == user_id)
                    .values(role=role)
                )
            metadata = {"from": caller.user_id, "to": body.user_id, "role_before": found[body.user_id]}
            await record_by(session, caller, "org.transfer_ownership", "org", caller.org_id, metadata)

    async def delete(self, caller: Principal) -> None:
        """Delete the org: its rows at once, its events right after, again and again until they are gone."""
        if caller.rank < Rank.OWNER:
            raise forbidden("only the owner can delete the org", required="owner")
        async with self._database.for_org(caller.org_id) as session:
            org = await lock_org(session, caller.org_id)
            await delete_org(session, caller, org.name)
        await self._erasure.erase_org(caller.org_id)


async def delete_org(session: AsyncSession, caller: Principal, name: str) -> None:
    """Record and delete an org; what stays is one row that says so and that its events are still to be removed."""
    head = await record_by(session, caller, "org.delete", "org", caller.org_id, {"name": name})
    session.add(DeletedOrg(org_id=caller.org_id, actor=caller.actor, audit_hash=head, deleted_at=utcnow()))
    await session.flush()
    await session.execute(_REMOVE_ORG, {"org_id": caller.org_id})


def _org(org: Org) -> OrgOut:
    origins = [str(origin) for origin in org.embed_origins]
    domains = org.allowed_recipient_domains
    return OrgOut(
        id=org.id,
        name=org.name,
        plan=org.plan,
        embed_origins=origins,
        allowed_recipient_domains=None if domains is None else [str(domain) for domain in domains],
        created_at=org.created_at,
    )
