"""Deliveries over the shared app's database, with receivers on loopback allowed and no long waits."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from emban.delivery.service import Delivery
from emban.http.provide import services_of_app
from tests.support.control import settings_for
from tests.support.deliveries import Post, make_post
from tests.support.engines import Engines


@pytest.fixture
async def post(app: FastAPI, engines: Engines) -> AsyncIterator[Post]:
    """Deliveries, with an empty queue before and after."""
    made = make_post(app, settings_for(engines, webhook_allow="127.0.0.1", webhook_waits_s="0,0.01,0.02"))
    await made.forget_jobs()
    yield made
    await made.forget_jobs()


@pytest.fixture
def api(post: Post, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The shared app, whose redeliveries are those of `post`: they may reach loopback."""
    services = services_of_app(post.app)
    monkeypatch.setitem(services._by_type, Delivery, post.services.delivery)
    return post.app
