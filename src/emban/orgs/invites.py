"""Invitations: made, mailed, listed, revoked, accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.billing.limits import SEAT_ROLES, lock_org, require_room
from emban.db import Database
from emban.db.paging import fetch_page
from emban.errors import conflict, not_found
from emban.kit.clock import utcnow
from emban.kit.crypto import random_token, sha256_hex
from emban.kit.ids import new_id
from emban.mail.addresses import AddressRefusedError
from emban.mail.html_page import page_html
from emban.mail.message import compose
from emban.mail.page import Button, Lead, MailPage, page_text
from emban.mail.sender import Mailer, MailError
from emban.models import Invite, Membership, User
from emban.orgs.members import refuse_rank
from emban.orgs.schemas import InviteBody, InviteOut, InvitePage, NewInviteOut
from emban.plans import Limit

LIVES_FOR = timedelta(days=7)
log = structlog.get_logger("emban.invites")
_MAILED = "The invitation was mailed to {email}."
_NOT_CONFIGURED = "No mail server is configured (EMBAN_SMTP_URL): pass the link on yourself."
_NOT_MAILED = "The invitation stands, but {error}: pass the link on yourself."


@dataclass(frozen=True, slots=True)
class _Made:
    row: Invite
    token: str
    org_name: str


class Invites:
    """Reads and changes the invitations of the caller's org."""

    def __init__(self, database: Database, mailer: Mailer) -> None:
        self._database = database
        self._mailer = mailer

    async def page(self, caller: Principal, limit: int, cursor: str | None) -> InvitePage:
        """Return a page of invitations that were not accepted, the expired included."""
        query = select(Invite).where(Invite.org_id == caller.org_id)
        async with self._database.for_org(caller.org_id) as session:
            rows, following = await fetch_page(session, query, Invite.created_at, Invite.id, limit, cursor)
        return InvitePage(items=[_invite(row[0]) for row in rows], next_cursor=following)

    async def add(self, caller: Principal, body: InviteBody, base_url: str) -> NewInviteOut:
        """Invite a person; mails the link after the commit. Raises 409 where pending or already a member."""
        made = await self._make(caller, body)
        url = f"{base_url}/app/accept-invite?token={made.token}"
        emailed, notice = await self._mail(made, url)
        return NewInviteOut(
            **_invite(made.row).model_dump(), token=made.token, accept_url=url, emailed=emailed, notice=notice
        )

    async def _make(self, caller: Principal, body: InviteBody) -> _Made:
        refuse_rank(caller, body.role)
        token, now = random_token(), utcnow()
        row = Invite(
            id=new_id("inv"),
            org_id=caller.org_id,
            email=body.email,
            role=body.role,
            token_hash=sha256_hex(token),
            invited_by=caller.actor,
            created_at=now,
            expires_at=now + LIVES_FOR,
        )
        try:
            async with self._database.for_org(caller.org_id) as session:
                org = await lock_org(session, caller.org_id)
                await _refuse_known(session, caller.org_id, body.email)
                if body.role in SEAT_ROLES:
                    await require_room(session, caller.org_id, Limit.EDITOR_SEATS)
                session.add(row)
                metadata = {"email": body.email, "role": body.role}
                await record_by(session, caller, "member.invite", "invite", row.id, metadata)
        except IntegrityError as error:
            raise conflict("an invitation to this address is pending", "invite_pending") from error
        return _Made(row, token, org.name)

    async def _mail(self, made: _Made, url: str) -> tuple[bool, str]:
        if not self._mailer.configured:
            return False, _NOT_CONFIGURED
        try:
            await self._mailer.send(_message(made, url))
        except MailError as error:
            log.warning("invite.not_mailed", code=error.code, permanent=error.permanent)
            return False, _NOT_MAILED.format(error=error)
        except AddressRefusedError as error:
            return False, _NOT_MAILED.format(error=f"the address {error}")
        return True, _MAILED.format(email=made.row.email)

    async def revoke(self, caller: Principal, invite_id: str) -> None:
        """Take an invitation back."""
        async with self._database.for_org(caller.org_id) as session:
            query = select(Invite).where(Invite.org_id == caller.org_id, Invite.id == invite_id)
            row = (await session.execute(query.with_for_update())).scalar_one_or_none()
            if row is None:
                raise not_found("invite")
            await session.delete(row)
            metadata = {"email": row.email, "role": row.role}
            await record_by(session, caller, "invite.revoke", "invite", invite_id, metadata)


async def _refuse_known(session: AsyncSession, org_id: str, email: str) -> None:
    """Raise 409 for a member or a pending invitation; an expired one makes way."""
    joined = exists().where(Membership.org_id == org_id, Membership.user_id == User.id, func.lower(User.email) == email)
    if (await session.execute(select(joined))).scalar_one():
        raise conflict("the person is a member of this org already", "already_member")
    same = (Invite.org_id == org_id, func.lower(Invite.email) == email)
    await session.execute(delete(Invite).where(*same, Invite.expires_at <= utcnow()))
    if (await session.execute(select(exists().where(*same)))).scalar_one():
        raise conflict("an invitation to this address is pending", "invite_pending")


def _message(made: _Made, url: str) -> EmailMessage:
    headline = f"You are invited to {made.org_name} on Emban"
    invited = f"{made.row.invited_by} invites you to join {made.org_name} on Emban as {made.row.role}."
    page = MailPage(
        headline=headline,
        preview=invited,
        blocks=(
            Lead(invited),
            Lead(f"The link works once, and for {LIVES_FOR.days} days."),
            Button("Accept the invitation", url),
        ),
        footer=("If you do not know what this is about, ignore this message.",),
    )
    return compose(to=made.row.email, subject=headline, text=page_text(page), html=page_html(page))


def _invite(row: Invite) -> InviteOut:
    return InviteOut.model_validate(
        {
            "id": row.id,
            "email": row.email,
            "role": row.role,
            "invited_by": row.invited_by,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "expired": row.expires_at <= utcnow(),
        }
    )
