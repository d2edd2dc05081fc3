"""`/v1/members`, `/v1/invites`, `/v1/api-keys`: who may act in the org."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request

from emban.authz.guards import Admin, Viewer
from emban.http.base_url import base_url
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT
from emban.orgs.api_keys import ApiKeys
from emban.orgs.invites import Invites
from emban.orgs.members import Members
from emban.orgs.schemas import (
    InviteBody,
    InvitePage,
    KeyBody,
    KeyPage,
    MemberOut,
    MemberPage,
    NewInviteOut,
    NewKeyOut,
    RoleBody,
)

router = APIRouter(prefix="/v1")


@router.get("/members", tags=["Members"])
async def list_members(
    caller: Viewer,
    members: Annotated[Members, provided(Members)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> MemberPage:
    """List the people in the org."""
    return await members.page(caller, limit, cursor)


@router.patch("/members/{user_id}", tags=["Members"])
async def change_member(
    user_id: str, body: RoleBody, caller: Admin, members: Annotated[Members, provided(Members)]
) -> MemberOut:
    """Give a member another role."""
    return await members.change_role(caller, user_id, body)


@router.delete("/members/{user_id}", status_code=204, tags=["Members"])
async def remove_member(user_id: str, caller: Admin, members: Annotated[Members, provided(Members)]) -> None:
    """Remove a member; their sessions in the org end."""
    await members.remove(caller, user_id)


@router.get("/invites", tags=["Members"])
async def list_invites(
    caller: Admin,
    invites: Annotated[Invites, provided(Invites)],
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> InvitePage:
    """List invitations that were not accepted."""
    return await invites.page(caller, limit, cursor)


@router.post("/invites", status_code=201, tags=["Members"])
async def create_invite(
    body: InviteBody, request: Request, caller: Admin, invites: Annotated[Invites, provided(Invites)]
) -> NewInviteOut:
    """Invite a person by email. The token and the link are in this answer and nowhere else."""
    return await invites.add(caller, body, base_url(request))


@router.delete("/invites/{invite_id}", status_code=204, tags=["Members"])
async def revoke_invite(invite_id: str, caller: Admin, invites: Annotated[Invites, provided(Invites)]) -> None:
    """Take an invitation back."""
    await invites.revoke(caller, invite_id)


@router.get("/api-keys", tags=["API keys"])
async def list_api_keys(
    caller: Admin, keys: Annotated[ApiKeys, provided(ApiKeys)], limit: PageSize = DEFAULT_LIMIT, cursor: Cursor = None
) -> KeyPage:
    """List the org's API keys, of all environments."""
    return await keys.page(caller, limit, cursor)


@router.post("/api-keys", status_code=201, tags=["API keys"])
async def create_api_key(body: KeyBody, caller: Admin, keys: Annotated[ApiKeys, provided(ApiKeys)]) -> NewKeyOut:
    """Make an API key. The key itself is in this answer and nowhere else."""
    return await keys.add(caller, body)


@router.delete("/api-keys/{key_id}", status_code=204, tags=["API keys"])
async def delete_api_key(key_id: str, caller: Admin, keys: Annotated[ApiKeys, provided(ApiKeys)]) -> None:
    """Delete a key; every process refuses it within five seconds."""
    await keys.delete(caller, key_id)
