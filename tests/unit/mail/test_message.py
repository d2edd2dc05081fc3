"""Mails as they are put together: their parts, and that no text of anybody's becomes a header."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest

from emban.mail.message import InlineImage, MailFile, compose

PNG = b"\x89PNG\r\n\x1a\nnot really"


def sent(message: EmailMessage) -> EmailMessage:
    """Return the mail as it is read after a journey."""
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def shape(part: EmailMessage) -> object:
    kind = part.get_content_type()
    return [kind, *(shape(cast("EmailMessage", one)) for one in part.iter_parts())] if part.is_multipart() else kind


def test_text_alone() -> None:
    mail = sent(compose(to="ada@acme.example", subject="Errors are 12 %", text="Grüße\n"))

    assert shape(mail) == "text/plain"
    assert mail.get_content().split() == ["Grüße"]
    assert (mail["To"], mail["Subject"]) == ("ada@acme.example", "Errors are 12 %")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None


def test_everything_at_once() -> None:
    mail = sent(
        compose(
            to="ada@acme.example",
            subject="Weekly",
            text="words",
            html='<img src="cid:chart-1">',
            images=[InlineImage("chart-1", PNG)],
            files=[
                MailFile("week.csv", b"a,b\r\n", "text/csv; charset=utf-8"),
                MailFile("week.pdf", b"%PDF", "application/pdf"),
            ],
            unsubscribe_url="https://emban.example/u?token=x",
        )
    )

    assert shape(mail) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/png"]],
        "text/csv",
        "application/pdf",
    ]
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<chart-1>", "inline")
    assert picture.get_payload(decode=True) == PNG
    assert [part.get_filename() for part in mail.iter_attachments()] == ["week.csv", "week.pdf"]
    assert [part.get_payload(decode=True) for part in mail.iter_attachments()] == [b"a,b\r\n", b"%PDF"]
    assert mail["List-Unsubscribe"] == "<https://emban.example/u?token=x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nBcc: eve@evil.example",
        "a\nBcc: eve@evil.example",
        "a\rBcc: eve@evil.example",
        "a\x0b\x0c\x85\u2028\u2029Bcc: eve@evil.example",
        "a\x00b",
        "\r\n\r\nbody",
        "=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=",
        "x" * 5000,
    ],
)
def test_subjects_and_names_of_files_begin_no_header(name: str) -> None:
    mail = sent(compose(to="ada@acme.example", subject=name, text="x", files=[MailFile(name, b"", "text/plain")]))

    allowed = {"To", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"}
    assert set(mail.keys()) <= allowed
    assert len(mail["Subject"]) <= 200
    (file,) = mail.iter_attachments()
    assert set(file.keys()) <= {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}
    assert "eve@evil.example" not in str(mail["To"])


def test_names_beyond_ascii_arrive() -> None:
    name = "Wöchentlich 週報 📈"
    mail = sent(
        compose(to="ada@acme.example", subject=name, text="x", files=[MailFile(f"{name}.pdf", b"", "application/pdf")])
    )

    assert mail["Subject"] == name
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"{name}.pdf"]


def test_a_file_has_no_path() -> None:
    mail = sent(
        compose(to="ada@acme.example", subject="x", text="x", files=[MailFile("../../a\\b", b"", "text/plain")])
    )
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "..-..-a-b"
