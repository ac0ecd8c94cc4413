"""The commands of ``ptce``: their options and their help.

The modules that answer are imported when a command runs: pandas, pyarrow and scipy take a second to import, which
``ptce --help`` and a mistyped option need not wait for.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from ptce_etl import __version__
from ptce_etl.cli.ledger_commands import ledger_commands
from ptce_etl.cli.options import ROOT, Data, Debug, Json, Judgements, Now, Snapshot
from ptce_etl.cli.options import clock as _now
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.site_commands import add_site_commands
from ptce_etl.cli.source_commands import enrich, new_source, source_commands
from ptce_etl.cli.version_commands import add_version_commands
from ptce_etl.config import Limits
from ptce_etl.errors import ConfigError

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


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"not a date: {text!r}", where="--as-of", do="write YYYY-MM-DD, as 2024-12-31") from error


def _moment(text: str) -> date | datetime:
    """A day, or an instant with its time zone."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"neither a day nor an instant: {text!r}", where="--known-at", do="2026-11-23, or 2026-11-23T10:00:00+01:00"
        )
    return moment


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


@app.command()
def run(
    data: Data = ROOT,
    plain: Annotated[bool, typer.Option("--plain", help="Without Prefect: same steps, same bytes, sooner.")] = False,
    judgements: Judgements = True,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Publish as provisional; `ptce finalise` says later that it stands.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Collect the sources, build, validate and publish: the main job.

    Goes through Prefect, on a server that is up or on one of its own. Ends with the cohorts, the headline growth, the
    verdicts on published claims, the checks, and where the files are.
    """
    from ptce_etl.cli.running import run_job

    screen = Screen(as_json=as_json)
    return run_job(screen, data, _now(now), plain=plain, use_judgements=judgements, provisional=provisional)


@app.command()
def build(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The day to describe, YYYY-MM-DD.")],
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="WHEN", help="Only captures and decisions held by then: a day, an instant."),
    ] = None,
    data: Data = ROOT,
    judgements: Judgements = True,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Build the snapshot of a past date.

    The world is described from evidence dated up to then; with --known-at, from what was collected and decided by that
    day (its end, in Paris) or instant, as today's code would have described it then. The snapshot is listed beside the
    others and never becomes the latest. Reads the archive, which `ptce run` fills.
    """
    from ptce_etl.cli.running import build_job

    known = None if known_at is None else _moment(known_at)
    screen = Screen(as_json=as_json)
    return build_job(screen, data, _now(now), _day(as_of), known_at=known, use_judgements=judgements)


@app.command()
def resolve(
    listings: Annotated[Path, typer.Argument(metavar="LISTINGS.csv", help="The file to deduplicate.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the Parquet files go.")],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="CSV of listing_id, pole[, is_ptce]: measure against it."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Weigh the pairs on this Dask scheduler, through Prefect."),
    ] = None,
    data: Data = ROOT,
    judgements: Judgements = True,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Say which rows of a CSV file name the same pole.

    Columns are those of data/raw/transcribed/listings.csv; all but `name` may be missing, others are kept. Writes
    listings.parquet (the file's columns and pole_id), edges.parquet (scored pairs with their reasons) and
    poles.parquet. Needs no data root; the identities and decisions of one are used when it is there, else the
    decisions that come with the package.
    """
    from ptce_etl.cli.resolving import resolve_file

    screen = Screen(as_json=as_json)
    return resolve_file(
        screen, listings, out, data=data, now=_now(now), use_judgements=judgements, labels=labels, cluster=cluster
    )


@app.command()
def status(
    metrics: Annotated[
        bool, typer.Option("--metrics", help="OpenMetrics text on stdout, for Prometheus and its kind.")
    ] = False,
    every: Annotated[
        float,
        typer.Option(
            "--every", metavar="DAYS", min=0.01, envvar="PTCE_EVERY", help="How often a refresh is due (default: 7)."
        ),
    ] = Limits.every_days,
    review_over: Annotated[
        int,
        typer.Option(
            "--review-over",
            metavar="N",
            min=0,
            envvar="PTCE_REVIEW_OVER",
            help="How many pairs may wait for a person (default: 50).",
        ),
    ] = Limits.review,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Say how things stand.

    What to look at and what to do about it, then the latest snapshot and its age, the health of each source, open
    issues, checks that warn. Exits with 0 when nothing needs looking at, 1 for a warning, 2 when it is critical; with
    3 or more it could not tell.
    """
    from ptce_etl.cli.status import show_status

    limits = Limits(every_days=every, review=review_over)
    return show_status(Screen(as_json=as_json), data, _now(now), limits, metrics)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command("open")
def open_(
    pole: Annotated[str, typer.Argument(metavar="POLE", help="A pole id, or a name; or a claim id.")],
    snapshot: Snapshot = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Open a pole, or a published figure, down to the bytes it was read from.

    Shows every listing, every value kept or lost, every scored pair with its reasons, and the captures behind them.
    POLE is a pole id, a listing id, or a name in any spelling. A former id leads to the pole that took it over. Names
    are compared without case and accents; when several poles fit, they are listed and the exit code is 2. A claim's id
    (c083, or claim:c083) opens that figure: its verdict and everything it was compared with.
    """
    from ptce_etl.cli.opening import open_pole

    return open_pole(Screen(as_json=as_json), data, pole, snapshot=snapshot)


@app.command()
def review(
    who: Annotated[
        str | None,
        typer.Option("--who", metavar="NAME", envvar="PTCE_WHO", help="Who answers: every answer is signed."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Ask those that somebody was unsure about too, last.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Only show what waits.")] = False,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Show answers that cannot all be true, and those that no data supports.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="Write what waits as a .csv or .xlsx to fill in.")
    ] = None,
    import_: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Take the answers of a filled .csv or .xlsx.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the last answer of --who.")] = False,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Ask a person about the pairs that the matcher could not settle.

    One question for two poles of the latest snapshot, the one that moves published counts most first, with its two
    listings side by side and the reasons. Answer in lines: s same, d different, u unsure, k skip, z undo, q quit, and
    a reason; a pipe does as well as a keyboard. Answers are kept at once, in decisions/judgements.jsonl, and count from
    the next `ptce run` on.
    """
    from ptce_etl.cli.reviewing import review_command

    asked = {"--list": list_, "--conflicts": conflicts, "--export": export, "--import": import_, "--undo": undo}
    return review_command(Screen(as_json=as_json), data, _now(now), who=who, again=again, asked=asked)


@app.command()
def history(
    pole: Annotated[
        str | None, typer.Argument(metavar="POLE", help="A pole id, or a name; without it, the versions.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the list of versions.")] = "en",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Tell what became of a pole over every published snapshot; without POLE, list the snapshots themselves.

    The list: when each was published, what changed in it, which one is the latest, and what was rolled back, finalised
    or pruned, with the reason. Of a pole: when it appeared, its names, the listings it gained and lost, what it was
    merged into or split from, and what people said about its listings. POLE is as for `ptce open`; a former id is
    followed to where it went (301), and one that is gone (410) still has its history. Builds of past dates are left
    out.
    """
    if pole is None:
        from ptce_etl.cli.versions import show_versions

        return show_versions(Screen(as_json=as_json), data, lang)
    from ptce_etl.cli.history import show_history

    return show_history(Screen(as_json=as_json), data, pole)


@app.command()
def verify(
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help="A snapshot id, `latest`, or a folder.")],
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Read a snapshot back.

    Every hash, row count, schema and digest, and the signature of the manifest when it has one (always, where
    PTCE_ALLOWED_SIGNERS names a file of who may sign). The exit code is 1 when anything is not as it was published.
    """
    from ptce_etl.cli.verifying import verify_snapshot

    return verify_snapshot(Screen(as_json=as_json), data, snapshot)


@app.command()
def cite(
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help="A snapshot id, or `latest`.")] = "latest",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say how to cite a snapshot.

    One line in French, one in English; its folder has the same as CITATION.cff.
    """
    from ptce_etl.cli.citing import show_citation

    return show_citation(Screen(as_json=as_json), data, snapshot)


add_site_commands(app)
add_version_commands(app)


app.command("new-source")(new_source)
app.command()(enrich)
