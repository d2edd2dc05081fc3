"""Write the reference pages that follow from the code: api, audit, errors, permissions, plans, settings.

`make generate` writes them, `make generate-check` (and tests/unit/test_reference_pages.py) fails where they are out of
date.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from emban.app.build import build_app
from emban.audit.actions import ACTIONS
from emban.auth.principal import Rank
from emban.authz.table import ROUTES, Access, Gate
from emban.errors import CODES
from emban.plans import PLANS, Feature, Limit
from emban.settings import Settings, load_settings
from emban.store.accounts import account_statements

FOLDER = Path(__file__).parent.parent / "docs" / "reference"


def errors_page() -> str:
    """Return the page of error codes."""
    rows = "\n".join(f"| `{code}` | {status} | {meaning} |" for code, (status, meaning) in sorted(CODES.items()))
    return f"""# Errors

Every error has one shape: a sentence for a person, a code for a program, and what the code needs besides.

```json
{{"error": "events[3].tenant_id: is required", "code": "invalid_request",
 "fields": [{{"path": "events[3].tenant_id", "message": "is required"}}]}}
```

`fields` names every place in the request that is wrong. 402 bodies carry `plan`, `upgrade_to`, `limit` and `used`;
429 and 503 carry a `Retry-After` header in seconds. A row of another org is a 404, as if it did not exist. The
`X-Request-Id` of an answer finds its line in the log.

| code | status | meaning |
|---|---|---|
{rows}
"""


def settings_page() -> str:
    """Return the page of settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{field.default}`"
        choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
        described = (field.description or "") + (f" One of {', '.join(choices)}." if choices else "")
        rows.append(f"| `EMBAN_{name.upper()}` | {default} | {described} |")
    table = "\n".join(rows)
    return f"""# Settings

Environment variables, read once at the start. `emban settings` prints them with their present values (secrets masked).
A value that cannot be, or a secret that is too weak, is refused at the start with the reason.

| setting | default | what it is |
|---|---|---|
{table}
"""


_WHO = {
    Gate.PUBLIC: "anyone",
    Gate.SESSION: "signed in",
    Gate.EMBED: "embed token",
    Rank.INGEST: "ingest key",
    Rank.VIEWER: "viewer",
    Rank.EDITOR: "editor",
    Rank.ADMIN: "admin",
    Rank.OWNER: "owner",
}


def _plain(path: str) -> str:
    return re.sub(r":\w+}", "}", path)


def _confined(access: Access) -> str:
    return "yes" if access.in_environment and isinstance(access.needs, Rank) else ""


def permissions_page() -> str:
    """Return the page of who may call what."""
    rows = "\n".join(
        f"| `{method} {_plain(path)}` | {_WHO[access.needs]} | {_confined(access)} "
        f"| {f'`{access.audit}`' if access.audit else ''} |"
        for (method, path), access in sorted(ROUTES.items(), key=lambda item: (item[0][1], item[0][0]))
    )
    return f"""# Permissions

The least role for each route. Roles are ranked: viewer, editor, admin, owner (exactly one per org). An admin key acts
as an admin; what says "signed in" or "owner" is for people alone. An ingest key can send events and nothing else; admin
keys and admins can send them, too. A thing of another org is a 404 for everybody.

Nobody gives a role above their own, changes or removes a member above their own rank, or the owner: ownership moves by
`POST /v1/org/transfer-ownership` alone.

An admin key controls the whole org, whatever its environment: it makes keys of every environment, members and
settings. One made with `environment_only` is confined: it may call the routes marked so, which show and change nothing
but its own environment, and gets a 403 (`key_confined`) from all others.

| route | least privilege | confined key | audit action |
|---|---|---|---|
{rows}
"""


def audit_page() -> str:
    """Return the page of audit actions."""
    rows = "\n".join(f"| `{action}` | {entity} | {holds} |" for action, (entity, holds) in sorted(ACTIONS.items()))
    return f"""# Audit log

Every change of the control plane writes one row, in the transaction of the change: time, actor (an email, or the prefix
of an API key), action, entity, metadata, address. Rows are written on every plan; reading them
(`GET /v1/audit`, and as a stream with `?format=csv` or `ndjson`) needs the growth plan.

The application's database role can add rows and read them, never change or delete them. Each row carries the SHA-256
of its content and of the row before it, and each org's count of rows and last hash are kept apart:
`emban audit verify` finds a row that was changed, removed or added, at the end of the log, too. Who can write to the
database as its owner can also write a new chain: keep `hash` of the last row somewhere else if that matters.

| action | entity | metadata |
|---|---|---|
{rows}
"""


def plans_page() -> str:
    """Return the page of plans."""

    def shown(value: int | None) -> str:
        return "unlimited" if value is None else f"{value:,}"

    head = " | ".join(PLANS)
    rule = "|".join("---" for _ in PLANS)
    limits = "\n".join(
        f"| {limit.key} | {' | '.join(shown(plan.limit(limit)) for plan in PLANS.values())} | `{limit.code}` |"
        for limit in Limit
    )
    features = "\n".join(
        f"| {feature.key} | {' | '.join('yes' if plan.has(feature) else 'no' for plan in PLANS.values())} "
        f"| `{feature.code}` |"
        for feature in Feature
    )
    return f"""# Plans

What a plan includes is checked by the API. What does not fit is a 402 that a program can act on:

```json
{{"error": "published dashboard limit reached for this plan", "code": "published_dashboards_limit",
 "plan": "free", "upgrade_to": "starter", "limit": 1, "used": 1}}
