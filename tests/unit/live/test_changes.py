"""Who is told of what, and the text that it is told in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emban.audit.actions import ACTIONS
from emban.auth.principal import Rank
from emban.live.changes import (
    ENDS_CREDENTIALS,
    Audience,
    Change,
    change_frame,
    events_frame,
    heartbeat_frame,
    hello_frame,
    reset_frame,
)

AT = datetime(2026, 11, 28, 7, 0, 0, 250_000, tzinfo=UTC)
EDITOR = Audience("org_a", "prod", Rank.EDITOR)
VIEWER = Audience("org_a", "prod", Rank.VIEWER)


def change(action: str, entity: str, **more: object) -> Change:
    given = {"number": 7, "at": AT, "actor": "ada@acme.example", "entity_id": "x_1", "environment": "prod", **more}
    return Change(action=action, entity_type=entity, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "entity"),
    [
        ("auth.login", "user"),
        ("auth.session_revoke", "session"),
        ("query.adhoc.run", "query"),
        ("audit.export", "audit_log"),
        ("something.new", "something"),
    ],
)
def test_some_rows_are_told_to_nobody(action: str, entity: str) -> None:
    assert not Audience("org_a", "prod", Rank.OWNER).sees(change(action, entity))


@pytest.mark.parametrize(
    ("action", "entity", "least"),
    [
        ("dashboard.publish", "dashboard", Rank.VIEWER),
        ("dashboard.unpublish", "dashboard", Rank.VIEWER),
        ("dashboard.update", "dashboard", Rank.EDITOR),
        ("dashboard.delete", "dashboard", Rank.EDITOR),
        ("onboarding.seed", "dashboard", Rank.EDITOR),
        ("widget.create", "widget", Rank.VIEWER),
        ("saved_query.delete", "saved_query", Rank.EDITOR),
        ("embed_session.create", "embed_session", Rank.ADMIN),
        ("embed_session.revoke", "tenant", Rank.ADMIN),
        ("embed_session.revoke", "org", Rank.ADMIN),
        ("api_key.create", "api_key", Rank.ADMIN),
        ("member.invite", "invite", Rank.ADMIN),
        ("member.remove", "member", Rank.VIEWER),
        ("tenant.delete_data", "tenant", Rank.VIEWER),
        ("webhook_secret.rotate", "webhook_secret", Rank.ADMIN),
        ("billing.plan_change", "org", Rank.VIEWER),
    ],
)
def test_the_least_rank_of_each(action: str, entity: str, least: Rank) -> None:
    seen = {rank for rank in Rank if Audience("org_a", "prod", rank).sees(change(action, entity))}
    assert seen == {rank for rank in Rank if rank >= least}


def test_a_viewer_learns_that_a_published_dashboard_was_deleted() -> None:
    assert VIEWER.sees(change("dashboard.delete", "dashboard", was_published=True))


def test_environments_are_apart() -> None:
    assert not EDITOR.sees(change("dashboard.update", "dashboard", environment="dev"))
    assert not EDITOR.sees(change("dashboard.update", "dashboard", environment=None))
    assert EDITOR.sees(change("dashboard.move", "dashboard", environment="dev", moved_to="prod"))
    assert EDITOR.sees(change("org.update", "org", environment=None))


def test_a_confined_key_hears_nothing_of_the_whole_org() -> None:
    key = Audience("org_a", "prod", Rank.ADMIN, confined=True)
    for action, entity in (("org.update", "org"), ("api_key.create", "api_key"), ("member.remove", "member")):
        assert not key.sees(change(action, entity, environment=None))
        assert not key.sees(change(action, entity))
    assert key.sees(change("alert.update", "alert"))


def test_a_place_to_go_on_from_is_good_for_its_own_audience_alone() -> None:
    given = hello_frame(41, EDITOR).decode().partition("id: ")[2].strip()
    assert EDITOR.position(given) == 41
    others = [
        VIEWER,
        Audience("org_b", "prod", Rank.EDITOR),
        Audience("org_a", "dev", Rank.EDITOR),
        Audience("org_a", "prod", Rank.EDITOR, confined=True),
    ]
    assert [one.position(given) for one in others] == [None] * 4
    mark = given.partition("-")[2]
    for wrong in (
        "",
        "41",
        f"-{mark}",
        f"-1-{mark}",
        f"4\u0661-{mark}",
        f"{'9' * 19}-{mark}",
        f"41-{mark}x",
        "x" * 500,
    ):
        assert EDITOR.position(wrong) is None


def test_the_text_of_events() -> None:
    mark = EDITOR.mark.encode()
    frame = change_frame(change("dashboard.update", "dashboard", version=3), EDITOR)
    assert frame == (
        b"id: 7-%b\nevent: change\n"
        b'data: {"entity":"dashboard","id":"x_1","action":"update","version":3,"actor":"ada@acme.example",'
        b'"at":"2026-11-28T07:00:00.250Z"}\n\n' % mark
    )
    assert b'"actor":null' in change_frame(change("widget.update", "widget"), VIEWER)
    assert b'"id":null' in change_frame(change("embed_session.revoke", "tenant"), EDITOR)
    assert hello_frame(7, EDITOR) == b"retry: 2000\nid: 7-%b\n\n" % mark
    assert reset_frame(7, EDITOR) == b"id: 7-%b\nevent: reset\ndata: {}\n\n" % mark
    assert heartbeat_frame(7, EDITOR) == b": heartbeat\nid: 7-%b\n\n" % mark
    assert events_frame(AT) == b'event: events\ndata: {"as_of":"2026-11-28T07:00:00.250Z"}\n\n'


def test_no_value_ends_an_event_early() -> None:
    hostile = change("tenant.delete_data", "tenant", entity_id="a\n\nevent: reset\ndata: {}\r\n\u2028", actor="x\ny")
    frame = change_frame(hostile, EDITOR)
    assert frame.count(b"\n") == 4
    assert b"\r" not in frame


def test_what_ends_credentials_is_in_the_audit_log() -> None:
    assert set(ACTIONS) >= ENDS_CREDENTIALS
