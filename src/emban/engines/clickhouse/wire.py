"""ClickHouse's HTTP interface, the part that Emban uses: a request to an `EngineStatement`, an answer to headers."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from emban.engines.clickhouse.chdb_engine import Answer, EngineError, EngineStatement

# Parameters that ClickHouse's own HTTP handler takes for itself, and settings that make no difference here.
_TRANSPORT = frozenset(
    {
        "buffer_size",
        "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version",
        "compress",
        "decompress",
        "enable_http_compression",
        "http_headers_progress_interval_ms",
        "quota_key",
        "send_progress_in_http_headers",
        "session_check",
        "session_id",
        "session_timeout",
        "wait_end_of_query",
    }
)
_CREDENTIALS = frozenset({"user", "password"})
_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_QUERY_ID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
# Whoever knows the accounts' passwords is Emban itself, and says of its own texts what they are.
OWN_TEXT_HEADER = b"x-emban-own-text"
# What clickhouse-connect asks first, to learn which settings it may send. A reader may send settings with its request,
# though not from within its SQL; asked under readonly=1 the engine would call all of them fixed.
_SETTINGS_QUESTION = b"SELECT name, value, readonly FROM system.settings LIMIT 10000"
_LAST_FORMAT = re.compile(rb"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)

# Not one of ClickHouse's: the read was meant for the engine of another start.
ENGINE_CHANGED = 10_001
AUTHENTICATION_FAILED, BAD_ARGUMENTS, TOO_MANY_QUERIES, UNKNOWN_FORMAT = 516, 36, 202, 73
_STATUS_OF_CODE = {
    AUTHENTICATION_FAILED: 401,
    TOO_MANY_QUERIES: 503,
    ENGINE_CHANGED: 503,
    48: 501,  # NOT_IMPLEMENTED
    60: 404,  # UNKNOWN_TABLE
    81: 404,  # UNKNOWN_DATABASE
    159: 408,  # TIMEOUT_EXCEEDED
    160: 408,  # TOO_SLOW
    164: 403,  # READONLY
    241: 507,  # MEMORY_LIMIT_EXCEEDED
    497: 403,  # ACCESS_DENIED
}
_CALLERS_MISTAKE = frozenset(
    {6, 16, 26, 27, 36, 38, 41, 42, 43, 46, 47, 53, 62, 63, 69, 70, 72, 73, 115, 117, 158, 181, 184, 215, 396, 456, 457}
)


@dataclass(frozen=True, slots=True)
class Account:
    """A name to log in with, its password, the engine role it stands for, and whether it may only read."""

    name: str
    password: str
    role: str
    read_only: bool


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What one statement may ask for at most: seconds, and bytes of memory."""

    seconds: int
    memory_bytes: int


def authenticate(headers: Mapping[bytes, bytes], accounts: Mapping[str, Account]) -> Account:
    """Return the account of a request, from X-ClickHouse-User and -Key or from Basic credentials.

    Raises `EngineError` 516, the same for an unknown name and a wrong password.
    """
    name, password = _credentials(headers)
    account = accounts.get(name)
    expected = account.password if account else ""
    if not hmac.compare_digest(password.encode(), expected.encode()) or account is None or not expected:
        raise EngineError(
            AUTHENTICATION_FAILED, "Authentication failed: password is incorrect, or there is no such user"
        )
    return account


def check_engine(headers: Mapping[bytes, bytes], start: str) -> None:
    """Raise `EngineError` where a request names, as the one that it is meant for, the engine of another start."""
    wanted = headers.get(b"x-emban-engine")
    if wanted is not None and wanted != start.encode():
        raise EngineError(ENGINE_CHANGED, "The engine that the request is meant for was started anew since")


