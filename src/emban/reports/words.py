"""What a run says of its figures in words: made with the file, kept with its mails until they are sent."""

from __future__ import annotations

import msgspec


class KeyFigure(msgspec.Struct, frozen=True):
    """A figure of a KPI as the screen writes it, and how it changed, empty where nothing is compared."""

    title: str
    text: str
    change: str = ""
    versus: str = ""
    tone: str = "neutral"


class ReportWords(msgspec.Struct, frozen=True, kw_only=True):
    """The head of the file, its key figures, and the titles of widgets that could not be answered.

    `empty` is the sentence that there is nothing to see, empty text where there is something.
    """

    dashboard: str
    period: str
    window: str
    timezone: str
    as_of: str
    generated: str
    empty: str
    tenant: str = ""
    filters: tuple[str, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    failed: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the text that `from_json` reads."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> ReportWords:
        """Read what `to_json` wrote; raises `msgspec.DecodeError` for anything else."""
        return msgspec.json.decode(text, type=cls)
