"""A running Emban with several workers, which sends to a mail server and a receiver of the test's own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.support.mail_server import Mailbox, mail_server
from tests.support.receivers import Conversation, Receiver, answering, receiving
from tests.support.serve import Serve, serving

# A connection for each request: on a busy machine one that was kept may be closed by the server as it is used again.
ALONE = httpx.Limits(max_keepalive_connections=0)


@dataclass(slots=True)
class Sending:
    """The installation; `client` sends its org's admin key."""

    serve: Serve
    receiver: Receiver
    mailbox: Mailbox
    client: httpx.AsyncClient

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the body of an answer, which must be a success."""
        answer = await self.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def kill_a_worker(self, chosen: random.Random) -> bool:
        """kill -9 one of the workers, if one is running."""
        workers = self.serve.forks("worker")
        if not workers:
            return False
        with suppress(psutil.NoSuchProcess):
            chosen.choice(workers).kill()
            return True
        return False


async def _slowly(talk: Conversation) -> None:
    await asyncio.sleep(random.uniform(0, 0.3))
    await answering(204, b"")(talk)


@asynccontextmanager
async def sending(data_dir: Path, *, workers: int, **environment: str) -> AsyncIterator[Sending]:
    """Run it until the block ends; whatever was killed in between, it ends as it should."""
    with mail_server() as mailbox:
        async with receiving(_slowly) as receiver:
            settings = {
                "EMBAN_WEBHOOK_ALLOW": "127.0.0.1",
                "EMBAN_WEBHOOK_WAITS_S": "0,1,1",
                "EMBAN_SMTP_URL": mailbox.url,
                "EMBAN_LOG_FORMAT": "json",
                **environment,
            }
            with serving(data_dir, arguments=["--worker-count", str(workers)], environment=settings) as serve:
                body = {"email": "owner@acme.example", "password": "correct horse battery", "org_name": "Acme"}
                async with httpx.AsyncClient(base_url=serve.address, timeout=60, limits=ALONE) as client:
                    made = (await client.post("/v1/auth/register", json=body)).json()
                    client.headers["authorization"] = f"Bearer {made['api_key']['key']}"
                    client.cookies.clear()
                    yield Sending(serve, receiver, mailbox, client)
                assert await asyncio.to_thread(serve.stop) == 0
