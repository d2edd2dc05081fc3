"""`/v1/query`: one structured query."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from emban.auth.principal import Principal
from emban.authz.guards import Caller
from emban.errors import EmbanError, invalid_field
from emban.kit.clock import utcnow
from emban.query.answer import encode
from emban.query.instants import read_instant
from emban.query.schemas import PointsOut, QueryBody, TableOut
from emban.query.tenants import chosen_tenant
from emban.query.validate import below, read_query
from emban.services import services_of

router = APIRouter(prefix="/v1/query", tags=["Queries"])
_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": PointsOut | TableOut, "description": "The answer."}}
MAX_QUERY_TEXT = 64 * 1024


@router.post("", responses=_ANSWERS, response_class=Response)
async def post_query(body: QueryBody, request: Request, caller: Caller) -> Response:
    """Answer one structured query over the events of one tenant, or of all."""
    return await _answer(body, request, caller)


@router.get("", responses=_ANSWERS, response_class=Response)
async def get_query(
    request: Request,
    caller: Caller,
    q: Annotated[str, Query(max_length=MAX_QUERY_TEXT, description="The query as JSON, or the whole body of a POST.")],
    tenant_id: Annotated[str | None, Query(max_length=256, description="The one tenant that is asked for.")] = None,
    all_tenants: Annotated[bool | None, Query(description="True asks for every tenant.")] = None,
) -> Response:
    """Answer one structured query, given in the address."""
    return await _answer(_body_of(q, tenant_id, all_tenants), request, caller)


async def _answer(body: QueryBody, request: Request, caller: Principal) -> Response:
    services = services_of(request)
    scope = caller.scope(chosen_tenant(body.tenant_id, body.all_tenants))
    spec = read_query(body.query)
    if body.as_of is not None and body.query.as_of is not None:
        raise invalid_field("as_of", "is given twice: here and in the query")
    as_of = None if body.as_of is None else read_instant(body.as_of)
    async with services.query_meter.counted(caller.org_id) as count:
        (answer,) = (await services.queries.run(scope, [spec], now=utcnow(), as_of=as_of)).answers
        if isinstance(answer, EmbanError):
            raise below("query", answer)
        count.answered()
    return Response(encode(answer), media_type="application/json")


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
