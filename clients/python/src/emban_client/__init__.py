"""Client of Emban: events, queries, dashboards, embed sessions, alerts, reports.

The same package is `emban_client` where it is installed by itself, and `emban.client` beside a server.
"""

from . import models, rules
from .aio import AsyncEmban
from .client import Emban
from .errors import EmbanAPIError, EmbanConnectionError, EmbanError, EventsDroppedError, FieldProblem, Unsent
from .models import Event, EventsAnswer, Permissions, Query
from .tracker import Tracker

__all__ = [
    "AsyncEmban",
    "Emban",
    "EmbanAPIError",
    "EmbanConnectionError",
    "EmbanError",
    "Event",
    "EventsAnswer",
    "EventsDroppedError",
    "FieldProblem",
    "Permissions",
    "Query",
    "Tracker",
    "Unsent",
    "models",
    "rules",
]
