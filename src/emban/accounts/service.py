"""Registering and signing in."""

from __future__ import annotations

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from emban.accounts.schemas import (
    FirstKeyOut,
    LoginBody,
    RegisterBody,
    RegisterOut,
    RegistrationOut,
    SignedInOut,
    org_out,
    user_out,
)
from emban.audit.service import record
from emban.auth.api_keys import NewKey, make_key
from emban.auth.attempts import Attempts
from emban.auth.passwords import check_new_password, hash_password, password_matches
from emban.auth.principal import UserPrincipal
from emban.auth.sessions import NewSession, client_address, open_session
from emban.db import Database, RowContext
from emban.errors import conflict, registration_closed, unauthorized
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import ApiKey, Environment, Membership, Org, User, UserSession
from emban.settings import Settings

FIRST_ENVIRONMENTS = ("prod", "dev")
FIRST_KEY_LABEL = "First admin key"
_HAS_ACCOUNTS = text("SELECT emban_has_accounts(:claiming) AS known")


class Accounts:
    """Makes users and their first org, and opens console sessions."""

    def __init__(self, database: Database, settings: Settings, attempts: Attempts) -> None:
        self._database = database
        self._settings = settings
        self._attempts = attempts

    async def register(self, body: RegisterBody, request: Request) -> tuple[RegisterOut, NewSession]:
        """Make user, org, owner membership, environments prod and dev, first admin key and a session, or nothing.

        Raises 400 for a weak password, 403 where new accounts are by invitation, 409 for a registered email, 429 for
        too many attempts.
        """
        await self._attempts.count("register", body.email, client_address(request))
        if not (await self.registration()).open:
            raise registration_closed()
        check_new_password(body.password)
        hashed = await hash_password(body.password)
        org = Org(id=new_id("org"), name=body.org_name, plan=self._settings.default_plan, created_at=utcnow())
        user = User(id=new_id("usr"), email=body.email, name=body.name, password_hash=hashed, created_at=utcnow())
        key = make_key("admin")
        try:
            async with self._database.session(RowContext(org_id=org.id, user_id=user.id)) as session:
                if self._settings.registration == "first" and await _has_accounts(session):
                    raise registration_closed()  # Another was first while this one's password was hashed.
                row = await _add_org(session, org, user, key)
                opened = open_session(session, user_id=user.id, org_id=org.id, request=request, settings=self._settings)
                await record(
                    session,
                    org_id=org.id,
                    actor=user.email,
                    action="auth.register",
                    entity_type="user",
                    entity_id=user.id,
                    metadata={"org_name": org.name, "plan": org.plan, "first_key_prefix": key.prefix},
                    address=client_address(request),
                )
        except IntegrityError as error:
            raise conflict("an account with this email exists; sign in instead", "email_registered") from error
        first = FirstKeyOut(
            id=row.id,
            key=key.raw,
            prefix=row.prefix,
            label=row.label,
            scope=row.scope,
            environment=row.environment,
        )
        return RegisterOut(user=user_out(user), org=org_out(org), api_key=first), opened

    async def registration(self) -> RegistrationOut:
        """Tell whether somebody may register now, and whether theirs would be the first account."""
        known = await self._database.call(_HAS_ACCOUNTS, {"claiming": False})
        first = known is None or not known["known"]
        mode = self._settings.registration
        return RegistrationOut(open=mode == "open" or (mode == "first" and first), first=first)

    async def login(self, body: LoginBody, request: Request) -> tuple[SignedInOut, NewSession]:
        """Open a session in the person's first org; the same 401, in the same time, for any wrong pair."""
        email = body.email.lower()
        await self._attempts.count_password(email, client_address(request))
        async with self._database.session(RowContext(email=email)) as session:
            user = (await session.execute(select(User).where(func.lower(User.email) == email))).scalar_one_or_none()
        same = await password_matches(body.password, user.password_hash if user else None)
        if user is None or not same:
            raise unauthorized("email and password do not fit together", "invalid_credentials")
        org = await self._first_org(user.id)
        async with self._database.session(RowContext(user_id=user.id, org_id=org.id)) as session:
            opened = open_session(session, user_id=user.id, org_id=org.id, request=request, settings=self._settings)
            await record(
                session,
                org_id=org.id,
                actor=user.email,
                action="auth.login",
                entity_type="user",
                entity_id=user.id,
                address=client_address(request),
            )
        return SignedInOut(user=user_out(user), org=org_out(org)), opened

    async def logout(self, caller: UserPrincipal) -> None:
        """End the session that the request came with."""
        async with self._database.session(RowContext(user_id=caller.user_id, org_id=caller.org_id)) as session:
            await session.execute(delete(UserSession).where(UserSession.id == caller.session_id))
            await record(
                session,
                org_id=caller.org_id,
                actor=caller.actor,
                action="auth.logout",
                entity_type="user",
                entity_id=caller.user_id,
                address=caller.address,
            )

    async def _first_org(self, user_id: str) -> Org:
        joined = select(Org).join(Membership, Membership.org_id == Org.id).where(Membership.user_id == user_id)
        async with self._database.session(RowContext(user_id=user_id)) as session:
            org = (await session.execute(joined.order_by(Membership.created_at).limit(1))).scalar_one_or_none()
        if org is None:
            raise unauthorized("this account belongs to no org any more", "invalid_credentials")
        return org


async def _has_accounts(session: AsyncSession) -> bool:
    """Tell whether anybody has an account; the transaction is then the only one that may make the first."""
    return bool((await session.execute(_HAS_ACCOUNTS, {"claiming": True})).scalar_one())


async def _add_org(session: AsyncSession, org: Org, user: User, key: NewKey) -> ApiKey:
    """Add an org with its owner, environments and first admin key."""
    session.add_all([org, user])
    await session.flush()
    session.add(Membership(org_id=org.id, user_id=user.id, role="owner", created_at=org.created_at))
    session.add_all(Environment(org_id=org.id, name=name, created_at=org.created_at) for name in FIRST_ENVIRONMENTS)
    row = ApiKey(
        id=new_id("key"),
        org_id=org.id,
        label=FIRST_KEY_LABEL,
        scope="admin",
        environment="prod",
        prefix=key.prefix,
        key_hash=key.hash,
        created_by=user.email,
        created_at=org.created_at,
    )
    session.add(row)
    await session.flush()
    return row
