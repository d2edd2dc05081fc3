"""The two ways in which a message leaves, each of which tries once and says what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

from emban.delivery.messages import WebhookContent
from emban.delivery.outbound.client import OutboundError, OutboundHttp
from emban.delivery.signature import signed_headers
from emban.kit.clock import utcnow
from emban.kit.text import one_line
from emban.mail.sender import Mailer, MailError
from emban.models import OutboundMessage

MAX_ANSWER = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to. `hopeless`: another one would end in the same way."""

    at: datetime
    ms: float
    delivered: bool
    request_id: str
    status_code: int | None = None
    error: str | None = None
    answer: str | None = None
    hopeless: bool = False


class WebhookChannel:
    """Posts to receivers."""

    def __init__(self, outbound: OutboundHttp) -> None:
        self._outbound = outbound

    async def send(
        self,
        message: OutboundMessage,
        content: WebhookContent,
        secrets: Sequence[str],
        request_id: str,
        timeout_s: float,
    ) -> Outcome:
        """Post once."""
        at, started = utcnow(), time.monotonic()
        headers = {
            **content.headers,
            "content-type": content.content_type,
            "x-request-id": request_id,
            **signed_headers(secrets, message.id, at, content.body),
        }
        try:
            answer = await self._outbound.request(
                "POST", message.destination, timeout_s=timeout_s, headers=headers, content=content.body
            )
        except OutboundError as error:
            return Outcome(at=at, ms=_since(started), delivered=False, request_id=request_id, error=str(error))
        said = None if answer.accepted else _excerpt(answer.body.decode("utf-8", "replace"), message.destination)
        return Outcome(
            at=at,
            ms=_since(started),
            delivered=answer.accepted,
            request_id=request_id,
            status_code=answer.status,
            error=None if answer.accepted else f"the receiver answered {answer.status}",
            answer=said or None,
        )


class MailChannel:
    """Hands mails to the server."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, message: OutboundMessage, mail: EmailMessage, request_id: str) -> Outcome:
        """Hand over once. The same message has the same Message-ID each time."""
        at, started = utcnow(), time.monotonic()
        if "Message-ID" not in mail:
            mail["Message-ID"] = self._mailer.message_id(message.id)
        try:
            said = await self._mailer.send(mail)
        except MailError as error:
            return Outcome(
                at=at,
                ms=_since(started),
                delivered=False,
                request_id=request_id,
                status_code=error.code,
                error=str(error),
                answer=error.answer,
                hopeless=error.permanent,
            )
        return Outcome(
            at=at, ms=_since(started), delivered=True, request_id=request_id, status_code=said.code, answer=said.text
        )


def _excerpt(text: str, url: str) -> str:
    """Return the beginning of what a receiver said, without the query of its own address, which may be a secret."""
    query = urlsplit(url).query
    return one_line(text.replace(query, "…") if query else text, MAX_ANSWER)


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
