"""The pages: their policies, their files, and what is not served."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from emban.app import pages
from emban.http import static_pages
from tests.support.control import TestOrg, browser
from tests.support.showing import mint, publish


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of built pages."""
    for name in ("embed", "console", "demo"):
        (tmp_path / name / "assets").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(f"<title>{name}</title>")
        (tmp_path / name / "assets" / "page-1a2b3c.js").write_text("let a = 1")
    (tmp_path / "embed/assets/page-1a2b3c.js.br").write_bytes(b"brotli")
    (tmp_path / "embed/assets/page-1a2b3c.js.gz").write_bytes(b"gzip")
    (tmp_path.parent / "secret.txt").write_text("outside")
    for module in (pages, static_pages):
        monkeypatch.setattr(module, "STATIC", tmp_path)
    return tmp_path


def directives(policy: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.usefixtures("built")
async def test_the_embed_page_allows_no_inline_script_and_no_other_host(app: FastAPI) -> None:
    answer = await browser(app).get("/embed/dash_x?token=x")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = directives(answer.headers["content-security-policy"])
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "*",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("built")
async def test_an_orgs_origins_decide_who_may_frame_its_embeds(app: FastAPI, fresh_org: TestOrg) -> None:
    dashboard_id = await publish(fresh_org)
    token = (await mint(fresh_org, dashboard_id))["token"]
    path = f"/embed/{dashboard_id}?token={token}"
    client = browser(app)
    assert "frame-ancestors *" in (await client.get(path)).headers["content-security-policy"]
    origins = ["https://app.acme.example", "https://*.acme.example"]
    assert (await fresh_org["admin"].patch("/v1/org", json={"embed_origins": origins})).status_code == 200
    policy = directives((await client.get(path)).headers["content-security-policy"])
    assert policy["frame-ancestors"] == "'self' https://app.acme.example https://*.acme.example"


@pytest.mark.usefixtures("built")
async def test_the_console_answers_at_every_address_and_cannot_be_framed(app: FastAPI) -> None:
    client = browser(app)
    for path in ("/app", "/app/", "/app/dashboards/dash_1?x=1"):
        answer = await client.get(path)
        assert (answer.status_code, "console" in answer.text) == (200, True)
        policy = directives(answer.headers["content-security-policy"])
        assert policy["frame-ancestors"] == policy["default-src"] == "'none'"
        assert "unsafe" not in policy["script-src"]
    assert (await client.get("/")).headers["location"] == "/app"


@pytest.mark.usefixtures("built")
async def test_files_with_a_hash_are_kept_and_served_small(app: FastAPI) -> None:
    client = browser(app)
    path = "/static/embed/assets/page-1a2b3c.js"
    for accepted, encoding, body in (
        ("gzip, br", "br", b"brotli"),
        ("gzip", "gzip", b"gzip"),
        ("", None, b"let a = 1"),
    ):
        async with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert (answer.headers.get("content-encoding"), raw) == (encoding, body)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "javascript" in answer.headers["content-type"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/embed",
        "/static/embed/index.html",
        "/static/embed/assets/page-1a2b3c.js.br",
        "/static/embed/assets/none.js",
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/demo/assets/page-1a2b3c.js",
        "/demo",
        "/demo/tenants",
        "/demo/session?tenant=aurora-health",
    ],
)
async def test_nothing_else_is_served(app: FastAPI, path: str) -> None:
    answer = await browser(app).get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_installation_without_pages_says_what_to_do(
    app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pages, static_pages):
        monkeypatch.setattr(module, "STATIC", tmp_path)
    answer = await browser(app).get("/app")
    assert (answer.status_code, "make web" in answer.json()["error"]) == (404, True)
