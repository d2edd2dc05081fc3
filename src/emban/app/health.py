"""For the operator: is the process alive, do both stores answer."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from emban.auth.authenticator import bearer_token
from emban.db import Database
from emban.errors import EmbanError, unauthorized
from emban.http.provide import provided
from emban.kit.crypto import equal
from emban.settings import Settings
from emban.store.client import EventStore
from emban.telemetry import exposition
from emban.trust.isolation_gate import NOT_YET, IsolationGate

router = APIRouter(tags=["Operation"])
PROBE_TIMEOUT_S = 3.0


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
async def metrics(request: Request, settings: Annotated[Settings, provided(Settings)]) -> Response:
    """Figures for Prometheus; asks for EMBAN_METRICS_TOKEN as a bearer token where one is set."""
    wanted = settings.metrics_token
    if wanted is not None and not equal(bearer_token(request) or "", wanted.get_secret_value()):
        raise unauthorized("the metrics need the operator's token")
    return Response(await asyncio.to_thread(exposition), media_type=CONTENT_TYPE_LATEST)


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
