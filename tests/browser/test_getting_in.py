"""The pages before the console: an empty installation, and a forgotten password with a mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.support import PASSWORD, violations
from tests.support.mail_server import Mailbox, mail_server
from tests.support.serve import serving
from tests.support.waiting import until_so

EMAIL = "first@empty.example"
NEW = "another horse battery"
LINK = re.compile(r"http://\S+/app/reset#[\w-]+")


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def empty(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of an installation that nobody has an account of, and that sends mail."""
    environment = {
        "EMBAN_REGISTRATION": "first",
        "EMBAN_SMTP_URL": mailbox.url,
        "EMBAN_SMTP_FROM": "emban@empty.example",
    }
    with serving(tmp_path_factory.mktemp("empty") / "data", environment=environment) as serve:
        yield serve.address


async def test_an_empty_installation_opens_with_the_first_account(empty: str, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{empty}/app")
    await expect(page).to_have_url(f"{empty}/app/register")
    await expect(page.get_by_role("heading", name="Create the first account")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_label("Company or product")).to_be_focused()
    await page.get_by_label("Company or product").fill("Empty")
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Create account").click()
    await expect(page.get_by_text("Waiting for the first event")).to_be_visible()
    await page.get_by_role("button", name="Fill with sample events").click()
    await expect(page.get_by_text("First event received.")).to_be_visible()
    # From now on others come by invitation, and the first page is the login.
    await context.clear_cookies()
    other = await context.new_page()
    await other.goto(f"{empty}/app")
    await expect(other.get_by_text("Ask an admin of your org for an invitation")).to_be_visible()
    await other.goto(f"{empty}/app/register")
    await expect(other.get_by_role("heading", name="Registration is closed")).to_be_visible()


async def test_a_forgotten_password(empty: str, mailbox: Mailbox, context: BrowserContext) -> None:
    page = await context.new_page()
    await page.goto(f"{empty}/app/login")
    await page.get_by_role("link", name="Forgot your password?").click()
    await expect(page.get_by_role("heading", name="Reset your password")).to_be_visible()
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    assert await violations(page) == []
    await until_so(lambda: mailbox.messages)
    part = mailbox.messages[-1].get_body(("plain",))
    assert part is not None
    link = LINK.search(part.get_content())
    assert link is not None
    await page.goto(link[0])
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("At least 10 characters")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_label("New password").fill(NEW)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await page.get_by_label("Email").fill(EMAIL)
    await page.get_by_role("textbox", name="Password").fill(NEW)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Home")).to_be_visible()
    # The link is used up.
    await page.goto(f"{empty}/app/login")
    await page.goto(link[0])
    await page.get_by_label("New password").fill(NEW)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()
