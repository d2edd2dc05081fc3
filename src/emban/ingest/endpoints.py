"""`POST /v1/events`: read and answered as bytes, because every event of every customer passes here."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from emban.authz.guards import Ingester
from emban.authz.hot_route import CallerHotRoute
from emban.http.provide import take
from emban.ingest.body import read_body
from emban.ingest.commit.group_commit import SubmissionResult
from emban.ingest.decode import Decoded, decode
from emban.ingest.schemas import EventBatch
from emban.ingest.service import Ingest
from emban.kit.clock import utcnow

router = APIRouter(prefix="/v1", tags=["Events"], route_class=CallerHotRoute)
# A body that is larger than this is not decoded on the event loop: it may hold it up for tenths of a second.
_DECODED_AT_ONCE = 512 << 10


class EventErrorOut(BaseModel):
    """One thing that is wrong with one event of the batch."""

    index: int = Field(description="Place of the event in `events`, from 0.")
    path: str = Field(description="Place within the event, such as `string_props.model`.")
    message: str


class EventsOut(BaseModel):
    """What became of a batch. The keys other than `accepted` and `status` are left out when zero or empty."""

    accepted: int = Field(description="Newly stored events.")
    rejected: int = Field(default=0, description="Events that were not stored, for the reasons in `errors`.")
    duplicates: int = Field(default=0, description="Events whose `event_id` was received in the last 7 days.")
    errors: list[EventErrorOut] = Field(default=[], description="Why events were rejected.")
    status: str = Field(description="`ok`, or `partial` where events were rejected.")


def _body_schema() -> dict[str, Any]:
    """Return the body's schema, with the event's put into its place."""
    _, parts = msgspec.json.schema_components([EventBatch], ref_template="{name}")
    schema = {**parts["EventBatch"], "properties": {"events": {**parts["EventBatch"]["properties"]["events"]}}}
    schema["properties"]["events"]["items"] = parts["Event"]
    return schema


_REQUEST_BODY = {"required": True, "content": {"application/json": {"schema": _body_schema()}}}


@router.post(
    "/events",
    response_class=Response,
    responses={200: {"model": EventsOut, "description": "The events are stored."}},
    openapi_extra={"requestBody": _REQUEST_BODY},
)
async def send_events(request: Request, caller: Ingester) -> Response:
    """Store 1 to 1,000 events of the key's environment; at most 5 MiB, gzip accepted. Safe to repeat by `event_id`."""
    body = await read_body(request)
    now = utcnow()
    decoded = decode(body, now) if len(body) <= _DECODED_AT_ONCE else await asyncio.to_thread(decode, body, now)
    stored = await take(request, Ingest).store(caller.org_id, caller.environment, decoded, len(body))
    return Response(_answer(stored, decoded), media_type="application/json")


def _answer(stored: SubmissionResult, decoded: Decoded) -> bytes:
    answer: dict[str, Any] = {"accepted": stored.accepted}
    if stored.duplicates:
        answer["duplicates"] = stored.duplicates
    if decoded.rejected:
        answer |= {"rejected": decoded.rejected, "errors": decoded.rejections}
    answer["status"] = "partial" if decoded.rejected else "ok"
    return msgspec.json.encode(answer)
