"""The addresses in a report's mail that work without a login: leave the list, and download a file too large to attach.

Each is a token that this server signed. It is bound to one org, one report and one address, or to one run's file; of
an address it holds a digest, because addresses in links end up in logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from emban.errors import EmbanError, not_found
from emban.kit.crypto import derive, equal
from emban.settings import Settings

_ALGORITHM = "HS256"
_KEY_PURPOSE = "links in reports"
_LEAVE, _FILE = "report.unsubscribe", "report.file"
MAX_TOKEN_CHARACTERS = 1024


@dataclass(frozen=True, slots=True)
class Subscription:
    """An address of a report, as a token names it."""

    org_id: str
    report_id: int
    digest: str


@dataclass(frozen=True, slots=True)
class FileLink:
    """The file of one run, as a token names it."""

    org_id: str
    report_id: int
    run_id: int


class ReportLinks:
    """Signs and reads the tokens. Asks no store."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.derived_secret(_KEY_PURPOSE)

    def subscription_token(self, org_id: str, report_id: int, address: str) -> str:
        """Return the token by which an address leaves a report. It does not expire: mails are read years later."""
        return self._sign(_LEAVE, {"org": org_id, "report": report_id, "to": self._digest(org_id, report_id, address)})

    def is_of(self, subscription: Subscription, address: str) -> bool:
        """Tell whether an address of that report is the one that is meant."""
        return equal(self._digest(subscription.org_id, subscription.report_id, address), subscription.digest)

    def file_token(self, link: FileLink, expires_at: datetime) -> str:
        """Return the token that downloads a file for as long as it is kept."""
        claims = {"org": link.org_id, "report": link.report_id, "run": link.run_id}
        return self._sign(_FILE, {**claims, "exp": int(expires_at.astimezone(UTC).timestamp())})

    def subscription(self, token: str) -> Subscription:
        """Read a token to leave by; raises 404 for one that this server did not make for that."""
        claims = self._read(_LEAVE, token, "org", "report", "to")
        return Subscription(claims["org"], claims["report"], claims["to"])

    def file(self, token: str) -> FileLink:
        """Read a token to download by; raises 404 for one that this server did not make for that, or too old."""
        claims = self._read(_FILE, token, "org", "report", "run", "exp")
        return FileLink(claims["org"], claims["report"], claims["run"])

    def _digest(self, org_id: str, report_id: int, address: str) -> str:
        """Return what stands for an address in a link; keyed, so that nobody finds the address by trying."""
        return derive(self._key, f"{org_id}\n{report_id}\n{address.lower()}")

    def _sign(self, purpose: str, claims: dict[str, Any]) -> str:
        return jwt.encode({"aud": purpose, **claims}, self._key, _ALGORITHM)

    def _read(self, purpose: str, token: str, *names: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise _unknown()
        try:
            return jwt.decode(
                token, self._key, algorithms=[_ALGORITHM], audience=purpose, options={"require": ["aud", *names]}
            )
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _unknown() from error


def _unknown() -> EmbanError:
    return not_found("what this link leads to")
