"""For the operator: is the process alive, do both stores answer."""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import IPv6Address, ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from emban.auth.authenticator import bearer_token
from emban.db import Database
from emban.errors import EmbanError, forbidden, unauthorized
from emban.http.provide import provided
from emban.jobs.figures import QueueFigures
from emban.jobs.status import QueueWatch
from emban.kit.crypto import equal
from emban.settings import Settings
from emban.store.client import EventStore
from emban.telemetry import exposition, exposition_of
from emban.trust.isolation_gate import NOT_YET, IsolationGate

router = APIRouter(tags=["Operation"])
PROBE_TIMEOUT_S = 3.0
_FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Liveness: the process serves requests. Asks no store."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(
    response: Response,
    database: Annotated[Database, provided(Database)],
    events: Annotated[EventStore, provided(EventStore)],
    gate: Annotated[IsolationGate, provided(IsolationGate)],
) -> dict[str, Any]:
    """Readiness: both stores answer and the event store keeps orgs apart; 503 with what is in the way."""
    probes = {"postgresql": database.ping(), "clickhouse": events.ping()}
    answers = await asyncio.gather(*(_probe(probe) for probe in probes.values()))
    checks = dict(zip(probes, answers, strict=True))
    isolation = await _isolation(gate) if checks["clickhouse"] == "ok" else NOT_YET
    ready = all(answer == "ok" for answer in (*checks.values(), isolation))
    if not ready:
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return {"status": "ready" if ready else "unavailable", "stores": checks, "isolation": isolation}


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(
    request: Request,
    settings: Annotated[Settings, provided(Settings)],
    queue: Annotated[QueueWatch, provided(QueueWatch)],
) -> Response:
    """Figures for Prometheus; asks for EMBAN_METRICS_TOKEN, or without one to be called on this machine itself."""
    wanted = settings.metrics_token
    if wanted is None:
        if not is_local(request):
            raise forbidden("the metrics are for this machine alone; set EMBAN_METRICS_TOKEN to read them from another")
    elif not equal(bearer_token(request) or "", wanted.get_secret_value()):
        raise unauthorized("the metrics need the operator's token")
    text = await asyncio.to_thread(exposition)
    # Where PostgreSQL does not answer, the process's own figures are worth all the more.
    with contextlib.suppress(EmbanError, TimeoutError):
        text += exposition_of(QueueFigures(await asyncio.wait_for(queue.read(), PROBE_TIMEOUT_S)))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def is_local(request: Request) -> bool:
    """Tell whether a request comes from this machine and was passed on by nobody.

    A proxy on this machine is a loopback peer, whoever asked it: what any proxy adds to a request is enough to tell.
    """
    if request.client is None or not _FORWARDED.isdisjoint(request.headers):
        return False
    try:
        peer = ip_address(request.client.host)
    except ValueError:
        return False
    return peer.is_loopback or bool(isinstance(peer, IPv6Address) and peer.ipv4_mapped and peer.ipv4_mapped.is_loopback)


async def _isolation(gate: IsolationGate) -> str:
    with contextlib.suppress(EmbanError, TimeoutError):
        await asyncio.wait_for(gate.require(), PROBE_TIMEOUT_S)
    return gate.reason or "ok"


async def _probe(probe: Any) -> str:
    try:
        await asyncio.wait_for(probe, PROBE_TIMEOUT_S)
    except (EmbanError, TimeoutError, OSError):
        return "does not answer"
    return "ok"
