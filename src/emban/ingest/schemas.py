"""One event as it is sent, with every rule that a type can carry. Lengths count characters (Unicode code points)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta, Struct

MAX_EVENTS = 1_000
MAX_BODY_BYTES = 5 << 20
MAX_TENANT_ID = 256
MAX_EVENT_NAME = 128
MAX_EVENT_ID = 128
MAX_USER_ID = 256
MAX_PROPS = 64
MAX_PROP_NAME = 64
MAX_PROP_VALUE = 1_024
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(hours=24)

PropName = Annotated[str, Meta(min_length=1, max_length=MAX_PROP_NAME)]


class Event(Struct, forbid_unknown_fields=True, gc=False):
    """One event. What is left out or null is the empty value, and for a timestamp the time of receipt."""

    tenant_id: Annotated[str, Meta(min_length=1, max_length=MAX_TENANT_ID)]
    event_name: Annotated[str, Meta(min_length=1, max_length=MAX_EVENT_NAME)]
    timestamp: Annotated[datetime, Meta(tz=True)] | None = None
    event_id: Annotated[str, Meta(max_length=MAX_EVENT_ID)] | None = ""
    user_id: Annotated[str, Meta(max_length=MAX_USER_ID)] | None = ""
    string_props: (
        Annotated[dict[PropName, Annotated[str, Meta(max_length=MAX_PROP_VALUE)]], Meta(max_length=MAX_PROPS)] | None
    ) = {}
    numeric_props: Annotated[dict[PropName, float], Meta(max_length=MAX_PROPS)] | None = {}


class EventBatch(Struct, forbid_unknown_fields=True, gc=False):
    """The body of a request."""

    events: Annotated[list[Event], Meta(min_length=1, max_length=MAX_EVENTS)]
