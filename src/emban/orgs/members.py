"""Members: who is in the org, their roles, their removal."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import ROLE_RANKS, Principal, Rank
from emban.billing.limits import SEAT_ROLES, lock_org, require_room
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import EmbanError, forbidden, not_found
from emban.models import Membership, User, UserSession
from emban.orgs.schemas import MemberOut, MemberPage, Role, RoleBody
from emban.plans import Limit


class Members:
    """Reads and changes the members of the caller's org."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> MemberPage:
        query = select(Membership, User).join(User, User.id == Membership.user_id)
        query = query.where(Membership.org_id == caller.org_id)
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, Membership.created_at, Membership.user_id, limit, cursor)
        return MemberPage(items=[_member(*row) for row in rows], next_cursor=following)

    async def change_role(self, caller: Principal, user_id: str, body: RoleBody) -> MemberOut:
        """Give a member another role; raises 403 by rank, 402 where no editor seat is left, 404."""
        refuse_rank(caller, body.role)
        async with self._database.for_org(caller.org_id) as session:
            member, person = await _authorised_member(session, caller, user_id)
            before = member.role
            if body.role != before:
                if body.role in SEAT_ROLES and before not in SEAT_ROLES:
                    await require_room(session, caller.org_id, Limit.EDITOR_SEATS)
                member.role = body.role
            metadata = {"email": person.email, "before": before, "after": body.role}
            await record_by(session, caller, "member.role_change", "member", user_id, metadata)
            return _member(member, person)

    async def remove(self, caller: Principal, user_id: str) -> None:
        """Remove a member and end their sessions in this org."""
        async with self._database.for_org(caller.org_id) as session:
            member, person = await _authorised_member(session, caller, user_id)
            await session.execute(
                delete(UserSession).where(UserSession.org_id == caller.org_id, UserSession.user_id == user_id)
            )
            await session.delete(member)
            metadata = {"email": person.email, "role": member.role}
            await record_by(session, caller, "member.remove", "member", user_id, metadata)


def refuse_rank(caller: Principal, role: Role) -> None:
    """Raise 403 for handing out ownership, which moves by transfer alone, or a role above the caller's own."""
    if role == "owner":
        raise forbidden("ownership is handed over with POST /v1/org/transfer-ownership", required="owner")
    if ROLE_RANKS[role] > caller.rank:
        raise forbidden("nobody gives a role above their own")


async def _authorised_member(session: AsyncSession, caller: Principal, user_id: str) -> tuple[Membership, User]:
    """Return the member whom the caller may change: not the owner, and nobody above the caller's rank.

    The org is locked first: roles change one after the other.
    """
    await lock_org(session, caller.org_id)
    query = select(Membership, User).join(User, User.id == Membership.user_id)
    query = query.where(Membership.org_id == caller.org_id, Membership.user_id == user_id)
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise not_found("member")
    member: Membership = found[0]
    if ROLE_RANKS[member.role] is Rank.OWNER:
        raise EmbanError("forbidden", "the owner stays until ownership is handed over")
    if ROLE_RANKS[member.role] > caller.rank:
        raise forbidden("nobody changes a member above their own rank")
    return member, found[1]


def _member(member: Membership, person: User) -> MemberOut:
    return MemberOut.model_validate(
        {
            "user_id": person.id,
            "email": person.email,
            "name": person.name,
            "role": member.role,
            "joined_at": member.created_at,
        }
    )
