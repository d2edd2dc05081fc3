"""The least that an embed needs: a page, a login, and one HTTP request to Emban. Python's standard library alone."""

from __future__ import annotations

import json
import os
import secrets
import urllib.request
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

HERE = Path(__file__).parent
HELPER = HERE.parents[1] / "web/packages/embed-helper/dist/embed-helper.global.js"
# Your own accounts: who may sign in, and which tenant of Emban their company is.
TENANT_OF = {"ann": "customer_1", "cleo": "customer_2"}
sessions: dict[str, str] = {}


def embed_url(tenant: str) -> str:
    """Mint a session for a tenant, with the key that never leaves this process."""
    request = urllib.request.Request(
        f"{os.environ['EMBAN_URL']}/v1/embed-sessions",
        json.dumps({"tenant_id": tenant, "dashboard_id": os.environ["EMBAN_DASHBOARD"]}).encode(),
        {"Authorization": f"Bearer {os.environ['EMBAN_KEY']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["embed_url"])


class Product(BaseHTTPRequestHandler):
    """The product's web server."""

    def do_GET(self) -> None:
        """The page and the helper."""
        if self.path == "/embed-helper.global.js":
            self.answer(200, HELPER.read_bytes(), "text/javascript")
        elif self.path == "/":
            self.answer(200, (HERE / "index.html").read_bytes(), "text/html; charset=utf-8")
        else:
            self.answer(404, b"not found", "text/plain")

    def do_POST(self) -> None:
        """Signing in, and a session for whoever is signed in: nothing in the request can name another tenant."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/login":
            self.login(parse_qs(body).get("user", [""])[0])
        elif self.path == "/api/embed-session" and (user := self.signed_in()):
            self.answer(200, json.dumps({"embed_url": embed_url(TENANT_OF[user])}).encode(), "application/json")
        else:
            self.answer(401, b"sign in first", "text/plain")

    def login(self, user: str) -> None:
        """Sign in and go back to the page. An example has no passwords."""
        if user not in TENANT_OF:
            self.answer(401, b"nobody of that name", "text/plain")
            return
        token = secrets.token_urlsafe()
        sessions[token] = user
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Set-Cookie", f"session={token}; HttpOnly; SameSite=Lax; Path=/")
        self.end_headers()

    def signed_in(self) -> str | None:
        """Return the user of the cookie."""
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return sessions.get(cookie.value) if cookie else None

    def answer(self, status: int, body: bytes, kind: str) -> None:
        """Send an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Product).serve_forever()
