"""Query parameters that every list takes."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Query
from starlette.convertors import Convertor, register_url_convertor

from emban.kit.cursor import MAX_LIMIT

PageSize = Annotated[int, Query(alias="limit", ge=1, le=MAX_LIMIT, description="Items on a page.")]
Cursor = Annotated[
    str | None,
    Query(max_length=512, description="`next_cursor` of the page before; left out for the first page."),
]


class AnyText(Convertor[str]):
    """A part of a path that may be any text, percent-encoded: slashes and line breaks, too.

    `{name:text}` in a template. Starlette's own `path` ends at a line break, and a tenant's id may have one.
    """

    regex = r"(?s:.*)"

    def convert(self, value: str) -> str:
        """Return the text, which the server has decoded."""
        return value

    def to_string(self, value: str) -> str:
        """Return the text as it is put into an address."""
        return quote(value, safe="")


register_url_convertor("text", AnyText())
