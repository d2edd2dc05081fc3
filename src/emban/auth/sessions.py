"""Console sessions: a random token in an httpOnly cookie, stored hashed, sliding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from emban.kit.clock import utcnow
from emban.kit.crypto import random_token, sha256_hex
from emban.kit.ids import new_id
from emban.models import UserSession
from emban.settings import Settings

COOKIE = "emban_session"
MAX_USER_AGENT = 256


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session at the moment of login: the raw token goes into the cookie and nowhere else."""

    token: str
    id: str
    expires_at: datetime


def open_session(
    session: AsyncSession, *, user_id: str, org_id: str | None, request: Request, settings: Settings
) -> NewSession:
    """Add a session row for a person; the transaction's context must be that person's."""
    token, now = random_token(), utcnow()
    expires_at = now + timedelta(days=settings.session_days)
    row = UserSession(
        token_hash=sha256_hex(token),
        id=new_id("ses"),
        user_id=user_id,
        org_id=org_id,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        address=client_address(request),
        user_agent=request.headers.get("user-agent", "")[:MAX_USER_AGENT],
    )
    session.add(row)
    return NewSession(token, row.id, expires_at)


def client_address(request: Request) -> str | None:
    """Return the caller's address; uvicorn has already applied the trusted proxies' headers."""
    return request.client.host if request.client else None


def set_cookie(response: Response, request: Request, token: str, settings: Settings) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_days * 86_400,
        path="/",
        httponly=True,
        secure=_secure(request, settings),
        samesite="lax",
    )


def renew_with_answer(request: Request, token: str) -> None:
    """Note that the session was moved on: the answer gives the browser its cookie anew, for as long again."""
    request.state.renewed_session = token


def renew_cookie(request: Request, settings: Settings) -> str | None:
    """Return the `Set-Cookie` header that the answer to this request needs; None if the session was not moved on."""
    token = getattr(request.state, "renewed_session", None)
    if token is None:
        return None
    carrier = Response()
    set_cookie(carrier, request, token, settings)
    return carrier.headers["set-cookie"]


def clear_cookie(response: Response, request: Request, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, secure=_secure(request, settings), samesite="lax")


def _secure(request: Request, settings: Settings) -> bool:
    if settings.cookie_secure is not None:
        return settings.cookie_secure
    local = request.url.hostname in {"localhost", "127.0.0.1", "::1"}
    return not (local and request.url.scheme == "http")
