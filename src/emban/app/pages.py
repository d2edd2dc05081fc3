"""The pages: the embed in its iframe, the console, and the files that they load. All built, none from another host.

A page's policy names everything that it may load, and that is Emban itself alone. Files with a hash in their name
are kept by browsers for a year; the pages that name those files are asked for each time.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from emban.auth.embed_tokens import EmbedTokens
from emban.db import Database
from emban.errors import EmbanError, not_found
from emban.http.provide import provided, take
from emban.http.static_pages import BASE_POLICY, STATIC, page, send_file
from emban.kit.clock import utcnow
from emban.models import Org
from emban.settings import Settings

IMMUTABLE = "public, max-age=31536000, immutable"
_PAGES_ONLY = frozenset({".html", ".br", ".gz", ".map"})
# Trusted Types: no text becomes markup or code in the embed, by no policy at all. Browsers without them ignore the two.
EMBED_POLICY = (
    f"{BASE_POLICY}; style-src 'self'; img-src 'self' data:; frame-ancestors {{ancestors}}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# The console's component library writes its variables into a style element.
CONSOLE_POLICY = (
    f"{BASE_POLICY}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-src 'self'; "
    "frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def root(settings: Annotated[Settings, provided(Settings)]) -> RedirectResponse:
    """Lead to the console, in the demo to its host page."""
    return RedirectResponse("/demo" if settings.demo else "/app")


@router.get("/app")
async def console(request: Request) -> Response:
    """The console's page."""
    headers = {"Content-Security-Policy": CONSOLE_POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
    return page("console", request, headers)


@router.get("/app/{path:path}")
async def console_view(path: str, request: Request) -> Response:
    """The same page for every address of the console: its script reads the rest."""
    del path
    return await console(request)


@router.get("/embed/{dashboard_id}")
async def embed(dashboard_id: str, request: Request, token: str = "") -> Response:
    """The page in the iframe. It may be framed by the org's sites, as far as the token says which org's it is."""
    del dashboard_id  # The token names the dashboard; the address is for people and logs.
    policy = EMBED_POLICY.format(ancestors=await _ancestors(request, token))
    return page("embed", request, {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})


@router.get("/static/{path:path}")
async def static(path: str, request: Request, settings: Annotated[Settings, provided(Settings)]) -> Response:
    """A built file. Any site may load it: a sandboxed frame has no origin of its own, and these hold no data."""
    file = (STATIC / path).resolve()
    if file.is_relative_to(STATIC / "demo") and not settings.demo:
        raise not_found("file")
    if not file.is_relative_to(STATIC) or file.suffix in _PAGES_ONLY or not file.is_file():
        raise not_found("file")
    caching = IMMUTABLE if "assets" in file.relative_to(STATIC).parts else "no-cache"
    headers = {
        "Cache-Control": caching,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return send_file(file, request, headers)


async def _ancestors(request: Request, token: str) -> str:
    """Return the sites that may frame the embed: those that the token's org lists, any where it lists none.

    Without a valid token the page can show nothing but a message, so it may be framed by anybody. Emban itself may
    always frame it: the console shows previews.
    """
    try:
        principal = take(request, EmbedTokens).verify(token, utcnow())
    except EmbanError:
        return "*"
    try:
        async with take(request, Database).for_org(principal.org_id) as session:
            query = select(Org.embed_origins).where(Org.id == principal.org_id)
            origins = (await session.execute(query)).scalar_one_or_none()
    except EmbanError:
        return "'self'"  # The list cannot be read now: rather too few sites than too many.
    return " ".join(["'self'", *map(str, origins)]) if origins else "*"
