"""kill -9 under write load: what was acknowledged is there, nothing is there twice, and the meter is exact."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
import pytest

from tests.support.serve import Serve, serving

SENDERS = 4
PAUSE_S = 0.05
Event = dict[str, Any]


@dataclass(slots=True)
class Sender:
    """Sends batches of 1 to 60 events until told to stop; notes what was sent, and what was acknowledged.

    What fails is mostly sent again at once, as clients do, and at times left for the end.
    """

    serve: Serve
    key: str
    number: int
    sent: list[Event] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        pick = random.Random(self.number)
        with self._client() as client:
            while not self.stop.is_set():
                batch = [self._event(pick) for _ in range(pick.randint(1, 60))]
                self.sent += batch
                while not self.send(client, batch) and not self.stop.is_set() and pick.random() < 0.8:
                    pass

    def send(self, client: httpx.Client, batch: list[Event]) -> bool:
        """Return whether the batch was acknowledged."""
        try:
            answer = client.post("/v1/events", json={"events": batch})
        except httpx.TransportError:
            time.sleep(PAUSE_S)
            return False
        if answer.status_code == 200:
            told = answer.json()
            if told["accepted"] + told.get("duplicates", 0) != len(batch):
                self.wrong.append(answer.text)
            self.acknowledged |= {event["event_id"] for event in batch}
            return True
        if answer.status_code != 503 or int(answer.headers["retry-after"]) < 1:
            self.wrong.append(f"{answer.status_code} {answer.text}")
        time.sleep(PAUSE_S)
        return False

    def send_again(self) -> None:
        """Send everything until all of it is acknowledged."""
        with self._client() as client:
            for start in range(0, len(self.sent), 1000):
                while not self.send(client, self.sent[start : start + 1000]):
                    pass

    def _client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.serve.address, timeout=60, headers=headers)

    def _event(self, pick: random.Random) -> Event:
        place = len(self.sent) + pick.randrange(100)  # Some ids come twice, within a batch and in the next one.
        return {
            "tenant_id": f"t{self.number}",
            "event_name": "e",
            "event_id": f"{self.number}-{place}",
            "timestamp": f"2026-{1 + place % 11:02}-01T00:00:00Z",
        }


def whole_group(serve: Serve) -> None:
    """Kill everything and start again."""
    serve.kill_all()
    serve.restart()


def api_process(serve: Serve) -> None:
    _kill(serve, "api")


def event_store(serve: Serve) -> None:
    _kill(serve, "clickhouse")


def control_plane(serve: Serve) -> None:
    _kill(serve, "postgres")


def _kill(serve: Serve, kind: str) -> None:
    victim = serve.one(kind)
    victim.kill()
    psutil.wait_procs([victim], timeout=10)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    environment = {"EMBAN_DEFAULT_PLAN": "scale"}
    with serving(
        tmp_path_factory.mktemp("kills") / "data", arguments=["--workers", "2"], environment=environment
    ) as running:
        yield running
        assert running.stop() == 0


def _register(serve: Serve, name: str) -> str:
    body = {"email": f"{name}@acme.example", "password": "correct horse battery", "org_name": "Acme"}
    answer = httpx.post(f"{serve.address}/v1/auth/register", json=body, headers={"origin": serve.address})
    return str(answer.raise_for_status().json()["api_key"]["key"])


def _stored(serve: Serve, key: str) -> dict[str, int]:
    """Return how often each event_id is in the store."""
    sql = (
        "SELECT event_id, toUInt32(count()) FROM emban.events GROUP BY event_id ORDER BY event_id LIMIT 10000 OFFSET {}"
    )
    found: dict[str, int] = {}
    with httpx.Client(base_url=serve.address, timeout=60, headers={"authorization": f"Bearer {key}"}) as client:
        while True:
            answer = client.post("/v1/query/adhoc", json={"sql": sql.format(len(found))})
            if answer.status_code == 503:  # From the last kill; what is dead may not be missed yet.
                time.sleep(int(answer.headers["retry-after"]))
                continue
            rows = answer.raise_for_status().json()["rows"]
            found.update(dict(rows))
            if len(rows) < 10_000:
                return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("kill", "rounds"), [(whole_group, 10), (api_process, 5), (event_store, 3), (control_plane, 3)]
)
def test_nothing_acknowledged_is_lost_and_nothing_is_stored_twice(
    serve: Serve, kill: Callable[[Serve], None], rounds: int
) -> None:
    key = _register(serve, kill.__name__)
    senders = [Sender(serve, key, number) for number in range(SENDERS)]
    threads = [threading.Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    for turn in range(rounds):
        time.sleep(0.4 + 0.13 * (turn % 5))
        kill(serve)
        serve.wait_ready()
    for sender in senders:
        sender.stop.set()
    for thread in threads:
        thread.join()
    acknowledged = set[str]().union(*(sender.acknowledged for sender in senders))
    assert acknowledged
    assert acknowledged <= _stored(serve, key).keys()
    again = [threading.Thread(target=sender.send_again) for sender in senders]
    for thread in again:
        thread.start()
    for thread in again:
        thread.join()
    stored = _stored(serve, key)
    assert stored.keys() == {event["event_id"] for sender in senders for event in sender.sent}
    assert {event_id: count for event_id, count in stored.items() if count != 1} == {}
    billing = httpx.get(f"{serve.address}/v1/billing", headers={"authorization": f"Bearer {key}"}).json()
    assert billing["events_used"] == len(stored)
    assert [sender.wrong for sender in senders if sender.wrong] == []


def test_memory_stays_bounded_while_the_store_hangs(serve: Serve) -> None:
    """The store neither takes nor refuses: 503 in time, and no more memory than the buffer and its overhead."""
    key = _register(serve, "patient")
    headers = {"authorization": f"Bearer {key}"}
    api = serve.forks("api")
    store = psutil.Process(serve.one("clickhouse").pid)
    value = "v" * 1000
    batch = [
        {"tenant_id": "t", "event_name": "e", "string_props": {f"k{n}": f"{value}{place}" for n in range(4)}}
        for place in range(1000)
    ]
    assert (
        httpx.post(f"{serve.address}/v1/events", json={"events": batch}, headers=headers, timeout=60).status_code == 200
    )
    before = sum(process.memory_info().rss for process in api)
    answers: list[httpx.Response] = []

    def send() -> None:
        with httpx.Client(base_url=serve.address, headers=headers, timeout=120) as client:
            answers.extend(client.post("/v1/events", json={"events": batch}) for _ in range(4))

    store.suspend()
    try:
        threads = [threading.Thread(target=send) for _ in range(10)]
        for thread in threads:
            thread.start()
        time.sleep(6)
        grown = sum(process.memory_info().rss for process in api) - before
    finally:
        store.resume()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {200, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    # Two processes with 64 MiB each for what waits; what is being read and decoded comes on top.
    assert grown < 400 << 20
    assert serve.status("/readyz") == 200
