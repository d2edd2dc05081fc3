"""The file of a run and what mails say of it, both of the same answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from emban.query.time.zones import local_day
from emban.render.renderer import Renderer
from emban.reports.words import KeyFigure, ReportWords
from emban.views.export_file import Export, safe_file_name
from emban.views.export_formats import ExportContent, FileFormat, render_document, render_export


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file, and its figures in words."""

    export: Export
    words: ReportWords


class ReportFiles:
    """Makes files of answers that are there, however long it has to wait for its turn; asks no store."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    async def make(self, content: ExportContent, file_format: FileFormat) -> MadeFile:
        """Return the file and its words; raises as `Renderer.pdf`, but for the 429."""
        said = await self._renderer.words(content.org_id, render_document(content), patience_s=None)
        made = await render_export(self._renderer, file_format, content, patience_s=None)
        # Named by the local day, as the hours of schedules are local ones.
        day = local_day(content.now, content.view.timezone).isoformat()
        return MadeFile(replace(made, name=f"{safe_file_name(content.name)} {day}"), read_words(content.name, said))


def read_words(dashboard: str, said: dict[str, Any]) -> ReportWords:
    """Return the words of a page (`Renderer.words`), its figures in the order in which they stand on it."""
    head, cards = said["head"], said["cards"]
    figures = [figure for card in cards for figure in _figures(card)]
    failed = [card["title"] for card in cards if card["body"]["kind"] == "state" and card["body"]["failed"]]
    return ReportWords(
        dashboard=dashboard,
        period=head["period"],
        window=head["window"],
        timezone=head["timezone"],
        as_of=head["updated"],
        generated=head["generated"],
        empty=head["empty"],
        tenant=head["tenant"],
        filters=tuple(head["filters"]),
        figures=tuple(figures),
        failed=tuple(failed),
    )


def _figures(card: dict[str, Any]) -> list[KeyFigure]:
    body = card["body"]
    if body["kind"] == "figure":
        return [_figure(body["figure"], card["title"])]
    if body["kind"] == "figures":
        return [_figure(one, f"{card['title']}: {one['title']}", body["versus"]) for one in body["figures"]]
    return []


def _figure(figure: dict[str, Any], title: str, versus: str = "") -> KeyFigure:
    change = figure["change"] or {"text": "", "versus": "", "tone": "neutral"}
    text = " ".join(part for part in (figure["text"], figure["word"]) if part)
    against = change["versus"] or versus if change["text"] else ""
    return KeyFigure(title, text, change["text"], against, change["tone"])
