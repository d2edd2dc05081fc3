"""Putting mails together: plain text always, HTML beside it with its pictures inside, files behind both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

from emban.kit.text import one_line
from emban.mail.addresses import read_address

MAX_SUBJECT = 200
MAX_FILE_NAME = 120


@dataclass(frozen=True, slots=True)
class InlineImage:
    """A picture that the HTML shows as `cid:` and its `cid`, which is made of letters, digits, dots and dashes."""

    cid: str
    content: bytes
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attached file."""

    file_name: str
    content: bytes
    media_type: str


class LinkHeader(UnstructuredHeader, BaseHeader):
    """A header that is a link, and stays one line whoever writes the mail out.

    Folded within its 78 characters it would be made of encoded words, which are no link (RFC 2369) to any program.
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header's line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", LinkHeader)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def compose(
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    images: Sequence[InlineImage] = (),
    files: Sequence[MailFile] = (),
    unsubscribe_url: str | None = None,
) -> EmailMessage:
    """Return a mail to one person. Raises `AddressRefusedError` for what is no address.

    Subject and names of files become one line: nothing in them can begin another header.
    """
    message = EmailMessage(policy=_POLICY)
    message["To"] = read_address(to)
    message["Subject"] = _plain(subject, MAX_SUBJECT)
    message["Auto-Submitted"] = "auto-generated"  # Keeps out-of-office answers away (RFC 3834).
    message["X-Auto-Response-Suppress"] = "All"
    if unsubscribe_url is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
        page = message.get_payload()[1]  # type: ignore[index]  # A multipart since the line before.
        for image in images:
            main, _, sub = image.media_type.partition("/")
            page.add_related(image.content, main, sub, cid=f"<{image.cid}>", disposition="inline")  # type: ignore[union-attr]
    for file in files:
        main, _, sub = file.media_type.partition(";")[0].partition("/")
        name = _plain(file.file_name, MAX_FILE_NAME).replace("/", "-").replace("\\", "-")
        message.add_attachment(file.content, main, sub, filename=name)
    return message


def _plain(text: str, most: int) -> str:
    """Return a text as one line that is no encoded word: Python would decode it, line breaks in it and all."""
    return one_line(text.replace("=?", "= ?"), most)
