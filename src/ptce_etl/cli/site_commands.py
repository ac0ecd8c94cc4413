"""``ptce report`` and ``ptce serve``: their options and their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Snapshot
from ptce_etl.cli.screen import Screen

__all__ = ["add_site_commands"]


def add_site_commands(app: typer.Typer) -> None:
    """Give ``app`` its two commands."""
    app.command("report")(_report)
    app.command("serve")(_serve)


def _report(
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Copy it, with the files it links to, to put on a web server."),
    ] = None,
    data_docs: Annotated[
        bool,
        typer.Option("--data-docs", help="With --out: Great Expectations' own pages too, in DIR/data-docs."),
    ] = False,
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say where the site of a snapshot is; open it, or copy it.

    The site is a folder of pages in French and English that loads nothing from elsewhere: it can be opened from the
    disk. DIR must be new or empty; it gets the tables and the validation report too, which the site links to. The site
    of a snapshot that was published without one is made for the copy.

    Data Docs load from third parties and carry the time they were made at, so no snapshot holds them: --data-docs runs
    the checks of today's catalogue on the snapshot's tables, and the copy's two pages of data link to the result.
    """
    from ptce_etl.cli.site import show_site

    return show_site(Screen(as_json=as_json), data, snapshot, open_=open_, out=out, data_docs=data_docs)


def _serve(
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any that is free.")] = 8000,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Show the site of a snapshot to the browsers of this machine, until interrupted.

    Answers on 127.0.0.1 only, and only with files that the snapshot lists. The latest is followed when it moves.
    """
    from ptce_etl.cli.serving import serve_site

    return serve_site(Screen(as_json=as_json), data, snapshot, port=port, open_=open_)
