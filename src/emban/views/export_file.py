"""A file of a dashboard's figures, and the answer that it is downloaded with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from fastapi import Response

Extension = Literal["csv", "zip", "png", "pdf"]
MEDIA_TYPES: dict[Extension, str] = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "png": "image/png",
    "pdf": "application/pdf",
}
EXPORT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
MAX_FILE_NAME = 80
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|;%]+")


@dataclass(frozen=True, slots=True)
class Export:
    """A file: its name without directory and extension, the extension without its dot, and its bytes."""

    name: str
    extension: Extension
    content: bytes

    @property
    def media_type(self) -> str:
        """What kind of file it is, as HTTP and mail say it."""
        return MEDIA_TYPES[self.extension]

    @property
    def file_name(self) -> str:
        """The name that a file system takes, in whatever script it is."""
        return f"{safe_file_name(self.name)}.{self.extension}"


def export_name(title: str, now: datetime) -> str:
    """Return what a file of that title is called."""
    return f"{title[:MAX_FILE_NAME]} {now.date().isoformat()}"


def safe_file_name(name: str) -> str:
    """Return a name without what file systems refuse or what would show it as another."""
    return _NOT_IN_NAMES.sub("-", name).strip(" .-")[: MAX_FILE_NAME + 11] or "dashboard"


def file_response(export: Export) -> Response:
    """Return the download of a file."""
    plain = _NOT_PLAIN.sub("-", export.name).strip("-") or "dashboard"
    full = quote(export.file_name, safe="")
    return Response(
        export.content,
        media_type=export.media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}.{export.extension}\"; filename*=UTF-8''{full}"
        },
    )
