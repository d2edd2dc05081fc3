"""`GET /v1/audit`: the log page by page, or all of it as a stream."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BeforeValidator
from starlette.responses import Response

from emban.audit.reader import AuditFilter, AuditReader, csv_header, csv_line, ndjson_line
from emban.audit.schemas import AuditPage, audit_row
from emban.audit.service import record_by
from emban.auth.principal import Principal
from emban.authz.guards import Admin
from emban.db import Database
from emban.errors import EmbanError, invalid_field
from emban.http.paging_params import Cursor, PageSize
from emban.http.provide import provided
from emban.kit.cursor import DEFAULT_LIMIT, BadCursorError, CursorPosition, decode_cursor, encode_cursor
from emban.kit.rfc3339 import parse_instant
from emban.plans import Feature, require_feature

router = APIRouter(prefix="/v1/audit", tags=["Audit"])
Text = Annotated[str | None, Query(max_length=320)]
_MEDIA = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


@router.get(
    "",
    response_model=AuditPage,
    responses={200: {"content": {"text/csv": {}, "application/x-ndjson": {}}}},
)
async def read_audit_log(
    request: Request,
    caller: Admin,
    audit: Annotated[AuditReader, provided(AuditReader)],
    database: Annotated[Database, provided(Database)],
    actor: Text = None,
    action: Text = None,
    entity: Text = None,
    since: Annotated[AwareDatetime | None, BeforeValidator(parse_instant), Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, BeforeValidator(parse_instant), Query(alias="to")] = None,
    export: Annotated[Literal["json", "csv", "ndjson"], Query(alias="format")] = "json",
    limit: PageSize = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response | AuditPage:
    """Read the log, newest first; `format=csv` or `ndjson` streams all of the selection. Needs the growth plan."""
    require_feature(caller.plan, Feature.AUDIT_LOG)
    wanted = AuditFilter(actor=actor, action=action, entity=entity, since=_utc(since, "from"), until=_utc(until, "to"))
    if export != "json":
        return await _export(database, audit, caller, wanted, export)
    rows = await audit.rows(caller.org_id, wanted, limit + 1, _before(cursor))
    items = [audit_row(row) for row in rows[:limit]]
    last = encode_cursor(CursorPosition(items[-1].at, str(items[-1].id))) if len(rows) > limit else None
    return AuditPage(items=items, next_cursor=last)


async def _export(
    database: Database, audit: AuditReader, caller: Principal, wanted: AuditFilter, kind: str
) -> Response:
    chosen: dict[str, Any] = {
        "format": kind,
        "actor": wanted.actor,
        "action": wanted.action,
        "entity": wanted.entity,
        "from": wanted.since.isoformat() if wanted.since else None,
        "to": wanted.until.isoformat() if wanted.until else None,
    }
    async with database.for_org(caller.org_id) as session:
        known = {key: value for key, value in chosen.items() if value is not None}
        await record_by(session, caller, "audit.export", "audit_log", caller.org_id, known)
    write, first = (csv_line, csv_header()) if kind == "csv" else (ndjson_line, b"")
    return StreamingResponse(
        audit.export(caller.org_id, wanted, write, first),
        media_type=_MEDIA[kind],
        headers={"Content-Disposition": f'attachment; filename="audit.{kind}"'},
    )


def _before(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        number = int(decode_cursor(cursor).id)
    except (BadCursorError, ValueError) as error:
        raise EmbanError("bad_cursor", "the cursor was not given out by this API") from error
    if not 0 <= number < 2**63:
        raise EmbanError("bad_cursor", "the cursor was not given out by this API")
    return number


def _utc(at: datetime | None, name: str) -> datetime | None:
    try:
        return at.astimezone(UTC) if at is not None else None
    except OverflowError as error:
        raise invalid_field(name, "is out of range") from error
