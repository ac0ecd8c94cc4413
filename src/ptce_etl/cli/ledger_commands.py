"""The commands on published figures: ``ptce claims`` and ``ptce claims add``."""

from __future__ import annotations

from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Now, Snapshot, clock
from ptce_etl.cli.screen import Screen
from ptce_etl.errors import ConfigError

__all__ = ["ledger_commands"]

ledger_commands = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@ledger_commands.callback(invoke_without_command=True)
def claims(
    context: typer.Context,
    verdict: Annotated[str | None, typer.Option("--verdict", metavar="V", help="Only this verdict.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="count|growth", help="Only this kind.")] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the sentences.")] = "en",
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """List published figures and our verdict on each, or add one.

    A verdict comes with a sentence that says why, and with what the figure was compared with, which `ptce open` opens.
    V is one of consistent, rounded, arithmetic_error, mixed_populations, contradicted_by_other_claim, below_observed,
    unverifiable.
    """
    if context.invoked_subcommand is not None:
        sources = (context.get_parameter_source(name) for name in context.params)
        if any(source is not None and source.name == "COMMANDLINE" for source in sources):
            command = context.invoked_subcommand
            raise ConfigError(
                f"options before {command!r} are not for it", where="ptce claims", do=f"write them after {command}"
            )
        return 0
    from ptce_etl.cli.claims import show_claims

    return show_claims(Screen(as_json=as_json), data, snapshot=snapshot, verdict=verdict, kind=kind, lang=lang)


@ledger_commands.command()
def add(
    publisher: Annotated[str, typer.Option("--publisher", metavar="NAME", help="Who published it.")],
    url: Annotated[str, typer.Option("--url", metavar="ADDRESS", help="The page that states it.")],
    sentence: Annotated[
        str | None, typer.Argument(metavar="SENTENCE", help="Its figures, as for `ptce check`; it is not kept.")
    ] = None,
    count: Annotated[str | None, typer.Option("--count", metavar="N", help="A count.")] = None,
    low: Annotated[str | None, typer.Option("--low", metavar="N", help="A range of counts: its low end,")] = None,
    high: Annotated[str | None, typer.Option("--high", metavar="N", help="and its high end.")] = None,
    qualifier: Annotated[
        str | None, typer.Option("--qualifier", metavar="Q", help="exact (unless said), about or at_least.")
    ] = None,
    base: Annotated[str | None, typer.Option("--from", metavar="N", help="A growth: the count at its start,")] = None,
    target: Annotated[str | None, typer.Option("--to", metavar="N", help="the count at its end,")] = None,
    percent: Annotated[str | None, typer.Option("--percent", metavar="P", help="the growth stated, in %,")] = None,
    years: Annotated[str | None, typer.Option("--years", metavar="Y", help="and the years it is said to take.")] = None,
    population: Annotated[
        str | None, typer.Option("--population", metavar="P", help="What a count counts: existing, laureates, …")
    ] = None,
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="R", help="The call round, for a count that belongs to one.")
    ] = None,
    territory: Annotated[str | None, typer.Option("--territory", metavar="T", help="France, unless said.")] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The date it is about: 2023, 2023-06 or 2023-06-12.")
    ] = None,
    words: Annotated[
        str | None, typer.Option("--words", metavar="TEXT", help="What it is said to be, in a few words.")
    ] = None,
    ledger: Annotated[
        str | None, typer.Option("--ledger", metavar="ID", help="The source, if there are several.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the row and its verdict; write nothing.")] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the answer.")] = "en",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Add a published figure to the ledger of its kind.

    By options, or from a sentence, whose figures are kept and not its words. Shows the row and its verdict; the next
    `ptce run` publishes it. The row gets an id; one that says the same of the same page is not added again.
    """
    from ptce_etl.cli.adding import add_command
    from ptce_etl.cli.claim_values import Said

    said = Said(
        sentence=sentence,
        count=count,
        low=low,
        high=high,
        qualifier=qualifier,
        base=base,
        target=target,
        percent=percent,
        years=years,
        population=population,
        programme=programme,
        territory=territory,
        date=date,
        words=words,
        publisher=publisher,
        url=url,
    )
    screen = Screen(as_json=as_json)
    return add_command(screen, data, said, clock(now), ledger=ledger, dry_run=dry_run, lang=lang)
