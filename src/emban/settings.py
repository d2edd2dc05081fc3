"""Every setting of Emban: an `EMBAN_*` environment variable with a type, a default and a unit.

`emban settings` prints this table and docs/reference/settings.md is held to it by a test.
"""

from __future__ import annotations

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, DirectoryPath, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from emban.kit.allowed_hosts import AllowedHosts, read_allowed_hosts
from emban.kit.crypto import derive

MIN_SECRET_LENGTH = 32
MIN_TOKEN_LENGTH = 16
MAX_ATTEMPTS, MAX_WAIT_S = 10, 86_400
# Found in a secret, these say that somebody copied an example.
_EXAMPLE_WORDS = ("changeme", "change-me", "change_me", "replace", "example", "insecure", "your-secret")


class Settings(BaseSettings):
    """Read once, at the start, from the environment. Immutable afterwards."""

    model_config = SettingsConfigDict(env_prefix="EMBAN_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default=Path("emban-data"), description="Directory of the embedded stores and generated secrets."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL of the control plane, as its owner (migrations). Unset: an embedded one is started.",
    )
    database_app_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL as the application role; unset: derived from EMBAN_DATABASE_URL and the secret key.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=200, description="Connections to PostgreSQL that one API process keeps."
    )
    migration_lock_timeout_s: float = Field(
        default=5.0,
        gt=0,
        le=600,
        description="Seconds that a migration waits for a lock on a table, with every query behind it waiting, too.",
    )
    migration_statement_timeout_s: float = Field(
        default=300.0, gt=0, le=86_400, description="Seconds that one statement of a migration may run in PostgreSQL."
    )
    clickhouse_url: SecretStr | None = Field(
        default=None,
        description="ClickHouse over HTTP, `http://user:password@host:8123/emban`. Unset: an embedded one is started.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 random characters: signs embed tokens, derives store passwords. Unset with "
        "embedded stores: one is generated in the data directory.",
    )
    public_url: AnyHttpUrl | None = Field(
        default=None, description="Address that browsers use, such as https://analytics.example.com."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="API processes.")
    worker_count: int = Field(
        default=1,
        ge=0,
        le=64,
        description="Worker processes that `serve` runs beside the API, for alerts, reports and deliveries; 0 leaves "
        "them to `emban worker` elsewhere.",
    )
    alert_interval_s: int = Field(default=60, ge=1, le=3600, description="Seconds between two evaluations of an alert.")
    default_plan: Literal["free", "starter", "growth", "scale"] = Field(
        default="scale", description="Plan of a new org; whoever sells plans sets `free`."
    )
    registration: Literal["open", "first", "closed"] = Field(
        default="first",
        description="Who may register: anybody, the first account alone (later ones by invitation), or nobody.",
    )
    self_serve_plans: bool = Field(default=False, description="Lets an org's admin change its plan.")
    session_days: int = Field(
        default=14, ge=1, le=365, description="Days that a console session lives after its last use."
    )
    cookie_secure: bool | None = Field(
        default=None,
        description="Forces the Secure flag of the session cookie. Unset: on, except for plain http on localhost.",
    )
    auth_attempts_per_minute: int = Field(
        default=10,
        ge=1,
        le=10_000,
        description="Tries a minute of one account's password, by whatever route, and of registering one email.",
    )
    address_attempts_per_minute: int = Field(
        default=60, ge=1, le=100_000, description="Tries of passwords a minute from one address, and of registering."
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server, `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`. Unset: "
        "no mail; invitations are links to pass on.",
    )
    smtp_from: str = Field(
        default="Emban <emban@localhost>",
        min_length=3,
        description="Sender of Emban's mail, `Name <address>`.",
    )
    delivery_retention_days: int = Field(
        default=90, ge=1, le=3650, description="Days that the log of deliveries, and what was sent, is kept."
    )
    report_retention_days: int = Field(default=30, ge=1, le=3650, description="Days that a report's file is kept.")
    webhook_allow: str = Field(
        default="",
        description="Comma-separated host names, addresses and networks that webhooks may be sent to although they are "
        "not public: receivers on your own network.",
    )
    webhook_waits_s: str = Field(
        default="0,30,120",
        description="Seconds before each attempt at a message of an alert; as many attempts are made as are listed.",
    )
    mail_max_mb: int = Field(
        default=10, ge=0, le=100, description="MiB of a report that is attached to its mail; a larger one is a link."
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Bearer token that /metrics asks for, at least 16 characters. Unset: it answers this machine "
        "alone, and nobody through a proxy.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Comma-separated addresses and networks whose X-Forwarded-For and -Proto headers are believed: "
        "what rate limits, the audit log and `allowed_cidrs` of API keys take for the caller's address.",
    )
    body_timeout_s: int = Field(
        default=30,
        ge=1,
        le=3600,
        description="Seconds that a client may take to send a request's head, and again its body; beyond it 408.",
    )
    ingest_buffer_mb: int = Field(
        default=64,
        ge=1,
        le=4096,
        description="MiB of events that one API process holds before it answers 503.",
    )
    query_timeout_s: int = Field(
        default=30, ge=1, le=600, description="Seconds that one query may run in the event store."
    )
    query_memory_mb: int = Field(
        default=1024,
        ge=16,
        le=1_048_576,
        description="MiB of memory that one query may use in the event store.",
    )
    query_slots: int = Field(
        default=0,
        ge=0,
        le=1024,
        description="Statements of structured queries that run at once in the event store, shared by the API "
        "processes; 0 is two a processor core.",
    )
    query_requests_per_tenant: int = Field(
        default=64,
        ge=1,
        le=100_000,
        description="Requests of one tenant that an API process answers from the event store at once; beyond it 429.",
    )
    query_requests_per_org: int = Field(
        default=256, ge=1, le=100_000, description="The same for all tenants of an org together."
    )
    query_seconds_per_tenant: float = Field(
        default=120,
        ge=0,
        description="Seconds a minute of the event store that one tenant may use in an API process while others "
        "who used less wait; "
        "beyond it 429.",
    )
    query_seconds_per_org: float = Field(
        default=360, ge=0, description="The same for all tenants of an org together, while other orgs wait."
    )
    adhoc_slots: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Statements of ad-hoc SQL that run at once in the event store, of all orgs together, each on one "
        "thread; 0 is a quarter of the processor cores, at least one.",
    )
    cache_mb: int = Field(
        default=64, ge=0, le=65_536, description="MiB of answers that one API process keeps; 0 keeps none."
    )
    rollup_interval_s: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Seconds between two additions to the rollups; newer events are read beside them.",
    )
    clickhouse_memory_mb: int = Field(
        default=4096, ge=256, le=1_048_576, description="MiB of memory for the whole embedded ClickHouse."
    )
    accept_engine_build: str = Field(
        default="",
        description="Comma-separated builds of ClickHouse, such as `26.9.3.1`, that reads are served from beside the "
        "known ones: after the isolation suite has passed on them (docs/operations/engines.md).",
    )
    fonts_dir: DirectoryPath | None = Field(
        default=None,
        description="Directory of more fonts (.ttf, .otf, .ttc) for pdf and png, beside those that are installed.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severity that is logged."
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="`json` for machines, `text` for people; `auto` is text on a terminal."
    )
    demo: bool = Field(default=False, description="Set by `emban demo`: serves the demo host page. Never elsewhere.")

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        text = value.get_secret_value()
        if len(text) < MIN_SECRET_LENGTH or len(set(text)) < 10 or any(word in text.lower() for word in _EXAMPLE_WORDS):
            raise ValueError(
                f"must be at least {MIN_SECRET_LENGTH} random characters; "
                "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return value

    @field_validator("metrics_token")
    @classmethod
    def _long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_TOKEN_LENGTH:
            raise ValueError(f"must have at least {MIN_TOKEN_LENGTH} characters")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
                raise ValueError("must be smtp://host:port or smtps://host:port, with user:password@ where needed")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        address = parseaddr(value)[1]
        if not value.isprintable() or not all(address.rpartition("@")):
            raise ValueError("must be an address, such as Emban <emban@example.com>")
        return value

    @field_validator("webhook_allow")
    @classmethod
    def _hosts(cls, value: str) -> str:
        read_allowed_hosts(value)
        return value

    @field_validator("webhook_waits_s")
    @classmethod
    def _waits(cls, value: str) -> str:
        _read_waits(value)
        return value

    @property
    def webhook_allowed(self) -> AllowedHosts:
        """What the operator allows beside the public internet."""
        return read_allowed_hosts(self.webhook_allow)

    @property
    def webhook_waits(self) -> tuple[float, ...]:
        """Seconds before each attempt, one for each of them."""
        return _read_waits(self.webhook_waits_s)

    @property
    def adhoc_statements(self) -> int:
        """How many ad-hoc statements run at once, over all API processes."""
        return self.adhoc_slots or max(1, (os.cpu_count() or 1) // 4)

    @property
    def secret(self) -> str:
        """The secret key's text; raises `RuntimeError` where none was given or generated."""
        if self.secret_key is None:
            raise RuntimeError("EMBAN_SECRET_KEY is not set")
        return self.secret_key.get_secret_value()

    @property
    def accepted_engine_builds(self) -> frozenset[str]:
        """The builds that the operator vouches for."""
        return frozenset(name.strip() for name in self.accept_engine_build.split(",") if name.strip())

    def derived_secret(self, purpose: str) -> str:
        """Return the secret for one purpose (a store's password, a cookie's key), derived from the secret key."""
        return derive(self.secret, purpose)


def _read_waits(text: str) -> tuple[float, ...]:
    try:
        waits = tuple(float(part) for part in text.split(","))
    except ValueError:
        waits = ()
    if not 1 <= len(waits) <= MAX_ATTEMPTS or not all(0 <= wait <= MAX_WAIT_S for wait in waits):
        raise ValueError(f"must be 1 to {MAX_ATTEMPTS} numbers from 0 to {MAX_WAIT_S}, separated by commas")
    return waits


def load_settings(**overrides: object) -> Settings:
    """Read the environment; keyword arguments win over it. Raises pydantic's `ValidationError`."""
    return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks what mypy cannot see here
