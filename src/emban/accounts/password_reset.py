"""A forgotten password: a link by mail, or from the operator, that is good for one hour and for one use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from emban.accounts.schemas import ForgotBody, ForgotOut, ResetBody
from emban.audit.service import record
from emban.auth.attempts import Attempts
from emban.auth.passwords import check_new_password, hash_password
from emban.auth.sessions import client_address
from emban.db import Database, RowContext
from emban.errors import EmbanError, not_found
from emban.kit.clock import utcnow
from emban.kit.crypto import random_token, sha256_hex
from emban.mail.addresses import AddressRefusedError
from emban.mail.html_page import page_html
from emban.mail.message import compose
from emban.mail.page import Button, Lead, MailPage, page_text
from emban.mail.sender import Mailer, MailError
from emban.models import Membership, PasswordReset, User, UserSession

LIVES_FOR = timedelta(hours=1)
# One mail a minute for a person, whoever asks for them: the page of strangers must not fill somebody's inbox.
AGAIN_AFTER = timedelta(minutes=1)
log = structlog.get_logger("emban.password_reset")
_ON_ITS_WAY = "If this address has an account, a link that is valid for one hour is on its way to it."
_NO_MAIL = "This installation sends no mail: its operator can make a link with `emban user reset-password`."


@dataclass(frozen=True, slots=True)
class ResetLink:
    """A link that sets a new password, for the person it belongs to."""

    email: str
    url: str


class PasswordResets:
    """Makes links that set a new password, and sets it."""

    def __init__(self, database: Database, attempts: Attempts, mailer: Mailer) -> None:
        self._database = database
        self._attempts = attempts
        self._mailer = mailer
        self._sending: set[asyncio.Task[None]] = set()

    async def ask(self, body: ForgotBody, request: Request, base_url: str) -> ForgotOut:
        """Send a link to the address if it has an account; the answer and its time are the same if it has none.

        What depends on the account happens after the answer. Raises 429 for too many.
        """
        await self._attempts.count("forgot", body.email, client_address(request))
        if not self._mailer.configured:
            return ForgotOut(mail_configured=False, notice=_NO_MAIL)
        task = asyncio.create_task(self._send(body.email, base_url), name="password reset")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return ForgotOut(mail_configured=True, notice=_ON_ITS_WAY)

    async def finish(self, body: ResetBody, request: Request) -> None:
        """Set the new password, end every session of the person, and use the link up.

        Raises 404 for a link that is unknown, expired or used, 400 for a weak password, 429 for too many tries.
        """
        hashed_token, address = sha256_hex(body.token), client_address(request)
        await self._attempts.count("reset", hashed_token, address)
        check_new_password(body.password)
        async with self._database.session(RowContext(credential=hashed_token)) as session:
            found = (await session.execute(_live(hashed_token))).scalar_one_or_none()
        if found is None:
            raise _gone()
        hashed = await hash_password(body.password)
        async with self._database.session(RowContext(user_id=found.user_id)) as session:
            used = delete(PasswordReset).where(
                PasswordReset.token_hash == hashed_token, PasswordReset.expires_at > utcnow()
            )
            if (await session.execute(used.returning(PasswordReset.token_hash))).one_or_none() is None:
                raise _gone()  # Another request was first.
            await _set_password(session, found.user_id, hashed)
        await self._note(found.user_id, address)

    async def close(self) -> None:
        """Wait for the mails that are being handed over."""
        await asyncio.gather(*self._sending)

    async def _send(self, email: str, base_url: str) -> None:
        try:
            link = await make_link(self._database, email, base_url, again_after=AGAIN_AFTER)
            if link is not None:
                await self._mailer.send(_message(link))
        except MailError as error:
            log.warning("password_reset.not_mailed", code=error.code, permanent=error.permanent)
        except (AddressRefusedError, EmbanError) as error:
            log.warning("password_reset.not_mailed", reason=str(error))

    async def _note(self, user_id: str, address: str | None) -> None:
        """Write the change to the log of every org that the person belongs to."""
        mine = select(Membership.org_id).where(Membership.user_id == user_id)
        async with self._database.session(RowContext(user_id=user_id)) as session:
            email = (await session.execute(select(User.email).where(User.id == user_id))).scalar_one()
            orgs = (await session.execute(mine)).scalars().all()
        for org_id in orgs:
            async with self._database.session(RowContext(user_id=user_id, org_id=org_id)) as session:
                await record(
                    session,
                    org_id=org_id,
                    actor=email,
                    action="auth.password_reset",
                    entity_type="user",
                    entity_id=user_id,
                    address=address,
                )


async def make_link(
    database: Database, email: str, base_url: str, *, again_after: timedelta = timedelta(0)
) -> ResetLink | None:
    """Make a link for the account of an address; it takes the place of an earlier one.

    Returns None for an address without an account, and where the last link is younger than `again_after`.
    """
    email, token, now = email.strip().lower(), random_token(), utcnow()
    async with database.session(RowContext(email=email)) as session:
        user = (await session.execute(select(User).where(func.lower(User.email) == email))).scalar_one_or_none()
    if user is None:
        return None
    async with database.session(RowContext(user_id=user.id)) as session:
        # One link at a time, and one request at a time that makes it.
        await session.execute(select(User.id).where(User.id == user.id).with_for_update())
        recent = exists().where(PasswordReset.user_id == user.id, PasswordReset.created_at > now - again_after)
        if again_after and (await session.execute(select(recent))).scalar_one():
            return None
        await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user.id))
        session.add(
            PasswordReset(token_hash=sha256_hex(token), user_id=user.id, created_at=now, expires_at=now + LIVES_FOR)
        )
    # In the fragment: what comes after # reaches no server, and so no log.
    return ResetLink(user.email, f"{base_url}/app/reset#{token}")


def _live(token_hash: str) -> Select[PasswordReset]:
    return select(PasswordReset).where(PasswordReset.token_hash == token_hash, PasswordReset.expires_at > utcnow())


async def _set_password(session: AsyncSession, user_id: str, hashed: str) -> None:
    await session.execute(update(User).where(User.id == user_id).values(password_hash=hashed))
    await session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def _gone() -> EmbanError:
    return not_found("link; it works once and for one hour, so ask for another")


def _message(link: ResetLink) -> EmailMessage:
    headline = "Choose a new password"
    asked = f"Somebody asked to reset the password of {link.email} on Emban."
    page = MailPage(
        headline=headline,
        preview=asked,
        blocks=(
            Lead(asked),
            Lead("The link works once, and for one hour. All sessions of the account end when it is used."),
            Button("Choose a new password", link.url),
        ),
        footer=("If it was not you, ignore this message: nothing changes.",),
    )
    return compose(to=link.email, subject=headline, text=page_text(page), html=page_html(page))
