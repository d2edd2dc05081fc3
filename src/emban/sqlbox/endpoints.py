"""`POST /v1/query/adhoc` and the datasets that it may read."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from emban.authz.guards import Admin, Editor
from emban.errors import not_found
from emban.http.disconnect import cancel_on_disconnect, nobody_reads
from emban.http.provide import provided
from emban.sqlbox.datasets import DATASETS, find_dataset
from emban.sqlbox.schemas import AdhocAnswer, AdhocQuery, DatasetBody, DatasetColumnBody, DatasetDdl, DatasetPage
from emban.sqlbox.service import Sqlbox

router = APIRouter(prefix="/v1", tags=["SQL"])


@router.post("/query/adhoc", response_model=AdhocAnswer)
async def run_adhoc_sql(
    request: Request, caller: Admin, body: AdhocQuery, sqlbox: Annotated[Sqlbox, provided(Sqlbox)]
) -> Response:
    """Run one SELECT over the datasets: every tenant of the caller's org and environment, and nothing else."""
    result = await cancel_on_disconnect(request, sqlbox.run(caller, body.sql))
    if result is None:
        return nobody_reads()
    return Response(orjson.dumps(result.body()), media_type="application/json")


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
    return DatasetPage(items=items)


@router.get("/datasets/{name}/ddl", response_model=DatasetDdl)
async def read_dataset_ddl(caller: Editor, name: str) -> DatasetDdl:
    """Return a CREATE TABLE with the columns of a dataset, for an empty one of the same shape elsewhere."""
    del caller
    dataset = find_dataset(name)
    if dataset is None:
        raise not_found("dataset")
    return DatasetDdl(name=dataset.name, ddl=dataset.ddl)
