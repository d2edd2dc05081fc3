"""What the event store's refusals become: the caller's 503 or 400, or a bug of ours. Engine text never leaves."""

from __future__ import annotations

import re

import aiohttp
from clickhouse_connect.driver.exceptions import ClickHouseError

from emban.errors import EmbanError, isolation_unproved, unavailable

_CODE = re.compile(r"\bCode: (\d+)\b|error code (\d+)")
TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT, TOO_MANY_ROWS, TOO_MANY_BYTES = 159, 160, 241, 158, 307
CANCELLED, BUSY = 394, 202
# Of the embedded engine's endpoint alone (`emban.engines.clickhouse.wire`): the read was meant for another engine.
ENGINE_CHANGED = 10_001
_TOO_EXPENSIVE = frozenset({TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT, TOO_MANY_ROWS, TOO_MANY_BYTES})


class StoreError(Exception):
    """The engine refused a statement that Emban wrote: a bug. Carries the engine's code; the text is for the log."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def translate(error: Exception) -> EmbanError | StoreError:
    """Return what to raise for a failed call: 503 where the store is away or busy, 400 for too expensive a query."""
    code = engine_code(error)
    if code in _TOO_EXPENSIVE:
        return EmbanError("query_too_expensive", "the query needs more time or memory than one query may use")
    if code == ENGINE_CHANGED:
        return isolation_unproved()
    if code is None or code in {BUSY, CANCELLED}:
        return unavailable("the event store does not answer at the moment")
    return StoreError(code, str(error))


def engine_code(error: Exception) -> int | None:
    """Return ClickHouse's error code, None where no engine answered at all."""
    if not isinstance(error, ClickHouseError):
        return None
    known = getattr(error, "code", None)
    if isinstance(known, int):
        return known
    found = _CODE.search(str(error))
    return int(found.group(1) or found.group(2)) if found else None


def was_never_sent(error: BaseException) -> bool:
    """Tell whether a failed call certainly did nothing: no connection to the engine was made."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientConnectorError):
            return True
        cause = cause.__cause__
    return False
