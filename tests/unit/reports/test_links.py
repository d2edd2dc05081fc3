"""Links in a report's mail: good for what they were made for, and for nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from emban.errors import EmbanError
from emban.reports.links import FileLink, ReportLinks, Subscription
from emban.settings import Settings, load_settings

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(days=30), NOW - timedelta(seconds=1)
FILE = FileLink("org_1", 7, 8)


def settings(letter: str) -> Settings:
    return load_settings(secret_key="".join(chr(ord(letter) + n % 20) for n in range(40)))


@pytest.fixture
def links() -> ReportLinks:
    return ReportLinks(settings("a"))


def test_a_subscription_is_of_one_org_report_and_address(links: ReportLinks) -> None:
    read = links.subscription(links.subscription_token("org_1", 7, "Ada@acme.example"))
    assert (read.org_id, read.report_id) == ("org_1", 7)
    assert links.is_of(read, "ada@acme.example")
    assert not links.is_of(read, "bob@acme.example")
    for other in (Subscription("org_2", 7, read.digest), Subscription("org_1", 8, read.digest)):
        assert not links.is_of(other, "ada@acme.example")


def test_a_token_has_nothing_of_the_address(links: ReportLinks) -> None:
    token = links.subscription_token("org_1", 7, "ada@acme.example")
    assert "ada" not in str(jwt.decode(token, options={"verify_signature": False}))


def test_a_file_is_of_one_run_until_its_time_is_over(links: ReportLinks) -> None:
    assert links.file(links.file_token(FILE, LATER)) == FILE
    with pytest.raises(EmbanError) as refused:
        links.file(links.file_token(FILE, EARLIER))
    assert refused.value.status == 404


def forged(links: ReportLinks) -> list[str]:
    """Return tokens that are not one to leave by."""
    good = links.subscription_token("org_1", 7, "ada@acme.example")
    head, claims, signature = good.split(".")
    body = {"aud": "report.unsubscribe", "org": "org_1", "report": 7, "to": "x"}
    unsigned = jwt.encode(body, None, algorithm="none")  # type: ignore[arg-type]
    return [
        "",
        "x",
        "a.b.c",
        "x" * 5000,
        f"{head}.{claims}.",
        f"{head}.{claims}.{signature[::-1]}",
        f"{head}.{claims[:-2]}xx.{signature}",
        unsigned,
        ReportLinks(settings("b")).subscription_token("org_1", 7, "ada@acme.example"),
        links.file_token(FILE, LATER),
    ]


@pytest.mark.parametrize("index", range(10))
def test_what_was_not_made_to_leave_by_is_a_404(links: ReportLinks, index: int) -> None:
    with pytest.raises(EmbanError) as refused:
        links.subscription(forged(links)[index])
    assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_a_link_to_leave_by_downloads_nothing(links: ReportLinks) -> None:
    with pytest.raises(EmbanError):
        links.file(links.subscription_token("org_1", 7, "ada@acme.example"))
