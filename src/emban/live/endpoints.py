"""`GET /v1/stream`: what changes in the environment, and that events were taken, as it happens."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from emban.auth.authenticator import bearer_token
from emban.auth.principal import KeyPrincipal, Principal
from emban.auth.sessions import COOKIE
from emban.authz.guards import Viewer
from emban.http.head import is_head
from emban.http.provide import provided
from emban.kit.crypto import sha256_hex
from emban.live.changes import Audience
from emban.live.event_stream import EventStreamResponse
from emban.live.hub import LiveStreams
from emban.live.source import Credential

router = APIRouter(prefix="/v1", tags=["Live updates"])
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events `change`, `events` and `reset`, until the credential or the server ends.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/stream", responses=ANSWER, response_class=Response)
async def stream(
    request: Request,
    caller: Viewer,
    streams: Annotated[LiveStreams, provided(LiveStreams)],
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The id of the last event that was seen, to go on from.")
    ] = None,
) -> Response:
    """Tell, as it happens, what changes in the environment and that new events were taken.

    Only what the caller may read is told. A stream that breaks off is gone on with by `Last-Event-ID`; where that is
    too long ago, a `reset` says that everything has to be read anew. Ends with the session or the key.
    """
    if is_head(request):
        return EventStreamResponse()
    audience = Audience(caller.org_id, caller.environment, caller.rank, confined=_is_confined(caller))
    watcher = await streams.open(audience, Credential.of(caller, _sha256(request)), last_event_id)
    return EventStreamResponse(watcher, closed=partial(streams.close, watcher))


def _is_confined(caller: Principal) -> bool:
    return isinstance(caller, KeyPrincipal) and caller.environment_only


def _sha256(request: Request) -> str:
    return sha256_hex(bearer_token(request) or request.cookies[COOKIE])
