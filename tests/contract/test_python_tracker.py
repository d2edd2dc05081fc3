"""`Tracker`: what it is given is stored once, or handed back with a reason."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from emban_client import Emban, EmbanAPIError, EmbanError, EventsDroppedError, Tracker
from emban_client.models import Event
from tests.contract.support import ROOT, Backend, Proxy, Refuse, Swallow

NOT_NOW = Refuse(503, {"retry-after": "0"})


@dataclass
class Lost:
    """What a tracker gave up."""

    reasons: list[EmbanError] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def __call__(self, error: EmbanError, events: Sequence[Event]) -> None:
        self.reasons.append(error)
        self.events.extend(events)


@pytest.fixture
def through(backend: Backend, proxy: Proxy) -> Iterator[Emban]:
    with Emban(proxy.address, api_key=backend.key, timeout=2.0, retries=0) as opened:
        yield opened


def test_sends_in_batches_and_flushes_at_its_end(backend: Backend, proxy: Proxy, through: Emban) -> None:
    with Tracker(through, interval=60) as tracker:
        assert all(tracker.track("batches", "api.call", numeric_props={"n": nth}) for nth in range(2_500))
    sizes = [len(json.loads(body)["events"]) for body in proxy.bodies]
    assert sum(sizes) == 2_500
    assert len(sizes) <= 4
    assert backend.count("batches") == 2_500
    assert tracker.dropped == 0


def test_waits_for_a_server_that_is_away_and_counts_once(backend: Backend, proxy: Proxy, through: Emban) -> None:
    proxy.mischief = [NOT_NOW, Swallow(), Refuse(402), Refuse(401)]
    with Tracker(through, interval=0.05) as tracker:
        for nth in range(20):
            tracker.track("away", "api.call", numeric_props={"n": nth})
        while len(proxy.bodies) < 5:
            threading.Event().wait(0.02)
    ids = {event["event_id"] for body in proxy.bodies for event in json.loads(body)["events"]}
    assert len(ids) == 20
    assert backend.count("away") == 20
    assert tracker.dropped == 0


def test_hands_back_what_the_server_refuses(backend: Backend, through: Emban) -> None:
    lost = Lost()
    with Tracker(through, interval=60, on_error=lost) as tracker:
        tracker.track("refused", "api.call")
        tracker.track("refused", "x" * 200)
        tracker.flush()
        tracker.track("", "api.call")
    assert [event["event_name"] for event in lost.events] == ["x" * 200, "api.call"]
    partly, whole = lost.reasons
    assert isinstance(partly, EmbanAPIError)
    assert partly.fields[0].path == "events[1].event_name"
    assert isinstance(whole, EmbanAPIError)
    assert whole.status == 400
    assert tracker.dropped == 2
    assert backend.count("refused") == 1


@pytest.mark.parametrize("limit", [{"max_queued": 10}, {"max_bytes": 1_500}], ids=["events", "bytes"])
def test_is_bounded_and_says_what_it_does_not_take(
    backend: Backend, through: Emban, limit: dict[str, int], request: pytest.FixtureRequest
) -> None:
    lost, tenant = Lost(), f"bounded-{request.node.callspec.id}"
    with Tracker(through, interval=60, on_error=lost, max_queued=limit.get("max_queued", 1_000), **_bytes(limit)) as it:
        taken = [it.track(tenant, "api.call") for _ in range(30)]
    assert 0 < taken.count(True) < 30
    assert len(lost.events) == taken.count(False) == it.dropped
    assert all(isinstance(reason, EventsDroppedError) for reason in lost.reasons)
    assert backend.count(tenant) == taken.count(True)


def _bytes(limit: dict[str, int]) -> dict[str, int]:
    return {"max_bytes": limit["max_bytes"]} if "max_bytes" in limit else {}


def test_never_raises_into_the_program(through: Emban) -> None:
    lost = Lost()
    wrong: Any = {"tokens": object()}
    with Tracker(through, on_error=lost) as tracker:
        assert not tracker.track("wrong", "api.call", numeric_props=wrong)
        assert not tracker.track("wrong", "api.call", numeric_props={"tokens": float("inf")})
    assert not tracker.track("wrong", "api.call")
    assert ["not JSON" in str(reason) for reason in lost.reasons] == [True, True, False]
    assert "closed" in str(lost.reasons[-1])


def test_a_failing_callback_stops_nothing(backend: Backend, through: Emban, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: EmbanError, events: Sequence[Event]) -> None:
        raise RuntimeError("on purpose")

    with Tracker(through, on_error=fail) as tracker:
        tracker.track("", "api.call")
        tracker.flush()
        tracker.track("goes-on", "api.call")
    assert backend.count("goes-on") == 1
    assert "on_error failed" in caplog.text


def test_what_is_left_at_the_end_is_handed_back(proxy: Proxy, through: Emban, caplog: pytest.LogCaptureFixture) -> None:
    proxy.mischief = [NOT_NOW] * 50
    tracker = Tracker(through, interval=0.05)
    with caplog.at_level(logging.WARNING, logger="emban_client"):
        tracker.track("left", "secret.name")
        tracker.track("left", "secret.name")
        tracker.close(timeout=0.5)
    assert tracker.dropped == 2
    assert "2 events were not stored" in caplog.text
    assert "secret.name" not in caplog.text


def script(backend: Backend, body: str) -> subprocess.CompletedProcess[str]:
    """Run a program of its own that has a tracker."""
    head = f"""
        import os, sys
        from emban_client import Emban, Tracker
        tracker = Tracker(Emban({backend.address!r}, api_key={backend.key!r}), interval=60)
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(body)],
        env={"PYTHONPATH": str(ROOT / "clients/python/src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("ending", "code"), [("", 0), ("sys.exit(3)", 3), ("raise RuntimeError", 1)], ids=["end", "exit", "exception"]
)
def test_flushes_when_the_program_ends(backend: Backend, ending: str, code: int) -> None:
    tenant = f"exit-{code}"
    done = script(backend, f"for _ in range(1500): tracker.track({tenant!r}, 'api.call')\n{ending}\n")
    assert done.returncode == code, done.stderr
    assert backend.count(tenant) == 1_500


def test_every_process_of_a_forking_server_sends_its_own(backend: Backend) -> None:
    """As gunicorn with `--preload` does: the tracker is made before the workers."""
    done = script(
        backend,
        """
        tracker.track("fork", "parent")
        if os.fork() == 0:
            tracker.track("fork", "child")
            sys.exit(0)
        os.wait()
        """,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert backend.count("fork") == 2


def test_a_killed_server_in_the_middle_costs_no_event(backend: Backend) -> None:
    lost = Lost()
    with (
        Emban(backend.address, api_key=backend.key, timeout=5.0) as client,
        Tracker(client, interval=0.02, on_error=lost) as tracker,
    ):
        for nth in range(6_000):
            tracker.track("killed", "api.call", numeric_props={"n": nth})
            if nth == 2_000:
                backend.serve.one("api").kill()
            if nth % 100 == 0:
                threading.Event().wait(0.01)
        while not tracker.flush():
            threading.Event().wait(0.1)
    assert (tracker.dropped, lost.events) == (0, [])
    assert backend.count("killed") == 6_000


PARENT_AND_CHILDREN = """
    import multiprocessing as mp, os, sys, time
    from emban_client import Emban, Tracker

    def lost(error, events):
        print("lost", len(events), error, file=sys.stderr)

    tracker = Tracker(Emban({address!r}, api_key={key!r}), interval=60, on_error=lost)

    def work(nth):
        tracker.track({tenant!r}, "child", numeric_props={{"n": nth}})
        return nth

    def own(nth):
        mine = Tracker(Emban({address!r}, api_key={key!r}), interval=60, on_error=lost)
        mine.track({tenant!r}, "own", numeric_props={{"n": nth}})

    def fail(nth):
        work(nth)
        raise RuntimeError("on purpose")

    def main():
        context = mp.get_context({method!r})
        tracker.track({tenant!r}, "parent")
        {body}

    if __name__ == "__main__":
        main()
"""
SEVERAL = """
    several = [context.Process(target=one, args=(nth,)) for one in (work, own, fail) for nth in range(2)]
    [one.start() for one in several]
    [one.join() for one in several]
"""
RECYCLED = """
    pool = context.Pool(2, maxtasksperchild=2)
    assert pool.map(work, range(20), chunksize=1) == list(range(20))
    pool.close()
    pool.join()
"""
EXECUTOR = """
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        list(executor.map(work, range(20)))
"""


@pytest.mark.parametrize(
    ("method", "body", "children"),
    [
        ("fork", SEVERAL, 6),
        ("spawn", SEVERAL, 6),
        ("forkserver", SEVERAL, 6),
        ("fork", RECYCLED, 20),
        ("spawn", RECYCLED, 20),
        ("fork", EXECUTOR, 20),
    ],
    ids=["fork", "spawn", "forkserver", "pool", "spawned pool", "executor"],
)
def test_children_send_what_they_have_when_they_end(
    backend: Backend, tmp_path: Path, method: str, body: str, children: int, request: pytest.FixtureRequest
) -> None:
    """They leave by `os._exit`, without `atexit`. Nothing is lost, and nothing of the parent's is sent by a child."""
    tenant = f"children-{request.node.callspec.id}"
    program = tmp_path / "program.py"
    head = {"address": backend.address, "key": backend.key, "tenant": tenant, "method": method, "body": body.strip()}
    program.write_text(textwrap.dedent(PARENT_AND_CHILDREN).format(**head))
    done = subprocess.run(
        [sys.executable, str(program)],
        env={"PYTHONPATH": str(ROOT / "clients/python/src")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "lost" not in done.stderr
    assert backend.count(tenant) == children + 1


def test_a_child_of_a_closed_tracker_is_not_stuck(backend: Backend) -> None:
    done = script(
        backend,
        """
        tracker.close()
        tracker._lock.acquire()  # As if another thread were in the middle of something.
        if os.fork() == 0:
            sys.exit(0 if tracker.track("stuck", "child") is False and tracker.dropped == 1 else 5)
        _, status = os.wait()
        tracker._lock.release()
        sys.exit(os.waitstatus_to_exitcode(status))
        """,
    )
    assert done.returncode == 0, done.stderr


def test_a_client_is_not_shared_by_the_processes_of_a_fork(backend: Backend) -> None:
    """Two processes on one connection would read each other's answers."""
    done = script(
        backend,
        """
        client = tracker._client
        client.send_events([{"tenant_id": "forked-client", "event_name": "before"}])
        children = []
        for nth in range(3):
            child = os.fork()
            if child == 0:
                answers = [
                    client.send_events([{"tenant_id": "forked-client", "event_name": "e"}] * (nth + 1))
                    for _ in range(30)
                ]
                os._exit(0 if {one["accepted"] for one in answers} == {nth + 1} else 5)
            children.append(child)
        for _ in range(30):
            assert client.send_events([{"tenant_id": "forked-client", "event_name": "e"}] * 7)["accepted"] == 7
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
        """,
    )
    assert done.returncode == 0, done.stderr
    assert backend.count("forked-client") == 1 + 30 * (1 + 2 + 3 + 7)


class Hostile(dict[str, float]):
    """A mapping that fails when it is read."""

    def items(self) -> Any:
        raise OSError("on purpose")


def nested(depth: int) -> Any:
    inner: Any = 1
    for _ in range(depth):
        inner = {"in": inner}
    return inner


WRONG: dict[str, Any] = {
    "nested": {"string_props": nested(100_000)},
    "a set": {"string_props": {"a": {1, 2}}},
    "bytes": {"string_props": {"a": b"x"}},
    "half a surrogate": {"string_props": {"a": "\ud800"}},
    "not a number": {"numeric_props": {"a": float("nan")}},
    "a hostile mapping": {"string_props": Hostile(a=1)},
    "a key that is none": {"string_props": {(1, 2): "x"}},
    "a naive time": {"timestamp": datetime(2026, 11, 1)},  # noqa: DTZ001 - that is what is wrong
    "itself": {},
}
WRONG["itself"]["string_props"] = WRONG["itself"]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_whatever_is_tracked_nothing_is_raised(backend: Backend, through: Emban, wrong: dict[str, Any]) -> None:
    lost = Lost()
    with Tracker(through, interval=60, on_error=lost) as tracker:
        assert tracker.track("wrong-values", "api.call", **wrong) is False
        assert tracker.dropped == 1
    assert ["not JSON" in str(reason) for reason in lost.reasons] == [True]
    assert backend.count("wrong-values") == 0


@pytest.mark.parametrize("nothing", [None, "", 5, [], {}])
def test_no_tenant_is_the_servers_to_refuse(through: Emban, nothing: Any) -> None:
    lost = Lost()
    with Tracker(through, interval=60, on_error=lost) as tracker:
        tracker.track(nothing, nothing)
    assert (tracker.dropped, len(lost.events)) == (1, 1)
    assert isinstance(lost.reasons[0], EmbanAPIError)
