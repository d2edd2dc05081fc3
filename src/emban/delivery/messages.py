"""Messages: one for each event or run and destination, as whoever causes them hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Protocol
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.ext.asyncio import AsyncSession

from emban.models import OutboundMessage

Channel = Literal["webhook", "email"]
Source = Literal["alert", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """What is to leave Emban: to a URL or an address. A webhook's `body` is its JSON, word for word.

    Where a webhook has none, and for each mail, the source's `Composer` makes what is sent, of the body if it likes.
    """

    org_id: str
    environment: str
    channel: Channel
    source: Source
    source_id: int
    source_name: str
    destination: str
    body: str | None = None
    alert_event_id: int | None = None
    report_run_id: int | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class WebhookContent:
    """What a webhook's request carries: its body, the media type of that, and headers beside Emban's own."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Composer(Protocol):
    """Makes what is sent from a message, one for each source. Called at each attempt, so it must say the same again."""

    async def webhook(self, message: OutboundMessage) -> WebhookContent:
        """Return the request's content; raises `BodyGoneError` where it is no longer kept."""
        ...

    async def mail(self, message: OutboundMessage) -> EmailMessage:
        """Return the mail, with `To` and `Subject`; raises `BodyGoneError` where its content is no longer kept."""
        ...


class MessageObserver(Protocol):
    """Hears of it when a message has been delivered or given up, in the transaction that says so."""

    async def settled(self, session: AsyncSession, message: OutboundMessage) -> None:
        """Take note; `message.status` is delivered or failed."""
        ...


class BodyGoneError(Exception):
    """A message can't be sent, now or later, and why: its file is no longer kept, its address no longer allowed."""


def shown_destination(channel: str, destination: str) -> str:
    """Return a destination without what may be secret in it: credentials, query and fragment of a URL."""
    if channel != "webhook":
        return destination
    parts = urlsplit(destination)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
