"""What the links in a report's mail lead to: a page with one button, and the file. No login, and no script."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from emban.auth.sessions import client_address
from emban.authz.guards import access_of, require_isolation
from emban.http.provide import provided
from emban.reports.downloads import artifact_response
from emban.reports.links import ReportLinks
from emban.reports.runs import ReportRuns
from emban.reports.subscriptions import ReportSubscriptions, Subscribed

router = APIRouter(include_in_schema=False)
_STYLE = """
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif}
main{max-width:28rem;padding:1.5rem;overflow-wrap:anywhere}
h1{font-size:1.375rem;margin:0 0 .5rem}
button{font:inherit;font-weight:600;padding:.6rem 1.1rem;border:1px solid;border-radius:8px;cursor:pointer}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@router.get("/reports/unsubscribe/{token}")
async def ask_to_unsubscribe(
    token: str, subscriptions: Annotated[ReportSubscriptions, provided(ReportSubscriptions)]
) -> HTMLResponse:
    """Show whom the link takes off which report. Changes nothing: mail programs open links on their own."""
    found = await subscriptions.read(token)
    if found.address is None:
        return _page("You do not get this report", f"“{found.report_name}” is not sent to you any more.")
    return _page(
        "Stop getting this report?",
        f"“{found.report_name}” is sent to {found.address}.",
        '<form method="post"><button>Stop getting it</button></form>',
    )


@router.post("/reports/unsubscribe/{token}")
async def unsubscribe(
    token: str, request: Request, subscriptions: Annotated[ReportSubscriptions, provided(ReportSubscriptions)]
) -> HTMLResponse:
    """Take the address off the report: the button of the page, and the one click of RFC 8058."""
    left: Subscribed = await subscriptions.leave(token, client_address(request))
    return _page("Done", f"“{left.report_name}” is not sent to you any more.")


@router.get("/reports/files/{token}")
async def linked_file(
    token: str,
    request: Request,
    links: Annotated[ReportLinks, provided(ReportLinks)],
    runs: Annotated[ReportRuns, provided(ReportRuns)],
) -> Response:
    """Download a file that was too large for its mail."""
    await require_isolation(request, access_of(request))
    return artifact_response(await runs.linked_file(links.file(token)))


def _page(title: str, sentence: str, action: str = "") -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{action}"
        "</main></body></html>",
        headers=_HEADERS,
    )
