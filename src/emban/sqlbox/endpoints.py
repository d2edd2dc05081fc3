"""`POST /v1/query/adhoc` and the datasets that it may read."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from emban.authz.guards import Admin, Editor
from emban.errors import EmbanError, not_found
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.provide import provided
from emban.kit.clock import utcnow
from emban.query.spec.tenant_choice import choose_tenant
from emban.query.spec.validation import below, read_query
from emban.sqlbox.datasets import DATASETS, find_dataset
from emban.sqlbox.functions import AGGREGATES, COMBINATORS, SCALARS
from emban.sqlbox.schemas import (
    AdhocAnswer,
    AdhocQuery,
    AdhocRunOut,
    AdhocRunPage,
    AdhocRunPatch,
    DatasetBody,
    DatasetColumnBody,
    DatasetDdl,
    DatasetPage,
    FunctionBody,
    StructuredQuery,
    StructuredSql,
)
from emban.sqlbox.service import Sqlbox
from emban.sqlbox.structured_sql import check_sayable, structured_sql

router = APIRouter(prefix="/v1", tags=["SQL"])


@router.post("/query/adhoc", response_model=AdhocAnswer)
async def run_adhoc_sql(
    request: Request, caller: Admin, body: AdhocQuery, sqlbox: Annotated[Sqlbox, provided(Sqlbox)]
) -> Response:
    """Run one SELECT over the datasets: every tenant of the caller's org and environment, and nothing else."""
    result = await cancel_on_disconnect(request, sqlbox.run(caller, body.sql, body.run_id))
    if result is None:
        return nobody_reads()
    return Response(orjson.dumps(result.body()), media_type="application/json")


@router.post("/query/sql")
async def write_structured_sql(caller: Admin, body: StructuredQuery) -> StructuredSql:
    """Write a structured query as the SELECT that answers it, with a period as the instants it comes to now.

    Comparisons, formulas, rolling figures and the row of all other groups are not written so, and are refused.
    """
    del caller  # The text has nothing of anybody's in it but what was sent.
    tenant = choose_tenant(body.tenant_id, body.all_tenants)
    spec = read_query(body.query)
    check_sayable(body.query)
    try:
        return StructuredSql(sql=structured_sql(spec, tenant, utcnow()))
    except EmbanError as error:
        raise below("query", error) from None


@router.get("/query/adhoc/runs")
async def list_adhoc_runs(caller: Admin, sqlbox: Annotated[Sqlbox, provided(Sqlbox)]) -> AdhocRunPage:
    """List your own last 30 runs in the environment and those with a star, newest first."""
    rows = await sqlbox.runs.recent(caller)
    return AdhocRunPage(items=[AdhocRunOut.model_validate(row, from_attributes=True) for row in rows])


@router.patch("/query/adhoc/runs/{adhoc_run_id}")
async def star_adhoc_run(
    adhoc_run_id: str, body: AdhocRunPatch, caller: Admin, sqlbox: Annotated[Sqlbox, provided(Sqlbox)]
) -> AdhocRunOut:
    """Give one of your own runs a star, which keeps it, or take it away."""
    row = await sqlbox.runs.star(caller, adhoc_run_id, starred=body.starred)
    return AdhocRunOut.model_validate(row, from_attributes=True)


@router.post("/query/adhoc/{adhoc_run_id}/cancel", status_code=204)
async def cancel_adhoc_run(adhoc_run_id: str, caller: Admin, sqlbox: Annotated[Sqlbox, provided(Sqlbox)]) -> None:
    """Cancel a run of the org and environment, waiting or under way; nothing happens to one that has ended.

    The statement stops within a second, and its request is answered with 409 `run_cancelled`.
    """
    await sqlbox.runs.ask_to_cancel(caller, adhoc_run_id)


@router.get("/datasets", response_model=DatasetPage)
async def list_datasets(caller: Editor) -> DatasetPage:
    """List what ad-hoc SQL may read."""
    del caller  # The same for everybody who may ask.
    items = [
        DatasetBody(
            name=dataset.name,
            comment=dataset.comment,
            columns=[
                DatasetColumnBody(name=column.name, type=column.type, comment=column.comment)
                for column in dataset.columns
            ],
        )
        for dataset in DATASETS
    ]
    functions = [
        FunctionBody(name=name, aggregate=name in AGGREGATES) for name in sorted(SCALARS | AGGREGATES, key=str.lower)
    ]
    return DatasetPage(items=items, functions=functions, aggregate_endings=list(COMBINATORS))


@router.get("/datasets/{name}/ddl", response_model=DatasetDdl)
async def read_dataset_ddl(caller: Editor, name: str) -> DatasetDdl:
    """Return a CREATE TABLE with the columns of a dataset, for an empty one of the same shape elsewhere."""
    del caller
    dataset = find_dataset(name)
    if dataset is None:
        raise not_found("dataset")
    return DatasetDdl(name=dataset.name, ddl=dataset.ddl)
