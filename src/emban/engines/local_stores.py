"""The stores for a command that is not `emban serve`: those configured, those a running serve has, or our own for now.

with stores(settings) as ready:
    migrate(ready)   # has database_url, clickhouse_url and secret_key, wherever they come from
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from pydantic import SecretStr

from emban.engines.clickhouse.child import ClickHouseChild
from emban.engines.data_dir import DataDirError, ensure_secret_key, exclusive, is_held, published_addresses
from emban.engines.postgres.child import PostgresChild
from emban.engines.supervisor.child import start
from emban.kit.crypto import derive
from emban.settings import Settings
from emban.store.policies import READER_PURPOSE


@contextmanager
def stores(settings: Settings) -> Iterator[Settings]:
    """Yield settings with the addresses of running stores. Embedded ones that do not run are started meanwhile.

    Raises `DataDirError` or `EngineStartError` where that is not possible. Nothing is migrated.
    """
    if settings.database_url is not None and settings.clickhouse_url is not None:
        yield settings
    elif is_held(settings.data_dir):
        yield _of_running_serve(settings)
    else:
        with exclusive(settings.data_dir), _started(settings) as ready:
            yield ready


def _of_running_serve(settings: Settings) -> Settings:
    addresses = published_addresses(settings.data_dir)
    if "EMBAN_DATABASE_URL" not in addresses or "EMBAN_CLICKHOUSE_URL" not in addresses:
        raise DataDirError(f"the `emban serve` on {settings.data_dir.resolve()} is only just starting; try again")
    return _with(
        settings,
        database_url=addresses["EMBAN_DATABASE_URL"],
        clickhouse_url=addresses["EMBAN_CLICKHOUSE_URL"],
        secret_key=addresses["EMBAN_SECRET_KEY"],
    )


@contextmanager
def _started(settings: Settings) -> Iterator[Settings]:
    secret = settings.secret if settings.secret_key is not None else ensure_secret_key(settings.data_dir)
    found: dict[str, str] = {"secret_key": secret}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        if settings.database_url is None:
            postgres = PostgresChild(settings.data_dir)
            preparing = pool.submit(postgres.prepare)
        if settings.clickhouse_url is None:
            clickhouse = ClickHouseChild(
                settings.data_dir,
                reader_password=derive(secret, READER_PURPOSE),
                memory_mb=settings.clickhouse_memory_mb,
            )
            stack.callback(clickhouse.close)
            start(clickhouse)
            found["clickhouse_url"] = clickhouse.url
        if settings.database_url is None:
            preparing.result()
            stack.callback(postgres.stop)
            postgres.spawn()
            postgres.wait_ready()
            found["database_url"] = postgres.url
        yield _with(settings, **found)


def _with(settings: Settings, **values: Any) -> Settings:
    return settings.model_copy(update={name: SecretStr(value) for name, value in values.items()})
