"""Query parameters that every list takes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from emban.kit.cursor import MAX_LIMIT

PageSize = Annotated[int, Query(alias="limit", ge=1, le=MAX_LIMIT, description="Items on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=512, description="`next_cursor` of the page before; left out for the first page."),
]
