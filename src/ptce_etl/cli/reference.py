"""The help of every command as one page, ``docs/cli.md``. A test compares the two; to write it again::

python -m ptce_etl.cli.reference > docs/cli.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from ptce_etl.cli.app import app

__all__ = ["reference"]

_WIDTH = 78  # what help is wrapped to on any terminal of 80 columns or more
_HEAD = """\
# The command line

Made from the program's own help by `python -m ptce_etl.cli.reference`: change the help, then run that again.

    ptce run                                  # collect, build, validate, publish
    ptce open "Pôle Sud Archer"               # a pole, down to the bytes it was read from
    ptce indicator --from 2013 --to 2025      # a growth between any two days; --detail names the poles
    ptce sensitivity --population listed      # that growth under other reasonable choices
    ptce claims --kind growth --lang fr       # what was published, and whether it adds up
    ptce open c119                            # a published figure: its verdict, and all it was compared with
    ptce check "de 56 à 203, +365 %"          # a sentence, in French or English: does it hold?
    ptce completeness --lang fr               # how many poles no list names, or why that is withheld
    ptce build --as-of 2023-12-31             # the world at a past date
    ptce resolve my.csv --out resolved        # deduplicate a file of one's own
    ptce review --who "Your Name"             # answer about the pairs in doubt
    ptce history "Pôle Sud Archer"            # what became of a pole since it was first published
    ptce status --json | jq .review_queue     # every command speaks JSON
"""


def reference() -> str:
    """The page, in Markdown."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)  # an app with several commands is one
    top = group.make_context("ptce", [], resilient_parsing=True, terminal_width=_WIDTH)
    parts = [_HEAD, _section("ptce", group.get_help(top))]
    parts += _sections(group, top, "ptce")
    return "\n".join(parts)


def _sections(group: TyperGroup, context: Any, path: str) -> Iterator[str]:
    """A section for each command, then for those below it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = command.make_context(name, [], parent=context, resilient_parsing=True, terminal_width=_WIDTH)
        yield _section(f"{path} {name}", command.get_help(below))
        if isinstance(command, TyperGroup):
            yield from _sections(command, below, f"{path} {name}")


def _section(title: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {title}\n\n```text\n{lines}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
