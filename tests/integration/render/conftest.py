"""A renderer whose children live as long as a module's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from emban.render.renderer import Renderer
from emban.render.worker import RenderLimits


@pytest.fixture(scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    made = Renderer(RenderLimits())
    yield made
    await made.close()
