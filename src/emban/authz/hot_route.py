"""The hot route for a caller with a rank; see `emban.http.hot_route`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from emban.authz.guards import require_caller
from emban.http.hot_route import HotRoute


class CallerHotRoute(HotRoute):
    """Calls `endpoint(request, caller)` once the guard has answered."""

    async def answer(self, request: Request) -> Response:
        """Return the response to a request that the guard lets through; raises what the guard and the handler do."""
        response: Response = await self.endpoint(request, await require_caller(request))
        return response
