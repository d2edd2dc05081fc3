"""Takes Emban's webhooks: whoever cannot sign is turned away, what was seen before is acknowledged and no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = os.environ["EMBAN_WEBHOOK_SECRET"]
webhook = Webhook(SECRET)
seen: set[str] = set()  # Yours is a table: a message may come again after a restart.


def verify(body: bytes, headers: Message) -> None:
    """Raise `WebhookVerificationError` for what Emban did not send, or sent more than five minutes ago."""
    if headers.get_content_type() not in {"application/pdf", "image/png", "application/zip"}:
        webhook.verify(body, dict(headers), json_parse=False)
        return
    # The library takes text alone. Of other files it still checks headers and time, with a signature of no text …
    stamp = f"{headers['webhook-id']}.{headers['webhook-timestamp']}."
    nothing = sign(stamp.encode())
    webhook.verify("", {**dict(headers), "webhook-signature": nothing}, json_parse=False)
    # … and the file's own signature is computed in the same way, over its bytes.
    wanted = sign(stamp.encode() + body)
    if not any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split(" ")):
        raise WebhookVerificationError("No matching signature found")


def sign(content: bytes) -> str:
    """Return a signature as the header has it."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


class Receiver(BaseHTTPRequestHandler):
    """The web server. Emban waits ten seconds for an answer: what takes longer is done after it."""

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            verify(body, self.headers)
        except WebhookVerificationError as error:
            self.answer(401, str(error))
            return
        message = self.headers["webhook-id"]
        if message not in seen:
            seen.add(message)
            self.handle_message(body)
        self.answer(204)

    def handle_message(self, body: bytes) -> None:
        """Do what the message is for."""
        if "X-Emban-Report-Id" in self.headers:
            print(f"report {self.headers['X-Emban-Report-Id']}: {len(body)} bytes", flush=True)
            return
        alert = json.loads(body)
        print(f"alert {alert['alert_id']} is {alert['state']}: {alert['value']}", flush=True)

    def answer(self, status: int, text: str = "") -> None:
        """Send a status."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing but what `handle_message` says."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Receiver).serve_forever()
