"""Sending mail over SMTP."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from emban.settings import Settings

TIMEOUT_S = 10.0
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
log = structlog.get_logger("emban.mail")


class MailError(Exception):
    """The mail could not be handed over; the text is safe to show."""


class Mailer:
    """Hands mail to the server of EMBAN_SMTP_URL: `smtps://user:password@host:465`, or `smtp://` with STARTTLS where
    the server offers it.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.smtp_url.get_secret_value() if settings.smtp_url is not None else None
        self._sender = settings.smtp_from

    @property
    def configured(self) -> bool:
        """Whether there is a server to hand mail to."""
        return self._url is not None

    async def send(self, message: EmailMessage) -> None:
        """Hand over one message; sets `From` where it has none. Raises `MailError`."""
        if self._url is None:
            raise MailError("no mail server is configured (EMBAN_SMTP_URL)")
        if "From" not in message:
            message["From"] = self._sender
        parts = urlsplit(self._url)
        try:
            await aiosmtplib.send(
                message,
                hostname=parts.hostname,
                port=parts.port or DEFAULT_PORTS[parts.scheme],
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            log.warning("mail.failed", error=type(error).__name__)
            raise MailError(f"the mail server did not take the message ({type(error).__name__})") from error
