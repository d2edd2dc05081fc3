"""The gate before every read: it opens when this very engine has passed the probe, and closes when another answers.

One per API process. A read through an open gate costs nothing: it names the engine that was proved, and the embedded
engine refuses reads that are meant for another start of it. A server does not look at that name, so there the gate asks
every two seconds whether it is still the same. A closed gate opens by itself once a probe passes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

import structlog

from emban.errors import EmbanError, isolation_unproved
from emban.store.client import EventStore
from emban.store.errors import StoreError
from emban.trust.engine_builds import KNOWN_BUILDS, EngineIdentity, IsolationProbeError, check_build, read_identity
from emban.trust.isolation_probe import probe_isolation

WATCH_EVERY_S = 2
# A server's probe that passed is repeated: its policies can be dropped while it runs.
REPEAT_AFTER_S = 60.0
# How long a read waits for a probe that runs, which takes a few tenths of a second.
PATIENCE_S = 10.0
NOT_YET = "not proved yet"

Probe = Callable[[EventStore, str], Awaitable[None]]
log = structlog.get_logger("emban.isolation")


class IsolationGate:
    """Lets reads through while the engine is proved. Raises `EmbanError` 503 `isolation_unproved` otherwise."""

    def __init__(
        self,
        store: EventStore,
        *,
        accepted_builds: Collection[str] = (),
        probe: Probe = probe_isolation,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._builds = KNOWN_BUILDS | set(accepted_builds)
        self._probe = probe
        self._clock = clock
        self._proved: EngineIdentity | None = None
        self._proved_at = 0.0
        self._failure: str | None = None
        self._running: asyncio.Task[None] | None = None

    @property
    def reason(self) -> str | None:
        """Why reads are not served, None while they are. For the operator; it names no org."""
        return None if self._proved is not None else self._failure or NOT_YET

    @property
    def proved_engine(self) -> str:
        """As `ReadGuard.proved_engine`."""
        return "" if self._proved is None else self._proved.start

    async def require(self) -> str:
        """Return the name of the proved engine's start, '' for a server.

        Waits for the first probe. Raises 503: `isolation_unproved`, or `store_unavailable` where no engine answers.
        """
        if self._proved is None:
            await self._wait_for_proof()
        if self._proved is None:
            raise isolation_unproved()
        return self._proved.start

    def engine_changed(self, engine: str) -> None:
        """Close, unless another engine than the named one has been proved meanwhile."""
        if self._proved is not None and self._proved.start == engine:
            self._close(None)

    async def watch(self) -> None:
        """Look after the proof; to be called every `WATCH_EVERY_S` seconds."""
        proved = self._proved
        try:
            if proved is not None and proved.start:
                # Nothing changes in the embedded engine's rules before its next start, which a ping notices.
                await self._store.ping()
            if self._proved is None:
                await self._prove_once()
            elif self._proved.start:
                return
            elif not self._proved.is_same(await read_identity(self._store)):
                self._close(None)
                await self._prove_once()
            elif self._clock() - self._proved_at > REPEAT_AFTER_S:
                await self._prove_once()
        except (EmbanError, StoreError):
            if proved is not None and not proved.start:
                self._close(None)  # A server that went away may come back as another.

    async def close(self) -> None:
        """End a probe that runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _wait_for_proof(self) -> None:
        if self._failure is not None:
            return  # `watch` tries again; a probe for each read would keep an engine in trouble there.
        try:
            await asyncio.wait_for(asyncio.shield(self._prove_once()), PATIENCE_S)
        except TimeoutError:
            return

    def _prove_once(self) -> asyncio.Task[None]:
        """Return the probe that runs, or begin one."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._prove(), name="isolation probe")
            # Whoever waits gets the error; where nobody does any more, it is no unhandled one.
            self._running.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._running

    async def _prove(self) -> None:
        """Probe the engine that answers. Raises `EmbanError` (503) where none does; a probe that fails is noted."""
        started = self._clock()
        try:
            identity = await read_identity(self._store)
            check_build(identity, self._builds)
            await self._probe(self._store, identity.start)
        except IsolationProbeError as error:
            self._failed(str(error))
        except StoreError as error:
            self._failed(f"the engine refused the probe with code {error.code}")
        except EmbanError:
            self._close(None)
            raise
        else:
            if self._proved is None or not self._proved.is_same(identity):
                took = round(self._clock() - started, 3)
                log.info("isolation.proved", build=identity.build, seconds=took)
            self._proved, self._proved_at, self._failure = identity, self._clock(), None

    def _failed(self, reason: str) -> None:
        if self._failure != reason:
            log.error("isolation.failed", reason=reason)
        self._close(reason)

    def _close(self, failure: str | None) -> None:
        self._proved, self._failure = None, failure
