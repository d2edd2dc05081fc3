"""`emban mail test ADDRESS`: whether mail leaves, and what the server says."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from emban.cli.settings_reader import fail, read_settings
from emban.kit.clock import utcnow
from emban.kit.ids import new_id
from emban.kit.rfc3339 import format_instant
from emban.mail.addresses import AddressRefusedError
from emban.mail.html_page import page_html
from emban.mail.message import compose
from emban.mail.page import Facts, Lead, MailPage, page_text
from emban.mail.sender import Mailer, MailError

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(help="Try the mail server.", no_args_is_help=True)
    commands.callback()(lambda: None)  # With a callback, a single command still has to be named.
    commands.command(name="test")(send_test)
    app.add_typer(commands, name="mail")


def send_test(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets the mail.")], as_json: JsonOption = False
) -> None:
    """Send a mail to ADDRESS over the server of EMBAN_SMTP_URL, and print what it answered."""
    settings = read_settings()
    mailer = Mailer(settings)
    if not mailer.configured:
        fail("no mail server is configured: set EMBAN_SMTP_URL", code=2)
    page = MailPage(
        headline="Mail from Emban arrives",
        preview="Alerts, reports and invitations will come from this sender.",
        blocks=(
            Lead("This is a test. Alerts, reports and invitations will come from this sender."),
            Facts((("Sent", format_instant(utcnow())), ("Sender", settings.smtp_from))),
        ),
        footer=("Emban" if settings.public_url is None else f"Emban at {settings.public_url}",),
    )
    try:
        mail = compose(to=address, subject="Mail from Emban arrives", text=page_text(page), html=page_html(page))
        mail["Message-ID"] = mailer.message_id(new_id("test"))
        answer = asyncio.run(mailer.send(mail))
    except AddressRefusedError as error:
        fail(f"the address {error}", code=2)
    except MailError as error:
        _print(as_json, delivered=False, error=str(error), code=error.code, answer=error.answer)
        raise typer.Exit(1) from None
    _print(as_json, delivered=True, error=None, code=answer.code, answer=answer.text)


def _print(as_json: bool, *, delivered: bool, error: str | None, code: int | None, answer: str | None) -> None:
    said = {"delivered": delivered, "error": error, "code": code, "answer": answer}
    if as_json:
        typer.echo(json.dumps(said))
    elif delivered:
        typer.echo(f"The mail server took it: {code} {answer}")
    else:
        typer.echo(f"emban: {error}" + (f"; it said: {answer}" if answer else ""), err=True)
