"""`emban import FILE`: events from a file, into the stores themselves or into an Emban elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from emban.cli.settings_reader import fail, read_settings
from emban.db import Database
from emban.db.urls import app_url
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.errors import EmbanError
from emban.ingest.bulk.files import BadLine, EventFile, batches, mark_of
from emban.ingest.bulk.importer import HttpSink, ImportReport, Sink, StoreSink, import_batches
from emban.models import Environment
from emban.orgs.operator import Operator
from emban.settings import Settings

_SHOWN = 20  # Rejected lines on the screen; all of them go to --rejected.


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was asked for."""

    file: Path
    environment: str
    org: str | None
    to: str | None
    rejected: Path | None
    anew: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import", help="Import events from a file of one JSON object a line.")(import_events)


def import_events(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="FILE.jsonl or FILE.jsonl.gz")
    ],
    env: Annotated[str, typer.Option("--env", help="Environment that the events belong to.")] = "prod",
    org: Annotated[
        str | None, typer.Option(help="The org's id or its owner's email; needed where there are several.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Directory of the embedded stores. (default: ./emban-data)")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Address of an Emban elsewhere; its API key is read from EMBAN_API_KEY.")
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="File that rejected lines are written to, with the reasons.")
    ] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Begin at the first line, whatever was done before.")] = False,
) -> None:
    """Import events: checked, deduplicated and stored as those sent by HTTP are. Interrupted, it goes on where it was.

    Works beside a running `emban serve`, and without one. Every event is stored once, however often the file is
    imported within seven days; events without an event_id get one made of their line.
    """
    choice = _Choice(file, env, org, to, rejected, anew)
    try:
        report = asyncio.run(_import_elsewhere(choice)) if to else _import_here(choice, data_dir)
    except (DataDirError, EngineStartError) as error:
        fail(str(error))
    except EmbanError as error:
        fail(f"{error.message}. What was stored stays; run the same command again to go on.")
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}")
    except (OSError, EOFError) as error:
        fail(f"cannot read {file} to its end: {error}")
    if report.rejected:
        raise typer.Exit(1)


def _import_here(choice: _Choice, data_dir: Path | None) -> ImportReport:
    with stores(read_settings(data_dir=data_dir)) as ready:
        return asyncio.run(_import_to_stores(choice, ready))


async def _import_to_stores(choice: _Choice, settings: Settings) -> ImportReport:
    async with Operator.connected(settings) as operator:
        org_id = await _org_id(operator, choice.org)
    await _check_environment(settings, org_id, choice.environment)
    async with StoreSink.connected(settings, org_id, choice.environment) as sink:
        return await _run(choice, sink, f"{org_id}/{choice.environment}")


async def _import_elsewhere(choice: _Choice) -> ImportReport:
    key = os.environ.get("EMBAN_API_KEY", "")
    if not key:
        fail("EMBAN_API_KEY must hold an ingest or admin key of the environment that the events belong to", 2)
    headers = {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=str(choice.to), headers=headers, timeout=60) as client:
        return await _run(choice, HttpSink(client), f"{choice.to}/{key[:15]}")


async def _org_id(operator: Operator, wanted: str | None) -> str:
    """Return the id of the org that was named, or of the only one there is."""
    if wanted is not None:
        return (await operator.find(wanted)).id
    orgs = await operator.orgs()
    if len(orgs) != 1:
        names = ", ".join(f"{line.id} ({line.name})" for line in orgs[:5])
        fail(f"name the org with --org; there are: {names}" if orgs else "there is no org yet; register one first", 2)
    return orgs[0].id


async def _check_environment(settings: Settings, org_id: str, wanted: str) -> None:
    database = Database(app_url(settings), pool_size=1)
    try:
        async with database.for_org(org_id) as session:
            names = (await session.scalars(select(Environment.name).order_by(Environment.name))).all()
    finally:
        await database.close()
    if wanted not in names:
        fail(f"the org has no environment {wanted!r}; there are: {', '.join(names)}", 2)


async def _run(choice: _Choice, sink: Sink, target: str) -> ImportReport:
    """Import the file with a progress bar; notes beside the file how far it got, until it is through."""
    bookmark = _Bookmark(choice.file, target)
    report = ImportReport() if choice.anew else bookmark.read()
    console = Console()
    if report.line:
        console.print(f"Going on after line {report.line:,}.")
    with ExitStack() as stack:
        file = EventFile(choice.file)
        stack.callback(file.close)
        progress = stack.enter_context(_progress(console))
        task = progress.add_task("Importing", total=file.size, counts="")
        tell = _rejects(choice.rejected, progress.console, stack)

        def advanced(now: ImportReport) -> None:
            counts = f"{now.stored:,} stored, {now.duplicates:,} duplicates, {now.rejected:,} rejected"
            progress.update(task, completed=file.position, counts=counts)
            for line in now.bad:
                tell(line)
            bookmark.write(now)

        await import_batches(batches(file, after=report.line), sink, report, advanced)
        progress.update(task, completed=file.size)
    bookmark.remove()
    console.print(
        f"{report.line:,} lines read: {report.stored:,} events stored, {report.duplicates:,} duplicates, "
        f"{report.rejected:,} rejected."
    )
    return report


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=console,
        disable=not console.is_terminal,
    )


def _rejects(path: Path | None, console: Console, stack: ExitStack) -> Callable[[BadLine], None]:
    """Return what is to be done with a rejected line: shown, the first ones, and written down, all of them."""
    written = stack.enter_context(path.open("a", encoding="utf-8")) if path is not None else None
    shown = 0

    def tell(line: BadLine) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            console.print(f"line {line.number}: {line.reason}", markup=False, highlight=False, soft_wrap=True)
        elif shown == _SHOWN + 1 and written is None:
            console.print("More lines are rejected; --rejected FILE writes all of them down.")
        if written is not None:
            written.write(json.dumps({"line": line.number, "reason": line.reason}, ensure_ascii=False) + "\n")

    return tell


class _Bookmark:
    """How far a file was imported, in a small file beside it. Where none can be kept, deduplication does the work."""

    def __init__(self, file: Path, target: str) -> None:
        self._file = file
        self._path = file.with_name(f"{file.name}.emban-import")
        self._target = target

    def read(self) -> ImportReport:
        """Return the state of an interrupted import of this file into this target, or a fresh one.

        Goes by the lines that were read then, not by the file's name: of another file none may be passed over.
        """
        try:
            found = json.loads(self._path.read_text())
            target, report = found.pop("target"), ImportReport(**found)
            if target == self._target and mark_of(self._file, report.line) == report.mark:
                return report
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return ImportReport()

    def write(self, report: ImportReport) -> None:
        """Note the state; in one step, so that a stop in the middle leaves the one before."""
        state = {name: value for name, value in asdict(report).items() if name != "bad"}
        with suppress(OSError):
            draft = self._path.with_name(f"{self._path.name}.new")
            draft.write_text(json.dumps({"target": self._target, **state}))
            draft.replace(self._path)

    def remove(self) -> None:
        """Forget: the import is through."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
