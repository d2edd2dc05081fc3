"""Statements in, bytes out: sessions of the embedded ClickHouse engine (chDB) inside the child process.

A reader's statement gets a session of its own: role, settings and scope first, then readonly=1, then the statement,
then close. The engine's own parser classifies the text beforehand; only one statement that reads passes, because
under readonly=1 the engine still obeys a second statement, `SET ROLE ALL` and `INTO OUTFILE`.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
import sys
import threading
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_RTLD_DEEPBIND = 0x8
_ERROR_CODE = re.compile(r"Code: (\d+)\. ")
_ERROR_HEAD = re.compile(r"^(.*?Code: \d+\. DB::\w*Exception: )+", re.DOTALL)
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_INSERT_WITH_DATA = re.compile(
    rb"\s*(INSERT\s+INTO\s(?:(?!\sFORMAT\s).){1,65536}?)\sFORMAT\s+(\w+)\s", re.IGNORECASE | re.DOTALL
)
_TARGET = re.compile(
    r"\s*INSERT\s+INTO\s+([\w.`]+)\s*(?:\(([^()]*)\))?\s*(SETTINGS\s+\w+\s*=\s*(?:\d+|'[\w:.-]*'))?\s*", re.IGNORECASE
)
# Plans a SELECT, which costs 40 µs for each part of the table: not to be done for every INSERT.
_STAGING = "CREATE TEMPORARY TABLE {} ENGINE = Memory AS SELECT {} FROM {} LIMIT 0"
# A string setting without effect here (it filters server logs, which nobody asks for) that system.processes shows:
# chDB takes no query id from its caller, so this is how a running statement is found again.
_MARKER = "send_logs_source_regexp"
_IDLE_SESSIONS = 8

READONLY, SYNTAX_ERROR, UNKNOWN_SETTING = 164, 62, 115


class EngineError(Exception):
    """What the engine says against a statement: its error code (ClickHouse's numbers) and its text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatement:
    """One statement and its circumstances. `sql` may carry the rows of an INSERT behind its FORMAT clause.

    `parameters` are values of `{name:Type}` places in ClickHouse's escaped text form; `settings` hold for this
    statement alone; `output_format` is taken where the text names none. `own_text`: a text of Emban's own that asks as
    strangers do, and waits for nobody's ad-hoc SQL.
    """

    role: str
    sql: bytes
    database: str
    query_id: str
    read_only: bool
    pinned: bool = True
    own_text: bool = False
    output_format: str = "TabSeparated"
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The result's bytes in the output format, and what it took: rows, bytes, nanoseconds."""

    body: bytes
    read_rows: int
    read_bytes: int
    written_rows: int
    written_bytes: int
    elapsed_ns: int


@dataclass(slots=True, eq=False)
class _OpenSession:
    """A session of the engine account that is used again; `stages` are its temporary tables, empty between INSERTs.

    `schema` counts the changes of the schema before it was opened: after the next one it is closed.
    """

    session: Any
    schema: int
    stages: dict[tuple[str, str], str] = field(default_factory=dict)


def load_chdb() -> Any:
    """Return chDB's extension module without running the `chdb` package's own start-up.

    That start-up opens an engine without our configuration, and with threads that would escape `confine_files`; it
    also costs 0.2 s. The flags are those with which the package loads itself.
    """
    spec = importlib.util.find_spec("chdb")
    if spec is None or spec.origin is None:
        raise EngineError(0, "chDB is not installed: pip install chdb")
    directory = Path(spec.origin).parent
    package = types.ModuleType("chdb")
    package.__path__ = [str(directory)]
    sys.modules["chdb"] = package
    ctypes.CDLL(str(directory / "_chdb.abi3.so"), mode=sys.getdlopenflags() | _RTLD_DEEPBIND)
    return importlib.import_module("chdb._chdb")


class ChdbEngine:
    """The one engine of this process. Methods may be called from several threads; statements run in parallel."""

    def __init__(self, chdb: Any, *, data: Path, config_file: Path) -> None:
        self._chdb = chdb
        self._address = f"{data}?config-file={config_file}"
        self._idle: dict[tuple[Any, ...], list[_OpenSession]] = {}
        self._schema = 0
        self._idle_lock = threading.Lock()
        # Held open for the process's life: with the last session the engine itself would go.
        self._control = self._open()
        self._control_lock = threading.Lock()

    def run(self, statement: EngineStatement) -> Answer:
        """Run one statement to its end. Raises `EngineError`."""
        if not statement.read_only:
            insert = _INSERT_WITH_DATA.match(statement.sql)
            if insert is not None:
                return self._on_kept_session(statement, lambda kept: _insert(kept, statement.sql, insert))
            if self._only_reads(statement):
                return self._on_kept_session(
                    statement,
                    lambda kept: _execute(kept.session, statement.sql, statement.output_format, statement.parameters),
                )
        session = self._open()
        try:
            _execute(session, _prelude(statement), "TabSeparated", {})
            self._check(session, statement)
            return _execute(session, statement.sql, statement.output_format, statement.parameters)
        finally:
            session.close()
            if not statement.read_only:
                self._drop_idle()  # Their stages may be shaped as tables no longer are.

    def cancel(self, query_id: str) -> None:
        """Ask the engine to stop the statement with this id. Returns at once; the statement then fails with 394."""
        sql = f"KILL QUERY WHERE Settings['{_MARKER}'] = {quoted(query_id)} ASYNC"
        with self._control_lock:
            _execute(self._control, sql, "Null", {})

    def close(self) -> None:
        """Close every session, which ends the engine."""
        self._drop_idle()
        self._control.close()

    def _drop_idle(self) -> None:
        with self._idle_lock:
            self._schema += 1
            dropped = [kept for idle in self._idle.values() for kept in idle]
            self._idle.clear()
        for kept in dropped:
            kept.session.close()

    def _open(self) -> Any:
        try:
            return self._chdb.connect(self._address)
        except RuntimeError as error:
            raise _engine_error(str(error)) from None

    def _only_reads(self, statement: EngineStatement) -> bool:
        """Tell whether the engine account's statement is one that reads, and so leaves a session as it was."""
        with self._control_lock:
            found = self._control.classify_query(statement.sql.decode("utf-8", "replace"))
        return bool(found["statement_count"] == 1 and found["query_class"] == self._chdb.query_class.READ_ONLY)

    def _on_kept_session(self, statement: EngineStatement, work: Callable[[_OpenSession], Answer]) -> Answer:
        """Run the engine account's INSERT or SELECT on a kept session: opening one costs as much as the statement."""
        key = (statement.role, statement.database, *sorted(statement.settings.items()))
        with self._idle_lock:
            idle, schema = self._idle.get(key), self._schema
            found = idle.pop() if idle else None
        kept = found or _OpenSession(self._open(), schema)
        try:
            if found is None:
                _execute(kept.session, _prelude(statement, marked=False), "TabSeparated", {})
            answer = work(kept)
        except BaseException:
            kept.session.close()  # Whatever state the failure left it in.
            raise
        self._keep(key, kept)
        return answer

    def _keep(self, key: tuple[Any, ...], kept: _OpenSession) -> None:
        replaced: _OpenSession | None = None
        with self._idle_lock:
            if kept.schema != self._schema:
                replaced = kept
            elif sum(map(len, self._idle.values())) < _IDLE_SESSIONS:
                self._idle.setdefault(key, []).append(kept)
            else:
                stale = next((other for other in self._idle if other != key and self._idle[other]), None)
                replaced = kept if stale is None else self._idle[stale].pop()
                if stale is not None:
                    self._idle.setdefault(key, []).append(kept)
        if replaced is not None:
            replaced.session.close()

    def _check(self, session: Any, statement: EngineStatement) -> None:
        """Refuse what the account may not run, by the engine's own reading of the text."""
        try:
            found = session.classify_query(statement.sql.decode())
        except UnicodeDecodeError:
            raise EngineError(SYNTAX_ERROR, "The statement is not UTF-8 text") from None
        if found["statement_count"] > 1:
            raise EngineError(SYNTAX_ERROR, "Multi-statements are not allowed")
        kinds = self._chdb.query_class
        if statement.read_only and found["query_class"] == kinds.UNKNOWN:
            # Not left to the engine, which would run whatever stands before the place it cannot read. As a string,
            # the text is only read: the error then points at that place.
            _execute(session, f"SELECT formatQuerySingleLine({quoted(statement.sql.decode())})", "Null", {})
            raise EngineError(SYNTAX_ERROR, "Syntax error")
        if statement.read_only and found["query_class"] != kinds.READ_ONLY:
            raise EngineError(READONLY, "Cannot execute query in readonly mode")


def quoted(text: str) -> str:
    """Return a ClickHouse string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _prelude(statement: EngineStatement, *, marked: bool = True) -> str:
    """Return the statements that make a fresh session what this statement needs."""
    settings = dict(statement.settings)
    if marked:
        settings[_MARKER] = statement.query_id
    for name in settings:
        if not _SETTING_NAME.fullmatch(name) or name == "readonly":
            raise EngineError(UNKNOWN_SETTING, f"Setting {name[:100]!r} cannot be set here")
    steps = [f"SET ROLE {statement.role}"]
    if settings:
        steps.append("SET " + ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items()))
    if statement.database != "default":
        steps.append(f"USE `{statement.database}`")
    if statement.read_only and statement.pinned:
        steps.append("SET readonly = 1")
    return "; ".join(steps)


def _execute(session: Any, sql: str | bytes, output_format: str, parameters: Mapping[str, str]) -> Answer:
    try:
        result = session.query(sql, output_format, params=dict(parameters))
    except RuntimeError as error:
        raise _engine_error(str(error)) from None
    return Answer(
        body=result.bytes() or b"",
        read_rows=result.storage_rows_read(),
        read_bytes=result.storage_bytes_read(),
        written_rows=result.rows_written(),
        written_bytes=result.bytes_written(),
        elapsed_ns=int(result.elapsed() * 1e9),
    )


def _insert(kept: _OpenSession, sql: bytes, found: re.Match[bytes]) -> Answer:
    """Run an INSERT whose rows follow its FORMAT clause.

    Binary formats only survive as bytes of their own, for which chDB has a streaming insert. That one does not tell of
    errors from the table's side: too many parts, a constraint or a full disk look like success, and nothing is stored.
    So rows are streamed into memory and inserted from there by a statement that does. It costs 2 ms.
    """
    insert, data_format = found.group(1).decode(), found.group(2).decode()
    target = _TARGET.fullmatch(insert)
    if target is None:
        raise EngineError(
            SYNTAX_ERROR, "An INSERT with rows names a table, its columns in parentheses, at most a setting"
        )
    # The caller may look for a setting of its own among the running statements: each step carries it.
    setting = target.group(3) or ""
    stage = _stage(kept, target.group(1), target.group(2) or "*", setting)
    session = kept.session
    try:
        streaming = session.send_insert(f"INSERT INTO {stage} {setting}", data_format)
        session.insert_append(streaming, sql[found.end() :])
        sent = session.insert_done(streaming).rows_written()
    except RuntimeError as error:
        raise _engine_error(str(error)) from None
    answer = _execute(session, f"{insert} SELECT * FROM {stage}", "Null", {})
    if answer.written_rows < sent:
        raise EngineError(1001, f"The engine wrote {answer.written_rows} of {sent} rows and named no error")
    _execute(session, f"TRUNCATE TEMPORARY TABLE {stage}", "Null", {})
    return answer


def _stage(kept: _OpenSession, table: str, columns: str, setting: str) -> str:
    """Return the session's temporary table for rows of these columns, made when first needed."""
    stage = kept.stages.get((table, columns))
    if stage is None:
        stage = f"insert_stage_{len(kept.stages)}"
        _execute(kept.session, f"{_STAGING.format(stage, columns, table)} {setting}", "Null", {})
        kept.stages[table, columns] = stage
    return stage


def _engine_error(text: str) -> EngineError:
    found = _ERROR_CODE.search(text)
    code = int(found.group(1)) if found else 1001
    return EngineError(code, _ERROR_HEAD.sub("", text))
