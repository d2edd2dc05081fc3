"""A real SMTP server on loopback that keeps what it is given, and refuses what a test wants refused."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass(slots=True)
class Mailbox:
    """What arrived, with its envelopes; `refusals` are answers to recipients or, for `DATA`, to messages, in turn."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The server's address for EMBAN_SMTP_URL."""
        return f"smtp://localhost:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        refusal = self._refusal(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server
        refusal = self._refusal("DATA")
        if refusal is not None:
            return refusal
        content = cast("bytes", envelope.content)
        self.messages.append(message_from_bytes(content, policy=policy.default))
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return f"250 OK queued as mail-{len(self.messages)}"

    def _refusal(self, name: str) -> str | None:
        waiting = self.refusals.get(name, [])
        return waiting.pop(0) if waiting else None


@contextmanager
def mail_server(*, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None) -> Iterator[Mailbox]:
    """Run a server, with STARTTLS where it has a certificate, and with a login that it asks for."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox.port = free.getsockname()[1]

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        del server, session, envelope, mechanism
        given = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=given == login)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        enable_SMTPUTF8=True,
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=authenticate if login else None,
        auth_required=login is not None,
        auth_require_tls=tls is not None,
    )
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
