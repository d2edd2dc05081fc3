"""Accepting an invitation, as a new person or as one who has an account."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from emban.accounts.schemas import AcceptBody, SignedInOut, org_out, user_out
from emban.audit.service import record
from emban.auth.attempts import Attempts
from emban.auth.passwords import check_new_password, hash_password, password_matches
from emban.auth.sessions import NewSession, client_address, open_session
from emban.db import Database, RowContext
from emban.errors import EmbanError, conflict, unauthorized
from emban.kit.clock import utcnow
from emban.kit.crypto import sha256_hex
from emban.kit.ids import new_id
from emban.models import Invite, Membership, Org, User
from emban.settings import Settings


class InviteAcceptance:
    """Turns an invitation into a membership."""

    def __init__(self, database: Database, settings: Settings, attempts: Attempts) -> None:
        self._database = database
        self._settings = settings
        self._attempts = attempts

    async def accept(self, body: AcceptBody, request: Request) -> tuple[SignedInOut, NewSession]:
        """Join the org and sign in.

        The token proves the address, the password the person: who has an account must give its password, so that a
        link in the wrong hands opens no account. Raises 404 for a token that is unknown, expired or used, 401 for a
        wrong password, 400 for a weak new one, 429 for too many tries of the token or of the account's password.
        """
        token_hash = sha256_hex(body.token)
        await self._attempts.count("accept", token_hash, client_address(request))
        invite, known = await self._find(token_hash)
        if known is None:
            check_new_password(body.password)
            person = User(
                id=new_id("usr"),
                email=invite.email,
                name=body.name,
                password_hash=await hash_password(body.password),
                created_at=utcnow(),
            )
        else:
            person = await self._recognised(known, body.password, request)
        context = RowContext(org_id=invite.org_id, user_id=person.id, credential=token_hash)
        try:
            async with self._database.session(context) as session:
                org = await _join(session, invite, person, new=known is None, address=client_address(request))
                opened = open_session(
                    session, user_id=person.id, org_id=org.id, request=request, settings=self._settings
                )
        except IntegrityError as error:
            raise conflict("the person is a member of this org already", "already_member") from error
        return SignedInOut(user=user_out(person), org=org_out(org)), opened

    async def _recognised(self, known: User, password: str, request: Request) -> User:
        """Return the account whose password was given; raises 401, and 429 as a login to it would."""
        await self._attempts.count_password(known.email, client_address(request))
        if not await password_matches(password, known.password_hash):
            raise unauthorized("an account with this email exists; give its password", "invalid_credentials")
        return known

    async def _find(self, token_hash: str) -> tuple[Invite, User | None]:
        async with self._database.session(RowContext(credential=token_hash)) as session:
            live = select(Invite).where(Invite.token_hash == token_hash, Invite.expires_at > utcnow())
            invite = (await session.execute(live)).scalar_one_or_none()
        if invite is None:
            raise _gone()
        async with self._database.session(RowContext(email=invite.email)) as session:
            same = select(User).where(func.lower(User.email) == invite.email)
            return invite, (await session.execute(same)).scalar_one_or_none()


async def _join(session: AsyncSession, invite: Invite, person: User, *, new: bool, address: str | None) -> Org:
    """Use up the invitation and add the membership; of two at once, the second finds it used."""
    used = delete(Invite).where(Invite.id == invite.id, Invite.expires_at > utcnow()).returning(Invite.role)
    role = (await session.execute(used)).scalar_one_or_none()
    if role is None:
        raise _gone()
    if new:
        session.add(person)
        await session.flush()
    session.add(Membership(org_id=invite.org_id, user_id=person.id, role=role, created_at=utcnow()))
    await session.flush()
    await record(
        session,
        org_id=invite.org_id,
        actor=person.email,
        action="invite.accept",
        entity_type="invite",
        entity_id=invite.id,
        metadata={"user_id": person.id, "role": role, "new_user": new},
        address=address,
    )
    return (await session.execute(select(Org).where(Org.id == invite.org_id))).scalar_one()


def _gone() -> EmbanError:
    return EmbanError("not_found", "there is no such invitation any more: it was used, revoked, or has expired")
