"""The guard of the embed routes: an embed token as a bearer, and nothing else. No key, no cookie, no query string."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from emban.auth.authenticator import bearer_token
from emban.auth.embed_tokens import EmbedTokens
from emban.auth.principal import EmbedPrincipal
from emban.authz.guards import access_of, require_isolation
from emban.authz.table import Gate
from emban.errors import forbidden, unauthorized
from emban.http.provide import take
from emban.kit.clock import utcnow


async def require_embed(request: Request) -> EmbedPrincipal:
    """Return the verified holder of an embed token; raises 401 without asking a store, and 503 as every read."""
    access = access_of(request)
    if access.needs is not Gate.EMBED:
        raise forbidden("this route does not take an embed token")
    token = bearer_token(request)
    if token is None:
        raise unauthorized("send the embed token as a bearer token")
    principal = take(request, EmbedTokens).verify(token, utcnow())
    await require_isolation(request, access)
    return principal


EmbedCaller = Annotated[EmbedPrincipal, Depends(require_embed)]
