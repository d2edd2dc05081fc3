"""`POST /v1/query/adhoc` and the datasets that it may read."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from emban.authz.guards import Caller
from emban.errors import not_found
from emban.services import services_of
from emban.sqlbox.datasets import DATASETS, find_dataset
from emban.sqlbox.runner import AdhocResult
from emban.sqlbox.schemas import AdhocAnswer, AdhocQuery, DatasetBody, DatasetColumnBody, DatasetDdl, DatasetPage

router = APIRouter(prefix="/v1", tags=["SQL"])
CLIENT_CLOSED_REQUEST = 499


@router.post("/query/adhoc", response_model=AdhocAnswer)
async def run_adhoc_sql(request: Request, caller: Caller, body: AdhocQuery) -> Response:
    """Run one SELECT over the datasets: every tenant of the caller's org and environment, and nothing else."""
    result = await _while_connected(request, services_of(request).sqlbox.run(caller, body.sql))
    if result is None:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return Response(orjson.dumps(result.body()), media_type="application/json")


@router.get("/datasets", response_model=DatasetPage)
async def list_datasets(caller: Caller) -> DatasetPage:
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
    return DatasetPage(items=items)


@router.get("/datasets/{name}/ddl", response_model=DatasetDdl)
async def read_dataset_ddl(caller: Caller, name: str) -> DatasetDdl:
    """Return a CREATE TABLE with the columns of a dataset, for an empty one of the same shape elsewhere."""
    del caller
    dataset = find_dataset(name)
    if dataset is None:
        raise not_found("dataset")
    return DatasetDdl(name=dataset.name, ddl=dataset.ddl)


async def _while_connected(request: Request, work: Coroutine[Any, Any, AdhocResult]) -> AdhocResult | None:
    """Run until done or until the client goes away, which stops the statement; None then."""
    running = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
        return await running if running.done() else None
    finally:
        for task in (running, leaving):
            task.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
