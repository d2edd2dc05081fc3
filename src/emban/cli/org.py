"""`emban org list|set-plan|delete`: what the operator does with orgs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from emban.cli.settings_reader import fail, read_settings
from emban.engines.data_dir import DataDirError
from emban.engines.local_stores import stores
from emban.engines.supervisor.child import EngineStartError
from emban.errors import EmbanError
from emban.orgs.operator import Operator, OrgLine
from emban.plans import PLANS

OrgArgument = Annotated[str, typer.Argument(metavar="ORG", help="The org's id, or its owner's email.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(help="List orgs, change their plans, delete them.", no_args_is_help=True)
    commands.command(name="list")(list_orgs)
    commands.command(name="set-plan")(set_plan)
    commands.command(name="delete")(delete)
    app.add_typer(commands, name="org")


def list_orgs(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """List every org with its owner, plan and this month's use."""
    found: list[OrgLine] = []

    async def work(operator: Operator) -> None:
        found.extend(await operator.orgs())

    _run(work)
    if as_json:
        typer.echo(json.dumps([line.as_dict() for line in found], indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    for title in ("Org", "Name", "Owner", "Plan", "Members", "Events", "Queries"):
        table.add_column(title, overflow="fold")
    for line in found:
        table.add_row(
            line.id, line.name, line.owner, line.plan, str(line.members), f"{line.events:,}", f"{line.queries:,}"
        )
    Console().print(table)


def set_plan(org: OrgArgument, plan: Annotated[str, typer.Argument(help=f"One of: {', '.join(PLANS)}.")]) -> None:
    """Put an org on another plan. API processes know within five seconds; nothing is deleted on a smaller one."""
    if plan not in PLANS:
        fail(f"there is no plan {plan!r}; one of: {', '.join(PLANS)}", code=2)

    async def work(operator: Operator) -> None:
        line = await operator.find(org)
        before = await operator.set_plan(line.id, plan)
        typer.echo(f"{line.name} ({line.id}): {before} → {plan}")

    _run(work)


def delete(
    org: OrgArgument, yes: Annotated[bool, typer.Option("--yes", help="Do not ask. There is no way back.")] = False
) -> None:
    """Delete an org with everything in it, in both stores."""

    async def work(operator: Operator) -> None:
        line = await operator.find(org)
        if not yes:
            typer.confirm(f"Delete {line.name} ({line.id}) with all its events, for good?", abort=True)
        await operator.delete(line.id)
        typer.echo(f"{line.name} ({line.id}) is deleted.")

    _run(work)


def _run(work: Callable[[Operator], Awaitable[None]]) -> None:
    """Run with an operator on the stores, configured or embedded, and turn failures into sentences."""
    try:
        with stores(read_settings()) as ready:

            async def connected() -> None:
                async with Operator.connected(ready) as operator:
                    await work(operator)

            asyncio.run(connected())
    except (DataDirError, EngineStartError) as error:
        fail(str(error))
    except EmbanError as error:
        fail(error.message)
    except SQLAlchemyError as error:
        fail(f"PostgreSQL: {str(error).partition(chr(10))[0]}")
