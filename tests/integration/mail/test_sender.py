"""Mail to a real server: what it takes, what it refuses, and what is tried again."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import trustme

from emban.mail.message import MailFile, compose
from emban.mail.sender import Mailer, MailError
from emban.settings import load_settings
from tests.support.mail_server import Mailbox, mail_server

FROM = "Emban Zürich <emban@acme.example>"


def mailer(url: str) -> Mailer:
    return Mailer(load_settings(smtp_url=url, smtp_from=FROM))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


async def refused(url: str, **mail: str) -> MailError:
    with pytest.raises(MailError) as caught:
        await mailer(url).send(compose(**{"to": "ada@acme.example", "subject": "x", "text": "x", **mail}))  # type: ignore[arg-type]
    return caught.value


async def test_a_mail_arrives_as_it_was_put_together(mailbox: Mailbox) -> None:
    mail = compose(
        to="ada@acme.example",
        subject="Grüße: 12 %",
        text="Schöne Grüße\n.\nnach einem Punkt\n",
        html="<p>Schöne Grüße</p>",
        files=[MailFile("Übersicht.csv", "ä,b\r\n".encode(), "text/csv")],
    )
    answer = await mailer(mailbox.url).send(mail)

    (message,), (envelope,) = mailbox.messages, mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("emban@acme.example", ["ada@acme.example"])
    assert (message["From"], message["To"], message["Subject"]) == (FROM, "ada@acme.example", "Grüße: 12 %")
    assert message["Date"]
    body, (file,) = message.get_body(("plain",)), message.iter_attachments()
    assert body is not None
    assert body.get_content().splitlines() == ["Schöne Grüße", ".", "nach einem Punkt"]
    assert (file.get_filename(), file.get_payload(decode=True)) == ("Übersicht.csv", "ä,b\r\n".encode())
    assert (answer.code, answer.text) == (250, "OK queued as mail-1")


async def test_an_address_beyond_ascii_arrives(mailbox: Mailbox) -> None:
    await mailer(mailbox.url).send(compose(to="jürgen@bücher.example", subject="x", text="x"))
    assert mailbox.envelopes[0].rcpt_tos == ["jürgen@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("place", "answer", "code", "permanent"),
    [
        ("ada@acme.example", "550 5.1.1 no such user", 550, True),
        ("ada@acme.example", "450 4.2.0 greylisted, try later", 450, False),
        ("DATA", "552 5.3.4 too big", 552, True),
        ("DATA", "451 4.3.0 disk is full", 451, False),
    ],
)
async def test_what_the_server_refuses_is_said(
    mailbox: Mailbox, place: str, answer: str, code: int, permanent: bool
) -> None:
    mailbox.refusals[place] = [answer]
    error = await refused(mailbox.url)

    assert (error.code, error.permanent) == (code, permanent)
    assert error.answer == answer[4:]
    assert "refused the" in str(error)
    assert mailbox.messages == []


async def test_nobody_there_is_no_end(mailbox: Mailbox) -> None:
    error = await refused("smtp://127.0.0.1:1")
    assert (str(error), error.permanent, error.code) == ("the mail server cannot be reached", False, None)


# The server's own warning about what this test wants of it.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
async def test_a_wrong_password_is_said_and_not_shown() -> None:
    with mail_server(login=("emban", "hunter2")) as mailbox:
        right = mailbox.url.replace("//", "//emban:hunter2@")
        await mailer(right).send(compose(to="ada@acme.example", subject="x", text="x"))
        error = await refused(mailbox.url.replace("//", "//emban:hunter3@"))

    assert len(mailbox.messages) == 1
    assert (error.code, error.permanent) == (535, False)
    assert "hunter" not in f"{error} {error.answer}"


async def test_a_server_with_starttls_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with mail_server(tls=tls) as mailbox, authority.cert_pem.tempfile() as file:
        untrusted = await refused(mailbox.url)
        monkeypatch.setenv("SSL_CERT_FILE", file)
        await mailer(mailbox.url).send(compose(to="ada@acme.example", subject="x", text="x"))

    assert (untrusted.permanent, "TLS" in str(untrusted)) == (False, True)
    assert mailbox.encrypted == [True]


async def test_no_server_is_said() -> None:
    plain = Mailer(load_settings())
    assert not plain.configured
    with pytest.raises(MailError, match="EMBAN_SMTP_URL"):
        await plain.send(compose(to="ada@acme.example", subject="x", text="x"))


def test_a_message_has_one_id_for_ever() -> None:
    assert mailer("smtp://localhost").message_id("msg_1") == "<msg_1@acme.example>"
