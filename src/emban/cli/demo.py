"""`emban demo`: `emban serve` with an imaginary SaaS in it, filled and ready to look at."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emban.cli.server import run
from emban.cli.settings_reader import read_settings

if TYPE_CHECKING:
    from rich.console import Console

    from emban.demo.state import DemoState

DATA_DIR = Path("emban-demo")
PLAN = "scale"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="demo", help="Start Emban with an imaginary SaaS in it: sample events, a dashboard, an embed.")(
        demo
    )


def demo(
    host: Annotated[str | None, typer.Option(help="Address to listen on. (default: 127.0.0.1)")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one. (default: 8000)")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Directory of the demo's stores. (default: ./emban-demo)")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="API processes. (default: 1)")] = None,
    open_: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open the page in a browser. (default: if there is one)")
    ] = None,
) -> None:
    """Serve until SIGTERM or ^C. A second start finds what the first one made, and adds the events since then."""
    if data_dir is None and "EMBAN_DATA_DIR" not in os.environ:
        data_dir = DATA_DIR
    # For the API processes, which inherit them.
    os.environ.setdefault("EMBAN_DEFAULT_PLAN", PLAN)
    # A second org, where the state of the first one was lost, or whoever tries the console.
    os.environ.setdefault("EMBAN_REGISTRATION", "open")
    os.environ.setdefault("EMBAN_LOG_LEVEL", "warning")
    # The demo's alert and report are sent to the demo's own page.
    os.environ.setdefault("EMBAN_WEBHOOK_ALLOW", "127.0.0.1,localhost")
    settings = read_settings(host=host, port=port, data_dir=data_dir, workers=workers, demo=True)
    wanted = _has_browser() if open_ is None else open_

    def when_ready(address: str) -> None:
        # In a thread: the supervisor goes on looking after its children meanwhile.
        arguments = (address, settings.data_dir, wanted)
        threading.Thread(target=_fill_and_greet, args=arguments, name="demo", daemon=True).start()

    run(settings, when_ready=when_ready)


def _fill_and_greet(address: str, data_dir: Path, wanted: bool) -> None:
    from rich.console import Console  # noqa: PLC0415  # what only this needs is loaded while the stores start
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from emban.demo.fill import DemoError, fill  # noqa: PLC0415

    console = Console()
    columns = (TextColumn("Sending sample events"), BarColumn(), TextColumn("{task.completed:,.0f}"))
    try:
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task("events", total=None)
            state = fill(address, data_dir, lambda sent, total: bar.update(task, completed=sent, total=total))
    except DemoError as error:
        console.print(f"[bold]The demo could not be filled.[/bold] {error}", highlight=False)
        return
    _greet(console, address, data_dir, state)
    if wanted:
        webbrowser.open(f"{address}/demo")


def _greet(console: Console, address: str, data_dir: Path, state: DemoState) -> None:
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    table.add_row("A customer's page", f"[bold]{address}/demo[/bold]")
    table.add_row("Console", f"{address}/app")
    table.add_row("", f"{state.email}  {state.password}")
    table.add_row("API reference", f"{address}/docs")
    table.add_row("Data", str(data_dir.resolve()))
    table.add_row("Stop", "Ctrl C")
    console.print("\n[bold]The demo is ready[/bold]\n")
    console.print(table, highlight=False, soft_wrap=True)
    console.print()


def _has_browser() -> bool:
    """Tell whether a browser with windows is likely; one in the terminal would take it over."""
    if not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
