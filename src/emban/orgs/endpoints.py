"""`/v1/org`, `/v1/environments`, `/v1/tenants`: the org, its worlds, its customers' data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from emban.app.services import services_of
from emban.auth.sessions import clear_cookie
from emban.authz.guards import Caller, SignedIn
from emban.errors import invalid_field
from emban.http.paging_params import Cursor, PageSize
from emban.kit.cursor import DEFAULT_LIMIT
from emban.kit.text import text_problem
from emban.orgs.schemas import (
    EnvironmentBody,
    EnvironmentOut,
    EnvironmentPage,
    EnvironmentPatch,
    OrgOut,
    OrgPatch,
    TransferBody,
)

router = APIRouter(prefix="/v1", tags=["Org"])
TenantId = Annotated[str, Path(min_length=1, max_length=256)]


@router.get("/org")
async def read_org(request: Request, caller: Caller) -> OrgOut:
    """Return the caller's org."""
    return await services_of(request).orgs.read(caller)


@router.patch("/org")
async def change_org(body: OrgPatch, request: Request, caller: Caller) -> OrgOut:
    """Change the name or the sites that may frame the org's embeds."""
    return await services_of(request).orgs.change(caller, body)


@router.delete("/org", status_code=204)
async def delete_org(request: Request, response: Response, caller: SignedIn) -> None:
    """Delete the org with everything in it, in both stores. There is no way back."""
    services = services_of(request)
    await services.orgs.delete(caller)
    services.authenticator.forget_keys()
    clear_cookie(response, request, services.settings)


@router.post("/org/transfer-ownership", status_code=204)
async def transfer_ownership(body: TransferBody, request: Request, caller: SignedIn) -> None:
    """Make another member the owner; the caller stays as an admin."""
    await services_of(request).orgs.transfer(caller, body)


@router.get("/environments")
async def list_environments(
    request: Request, caller: Caller, limit: PageSize = DEFAULT_LIMIT, cursor: Cursor = None
) -> EnvironmentPage:
    """List the org's environments."""
    return await services_of(request).environments.page(caller, limit, cursor)


@router.post("/environments", status_code=201)
async def create_environment(body: EnvironmentBody, request: Request, caller: Caller) -> EnvironmentOut:
    """Make an environment: a separate world of events, keys and dashboards."""
    return await services_of(request).environments.add(caller, body)


@router.patch("/environments/{name}")
async def change_environment(name: str, body: EnvironmentPatch, request: Request, caller: Caller) -> EnvironmentOut:
    """Set how many days the environment keeps its events."""
    return await services_of(request).environments.change(caller, name, body)


@router.delete("/environments/{name}", status_code=204)
async def delete_environment(name: str, request: Request, caller: Caller) -> None:
    """Delete an environment that nothing uses any more, and its events."""
    await services_of(request).environments.delete(caller, name)


@router.delete("/tenants/{tenant_id:path}/data", status_code=204)
async def delete_tenant_data(tenant_id: TenantId, request: Request, caller: Caller) -> None:
    """Remove every event of one tenant in the request's environment."""
    problem = text_problem(tenant_id)
    if problem is not None:
        raise invalid_field("tenant_id", problem)
    await services_of(request).tenants.delete_data(caller, tenant_id)
