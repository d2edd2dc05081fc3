"""One attempt at a message: what it carries is put together, and it is sent over its channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from emban.delivery.channels import MailChannel, Outcome, WebhookChannel
from emban.delivery.messages import BodyGoneError, Composer, WebhookContent
from emban.errors import EmbanError
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.models import OutboundMessage

# Of one attempt. A report's receiver takes a file.
TIMEOUTS_S: Mapping[str, float] = {"alert": 10.0, "report": 20.0}
_GONE = "what was to be sent is no longer kept"
log = structlog.get_logger("emban.delivery")


class MessageSender:
    """Tries once, and holds no connection to the database meanwhile."""

    def __init__(self, webhooks: WebhookChannel, mails: MailChannel, composers: Mapping[str, Composer]) -> None:
        self._webhooks = webhooks
        self._mails = mails
        self._composers = composers

    async def attempt(self, message: OutboundMessage, secrets: Sequence[str]) -> Outcome:
        """Send; returns what came of it, whatever it was. Raises `EmbanError` (503) where a store does not answer."""
        request_id = str(structlog.contextvars.get_contextvars().get("request_id") or new_id("req"))
        try:
            outcome = await self._send(message, secrets, request_id)
        except BodyGoneError as error:
            outcome = _unsent(request_id, str(error) or _GONE, hopeless=True)
        except Exception as error:
            if isinstance(error, EmbanError) and error.status == 503:
                raise
            log.exception("delivery.not_composed", message=message.id, source=message.source)
            outcome = _unsent(request_id, "the message could not be put together")
        log.info(
            "delivery.attempted",
            message=message.id,
            channel=message.channel,
            source=message.source,
            delivered=outcome.delivered,
            status_code=outcome.status_code,
            ms=outcome.ms,
            delivery_request_id=request_id,
        )
        return outcome

    async def content(self, message: OutboundMessage) -> WebhookContent:
        """Return what a webhook carries; raises `BodyGoneError` where it is no longer kept."""
        if message.body is not None:
            return WebhookContent(message.body.encode(), "application/json")
        return await self._composer(message).webhook(message)

    async def _send(self, message: OutboundMessage, secrets: Sequence[str], request_id: str) -> Outcome:
        if message.channel == "webhook":
            content = await self.content(message)
            return await self._webhooks.send(message, content, secrets, request_id, TIMEOUTS_S[message.source])
        mail = await self._composer(message).mail(message)
        return await self._mails.send(message, mail, request_id)

    def _composer(self, message: OutboundMessage) -> Composer:
        return self._composers[message.source]


def _unsent(request_id: str, error: str, *, hopeless: bool = False) -> Outcome:
    return Outcome(at=utcnow(), ms=0.0, delivered=False, request_id=request_id, error=error, hopeless=hopeless)
