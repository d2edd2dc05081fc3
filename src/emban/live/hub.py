"""All open streams of an API process, fed by one look at the control plane every `LOOK_EVERY_S`.

The audit log of an org is a chain: its rows have numbers without a gap, in the order of their commits. So "what came
after number n" is exact, from whichever process it is asked, and no notification can be missed. No stream holds a
connection to PostgreSQL, and how many there are adds nothing to what is asked of it but their credentials' check.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from emban.errors import EmbanError, rate_limited
from emban.kit.clock import utcnow
from emban.live.changes import ENDS_CREDENTIALS, Audience, Change
from emban.live.source import Credential, LiveSource, OrgState
from emban.live.watcher import Watcher

LOOK_EVERY_S = 0.5
CHECK_EVERY_S = 2.0
# A stream whose credential could not be checked for so long ends: it may have been revoked.
UNCHECKED_S = 10.0
# What a reader may have missed and is still told: more, or older, and they read everything anew.
MAX_MISSED = 300
MISSED_WITHIN = timedelta(hours=1)
# Of one org in one look; a burst of changes takes more than one.
MAX_CHANGES = 250
_NOTHING = OrgState(0, {})


class LiveStreams:
    """Opens, feeds and ends streams. One per API process; `look` is run again and again while it serves."""

    def __init__(self, source: LiveSource, *, per_process: int, per_org: int) -> None:
        self._source = source
        self._per_process, self._per_org = per_process, per_org
        self._watchers: defaultdict[str, set[Watcher]] = defaultdict(set)
        self._told: dict[str, int] = {}
        self._checked_at = time.monotonic()
        self._closing = False

    @property
    def open_streams(self) -> int:
        """How many streams are open in this process."""
        return sum(map(len, self._watchers.values()))

    async def open(self, audience: Audience, credential: Credential, last_event_id: str | None) -> Watcher:
        """Begin a stream, where `last_event_id` was given after the change that it names. Raises 429 and 503."""
        org_id = audience.org_id
        if self.open_streams >= self._per_process:
            raise rate_limited("this process has as many live streams as it takes", retry_after=5)
        if len(self._watchers.get(org_id, ())) >= self._per_org:
            raise rate_limited("the org has as many live streams as it may have", retry_after=5)
        watcher = Watcher(audience, credential)
        self._watchers[org_id].add(watcher)  # Counted from here on, and told of nothing before it starts.
        try:
            state = (await self._source.orgs([org_id])).get(org_id, _NOTHING)
            told = self._told.setdefault(org_id, state.changes)
            as_of = state.watermarks.get(audience.environment)
            wanted = None if last_event_id is None else audience.position(last_event_id)
            if last_event_id is None or wanted is None or wanted > max(state.changes, told):
                watcher.start(told, as_of)
                if last_event_id is not None:
                    watcher.reset()
            else:
                watcher.start(max(told, wanted), as_of)
                await self._go_on(watcher, wanted, told, state)
        except BaseException:
            self.close(watcher)
            raise
        if self._closing:
            watcher.end()
        return watcher

    async def _go_on(self, watcher: Watcher, wanted: int, told: int, state: OrgState) -> None:
        org_id = watcher.audience.org_id
        missed = await self._source.changes(org_id, wanted, told, MAX_MISSED + 1) if wanted < told else []
        if len(missed) > MAX_MISSED or (missed and missed[0].at < utcnow() - MISSED_WITHIN):
            watcher.reset()
            return
        watcher.go_on(missed, state.watermarks.get(watcher.audience.environment))

    def close(self, watcher: Watcher) -> None:
        """Forget a stream that has ended or whose reader is gone."""
        org_id = watcher.audience.org_id
        watcher.end()
        self._watchers[org_id].discard(watcher)
        if not self._watchers[org_id]:
            del self._watchers[org_id]
            self._told.pop(org_id, None)

    def close_all(self) -> None:
        """End every stream, and each that is opened from now on: the process is about to stop."""
        self._closing = True
        self._end(self._all())

    async def look(self) -> None:
        """Tell every reader what is new, and end the streams whose credential is no longer what it was."""
        if not self._watchers:
            self._checked_at = time.monotonic()
            return
        try:
            states = await self._source.orgs(list(self._watchers))
            recheck = False
            for org_id, state in states.items():
                recheck |= await self._tell(org_id, state)
            if recheck or time.monotonic() >= self._checked_at + CHECK_EVERY_S:
                await self._check()
        except EmbanError:
            if time.monotonic() > self._checked_at + UNCHECKED_S:
                self._end(self._all())
            raise

    async def _tell(self, org_id: str, state: OrgState) -> bool:
        """Tell an org's readers what is new; returns whether their credentials have to be looked at."""
        told, changes = self._told.get(org_id), list[Change]()
        if told is not None and state.changes > told:
            changes = await self._source.changes(org_id, told, state.changes, MAX_CHANGES)
        # Nothing waits from here on: a stream that begins meanwhile begins before or after all of these.
        if changes and self._told.get(org_id) == told:
            self._told[org_id] = changes[-1].number
            for watcher in self._started(org_id):
                watcher.tell(changes)
        for watcher in self._started(org_id):
            watcher.note_as_of(state.watermarks.get(watcher.audience.environment))
        gone = {one.entity_id for one in changes if one.action == "environment.delete"}
        self._end(one for one in self._started(org_id) if one.audience.environment in gone)
        return any(one.action in ENDS_CREDENTIALS for one in changes)

    async def _check(self) -> None:
        asked, watchers = time.monotonic(), self._all()
        good = await self._source.holders([one.credential for one in watchers])
        for watcher in watchers:
            holder = good.get(watcher.credential.sha256)
            if holder is not None and holder != watcher.credential.holder:
                watcher.reset()  # Another role sees other things: all of them are to be read anew.
            if holder != watcher.credential.holder:
                watcher.end()
        self._checked_at = asked

    def _started(self, org_id: str) -> list[Watcher]:
        return [one for one in self._watchers.get(org_id, ()) if one.started and not one.ended]

    def _all(self) -> Sequence[Watcher]:
        return [one for watchers in self._watchers.values() for one in watchers]

    @staticmethod
    def _end(watchers: Iterable[Watcher]) -> None:
        for watcher in watchers:
            watcher.end()
