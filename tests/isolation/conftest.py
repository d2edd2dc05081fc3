"""What the tests of hostile browsers share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.isolation.browser import World, hostile_world


@pytest.fixture(scope="package")
async def world(app: FastAPI) -> AsyncIterator[World]:
    async with hostile_world(app) as made:
        yield made


@pytest.fixture(scope="package")
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of customer_1 that the hidden widget is hidden from."""
    async with await world.browser() as opened:
        yield opened
