"""`/v1/auth/…`: register, login, logout, me."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from emban.accounts.schemas import LoginBody, MeOut, OrgOut, RegisterBody, RegisterOut, SignedInOut, UserOut
from emban.auth.authenticator import refuse_cross_site
from emban.auth.principal import KeyPrincipal, UserPrincipal
from emban.auth.sessions import clear_cookie, set_cookie
from emban.authz.guards import Caller, SignedIn
from emban.services import services_of

router = APIRouter(prefix="/v1/auth", tags=["Accounts"])


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
        org = OrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
        return MeOut(user=user, org=org, role=caller.role, scope=None, environment=caller.environment)
    assert isinstance(caller, KeyPrincipal)  # noqa: S101 - the two kinds that the guard makes
    org = OrgOut(id=caller.org_id, name=caller.org_name, plan=caller.plan)
    return MeOut(user=None, org=org, role=None, scope=caller.key_scope, environment=caller.environment)
