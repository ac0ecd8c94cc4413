"""The commands about figures: their options and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Snapshot
from ptce_etl.cli.screen import Screen

__all__ = ["add_figure_commands"]


def add_figure_commands(app: typer.Typer) -> None:
    """Declare ``check``, ``indicator``, ``completeness`` and ``sensitivity``."""
    for command in (check, indicator, completeness, sensitivity):
        app.command()(command)


def check(
    sentence: Annotated[
        str, typer.Argument(metavar="SENTENCE", help='A sentence, in quotes; "-" reads it from stdin.')
    ],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="fr|en", help="Its language; told from its words by default.")
    ] = None,
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Check a sentence: does its sum hold, and its counts?

    In French or English, numbers in digits or words: "de 56 à 203 en deux ans, +365 %", "il existe 203 PTCE en 2023",
    "the number tripled, from 50 to 140". Shows what was understood, what had to be supposed, and what each figure was
    held against: arithmetic always; published claims and the poles that can be named when a snapshot is there. The exit
    code is 0 when what it states holds, 1 when something in it does not, 4 when nothing settles it or it has no figure.
    """
    from ptce_etl.cli.checking import check_sentence

    return check_sentence(Screen(as_json=as_json), data, sentence, lang=lang, snapshot=snapshot)


def indicator(
    population: Annotated[
        str,
        typer.Option("--population", metavar="P", help="What is counted: listed, active, …, cohort:ROUND."),
    ] = "listed",
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The base: 2013, 2013-12 or 2013-12-31.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The target: a date as for --from.")] = None,
    territory: Annotated[
        str, typer.Option("--territory", metavar="T", help="France, a region (today's or of 2015), a department.")
    ] = "France",
    snapshot: Snapshot = "latest",
    against: Annotated[
        str | None, typer.Option("--against", metavar="ID", help="Another snapshot, that the base is counted in.")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option("--basis", metavar="known|backcast", help="As known on each day, or as today's evidence says."),
    ] = None,
    series: Annotated[
        str | None, typer.Option("--series", metavar="month|year", help="The counts between the two days as well.")
    ] = None,
    detail: Annotated[bool, typer.Option("--detail", help="Name the poles behind each number.")] = False,
    to_population: Annotated[
        str | None,
        typer.Option("--to-population", metavar="P", help="Another population at the end (see --anyway)."),
    ] = None,
    to_territory: Annotated[
        str | None, typer.Option("--to-territory", metavar="T", help="Another territory at the end (see --anyway).")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Compare different things all the same, and say that it is not comparable.")
    ] = False,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the answer.")] = "en",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say how a population grew between any two days, or two snapshots.

    Shows the two counts, the growth with its interval, the movement that adds up, the same on constant sources, and
    whether the two counts compare. Without dates: the headline period, or the days that the two snapshots describe. A
    territory is a name, a department's number, or a level and a code (region_2015:82). Two populations, rounds or
    territories are refused, unless --anyway.
    """
    from ptce_etl.cli.indicator import Question, show_indicator

    asked = Question(
        population=population,
        to_population=to_population,
        territory=territory,
        to_territory=to_territory,
        start=start,
        end=end,
        basis=basis,
        snapshot=snapshot,
        against=against,
        anyway=anyway,
        detail=detail,
        series=series,
        lang=lang,
    )
    return show_indicator(Screen(as_json=as_json), data, asked)


def completeness(
    population: Annotated[
        str | None,
        typer.Option("--population", metavar="P", help="Only this one, with every list that names some of it."),
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the sentences.")] = "en",
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say how many poles no list names, or why nothing can be said of it.

    Estimates by capture-recapture, for the listed poles and for each call round: two lists (chapman), a lower bound
    (chao), three lists or more (loglinear), each with its interval and what it assumes. What the lists cannot bear is
    withheld with its reason. P is `listed` or `cohort:` and a call round.
    """
    from ptce_etl.cli.completeness import show_completeness

    return show_completeness(Screen(as_json=as_json), data, snapshot=snapshot, population=population, lang=lang)


def sensitivity(
    population: Annotated[
        str | None, typer.Option("--population", metavar="P", help="Only this population, with its whole curve.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the answer.")] = "en",
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say how far the headline growth hangs on our choices.

    The growth over the headline period under other match thresholds, without judgements, with mentions that do not use
    the word PTCE, with undated pages dated otherwise or left out, on the other basis, and over other numbers of years
    of being active: the range, and what each choice changes alone.
    """
    from ptce_etl.cli.sensitivity import show_sensitivity

    return show_sensitivity(Screen(as_json=as_json), data, population=population, lang=lang, snapshot=snapshot)
