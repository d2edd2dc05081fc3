"""Migrations: up from nothing and from each revision, down to nothing, and at their end exactly the models."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from emban.dashboards.document import DashboardConfig, check_config, read_config
from emban.db import migrate as migrate_module
from emban.db.migrate import alembic_config, migrate
from emban.db.urls import owner_url
from emban.ingest.schemas import MOST_AHEAD
from emban.models import Base
from emban.onboarding.dashboard import sample_config
from emban.settings import Settings
from tests.support.control import connected
from tests.support.databases import empty_database
from tests.support.engines import Engines

NAME = "emban_migrations"
# Tables of libraries, which bring their own schema.
FOREIGN = "procrastinate_"


@pytest.fixture
def empty(engines: Engines) -> Iterator[Settings]:
    """Settings of a database of its own with nothing in it."""
    with empty_database(engines, NAME) as settings:
        yield settings


def revisions(connection: Connection) -> list[str]:
    """Return every revision, the first one first."""
    script = ScriptDirectory.from_config(alembic_config(connection))
    return [step.revision for step in script.walk_revisions()][::-1]


def differences(connection: Connection) -> list[object]:
    """Return what the models say and the database does not, or the other way round."""
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, _kind, _parents: not (name or "").startswith(FOREIGN),
        },
    )
    return list(compare_metadata(context, Base.metadata))


def tables(connection: Connection) -> set[str]:
    found = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    return {row[0] for row in found} - {"alembic_version"}


def functions(connection: Connection) -> set[str]:
    found = connection.execute(
        text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'emban%'")
    )
    return {row[0] for row in found}


def add_org(connection: Connection) -> None:
    """Add org_a, and act as it from here on."""
    connection.execute(text("SELECT set_config('emban.org_id', 'org_a', false)"))
    connection.execute(text("INSERT INTO orgs (id, name, plan, created_at) VALUES ('org_a', 'A', 'free', now())"))


def test_the_end_is_exactly_the_models(empty: Settings) -> None:
    migrate(empty)
    migrate(empty)  # And again changes nothing.
    with connected(owner_url(empty)) as connection:
        assert differences(connection) == []


def test_down_leaves_nothing_and_up_works_again(empty: Settings) -> None:
    migrate(empty)
    migrate(empty, "base")
    with connected(owner_url(empty)) as connection:
        assert tables(connection) == set()
        assert functions(connection) == set()
    migrate(empty)
    with connected(owner_url(empty)) as connection:
        assert differences(connection) == []


def test_each_step_goes_down_and_up(empty: Settings) -> None:
    migrate(empty)
    with connected(owner_url(empty)) as connection:
        known = revisions(connection)
    for before in reversed(known[:-1]):
        migrate(empty, before)
        migrate(empty)
    with connected(owner_url(empty)) as connection:
        assert differences(connection) == []


def test_rows_of_before_survive_the_way_up(empty: Settings) -> None:
    migrate(empty)
    migrate(empty, "0001")
    with connected(owner_url(empty)) as connection:
        add_org(connection)
        for action in ("one", "two"):
            connection.execute(
                text(
                    "INSERT INTO audit_log (org_id, at, actor, action, entity_type, entity_id, metadata, "
                    "previous_hash, hash) VALUES ('org_a', now(), 'a', :action, 'org', 'org_a', '{}', '', :action)"
                ),
                {"action": action},
            )
        connection.commit()
    migrate(empty)
    with connected(owner_url(empty)) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', 'org_a', false)"))
        rows = connection.execute(text("SELECT seq, action FROM audit_log ORDER BY id")).all()
        head = connection.execute(text("SELECT seq, hash FROM audit_heads")).one()
        assert [tuple(row) for row in rows] == [(1, "one"), (2, "two")]
        assert tuple(head) == (2, "two")
        assert connection.scalar(text("SELECT embed_origins::text FROM orgs")) == "[]"


def test_rollups_of_before_have_no_event_after_their_newest(empty: Settings) -> None:
    migrate(empty)
    migrate(empty, "0011")
    with connected(owner_url(empty)) as connection:
        add_org(connection)
        connection.execute(
            text(
                "INSERT INTO rollups (org_id, environment, upto, measures, dimensions, closed, pending_dimensions) "
                "VALUES ('org_a', 'prod', now(), '{}', '{}', '{}', '{}')"
            )
        )
        connection.commit()
    migrate(empty)
    with connected(owner_url(empty)) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', 'org_a', false)"))
        ahead = connection.scalar(text("SELECT newest - upto FROM rollups"))
    assert ahead > MOST_AHEAD


def test_dashboards_of_before_are_read_as_they_were(empty: Settings) -> None:
    """Their configs and snapshots go on to be those of the first dashboards, written before series had an order."""
    config = check_config(DashboardConfig.model_validate(sample_config())).stored()
    document = msgspec.json.encode({"name": "Usage", "config": config}).decode()
    migrate(empty)
    migrate(empty, "0013")
    with connected(owner_url(empty)) as connection:
        add_org(connection)
        connection.execute(
            text(
                "INSERT INTO dashboards (id, org_id, name, environment, config, version, snapshot, snapshot_version, "
                "published, published_at, created_at, updated_at) VALUES ('dash_a', 'org_a', 'Usage', 'prod', "
                "CAST(:document AS jsonb) -> 'config', 1, CAST(:document AS jsonb), 1, true, now(), now(), now())"
            ),
            {"document": document},
        )
        connection.commit()
    migrate(empty)
    with connected(owner_url(empty)) as connection:
        connection.execute(text("SELECT set_config('emban.org_id', 'org_a', false)"))
        draft, snapshot = connection.execute(text("SELECT config, snapshot FROM dashboards")).one()
    assert read_config(draft).stored() == read_config(snapshot["config"]).stored() == config


def test_a_lock_that_somebody_holds_stops_a_migration_in_time_and_nothing_of_it_stays(empty: Settings) -> None:
    migrate(empty)
    migrate(empty, "0011")
    hurried = empty.model_copy(update={"migration_lock_timeout_s": 0.2})
    with connected(owner_url(empty)) as holder, connected(owner_url(empty)) as beside:
        looking = beside.execution_options(isolation_level="AUTOCOMMIT")
        before = columns(looking)
        holder.execute(text("LOCK TABLE rollups IN ACCESS SHARE MODE"))  # As a query does that is still running.
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate(hurried)
        assert columns(looking) == before
        assert looking.scalar(text("SELECT version_num FROM alembic_version")) == "0011"
        holder.rollback()
        migrate(hurried)
        assert differences(looking) == []


def test_a_statement_of_a_migration_has_its_time_and_may_be_given_more(empty: Settings) -> None:
    with connected(owner_url(empty)) as connection:
        migrate_module._limit_waiting(connection, empty.model_copy(update={"migration_statement_timeout_s": 0.1}))
        connection.commit()
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(text("SELECT pg_sleep(60)"))
        connection.rollback()
        connection.execute(text("SET LOCAL statement_timeout = '60s'"))
        connection.execute(text("SELECT pg_sleep(0.2)"))
        connection.commit()
        assert connection.scalar(text("SHOW statement_timeout")) == "100ms"


def columns(connection: Connection) -> set[tuple[str, str]]:
    found = connection.execute(
        text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
    )
    return {(row[0], row[1]) for row in found}
