"""Built pages and their files, as they lie beside the code, in the smallest form that a browser takes."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from emban.errors import EmbanError

STATIC = Path(__file__).parent.parent / "app" / "static"
# What every page's policy begins with.
BASE_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; object-src 'none'"
)
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def page(name: str, request: Request, headers: dict[str, str]) -> Response:
    """Return a built page with its headers; raises 404 with what to do where the pages were not built."""
    file = STATIC / name / "index.html"
    if not file.is_file():
        raise EmbanError("not_found", "this installation has no built pages: run `make web`, or install the wheel")
    return send_file(file, request, {"Cache-Control": "no-store", **headers})


def send_file(file: Path, request: Request, headers: dict[str, str]) -> FileResponse:
    """Serve the smallest form of a file that the browser takes."""
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    accepted = request.headers.get("accept-encoding", "")
    for encoding, ending in _ENCODINGS:
        smaller = file.with_name(file.name + ending)
        if encoding in accepted and smaller.is_file():
            headers = {**headers, "Content-Encoding": encoding, "Vary": "Accept-Encoding"}
            return FileResponse(smaller, headers=headers, media_type=kind)
    return FileResponse(file, headers={**headers, "Vary": "Accept-Encoding"}, media_type=kind)
