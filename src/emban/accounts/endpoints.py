"""`/v1/auth/…` and accepting an invitation: how a person gets in, and what is theirs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from emban.accounts.invite_acceptance import InviteAcceptance
from emban.accounts.own_account import OwnAccount
from emban.accounts.schemas import (
    AcceptBody,
    LoginBody,
    LoginSessionPage,
    MeOut,
    MyOrgs,
    OwnOrgOut,
    PasswordBody,
    RegisterBody,
    RegisterOut,
    RegistrationOut,
    SignedInOut,
    SwitchOrgBody,
    UserOut,
)
from emban.accounts.service import Accounts
from emban.auth.authenticator import refuse_cross_site
from emban.auth.principal import KeyPrincipal, UserPrincipal
from emban.auth.sessions import clear_cookie, set_cookie
from emban.authz.guards import SignedIn, Viewer
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.settings import Settings

router = APIRouter(prefix="/v1/auth", tags=["Accounts"])
invite_router = APIRouter(prefix="/v1/invites", tags=["Accounts"])


@router.get("/registration")
async def registration(accounts: Annotated[Accounts, provided(Accounts)]) -> RegistrationOut:
    """Say whether somebody may register now, and whether theirs would be the first account of this installation."""
    return await accounts.registration()


@router.post("/register", status_code=201)
async def register(
    body: RegisterBody,
    request: Request,
    response: Response,
    settings: Annotated[Settings, provided(Settings)],
    accounts: Annotated[Accounts, provided(Accounts)],
) -> RegisterOut:
    """Make a user with an org of its own, environments prod and dev, and the first admin key (shown once)."""
    refuse_cross_site(request, settings, required=False)
    answer, session = await accounts.register(body, request)
    set_cookie(response, request, session.token, settings)
    return answer


@router.post("/login")
async def login(
    body: LoginBody,
    request: Request,
    response: Response,
    settings: Annotated[Settings, provided(Settings)],
    accounts: Annotated[Accounts, provided(Accounts)],
) -> SignedInOut:
    """Open a console session; an unknown email and a wrong password are the same 401."""
    refuse_cross_site(request, settings, required=False)
    answer, session = await accounts.login(body, request)
    set_cookie(response, request, session.token, settings)
    return answer


@router.post("/logout", status_code=204)
async def logout(
    request: Request,
    response: Response,
    caller: SignedIn,
    accounts: Annotated[Accounts, provided(Accounts)],
    settings: Annotated[Settings, provided(Settings)],
) -> None:
    """End this console session."""
    await accounts.logout(caller)
    clear_cookie(response, request, settings)


@router.get("/me")
async def me(caller: Viewer) -> MeOut:
    """Say who is calling: a person with a role, or a key with a scope."""
    if isinstance(caller, UserPrincipal):
        user = UserOut(id=caller.user_id, email=caller.email, name=caller.name)
        org = OwnOrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
        return MeOut(user=user, org=org, role=caller.role, scope=None, environment=caller.environment)
    assert isinstance(caller, KeyPrincipal)  # noqa: S101 - the two kinds that the guard makes
    org = OwnOrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
    return MeOut(user=None, org=org, role=None, scope=caller.key_scope, environment=caller.environment)


@router.post("/password", status_code=204)
async def change_password(
    body: PasswordBody, caller: SignedIn, own_account: Annotated[OwnAccount, provided(OwnAccount)]
) -> None:
    """Change one's own password; every other session of the person ends."""
    await own_account.change_password(caller, body)


@router.get("/sessions")
async def list_sessions(
    caller: SignedIn,
    own_account: Annotated[OwnAccount, provided(OwnAccount)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> LoginSessionPage:
    """List one's own live sessions."""
    return await own_account.sessions(caller, limit, cursor)


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke_session(
    session_id: str, caller: SignedIn, own_account: Annotated[OwnAccount, provided(OwnAccount)]
) -> None:
    """End one of one's own sessions."""
    await own_account.revoke(caller, session_id)


@router.get("/orgs")
async def list_my_orgs(caller: SignedIn, own_account: Annotated[OwnAccount, provided(OwnAccount)]) -> MyOrgs:
    """List the orgs that one belongs to."""
    return await own_account.orgs(caller)


@router.post("/switch-org")
async def switch_org(
    body: SwitchOrgBody, caller: SignedIn, own_account: Annotated[OwnAccount, provided(OwnAccount)]
) -> SignedInOut:
    """Look at another of one's orgs with this session."""
    return await own_account.switch_org(caller, body)


@invite_router.post("/accept", status_code=201)
async def accept_invite(
    body: AcceptBody,
    request: Request,
    response: Response,
    settings: Annotated[Settings, provided(Settings)],
    joining: Annotated[InviteAcceptance, provided(InviteAcceptance)],
) -> SignedInOut:
    """Join an org with the token of an invitation, as a new person or with the password of one's account."""
    refuse_cross_site(request, settings, required=False)
    answer, session = await joining.accept(body, request)
    set_cookie(response, request, session.token, settings)
    return answer
