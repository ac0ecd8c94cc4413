"""The commands on what is on the web: ``ptce sources``, ``sources check``, ``new-source`` and ``enrich``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Now, Snapshot, clock
from ptce_etl.cli.screen import Screen

__all__ = ["enrich", "new_source", "source_commands"]

source_commands = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@source_commands.callback(invoke_without_command=True)
def sources(
    context: typer.Context, data: Data = ROOT, as_json: Json = False, debug: Debug = False, now: Now = None
) -> int:
    """List the sources of the catalogue and how each one is: what is in force of it, since when, and what failed last.

    Reads the archive; asks nobody. A source counts when somebody has seen that it is read as it should be; of the
    others no row reaches a table.
    """
    if context.invoked_subcommand is not None:
        return 0
    from ptce_etl.cli.sources import show_sources

    return show_sources(Screen(as_json=as_json), data, clock(now))


@source_commands.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="These only (default: all).")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the report goes (default: DATA/reports/sources).")
    ] = None,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Ask every enabled source, unverified ones too, and write a report: sources.html and sources.json.

    What comes back is archived like that of a run. Nothing is published, and an unverified source that fails is no
    failure of the check: exit code 1 says that a source which counts could not be read.
    """
    from ptce_etl.cli.sources import check_sources

    return check_sources(Screen(as_json=as_json), data, clock(now), names or [], out)


def new_source(
    url: Annotated[str, typer.Argument(metavar="URL", help="An address that lists PTCE.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write the fixture pair into a folder of DIR.")
    ] = None,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Look at an address once and propose its entry in the catalogue.

    Says which platform it is, which columns were recognised and which rows they give. With --out, writes the fixture
    pair: entry.yml and the page as it came, without e-mails and telephones, and rows.json, what must be read in it. An
    address that the catalogue of the data root has already is said so.
    """
    from ptce_etl.cli.new_source import propose_source

    return propose_source(Screen(as_json=as_json), data, url, clock(now), out)


def enrich(
    snapshot: Snapshot = "latest",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the table goes (default: DATA/reports/enrichments)."),
    ] = None,
    most: Annotated[int, typer.Option("--most", metavar="N", min=0, help="Questions to each service in a run.")] = 500,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody: read what the archive holds.")] = False,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Ask public services about the carriers and communes of a snapshot: SIREN, point, list of the ESS.

    Writes enrichments.csv, a table of its own: each value with its score, its evidence and the capture it was read in,
    or none with the reason. The next build tells what was answered in the snapshot's table enrichment, and counts
    nothing from it. No other command asks these services. A fresh answer in the archive is not asked for again. A
    services.yml in the data root names other services.
    """
    from ptce_etl.cli.enriching import enrich_poles

    return enrich_poles(Screen(as_json=as_json), data, clock(now), snapshot, out, most, offline=offline)
