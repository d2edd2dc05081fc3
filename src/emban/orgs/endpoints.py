"""`/v1/org`, `/v1/environments`, `/v1/tenants`: the org, its worlds, its customers' data."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from emban.auth.authenticator import Authenticator
from emban.auth.sessions import clear_cookie
from emban.authz.guards import Admin, SignedIn, Viewer
from emban.errors import invalid_field
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.kit.text import text_problem
from emban.orgs.environments import Environments
from emban.orgs.schemas import (
    EnvironmentBody,
    EnvironmentOut,
    EnvironmentPage,
    EnvironmentPatch,
    OrgOut,
    OrgPatch,
    TransferBody,
)
from emban.orgs.service import Orgs
from emban.orgs.tenants import Tenants
from emban.settings import Settings

router = APIRouter(prefix="/v1", tags=["Org"])
TenantId = Annotated[str, Path(min_length=1, max_length=256)]


@router.get("/org")
async def read_org(caller: Viewer, orgs: Annotated[Orgs, provided(Orgs)]) -> OrgOut:
    """Return the caller's org."""
    return await orgs.read(caller)


@router.patch("/org")
async def change_org(body: OrgPatch, caller: Admin, orgs: Annotated[Orgs, provided(Orgs)]) -> OrgOut:
    """Change the name or the sites that may frame the org's embeds."""
    return await orgs.change(caller, body)


@router.delete("/org", status_code=204)
async def delete_org(
    request: Request,
    response: Response,
    caller: SignedIn,
    orgs: Annotated[Orgs, provided(Orgs)],
    authenticator: Annotated[Authenticator, provided(Authenticator)],
    settings: Annotated[Settings, provided(Settings)],
) -> None:
    """Delete the org with everything in it, in both stores. There is no way back."""
    await orgs.delete(caller)
    authenticator.forget_keys()
    clear_cookie(response, request, settings)


@router.post("/org/transfer-ownership", status_code=204)
async def transfer_ownership(body: TransferBody, caller: SignedIn, orgs: Annotated[Orgs, provided(Orgs)]) -> None:
    """Make another member the owner; the caller stays as an admin."""
    await orgs.transfer(caller, body)


@router.get("/environments")
async def list_environments(
    caller: Viewer,
    environments: Annotated[Environments, provided(Environments)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> EnvironmentPage:
    """List the org's environments."""
    return await environments.page(caller, limit, cursor)


@router.post("/environments", status_code=201)
async def create_environment(
    body: EnvironmentBody, caller: Admin, environments: Annotated[Environments, provided(Environments)]
) -> EnvironmentOut:
    """Make an environment: a separate world of events, keys and dashboards."""
    return await environments.add(caller, body)


@router.patch("/environments/{name}")
async def change_environment(
    name: str, body: EnvironmentPatch, caller: Admin, environments: Annotated[Environments, provided(Environments)]
) -> EnvironmentOut:
    """Set how many days the environment keeps its events."""
    return await environments.change(caller, name, body)


@router.delete("/environments/{name}", status_code=204)
async def delete_environment(
    name: str, caller: Admin, environments: Annotated[Environments, provided(Environments)]
) -> None:
    """Delete an environment that nothing uses any more, and its events."""
    await environments.delete(caller, name)


@router.delete("/tenants/{tenant_id:text}/data", status_code=204)
async def delete_tenant_data(
    tenant_id: TenantId, request: Request, caller: Admin, tenants: Annotated[Tenants, provided(Tenants)]
) -> None:
    """Remove every event of one tenant in the request's environment."""
    problem = text_problem(tenant_id)
    if problem is not None:
        raise invalid_field("tenant_id", problem)
    await tenants.delete_data(caller, tenant_id)
