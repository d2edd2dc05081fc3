"""A handler's signature says who may call it, and says the same as the table of permissions."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from emban.app.build import ROUTERS
from emban.app.wiring import wire
from emban.auth.principal import Rank
from emban.authz.guards import RequireRank, require_user
from emban.authz.table import ROUTES, Gate
from emban.embed.guard import require_embed
from emban.http.provide import ServiceRegistry, provided
from emban.settings import load_settings

SETTINGS = load_settings(
    database_url="postgresql://emban@127.0.0.1:1/emban",
    clickhouse_url="http://127.0.0.1:1",
    secret_key="tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
)
HANDLERS = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def calls(dependant: Dependant) -> Iterator[object]:
    """Yield what a handler depends on, at any depth."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def test_every_signature_names_the_rank_of_the_table() -> None:
    wrong = []
    for route in HANDLERS:
        for method in (route.methods or set()) - {"HEAD"}:
            needs = ROUTES[method, route.path].needs
            found = list(calls(route.dependant))
            ranks = {call.rank for call in found if isinstance(call, RequireRank)}
            said: Rank | Gate = Gate.PUBLIC
            if require_embed in found:
                said = Gate.EMBED
            elif ranks:
                (said,) = ranks
            elif require_user in found:
                # People alone; which of them is the table's to say.
                said = needs if isinstance(needs, Rank) else Gate.SESSION
            if said is not needs:
                wrong.append(f"{method} {route.path}: the handler says {said}, the table {needs}")
    assert len(HANDLERS) > 70
    assert wrong == []


def test_every_service_that_a_handler_asks_for_is_made() -> None:
    registry = ServiceRegistry(wire(SETTINGS).services())
    kind_of_marker = type(provided(object).dependency)
    asked = {call.kind for route in HANDLERS for call in calls(route.dependant) if isinstance(call, kind_of_marker)}
    assert len(asked) > 20
    for kind in asked:
        assert type(registry.get(kind)) is kind
