"""The mail of a report, as a mail program reads it off the wire."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtplib.email import flatten_message

from emban.reports.mail import ReportMail, compose_report
from emban.reports.words import KeyFigure, ReportWords

WORDS = ReportWords(
    dashboard="Usage",
    period="Last 7 days",
    window="Nov 21 to 28, 2026",
    timezone="Berlin",
    as_of="Figures as of Nov 28, 2026, 09:00",
    generated="Generated Nov 28, 2026, 09:00",
    empty="",
    figures=(
        KeyFigure("Calls", "12.3k", "+4.2%", "vs Nov 14 to 21", "good"),
        KeyFigure("Errors <b>", "7"),
    ),
    failed=("Latency",),
)
MAIL = ReportMail(
    to="ada@acme.example",
    report_name="Weekly usage",
    words=WORDS,
    file_name="Usage 2026-11-28.csv",
    media_type="text/csv; charset=utf-8",
    content=b"a,b\r\n1,2\r\n",
    file_url=None,
    dashboard_url="https://emban.example/app/dashboards/dash_1",
    leave_url="https://emban.example/reports/unsubscribe/" + "x" * 300,
)


def read(mail: ReportMail) -> EmailMessage:
    """Write the mail as it goes over the wire, and read it back."""
    return message_from_bytes(flatten_message(compose_report(mail)), policy=policy.default)


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_it_is_mixed_of_text_html_and_the_file() -> None:
    message = read(MAIL)
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/csv",
    ]
    (file,) = message.iter_attachments()
    assert file.get_filename() == "Usage 2026-11-28.csv"
    assert file.get_payload(decode=True) == MAIL.content


def test_the_subject_has_the_name_and_the_first_figure() -> None:
    assert read(MAIL)["Subject"] == "Weekly usage: Calls 12.3k (+4.2%)"


def test_a_link_to_leave_by_is_one_line_of_its_own() -> None:
    raw = flatten_message(compose_report(MAIL))
    assert f"List-Unsubscribe: <{MAIL.leave_url}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"Auto-Submitted: auto-generated\r\n" in raw


def test_text_and_html_say_the_same() -> None:
    message = read(MAIL)
    plain, html = text_of(message, "plain"), text_of(message, "html")
    for said in ("Weekly usage", "Last 7 days (Nov 21 to 28, 2026)", "Berlin", "Generated Nov 28", "12.3k"):
        assert said in plain
        assert said in html
    for address in (MAIL.dashboard_url, MAIL.leave_url):
        assert address in plain.replace("=\n", "")
        assert f'href="{address}"' in html
    assert "Calls: 12.3k (+4.2% vs Nov 14 to 21)" in plain
    assert "Latency could not be answered" in plain
    assert "Usage 2026-11-28.csv, 1 kB" in plain


def test_html_loads_nothing_and_escapes_what_people_wrote() -> None:
    evil = replace(MAIL, report_name='<img src="http://evil.example/x">', words=WORDS)
    html = text_of(read(evil), "html")
    assert "<img" not in html
    assert "&lt;b&gt;" in html
    assert all(word not in html for word in ("<link", "<script", "url(", "@import"))


def test_an_empty_report_says_that_there_was_nothing() -> None:
    empty = ReportWords(
        dashboard="Usage",
        period="Yesterday",
        window="",
        timezone="UTC",
        as_of="",
        generated="Generated Nov 28",
        empty="There is nothing in this period.",
        figures=(KeyFigure("Calls", "0"),),
    )
    message = read(replace(MAIL, words=empty))
    assert message["Subject"] == "Weekly usage: There is nothing in this period"
    assert "There is nothing in this period." in text_of(message, "plain")
    assert "There is nothing in this period." in text_of(message, "html")


def test_a_file_that_is_too_large_is_a_link() -> None:
    address = "https://emban.example/reports/files/" + "y" * 300
    message = read(replace(MAIL, content=b"x" * 12_400_000, file_url=address))
    assert message.get_content_type() == "multipart/mixed"
    assert list(message.iter_attachments()) == []
    assert "12.4 MB: too large for a mail" in text_of(message, "plain")
    assert address in text_of(message, "plain").replace("=\n", "")
    assert f'href="{address}"' in text_of(message, "html")


@pytest.mark.parametrize("name", ["Verbrauch für alle", "使用量", "مستخدم", "a" * 80])
def test_names_of_any_language_come_through(name: str) -> None:
    message = read(replace(MAIL, report_name=name, file_name=f"{name} 2026-11-28.csv"))
    assert str(message["Subject"]).startswith(f"{name}: Calls")
    (file,) = message.iter_attachments()
    assert file.get_filename() == f"{name} 2026-11-28.csv"


def test_a_name_with_a_line_break_gets_no_header() -> None:
    message = read(replace(MAIL, report_name="a\r\nBcc: eve@evil.example"))
    assert "Bcc" not in message
    assert str(message["Subject"]).startswith("a Bcc: eve@evil.example: Calls")
