"""`/v1/query`: one structured query."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from emban.auth.principal import Principal
from emban.authz.guards import Admin, Viewer
from emban.billing.meters import QueryMeter
from emban.errors import EmbanError, invalid_field
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.provide import provided, take
from emban.kit.clock import utcnow
from emban.query.answer.answers import EncodedAnswer
from emban.query.run.explanation import QueryPlanOut
from emban.query.service import Freshness, QueryService
from emban.query.spec.query_spec import QuerySpec
from emban.query.spec.schemas import PointsOut, QueryBody, TableOut
from emban.query.spec.tenant_choice import choose_tenant
from emban.query.spec.validation import below, read_query
from emban.query.time.instants import read_instant
from emban.scope import Scope

router = APIRouter(prefix="/v1/query", tags=["Queries"])
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": PointsOut | TableOut, "description": "The answer."}}
MAX_QUERY_TEXT = 64 * 1024


@router.post("", responses=_ANSWERS, response_class=Response)
async def post_query(body: QueryBody, request: Request, caller: Viewer) -> Response:
    """Answer one structured query over the events of one tenant, or of all."""
    return await _answer(body, request, caller)


@router.get("", responses=_ANSWERS, response_class=Response)
async def get_query(
    request: Request,
    caller: Viewer,
    q: Annotated[str, Query(max_length=MAX_QUERY_TEXT, description="The query as JSON, or the whole body of a POST.")],
    tenant_id: Annotated[str | None, Query(max_length=256, description="The one tenant that is asked for.")] = None,
    all_tenants: Annotated[bool | None, Query(description="True asks for every tenant.")] = None,
) -> Response:
    """Answer one structured query, given in the address."""
    return await _answer(_body_of(q, tenant_id, all_tenants), request, caller)


@router.post("/plan")
async def post_plan(
    body: QueryBody, caller: Admin, queries: Annotated[QueryService, provided(QueryService)]
) -> QueryPlanOut:
    """Tell how a structured query would be answered: the path, why not another, the statements. Runs none of it."""
    scope, spec, as_of = _asked(body, caller)
    try:
        return await queries.explain(scope, spec, now=utcnow(), as_of=as_of)
    except EmbanError as error:
        raise below("query", error) from None


async def _answer(body: QueryBody, request: Request, caller: Principal) -> Response:
    scope, spec, as_of = _asked(body, caller)
    wanted = Freshness.FORCE if body.reload else Freshness.NEWEST
    work = _count_and_answer(request, scope, spec, as_of, wanted)
    answer = await cancel_on_disconnect(request, work)
    return nobody_reads() if answer is None else Response(answer.encoded(), media_type="application/json")


def _asked(body: QueryBody, caller: Principal) -> tuple[Scope, QuerySpec, datetime | None]:
    scope = caller.scope(choose_tenant(body.tenant_id, body.all_tenants))
    spec = read_query(body.query)
    if body.as_of is not None and body.query.as_of is not None:
        raise invalid_field("as_of", "is given twice: here and in the query")
    return scope, spec, None if body.as_of is None else read_instant(body.as_of)


async def _count_and_answer(
    request: Request, scope: Scope, spec: QuerySpec, as_of: datetime | None, wanted: Freshness
) -> EncodedAnswer:
    async with take(request, QueryMeter).counted(scope.org_id) as count:
        prepared = await take(request, QueryService).prepare(scope, [spec], now=utcnow(), as_of=as_of, freshness=wanted)
        (answer,) = prepared.outcomes
        if isinstance(answer, EmbanError):
            raise below("query", answer)
        count.answered()
        return answer


def _body_of(text: str, tenant_id: str | None, all_tenants: bool | None) -> QueryBody:
    """Read `?q=`: a query's fields, or a whole body, `{"query": {…}, "tenant_id": …}`."""
    try:
        given: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise invalid_field("q", "must be JSON") from None
    if not isinstance(given, dict):
        raise invalid_field("q", "must be a JSON object")
    body = given if "query" in given else {"query": given}
    named = {"tenant_id": tenant_id, "all_tenants": all_tenants}
    for name, value in named.items():
        if value is None:
            continue
        if name in body:
            raise invalid_field(name, "is given twice: in q and beside it")
        body = {**body, name: value}
    try:
        return QueryBody.model_validate(body)
    except ValidationError as error:
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in error.errors()]) from None
