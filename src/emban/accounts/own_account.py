"""What a signed-in person does with their own account: password, logins, the org they look at."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from emban.accounts.schemas import (
    LoginSessionOut,
    LoginSessionPage,
    MyOrgOut,
    MyOrgs,
    PasswordBody,
    SignedInOut,
    SwitchOrgBody,
    UserOut,
    org_out,
)
from emban.audit.service import record, record_by
from emban.auth.attempts import Attempts
from emban.auth.passwords import check_new_password, hash_password, password_matches
from emban.auth.principal import UserPrincipal
from emban.db import Database, RowContext
from emban.db.paging import fetch_page
from emban.errors import invalid_field, not_found
from emban.kit.clock import utcnow
from emban.models import Membership, Org, User, UserSession


class OwnAccount:
    """Reads and changes the account of the person who is signed in."""

    def __init__(self, database: Database, attempts: Attempts) -> None:
        self._database = database
        self._attempts = attempts

    async def change_password(self, caller: UserPrincipal, body: PasswordBody) -> None:
        """Set a new password and end the person's other sessions, in every org.

        Raises 400 for a wrong present password (the session itself is good) and 429 for too many of them.
        """
        await self._attempts.count_password(caller.email, caller.address)
        check_new_password(body.new_password, "new_password")
        async with self._database.session(_own(caller)) as session:
            stored = (await session.execute(select(User.password_hash).where(User.id == caller.user_id))).scalar_one()
        if not await password_matches(body.current_password, stored):
            raise invalid_field("current_password", "is not the present password")
        hashed = await hash_password(body.new_password)
        async with self._database.session(_own(caller)) as session:
            await session.execute(update(User).where(User.id == caller.user_id).values(password_hash=hashed))
            others = delete(UserSession).where(
                UserSession.user_id == caller.user_id, UserSession.id != caller.session_id
            )
            ended = len((await session.execute(others.returning(UserSession.id))).all())
            metadata = {"sessions_ended": ended}
            await record_by(session, caller, "auth.password_change", "user", caller.user_id, metadata)

    async def sessions(self, caller: UserPrincipal, limit: int, cursor: str | None) -> LoginSessionPage:
        """Return a page of the person's live logins, in every org."""
        query = select(UserSession).where(UserSession.user_id == caller.user_id, UserSession.expires_at > utcnow())
        async with self._database.session(RowContext(user_id=caller.user_id)) as session:
            rows, following = await fetch_page(session, query, UserSession.created_at, UserSession.id, limit, cursor)
        return LoginSessionPage(items=[_session(row[0], caller) for row in rows], next_cursor=following)

    async def revoke(self, caller: UserPrincipal, session_id: str) -> None:
        """End one of the person's logins; 404 for somebody else's."""
        async with self._database.session(_own(caller)) as session:
            mine = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == caller.user_id)
            if (await session.execute(mine.returning(UserSession.id))).one_or_none() is None:
                raise not_found("session")
            await record_by(session, caller, "auth.session_revoke", "session", session_id)

    async def orgs(self, caller: UserPrincipal) -> MyOrgs:
        """Return the orgs that the person belongs to, in the order of joining."""
        query = select(Org, Membership.role).join(Membership, Membership.org_id == Org.id)
        query = query.where(Membership.user_id == caller.user_id).order_by(Membership.created_at)
        async with self._database.session(RowContext(user_id=caller.user_id)) as session:
            rows = (await session.execute(query)).all()
        return MyOrgs(
            items=[
                MyOrgOut(id=org.id, name=org.name, plan=org.plan, role=role, current=org.id == caller.org_id)
                for org, role in rows
            ]
        )

    async def switch_org(self, caller: UserPrincipal, body: SwitchOrgBody) -> SignedInOut:
        """Point this session at another org of the person; 404 for one they do not belong to."""
        joined = select(Org).join(Membership, Membership.org_id == Org.id)
        joined = joined.where(Membership.user_id == caller.user_id, Org.id == body.org_id)
        async with self._database.session(RowContext(org_id=body.org_id, user_id=caller.user_id)) as session:
            org = (await session.execute(joined)).scalar_one_or_none()
            if org is None:
                raise not_found("org")
            await session.execute(update(UserSession).where(UserSession.id == caller.session_id).values(org_id=org.id))
            await record(
                session,
                org_id=org.id,
                actor=caller.actor,
                action="auth.switch_org",
                entity_type="user",
                entity_id=caller.user_id,
                address=caller.address,
            )
        return SignedInOut(user=UserOut(id=caller.user_id, email=caller.email, name=caller.name), org=org_out(org))


def _own(caller: UserPrincipal) -> RowContext:
    return RowContext(user_id=caller.user_id, org_id=caller.org_id)


def _session(row: UserSession, caller: UserPrincipal) -> LoginSessionOut:
    return LoginSessionOut(
        id=row.id,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.user_agent,
        current=row.id == caller.session_id,
    )
