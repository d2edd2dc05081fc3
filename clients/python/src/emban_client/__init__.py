"""Client of Emban: events, queries, dashboards, embed sessions."""

from emban_client.aio import AsyncEmban
from emban_client.client import Emban
from emban_client.errors import EmbanAPIError, EmbanConnectionError, EmbanError, FieldProblem
from emban_client.tracker import Tracker

__all__ = [
    "AsyncEmban",
    "Emban",
    "EmbanAPIError",
    "EmbanConnectionError",
    "EmbanError",
    "FieldProblem",
    "Tracker",
]
