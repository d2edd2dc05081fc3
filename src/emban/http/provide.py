"""The services of an API process, handed to whoever asks for them by their type.

A handler names what it works with in its signature, `members: Annotated[Members, provided(Members)]`, and FastAPI gives
it the process's one. `emban.app.wiring` makes them all; a type that nobody made is an error of ours, found by the test
that resolves what every handler asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

Service = TypeVar("Service")


class ServiceRegistry:
    """One service of each type. Raises `ValueError` for two of the same type."""

    def __init__(self, services: Iterable[object]) -> None:
        self._by_type: dict[type, object] = {}
        for service in services:
            if type(service) in self._by_type:
                raise ValueError(f"two services are of type {type(service).__name__}")
            self._by_type[type(service)] = service

    def get(self, kind: type[Service]) -> Service:
        """Return the service of exactly this type; raises `LookupError` where there is none."""
        try:
            return cast("Service", self._by_type[kind])
        except KeyError:
            raise LookupError(f"no service of type {kind.__name__} was made") from None


def install_services(app: FastAPI, registry: ServiceRegistry) -> None:
    """Give an application the services that its handlers ask for."""
    app.state.services = registry


def services_of_app(app: FastAPI) -> ServiceRegistry:
    """Return an application's services; raises `LookupError` before its lifespan began."""
    try:
        return cast("ServiceRegistry", app.state.services)
    except AttributeError:
        raise LookupError("the application has no services yet") from None


def take(connection: HTTPConnection, kind: type[Service]) -> Service:
    """Return the service of a type, where there is no signature to name it in: guards and hot routes."""
    return services_of_app(connection.app).get(kind)


class _Provided:
    """A dependency that resolves to the service of a type; `kind` is there for tests to read."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    async def __call__(self, connection: HTTPConnection) -> Any:
        """Resolve; a coroutine, so that FastAPI does not send it to a thread."""
        return take(connection, self.kind)


def provided(kind: type) -> Any:
    """Return the marker for `Annotated` that has FastAPI hand a handler the service of a type."""
    return Depends(_Provided(kind))