```

| | {head} | code of the refusal |
|---|{rule}|---|
{limits}
{features}

Events and queries are those of a month, which begins on the 1st at 00:00 UTC. Only newly stored events count. A query
is a widget loaded, a structured query or an ad-hoc run, answered from a cache or not; one that fails does not count.
Editor seats are members from editor up, and invitations for such. `GET /v1/billing` has the figures, at most five
seconds behind.

The limits hold however many requests ask at once. On a change to a smaller plan nothing is deleted: what is over a
limit stays and leaves no room for more. Plans are changed with `emban org set-plan ORG PLAN`, or by an org's admin
(`PUT /v1/billing/plan`) where `EMBAN_SELF_SERVE_PLANS` is on. New orgs start on `EMBAN_DEFAULT_PLAN`.
"""


def api_page() -> str:
    """Return the page of routes."""
    nowhere = "http://user:password@127.0.0.1:1/emban"  # Nothing connects before the application starts.
    made = load_settings(database_url=nowhere, clickhouse_url=nowhere, secret_key="pages-0123456789-abcdefghijklmnop")
    paths = build_app(made).openapi()["paths"]
    groups: dict[str, list[str]] = {}
    for path, item in paths.items():
        for method, operation in item.items():
            first = operation.get("description", "").partition("\n")[0].strip()
            groups.setdefault((operation.get("tags") or ["Other"])[0], []).append(
                f"| `{method.upper()} {path}` | {first} |"
            )
    tables = "\n\n".join(
        f"## {tag}\n\n| route | what it does |\n|---|---|\n" + "\n".join(rows) for tag, rows in sorted(groups.items())
    )
    return f"""# HTTP API

Base path `/v1`, JSON, UTC times in RFC 3339. A running Emban has the full reference with every field and an example at
`/docs`, and its description, OpenAPI 3.1, at `/openapi.json` (`emban openapi` prints it, too).

- Ways in: `Authorization: Bearer eb_adm_…` or `eb_ing_…` for machines, the `emban_session` cookie for people (state
  changes need an `Origin` of Emban's own), an embed token for a customer's browser.
- Environment: a key's own; for a session the `X-Emban-Environment` header (default `prod`); for embeds the token's.
- Lists take `?limit=` (default 50, at most 200) and `?cursor=`, and answer `{{"items": […], "next_cursor": …}}`.
- Unknown keys in a body are refused; bodies have at most 1 MiB (`POST /v1/events`: 5 MiB).
- [Errors](errors.md) have one shape; [permissions](permissions.md) say who may call what.

{tables}
"""


PAGES = {
    "api.md": api_page,
    "audit.md": audit_page,
    "permissions.md": permissions_page,
    "plans.md": plans_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
}


ACCOUNTS = FOLDER.parent / "operations" / "clickhouse-server.md"


def accounts_page() -> str:
    """Return the page of a ClickHouse server, with the statements for its accounts in the place that is marked."""
    before, _, rest = ACCOUNTS.read_text().partition("<!-- accounts -->\n```sql\n")
    made = account_statements(engine_user="emban", reader_password="")
    unknown = hashlib.sha256(b"").hexdigest()
    block = "".join(f"{statement};\n" for statement in made).replace(unknown, "<SHA-256 of the readers' password>")
    return f"{before}<!-- accounts -->\n```sql\n{block}{rest[rest.index('```') :]}"


def main(arguments: Sequence[str]) -> int:
    """Write every page; with `--check` write none, and return 1 if one is out of date."""
    pages = {ACCOUNTS: accounts_page, **{FOLDER / name: made for name, made in PAGES.items()}}
    old = {path: text for path, made in pages.items() if path.read_text() != (text := made())}
    if "--check" in arguments:
        for path in old:
            print(f"{path.relative_to(FOLDER.parents[1])} is out of date: run make generate")
        return 1 if old else 0
    for path, text in old.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
