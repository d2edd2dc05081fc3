"""The datasets: listed, with a DDL that the engine takes, and as the engine has them."""

from __future__ import annotations

import json

import msgspec
import pytest
from fastapi import FastAPI

from emban.sqlbox.datasets import DATASETS, Dataset
from emban.store.client import EventStore
from emban.store.policies import readable_tables
from tests.support.control import TestOrg, service


async def test_datasets_are_listed_with_columns_types_and_comments(org: TestOrg) -> None:
    answer = await org["editor"].get("/v1/datasets")
    assert answer.status_code == 200
    (events,) = answer.json()["items"]
    assert events["name"] == "emban.events"
    assert {"name": "timestamp", "type": "DateTime64(3, 'UTC')"}.items() <= events["columns"][2].items()
    assert all(column["comment"] for column in events["columns"])
    assert (await org["viewer"].get("/v1/datasets")).status_code == 403


@pytest.mark.parametrize(("name", "status"), [("emban.events", 200), ("events", 200), ("schema_migrations", 404)])
async def test_a_dataset_has_a_ddl(org: TestOrg, name: str, status: int) -> None:
    answer = await org["editor"].get(f"/v1/datasets/{name}/ddl")
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["ddl"].startswith("CREATE TABLE emban.events\n")


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
async def test_the_engine_has_the_columns_of_a_dataset(app: FastAPI, dataset: Dataset) -> None:
    store = service(app, EventStore)
    raw = await store.fetch(
        "SELECT name, type FROM system.columns WHERE database = 'emban' AND table = {table:String} "
        "AND default_kind = '' ORDER BY position",
        {"table": dataset.table},
        output_format="JSONCompact",
    )
    found = [tuple(row) for row in msgspec.json.decode(raw)["data"]]
    # What is MATERIALIZED does not stand in SELECT *: org_id and environment, and what is of use to Emban alone.
    assert found == [(column.name, column.type) for column in dataset.columns]
    readable = {table.name: table.columns for table in readable_tables()}
    assert set(readable[dataset.table]) == {column.name for column in dataset.columns}


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
async def test_the_engine_takes_the_ddl(app: FastAPI, dataset: Dataset) -> None:
    store = service(app, EventStore)
    copy = f"emban.copy_of_{dataset.table}"
    await store.command(dataset.ddl.replace(f"CREATE TABLE {dataset.name}", f"CREATE TABLE {copy}", 1))
    made = await store.command(f"EXISTS TABLE {copy}")
    await store.command(f"DROP TABLE {copy} SYNC")
    assert json.loads(made)["data"] == [[1]]
