"""The mail of a report: its figures in words, in plain text and HTML, and the file attached or, too large, a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from emban.mail.html_page import page_html
from emban.mail.message import MailFile, compose
from emban.mail.page import Block, Button, Facts, Figures, Lead, MailFigure, MailPage, Tone, page_text
from emban.reports.words import KeyFigure, ReportWords


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMail:
    """What one mail is made of. `file_url` takes the file's place where it is too large to attach."""

    to: str
    report_name: str
    words: ReportWords
    file_name: str
    media_type: str
    content: bytes
    file_url: str | None
    dashboard_url: str
    leave_url: str


def compose_report(mail: ReportMail) -> EmailMessage:
    """Return the mail, without its sender and its id."""
    page = _page(mail)
    files = [] if mail.file_url is not None else [MailFile(mail.file_name, mail.content, mail.media_type)]
    message = compose(
        to=mail.to,
        subject=subject_of(mail.report_name, mail.words),
        text=page_text(page),
        html=page_html(page),
        files=files,
        unsubscribe_url=mail.leave_url,
    )
    if not files:
        message.make_mixed()
    return message


def subject_of(name: str, words: ReportWords) -> str:
    """Return the report's name and its first figure: `Weekly usage: Calls 12,345 (+4.2%)`."""
    if words.empty:
        return f"{name}: {words.empty.rstrip('.')}"
    if not words.figures:
        return name
    first = words.figures[0]
    return f"{name}: {first.title} {first.text}" + (f" ({first.change})" if first.change else "")


def size_words(size: int) -> str:
    """Return a file's size as people read it: `12 kB`, `1.4 MB`."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"


def _page(mail: ReportMail) -> MailPage:
    words = mail.words
    blocks: list[Block] = []
    if words.empty:
        blocks.append(Lead(words.empty))
    if words.figures:
        blocks.append(Figures([_figure(figure) for figure in words.figures]))
    blocks += [Lead(f"{title} could not be answered; the file says why.") for title in words.failed]
    blocks.append(Facts(_facts(mail)))
    if mail.file_url is not None:
        blocks.append(Button("Download the file", mail.file_url))
    blocks.append(Button("Open the dashboard", mail.dashboard_url))
    return MailPage(
        headline=mail.report_name,
        preview=_preview(words),
        blocks=blocks,
        footer=["You get this because a report names your address.", f"Stop getting it: {mail.leave_url}"],
    )


def _figure(figure: KeyFigure) -> MailFigure:
    note = " ".join(part for part in (figure.change, figure.versus) if part)
    tone: Tone = "good" if figure.tone == "good" else "bad" if figure.tone == "bad" else "plain"
    return MailFigure(figure.title, figure.text, note, tone)


def _facts(mail: ReportMail) -> Sequence[tuple[str, str]]:
    words, size = mail.words, size_words(len(mail.content))
    period = f"{words.period} ({words.window})" if words.period and words.window else words.period or words.window
    attached = f"{mail.file_name}, {size}"
    rows = [
        ("Dashboard", words.dashboard),
        ("Period", period),
        ("Time zone", words.timezone),
        ("Customer", words.tenant),
        ("Filters", "; ".join(words.filters)),
        ("Run", ". ".join(part for part in (words.generated, words.as_of) if part)),
        ("Attached", attached) if mail.file_url is None else ("File", f"{attached}: too large for a mail"),
    ]
    return [(name, value) for name, value in rows if value]


def _preview(words: ReportWords) -> str:
    if words.empty:
        return words.empty
    return ", ".join(f"{figure.title} {figure.text}" for figure in words.figures) or words.dashboard
