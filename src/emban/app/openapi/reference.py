"""`/openapi.json` and `/docs`: the description, and a page made from it on the server. The page needs no script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

router = APIRouter(include_in_schema=False)

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--muted:#667;--card:#8881}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:13px}
nav h2{font-size:12px;margin:1rem 0 .25rem;color:var(--muted)}
nav a{display:block;color:inherit;text-decoration:none;padding:.1rem 0;overflow-wrap:anywhere}
nav a:hover,nav a:focus{text-decoration:underline}
main{padding:1rem 2rem 6rem;max-width:64rem}
section{border-top:1px solid var(--line);padding:1rem 0}
h1{font-size:28px}h3{font-size:16px;margin:.25rem 0;overflow-wrap:anywhere}h4{font-size:13px;margin:1rem 0 .25rem}
.m{display:inline-block;min-width:4.2em;font:600 12px ui-monospace,monospace}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.75rem;overflow:auto;font-size:13px}
code{font:13px ui-monospace,monospace}
table{border-collapse:collapse;width:100%;font-size:13px}
td,th{text-align:left;border-top:1px solid var(--line);padding:.3rem .6rem .3rem 0;vertical-align:top}
@media(max-width:48rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:1rem}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"


@router.get("/openapi.json")
async def openapi_json(request: Request) -> JSONResponse:
    """Return the API's description, OpenAPI 3.1."""
    return JSONResponse(request.app.openapi(), headers={"Cache-Control": "public, max-age=300"})


@router.get("/docs")
async def reference(request: Request) -> HTMLResponse:
    """Show the description as a page."""
    return HTMLResponse(render(request.app.openapi()), headers={"Content-Security-Policy": _POLICY})


def render(document: dict[str, Any]) -> str:
    """Write the page: navigation by tag, then every operation with parameters, bodies, answers and examples."""
    groups: defaultdict[str, list[tuple[str, str, dict[str, Any]]]] = defaultdict(list)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups[(operation.get("tags") or ["Other"])[0]].append((method.upper(), path, operation))
    links = "".join(
        f"<h2>{escape(tag)}</h2>"
        + "".join(f'<a href="#{_anchor(m, p)}"><span class="m">{m}</span> {escape(p)}</a>' for m, p, _ in operations)
        for tag, operations in groups.items()
    )
    body = "".join(
        f"<h2>{escape(tag)}</h2>" + "".join(_operation(document, *operation) for operation in operations)
        for tag, operations in groups.items()
    )
    info = document["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Emban API</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
        f'<nav aria-label="Routes"><a href="/openapi.json">openapi.json</a>{links}</nav><main>'
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
        f"<h2>Ways in</h2>{_schemes(document)}{body}</main></body></html>"
    )


def _schemes(document: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(scheme['description'])}</td></tr>"
        for name, scheme in document["components"]["securitySchemes"].items()
    )
    return f"<table>{rows}</table>"


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    text = "".join(f"<p>{_prose(part)}</p>" for part in operation.get("description", "").split("\n\n") if part)
    request = operation.get("requestBody", {}).get("content", {})
    return (
        f'<section id="{_anchor(method, path)}"><h3><span class="m">{method}</span> <code>{escape(path)}</code></h3>'
        f"{text}{_parameters(operation)}"
        + "".join(_content(document, "Body", kind, media) for kind, media in request.items())
        + _responses(document, operation)
        + "</section>"
    )


def _parameters(operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}</td>"
        f"<td>{_prose(item.get('description', ''))}</td></tr>"
        for item in operation.get("parameters", ())
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _responses(document: dict[str, Any], operation: dict[str, Any]) -> str:
    parts: list[str] = []
    errors: list[str] = []
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            media = response.get("content") or {"": {}}
            parts += [_content(document, f"Answer {status}", kind, value) for kind, value in media.items()]
        else:
            errors.append(f"<tr><td>{status}</td><td>{_prose(response['description'])}</td></tr>")
    return "".join(parts) + f"<h4>Errors</h4><table>{''.join(errors)}</table>"


def _content(document: dict[str, Any], title: str, kind: str, media: dict[str, Any]) -> str:
    heading = f"<h4>{escape(title)} {escape(kind)}</h4>"
    fields = _fields(document, media.get("schema", {}))
    example = media.get("example")
    shown = f"<pre>{escape(json.dumps(example, indent=2, ensure_ascii=False))}</pre>" if example is not None else ""
    return heading + fields + shown


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> str:
    resolved = _resolve(document, schema)
    required = set(resolved.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_kind(value))}</td>"
        f"<td>{'required' if name in required else 'optional'}</td></tr>"
        for name, value in resolved.get("properties", {}).items()
    )
    return f"<table>{rows}</table>" if rows else ""


def _resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = document["components"]["schemas"].get(reference.rsplit("/", 1)[-1], {})
    return found


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_kind(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(json.dumps(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _prose(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _anchor(method: str, path: str) -> str:
    return method.lower() + "".join(char if char.isalnum() else "-" for char in path)
