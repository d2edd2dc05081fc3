"""A product on FastAPI that shows each of its customers their own usage."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Cookie, Depends, FastAPI, HTTPException, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel

from emban_client import AsyncEmban, EmbanError

HERE = Path(__file__).parent
# A page without a bundler loads the helper's one file; copy it to where your other files are.
HELPER = HERE.parents[1] / "web/packages/embed-helper/dist/embed-helper.js"

# Your own accounts: who may sign in, and which tenant of Emban their company is.
TENANT_OF = {"ann": "customer_1", "cleo": "customer_2"}
sessions: dict[str, str] = {}

emban = AsyncEmban(os.environ["EMBAN_URL"], api_key=os.environ["EMBAN_KEY"])


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Close the client's connections when the app ends."""
    async with emban:
        yield


app = FastAPI(lifespan=lifespan)


class Login(BaseModel):
    """Who signs in. An example has no passwords."""

    user: str


def signed_in(session: Annotated[str, Cookie()] = "") -> str:
    """Return the user of the cookie; 401 for none."""
    user = sessions.get(session)
    if user is None:
        raise HTTPException(401, "sign in first")
    return user


@app.post("/login", status_code=204)
async def login(body: Login, response: Response) -> None:
    """Sign in."""
    if body.user not in TENANT_OF:
        raise HTTPException(401, "nobody of that name")
    token = secrets.token_urlsafe()
    sessions[token] = body.user
    response.set_cookie("session", token, httponly=True, samesite="lax")


@app.post("/api/embed-session")
async def embed_session(user: Annotated[str, Depends(signed_in)]) -> dict[str, str]:
    """Mint a session for the tenant of whoever is signed in. Nothing in the request can name another one."""
    try:
        minted = await emban.create_embed_session(tenant_id=TENANT_OF[user], dashboard_id=os.environ["EMBAN_DASHBOARD"])
    except EmbanError as error:
        raise HTTPException(502, "the dashboard is not available right now") from error
    return {"embed_url": minted["embed_url"]}


@app.get("/")
async def page() -> FileResponse:
    """The page."""
    return FileResponse(HERE / "page.html")


@app.get("/embed-helper.js")
async def helper() -> FileResponse:
    """The helper."""
    return FileResponse(HELPER, media_type="text/javascript")


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ.get("PORT", "3000")))
