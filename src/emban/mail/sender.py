"""Sending mail over SMTP."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from emban.kit.clock import utcnow
from emban.kit.text import one_line
from emban.settings import Settings

TIMEOUT_S = 10.0
# Of all of it: a large file on a slow line.
WHOLE_TIMEOUT_S = 60.0
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
MAX_ANSWER = 256


class MailError(Exception):
    """The mail could not be handed over; the text is safe to show.

    `permanent`: the server will not take it later either. `code` and `answer` are the server's, where it gave one.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, code: int | None = None, answer: str | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
        self.answer = answer


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """What the server said when it took a mail, such as 250 and the name of its queue."""

    code: int
    text: str


class Mailer:
    """Hands mail to the server of EMBAN_SMTP_URL: `smtps://user:password@host:465`, or `smtp://` with STARTTLS where
    the server offers it.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = settings.smtp_url.get_secret_value() if settings.smtp_url is not None else None
        self._sender = settings.smtp_from
        self._domain = parseaddr(settings.smtp_from)[1].rpartition("@")[2]

    @property
    def configured(self) -> bool:
        """Whether there is a server to hand mail to."""
        return self._url is not None

    def message_id(self, name: str) -> str:
        """Return the Message-ID of what is called so, the same each time that it is sent: readers show it once."""
        return f"<{name}@{self._domain}>"

    async def send(self, message: EmailMessage) -> MailAnswer:
        """Hand over one message to its one recipient; sets `From` and `Date` where it has none. Raises `MailError`."""
        if self._url is None:
            raise MailError("no mail server is configured (EMBAN_SMTP_URL)")
        if "From" not in message:
            message["From"] = self._sender
        if "Date" not in message:
            message["Date"] = format_datetime(utcnow())
        parts = urlsplit(self._url)
        try:
            async with asyncio.timeout(WHOLE_TIMEOUT_S):
                _, said = await aiosmtplib.send(
                    message,
                    hostname=parts.hostname,
                    port=parts.port or DEFAULT_PORTS[parts.scheme],
                    username=unquote(parts.username) if parts.username else None,
                    password=unquote(parts.password) if parts.password else None,
                    use_tls=parts.scheme == "smtps",
                    timeout=TIMEOUT_S,
                )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise _failure(error) from error
        return _answer(said)


def _answer(said: str) -> MailAnswer:
    """Read what aiosmtplib makes of the last answer: its text, without the code, which is that of success."""
    return MailAnswer(250, one_line(said, MAX_ANSWER))


# Of what an SMTP server refuses: the words, and whether it stays so (with a code of 500 and up).
_REFUSALS: tuple[tuple[type[aiosmtplib.SMTPResponseException], str, bool], ...] = (
    (aiosmtplib.SMTPRecipientRefused, "the mail server refused the recipient", True),
    (aiosmtplib.SMTPDataError, "the mail server refused the message", True),
    (aiosmtplib.SMTPAuthenticationError, "the mail server refused the credentials of EMBAN_SMTP_URL", False),
    (aiosmtplib.SMTPSenderRefused, "the mail server refused the sender, EMBAN_SMTP_FROM", False),
    (aiosmtplib.SMTPResponseException, "the mail server did not take the message", False),
)


def _failure(error: Exception) -> MailError:
    """Say what went wrong. A refused recipient or message is final; all else may be otherwise in a minute."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    for kind, words, final in _REFUSALS:
        if isinstance(error, kind):
            return _refusal(words, error, final=final)
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return MailError("the mail server does not take addresses beyond ASCII", permanent=True)
    if isinstance(error, TimeoutError):
        return MailError("the mail server did not answer in time")
    if _is_tls(error):
        return MailError("TLS with the mail server failed: its certificate or protocol is not accepted")
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return MailError("the mail server closed the connection")
    if isinstance(error, OSError):
        return MailError("the mail server cannot be reached")
    return MailError("the message cannot be sent as it is", permanent=True)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _refusal(words: str, error: aiosmtplib.SMTPResponseException, *, final: bool) -> MailError:
    answer = one_line(error.message, MAX_ANSWER)
    text = f"{words} ({error.code})"
    return MailError(text, permanent=final and 500 <= error.code < 600, code=error.code, answer=answer)
