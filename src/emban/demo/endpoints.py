"""The pages of the demo: the imaginary SaaS and its backend, which mints sessions. Routed by `emban demo` alone.

A real product would ask who is signed in before it mints; the demo lets anybody look at each of its made-up customers.
"""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from emban.auth.authenticator import Authenticator
from emban.auth.sessions import client_address
from emban.demo.state import RECEIVER, DemoState, read_state
from emban.embed.schemas import MintBody
from emban.embed.sessions import EmbedSessions
from emban.errors import invalid_field, unavailable
from emban.http.base_url import base_url
from emban.http.provide import provided, take
from emban.http.static_pages import BASE_POLICY, page
from emban.onboarding.company import CUSTOMERS
from emban.settings import Settings

# The host page frames the embed.
HOST_POLICY = f"{BASE_POLICY}; style-src 'self'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)


@router.get("/demo")
async def host_page(request: Request) -> Response:
    """The page of the imaginary SaaS."""
    return page("demo", request, {"Content-Security-Policy": HOST_POLICY})


@router.get("/demo/tenants")
async def tenants(request: Request) -> dict[str, Any]:
    """List the customers to switch between, and to a browser on this machine the console's login."""
    state = _state(request)
    answer: dict[str, Any] = {
        "tenants": [{"id": one.id, "name": one.name, "plan": one.plan} for one in CUSTOMERS],
        "dashboard_id": state.dashboard_id,
    }
    if _is_local(request):
        answer["console"] = {"email": state.email, "password": state.password}
    return answer


@router.get("/demo/session")
async def session(
    request: Request,
    tenant: Annotated[str, Query(max_length=256)],
    authenticator: Annotated[Authenticator, provided(Authenticator)],
    embed_sessions: Annotated[EmbedSessions, provided(EmbedSessions)],
) -> dict[str, Any]:
    """Mint a session for a customer, as the SaaS's backend does with its admin key."""
    if tenant not in {customer.id for customer in CUSTOMERS}:
        raise invalid_field("tenant", "is none of the demo's customers")
    state = _state(request)
    caller = await authenticator.by_key(state.api_key, client_address(request))
    body = MintBody(tenant_id=tenant, dashboard_id=state.dashboard_id or "")
    minted = await embed_sessions.mint(caller, body, base_url(request))
    return minted.model_dump(include={"embed_url", "expires_at"})


@router.post(RECEIVER, status_code=204)
async def webhooks() -> None:
    """Take what the alert and the report send, as the SaaS's backend would after it has verified it."""


def _state(request: Request) -> DemoState:
    state = read_state(take(request, Settings).data_dir)
    if state is None or state.dashboard_id is None:
        raise unavailable("the demo is being filled; one moment")
    return state


def _is_local(request: Request) -> bool:
    try:
        return ipaddress.ip_address(client_address(request) or "").is_loopback
    except ValueError:
        return False
