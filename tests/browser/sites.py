"""Sites around an embed: a few files on an origin of their own, and apps bundled from the built packages."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.browser.support import ROOT
from tests.contract.support import node_program

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
WEB = ROOT / "web"
HELPER = WEB / "packages/embed-helper/dist"


@contextmanager
def site(files: Mapping[str, str | Path], **headers: str) -> Iterator[str]:
    """Serve files by path; yields the address, which is another site than Emban's `127.0.0.1`."""

    class Handler(BaseHTTPRequestHandler):
        """Answers what is in `files`."""

        def do_GET(self) -> None:
            found = files.get(self.path.split("?")[0])
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", TYPES.get(Path(self.path.split("?")[0]).suffix, TYPES[".html"]))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(found.read_bytes() if isinstance(found, Path) else (found or "").encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def bundle(source: Path, folder: Path) -> dict[str, str | Path]:
    """Build an app whose `@emban/…` are the built packages; returns its files by path.

    `folder` stands in for the app's own: a copy of its sources, with what `npm install` would have put beside them.
    """
    root = folder / source.name
    root.mkdir()
    for path in source.iterdir():
        (root / path.name).write_bytes(path.read_bytes())
    (root / "node_modules").symlink_to(WEB / "node_modules")
    vite = WEB / "node_modules/vite/bin/vite.js"
    done = subprocess.run(
        [node_program(), vite, "build", root, "--logLevel", "warn"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = root / "dist"
    files: dict[str, str | Path] = {f"/{path.relative_to(built)}": path for path in built.rglob("*") if path.is_file()}
    return {**files, "/": built / "index.html"}
