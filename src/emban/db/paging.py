"""Keyset paging of a query: newest first, as stable under inserts and deletes as the rows themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from emban.errors import EmbanError
from emban.kit.cursor import BadCursorError, CursorPosition, decode_cursor, encode_cursor

# Any so many digits are a bigint.
MAX_DIGITS = 18


async def fetch_page(
    session: AsyncSession,
    query: Select[*tuple[Any, ...]],
    at: InstrumentedAttribute[Any],
    identity: InstrumentedAttribute[str] | InstrumentedAttribute[int],
    limit: int,
    cursor: str | None,
) -> tuple[list[Any], str | None]:
    """Return a page of rows and the next page's cursor, by the two columns, the newest first.

    A row is what the query selects, first of all the entity that has both columns. Raises 400 for a cursor that this
    API did not give out.
    """
    if cursor is not None:
        position = _position(cursor)
        query = query.where(tuple_(at, identity) < (position.at, _identity_of(position, identity.type.python_type)))
    rows = list((await session.execute(query.order_by(at.desc(), identity.desc()).limit(limit + 1))).all())
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1][0]
    return rows[:limit], encode_cursor(CursorPosition(getattr(last, at.key), str(getattr(last, identity.key))))


def _position(cursor: str) -> CursorPosition:
    try:
        position = decode_cursor(cursor)
    except BadCursorError as error:
        raise EmbanError("bad_cursor", "the cursor was not given out by this API") from error
    if "\x00" in position.id or not position.id.isprintable():
        raise EmbanError("bad_cursor", "the cursor was not given out by this API")
    return position


def _identity_of(position: CursorPosition, kind: type) -> str | int:
    """Return the id in a cursor as its column has it."""
    if kind is not int:
        return position.id
    if not (position.id.isascii() and position.id.isdecimal()) or len(position.id) > MAX_DIGITS:
        raise EmbanError("bad_cursor", "the cursor was not given out by this API")
    return int(position.id)
