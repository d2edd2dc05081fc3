"""`/v1/auth/…` and accepting an invitation: how a person gets in, and what is theirs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

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
    SignedInOut,
    SwitchOrgBody,
    UserOut,
)
from emban.app.services import services_of
from emban.auth.authenticator import refuse_cross_site
from emban.auth.principal import KeyPrincipal, UserPrincipal
from emban.auth.sessions import clear_cookie, set_cookie
from emban.authz.guards import Caller, SignedIn
from emban.http.paging_params import Cursor, PageSize
from emban.kit.cursor import DEFAULT_LIMIT

router = APIRouter(prefix="/v1/auth", tags=["Accounts"])
invite_router = APIRouter(prefix="/v1/invites", tags=["Accounts"])


@router.post("/register", status_code=201)
async def register(body: RegisterBody, request: Request, response: Response) -> RegisterOut:
    """Make a user with an org of its own, environments prod and dev, and the first admin key (shown once)."""
    services = services_of(request)
    refuse_cross_site(request, services.settings, required=False)
    answer, session = await services.accounts.register(body, request)
    set_cookie(response, request, session.token, services.settings)
    return answer


@router.post("/login")
async def login(body: LoginBody, request: Request, response: Response) -> SignedInOut:
    """Open a console session; an unknown email and a wrong password are the same 401."""
    services = services_of(request)
    refuse_cross_site(request, services.settings, required=False)
    answer, session = await services.accounts.login(body, request)
    set_cookie(response, request, session.token, services.settings)
    return answer


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, caller: SignedIn) -> None:
    """End this console session."""
    services = services_of(request)
    await services.accounts.logout(caller)
    clear_cookie(response, request, services.settings)


@router.get("/me")
async def me(caller: Caller) -> MeOut:
    """Say who is calling: a person with a role, or a key with a scope."""
    if isinstance(caller, UserPrincipal):
        user = UserOut(id=caller.user_id, email=caller.email, name=caller.name)
        org = OwnOrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
        return MeOut(user=user, org=org, role=caller.role, scope=None, environment=caller.environment)
    assert isinstance(caller, KeyPrincipal)  # noqa: S101 - the two kinds that the guard makes
    org = OwnOrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
    return MeOut(user=None, org=org, role=None, scope=caller.key_scope, environment=caller.environment)


@router.post("/password", status_code=204)
async def change_password(body: PasswordBody, request: Request, caller: SignedIn) -> None:
    """Change one's own password; every other session of the person ends."""
    await services_of(request).own_account.change_password(caller, body)


@router.get("/sessions")
async def list_sessions(
    request: Request, caller: SignedIn, limit: PageSize = DEFAULT_LIMIT, cursor: Cursor = None
) -> LoginSessionPage:
    """List one's own live sessions."""
    return await services_of(request).own_account.sessions(caller, limit, cursor)


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke_session(session_id: str, request: Request, caller: SignedIn) -> None:
    """End one of one's own sessions."""
    await services_of(request).own_account.revoke(caller, session_id)


@router.get("/orgs")
async def list_my_orgs(request: Request, caller: SignedIn) -> MyOrgs:
    """List the orgs that one belongs to."""
    return await services_of(request).own_account.orgs(caller)


@router.post("/switch-org")
async def switch_org(body: SwitchOrgBody, request: Request, caller: SignedIn) -> SignedInOut:
    """Look at another of one's orgs with this session."""
    return await services_of(request).own_account.switch_org(caller, body)


@invite_router.post("/accept", status_code=201)
async def accept_invite(body: AcceptBody, request: Request, response: Response) -> SignedInOut:
    """Join an org with the token of an invitation, as a new person or with the password of one's account."""
    services = services_of(request)
    refuse_cross_site(request, services.settings, required=False)
    answer, session = await services.joining.accept(body, request)
    set_cookie(response, request, session.token, services.settings)
    return answer
