"""The commands about versions: their options and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from ptce_etl.cli.options import ROOT, Data, Debug, Json, Now, Snapshot, clock
from ptce_etl.cli.screen import Screen

__all__ = ["add_version_commands"]

_Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason: it stands in the index.")]
_Which = "A snapshot id; `ptce history` lists them."


def add_version_commands(app: typer.Typer) -> None:
    """Declare ``diff``, ``rollback``, ``finalise``, ``prune``, ``rebuild`` and ``push``."""
    for command in (diff, rollback, finalise, prune, rebuild, push):
        app.command()(command)


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A snapshot id, `latest`, or a day (YYYY-MM-DD).")],
    after: Annotated[str, typer.Argument(metavar="B", help="The other one, likewise.")] = "latest",
    lang: Annotated[str, typer.Option("--lang", metavar="en|fr", help="Language of the sentences.")] = "en",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say what differs between any two snapshots, pole by pole.

    Poles that appeared or are gone, mergers, splits, new names, changed values: a count of each, then a sentence for
    each. A day stands for the snapshot that was the latest at its end, in Paris.
    """
    from ptce_etl.cli.versions import show_diff

    return show_diff(Screen(as_json=as_json), data, before, after, lang)


def rollback(
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=_Which)],
    why: _Why,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Make an earlier snapshot the latest again, in one atomic step.

    Nothing is removed: those published after it stay, marked as withdrawn, and can be rolled forward to. The next run
    is compared with what is now in force; while it comes to what a withdrawn snapshot said, it publishes nothing.
    """
    from ptce_etl.cli.versions import roll_back

    return roll_back(Screen(as_json=as_json), data, snapshot, why, clock(now))


def finalise(
    snapshot: Annotated[str, typer.Argument(metavar="SNAPSHOT", help=_Which)],
    why: _Why = "confirmed",
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Say that a provisional snapshot is final. Its files stay as they are."""
    from ptce_etl.cli.versions import make_final

    return make_final(Screen(as_json=as_json), data, snapshot, why, clock(now))


def prune(
    keep: Annotated[int, typer.Option("--keep", metavar="N", help="How many of the newest to keep, at least.")],
    why: _Why = "old",
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it, only say which.")] = False,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
    now: Now = None,
) -> int:
    """Remove the files of old snapshots, and keep their entries and manifests.

    Says what it would do unless --yes. Keeps the newest N that were the latest and the newest N builds of past dates;
    never removes the latest, the one it superseded, those of the last rollback, nor one that a decision or a ledger
    names. `ptce rebuild` makes a pruned one again.
    """
    from ptce_etl.cli.versions import prune_old

    return prune_old(Screen(as_json=as_json), data, keep, why, clock(now), yes=yes)


def rebuild(
    snapshots: Annotated[
        list[str] | None, typer.Argument(metavar="[SNAPSHOT]...", help="Snapshot ids, or `latest`.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every snapshot that is listed.")] = False,
    restore: Annotated[
        bool, typer.Option("--restore", help="Put a pruned one back in place, if every byte is as it was.")
    ] = False,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Make published snapshots again from the archive, and compare every byte.

    From the captures, the decisions, the settings and the instant that each recorded; one after the other. Says which
    files are not the same, and when the code is not the one that made them. The exit code is 1 when something differs
    (but for the version of the code in the manifest, when it is another).
    """
    from ptce_etl.cli.rebuilding import rebuild_snapshots

    return rebuild_snapshots(Screen(as_json=as_json), data, snapshots or [], every=every, restore=restore)


def push(
    place: Annotated[str, typer.Argument(metavar="datagouv", help="Where to: datagouv.")],
    snapshot: Snapshot = "latest",
    yes: Annotated[bool, typer.Option("--yes", help="Upload; without it, only say what would be.")] = False,
    data: Data = ROOT,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Upload a snapshot's public files to a dataset of data.gouv.fr.

    Says what it would do unless --yes. DIR/datagouv.json names the dataset ({"dataset": "its id"}) and keeps the
    resource of each file, so that links stay; what is there already is not uploaded again. The key is read from the
    environment's DATAGOUV_API_KEY.
    """
    from ptce_etl.cli.pushing import push_snapshot

    return push_snapshot(Screen(as_json=as_json), data, place, snapshot, yes=yes)
