"""What the tests of embeds share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from tests.support.control import TestOrg, make_org
from tests.support.showing import now_utc, publish, store, two_tenants


@pytest.fixture(scope="package")
async def filled(app: FastAPI) -> AsyncIterator[TestOrg]:
    """An org with the events of two tenants and one published dashboard."""
    org = await make_org(app)
    await store(app, org.id, two_tenants(now_utc()))
    org.made["dashboard"] = await publish(org)
    yield org
    await org.close()
