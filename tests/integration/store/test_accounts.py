"""The statements for a ClickHouse server, as the engine's own parser sees them; the embedded engine is given none."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from emban.store.accounts import account_statements, ensure_accounts
from emban.store.client import EventStore
from tests.support.control import service

STATEMENTS = account_statements(engine_user="emban", reader_password="x")


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one[:50])
async def test_the_engine_understands_each_statement(app: FastAPI, statement: str) -> None:
    raw = await service(app, EventStore).fetch(
        "SELECT formatQuerySingleLine({sql:String})", {"sql": statement}, output_format="TabSeparatedRaw"
    )
    assert raw.decode().split()[:2] == statement.split()[:2]


async def test_the_embedded_engine_keeps_no_accounts(app: FastAPI) -> None:
    assert await ensure_accounts(service(app, EventStore)) is False
