"""The guard of every route: who is calling, and whether the table lets them.

A handler names the caller that it wants in its signature (`caller: Editor`, `caller: SignedIn`); FastAPI then cannot
run it before the guard has answered.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from emban.auth.authenticator import Authenticator
from emban.auth.principal import KeyPrincipal, Principal, Rank, UserPrincipal
from emban.authz.table import ROUTES, Access, Gate
from emban.errors import forbidden
from emban.http.provide import take
from emban.trust.isolation_gate import IsolationGate

_NAMES = {Rank.INGEST: "an ingest key", Rank.VIEWER: "viewer", Rank.EDITOR: "editor", Rank.ADMIN: "admin"}


def access_of(request: Request) -> Access:
    """Return the table's entry for the matched route; a route without one is closed to everybody."""
    path = getattr(request.scope.get("route"), "path", "")
    access = ROUTES.get((request.method, path))
    if access is None:
        raise forbidden("this route has no entry in the table of permissions")
    return access


async def require_caller(request: Request) -> Principal:
    """Return the authenticated caller of a ranked route; raises 401 or 403."""
    authenticator = take(request, Authenticator)
    access = access_of(request)
    principal = await authenticator.authenticate(request)
    permit(principal, access)
    await require_isolation(request, access)
    return principal


async def require_isolation(request: Request, access: Access) -> None:
    """Raise 503 for a route that reads events unless the event store is proved to keep orgs apart."""
    if access.reads_events:
        await take(request, IsolationGate).require()


def permit(principal: Principal, access: Access) -> None:
    """Raise 403 unless the principal may use a route with this access."""
    if isinstance(principal, KeyPrincipal) and principal.environment_only and not access.in_environment:
        raise forbidden(
            f"this key is confined to the environment {principal.environment}; the route is about the whole org",
            "key_confined",
        )
    if access.needs is Gate.SESSION:
        if not isinstance(principal, UserPrincipal):
            raise forbidden("this route is for people signed in to the console, not for API keys")
        return
    if not isinstance(access.needs, Rank):
        raise forbidden("this route does not take this kind of credential")
    if isinstance(principal, KeyPrincipal) and principal.rank is Rank.INGEST and access.needs is not Rank.INGEST:
        raise forbidden("an ingest key can only send events")
    if access.needs is Rank.INGEST and principal.rank not in {Rank.INGEST, Rank.ADMIN, Rank.OWNER}:
        raise forbidden("sending events needs an ingest key, an admin key or the admin role")
    if principal.rank < access.needs:
        raise forbidden(f"this needs the role {_NAMES.get(access.needs, 'owner')}", required=access.needs.name.lower())


async def require_user(request: Request) -> UserPrincipal:
    """Return the person signed in; raises 401, or 403 for a machine."""
    principal = await require_caller(request)
    if not isinstance(principal, UserPrincipal):
        raise forbidden("this route is for people signed in to the console, not for API keys")
    return principal


class RequireRank:
    """A handler's guard that says in its signature which rank the table asks for; where they differ, nobody passes."""

    def __init__(self, rank: Rank) -> None:
        self.rank = rank

    async def __call__(self, request: Request) -> Principal:
        """Return the caller; raises 401 or 403."""
        if access_of(request).needs is not self.rank:
            raise forbidden("this route asks for another rank than the table of permissions says")
        return await require_caller(request)


# The least rank of a handler's caller. A test compares each with `emban.authz.table`.
Ingester = Annotated[Principal, Depends(RequireRank(Rank.INGEST))]
Viewer = Annotated[Principal, Depends(RequireRank(Rank.VIEWER))]
Editor = Annotated[Principal, Depends(RequireRank(Rank.EDITOR))]
Admin = Annotated[Principal, Depends(RequireRank(Rank.ADMIN))]
Owner = Annotated[Principal, Depends(RequireRank(Rank.OWNER))]
SignedIn = Annotated[UserPrincipal, Depends(require_user)]