def parse_statement(
    account: Account,
    *,
    method: str,
    query_string: bytes,
    headers: Mapping[bytes, bytes],
    body: bytes,
    ceilings: Ceilings,
) -> EngineStatement:
    """Return what a request asks for. Raises `EngineError` for requests that are not understood."""
    fields = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True))
    body = _decoded(body, headers.get(b"content-encoding", b"").decode("latin-1"))
    content_type = headers.get(b"content-type", b"")
    if content_type.startswith(b"multipart/form-data"):
        fields.update(_form_fields(content_type, body))
        body = b""
    query = fields.pop("query", "").encode()
    sql = query + b"\n" + body if query and body else query or body
    if not sql.strip():
        raise EngineError(62, "Empty query")
    database = fields.pop("database", "") or "default"
    if not _DATABASE.fullmatch(database):
        raise EngineError(81, "No such database")
    query_id = fields.pop("query_id", "")
    parameters = {name[6:]: fields.pop(name) for name in list(fields) if name.startswith("param_")}
    read_only = account.read_only or method == "GET"
    return EngineStatement(
        role=account.role,
        sql=sql,
        database=database,
        query_id=query_id if _QUERY_ID.fullmatch(query_id) else str(uuid.uuid4()),
        read_only=read_only,
        own_text=headers.get(OWN_TEXT_HEADER) == b"1",
        pinned=sql not in (_SETTINGS_QUESTION, _SETTINGS_QUESTION + b"\n FORMAT Native"),
        output_format=fields.pop(
            "default_format", headers.get(b"x-clickhouse-format", b"TabSeparated").decode("latin-1")
        ),
        parameters=parameters,
        settings=_settings(fields, ceilings, read_only=read_only),
    )


def answer_headers(statement: EngineStatement, answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the response headers of a successful statement."""
    summary = {
        "read_rows": str(answer.read_rows),
        "read_bytes": str(answer.read_bytes),
        "written_rows": str(answer.written_rows),
        "written_bytes": str(answer.written_bytes),
        "elapsed_ns": str(answer.elapsed_ns),
    }
    headers = [
        (b"content-length", str(len(answer.body)).encode()),
        (b"content-type", b"application/octet-stream"),
        (b"x-clickhouse-query-id", statement.query_id.encode()),
        (b"x-clickhouse-summary", json.dumps(summary, separators=(",", ":")).encode()),
        (b"x-clickhouse-timezone", b"UTC"),
    ]
    named = _LAST_FORMAT.search(statement.sql[-100:])
    if answer.body or named:
        headers.append((b"x-clickhouse-format", named.group(1) if named else statement.output_format.encode()))
    return headers


def status_of(code: int) -> int:
    """Return the HTTP status for an engine error code."""
    return _STATUS_OF_CODE.get(code, 400 if code in _CALLERS_MISTAKE else 500)


def _credentials(headers: Mapping[bytes, bytes]) -> tuple[str, str]:
    if b"x-clickhouse-user" in headers:
        name, password = headers[b"x-clickhouse-user"], headers.get(b"x-clickhouse-key", b"")
        return name.decode("latin-1"), password.decode("latin-1")
    scheme, _, value = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(value, validate=True).partition(b":")
        return name.decode(), password.decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "deflate"):
        raise EngineError(
            BAD_ARGUMENTS, f"Content-Encoding {encoding[:20]!r} is not spoken here: send identity or gzip"
        )
    try:
        return zlib.decompress(body, wbits=47)
    except zlib.error as error:
        raise EngineError(BAD_ARGUMENTS, f"The body is not {encoding}: {error}") from None


def _form_fields(content_type: bytes, body: bytes) -> dict[str, str]:
    """Return the text fields of a multipart form, in which clients send parameters too long for a URL."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename() is not None or not isinstance(name, str):
            raise EngineError(BAD_ARGUMENTS, "External data is not taken here")
        content = part.get_payload(decode=True)
        fields[name] = content.decode() if isinstance(content, bytes) else ""
    return fields


def _settings(fields: Mapping[str, str], ceilings: Ceilings, *, read_only: bool) -> dict[str, str]:
    settings = {
        name: value
        for name, value in fields.items()
        if name not in _TRANSPORT and name not in _CREDENTIALS and not (read_only and name == "readonly")
    }
    if read_only:
        for name, most in (("max_execution_time", ceilings.seconds), ("max_memory_usage", ceilings.memory_bytes)):
            settings[name] = _at_most(settings.get(name, ""), most)
    return settings


def _at_most(value: str, most: int) -> str:
    """Return the asked limit, or the ceiling where none (ClickHouse's 0) or more was asked."""
    try:
        asked = float(value or 0)
    except ValueError:
        return str(most)
    return value if 0 < asked <= most else str(most)
