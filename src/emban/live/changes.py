"""Which of an org's changes the reader of a stream may know of, and how they are told: nothing here asks a store.

A change is a row of the audit log without its metadata. Who may read the audit log is not asked: a stream tells of a
thing to those who may read the thing itself, and of nothing else that is in the log (sign-ins, ad-hoc SQL, exports).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import orjson

from emban.auth.principal import Rank
from emban.kit.rfc3339 import format_instant

# Entity → the least rank that may list it. What is not here is never told.
LEAST_RANKS: dict[str, Rank] = {
    "alert": Rank.VIEWER,
    "api_key": Rank.ADMIN,
    "dashboard": Rank.VIEWER,
    "embed_session": Rank.ADMIN,
    "environment": Rank.VIEWER,
    "invite": Rank.ADMIN,
    "member": Rank.VIEWER,
    "org": Rank.VIEWER,
    "report": Rank.VIEWER,
    "saved_query": Rank.EDITOR,
    "tenant": Rank.VIEWER,
    "webhook_delivery": Rank.VIEWER,
    "webhook_secret": Rank.ADMIN,
    "widget": Rank.VIEWER,
}
# Of the whole org: told in all of its environments, and to no key that is confined to one.
ORG_WIDE = frozenset({"api_key", "environment", "invite", "member", "org", "webhook_secret"})
# What of a dashboard concerns those who see published ones alone.
_PUBLIC = frozenset({"dashboard.publish", "dashboard.unpublish"})
# After these somebody may no longer be who they were: every reader's credential is looked at again at once.
ENDS_CREDENTIALS = frozenset(
    {
        "api_key.delete",
        "auth.logout",
        "auth.password_change",
        "auth.password_reset",
        "auth.session_revoke",
        "auth.switch_org",
        "member.remove",
        "member.role_change",
        "org.transfer_ownership",
    }
)
_RETRY_MS = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """What of an audit row is told, and what decides to whom; `number` counts the rows of its org without a gap."""

    number: int
    at: datetime
    actor: str
    action: str
    entity_type: str
    entity_id: str
    environment: str | None = None
    moved_to: str | None = None
    version: int | None = None
    was_published: bool = False

    @property
    def entity(self) -> str:
        """What changed, as its routes call it."""
        # Revoking many sessions at once names whose they were.
        return "embed_session" if self.action.startswith("embed_session.") else self.entity_type


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads a stream: what of an org's changes they may know of. `confined` is a key of one environment."""

    org_id: str
    environment: str
    rank: Rank
    confined: bool = False

    def sees(self, change: Change) -> bool:
        """Tell whether the change is of something that this reader may read."""
        least = LEAST_RANKS.get(change.entity)
        if least is None or self.rank < least:
            return False
        if change.entity in ORG_WIDE:
            return not self.confined
        if self.environment not in {change.environment, change.moved_to}:
            return False
        if change.entity == "dashboard" and self.rank < Rank.EDITOR:
            return change.action in _PUBLIC or (change.action == "dashboard.delete" and change.was_published)
        return True

    @property
    def mark(self) -> str:
        """Stands for this audience in the ids of its stream: an id of another one is no place to go on from."""
        text = f"{self.org_id}|{self.environment}|{self.rank.name}|{self.confined}"
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    def position(self, event_id: str) -> int | None:
        """Return the number in an id that was given out to this audience; None for any other text."""
        number, _, mark = event_id.partition("-")
        if mark != self.mark or not (number.isascii() and number.isdecimal()) or len(number) > 18:
            return None
        return int(number)


def change_frame(change: Change, audience: Audience) -> bytes:
    """Return the event that tells of a change. Who made it is for those who may look up who is who: editors and up."""
    told: dict[str, object] = {
        "entity": change.entity,
        "id": change.entity_id if change.entity == change.entity_type else None,
        "action": change.action.partition(".")[2],
    }
    if change.version is not None:
        told["version"] = change.version
    told["actor"] = change.actor if audience.rank >= Rank.EDITOR else None
    told["at"] = format_instant(change.at)
    return b"%bevent: change\ndata: %b\n\n" % (_id_line(change.number, audience), orjson.dumps(told))


def hello_frame(number: int, audience: Audience) -> bytes:
    """Return what a stream begins with: where it stands, and after how many ms to come again when it breaks off."""
    return b"retry: %d\n%b\n" % (_RETRY_MS, _id_line(number, audience))


def reset_frame(number: int, audience: Audience) -> bytes:
    """Return the event after which everything is to be read anew: what was missed cannot be told."""
    return b"%bevent: reset\ndata: {}\n\n" % _id_line(number, audience)


def heartbeat_frame(number: int, audience: Audience) -> bytes:
    """Return what keeps a quiet connection open, and moves the place to go on from past what was not for its reader."""
    return b": heartbeat\n%b\n" % _id_line(number, audience)


def events_frame(as_of: datetime) -> bytes:
    """Return the event that tells of new events up to a watermark; it has no id of its own."""
    return b"event: events\ndata: %b\n\n" % orjson.dumps({"as_of": format_instant(as_of)})


def _id_line(number: int, audience: Audience) -> bytes:
    return b"id: %d-%b\n" % (number, audience.mark.encode())
