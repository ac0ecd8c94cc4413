"""The commands about poles, and those that read a snapshot whole: their options and their help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Now, Snapshot, clock
from ptce_etl.cli.screen import Screen

__all__ = ["add_pole_commands"]


def add_pole_commands(app: typer.Typer) -> None:
    """Declare ``open``, ``review``, ``history``, ``verify`` and ``cite``."""
    app.command("open")(open_)
    for command in (review, history, verify, cite):
        app.command()(command)


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
    return review_command(Screen(as_json=as_json), data, clock(now), who=who, again=again, asked=asked)


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
