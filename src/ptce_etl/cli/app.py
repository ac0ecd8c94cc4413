"""The program ``ptce`` and its commands, in the order they are told.

The modules that answer are imported when a command runs: pandas, pyarrow and scipy take a second to import, which
``ptce --help`` and a mistyped option need not wait for.
"""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from ptce_etl import __version__
from ptce_etl.cli.figure_commands import add_figure_commands
from ptce_etl.cli.job_commands import add_job_commands
from ptce_etl.cli.ledger_commands import ledger_commands
from ptce_etl.cli.pole_commands import add_pole_commands
from ptce_etl.cli.site_commands import add_site_commands
from ptce_etl.cli.source_commands import enrich, new_source, source_commands
from ptce_etl.cli.version_commands import add_version_commands

__all__ = ["app"]

_EPILOG = """\b
Exit codes:
  0    done (also when nothing has changed)
  1    failed: a snapshot that does not verify, a disk that refuses, a bug;
       a checked sentence that does not hold
  2    wrong use: an argument, or a file of ours (catalogue, decisions)
  3    blocked by validation: nothing was promoted
  4    nothing to read: no such snapshot or pole, or nothing published yet;
       a checked sentence that nothing settles
  5    busy: another publisher is at work, try again
  130  interrupted
`ptce status` also says with 1 that there are warnings, with 2 that it is critical.

Results go to stdout, progress and errors to stderr. An error says what happened, where, and what to do."""


class _Commands(TyperGroup):
    """The commands in the order they are told: typer puts groups of commands before the others."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's own context
        names = super().list_commands(ctx)
        for group, after in (("claims", "check"), ("sources", "new-source")):
            names.remove(group)
            names.insert(names.index(after), group)
        return names


# Plain help, not boxes: it reads the same in a terminal, in a pipe and in docs/cli.md.
app = typer.Typer(
    name="ptce",
    cls=_Commands,
    help="The open observatory of France's PTCE: every number opened down to the bytes it came from.",
    epilog=_EPILOG,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context, version: Annotated[bool, typer.Option("--version", help="Say which version.")] = False
) -> int:
    if version:
        typer.echo(f"ptce {__version__}")
        raise typer.Exit(0)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)
    return 0


app.add_typer(ledger_commands, name="claims")
app.add_typer(source_commands, name="sources")


add_job_commands(app)
add_figure_commands(app)
add_pole_commands(app)
add_site_commands(app)
add_version_commands(app)


app.command("new-source")(new_source)
app.command()(enrich)
