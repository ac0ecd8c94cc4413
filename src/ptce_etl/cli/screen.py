"""The terminal: tables and JSON on stdout, progress and errors on stderr. The only module that writes to either.

Everything shown goes through :func:`text.safe`. Colours and spinners appear on a terminal only, whatever the
environment says (a pipe that receives escape codes because FORCE_COLOR is set in a CI is of no use to anyone).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import IO, Any, Self

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from ptce_etl.cli.text import json_text, safe

__all__ = ["Screen", "Steps", "console", "show_error"]

# Lines are never cut at a no-break space; rich cuts there too, so they pass it in disguise. Data cannot hold these
# signs: safe() writes them out.
_NO_BREAK = {"\u00a0": "\ue000", "\u202f": "\ue001"}
_DISGUISE, _REVEAL = str.maketrans(_NO_BREAK), str.maketrans({v: k for k, v in _NO_BREAK.items()})
_UNCUT = 100_000  # columns of a line that must not be cut
_WIDE = 120  # columns when nothing says how wide the reader's window is (a file, a pipe)


def console(stream: IO[str], width: int | None = None) -> Console:
    """A console on ``stream`` that only writes control characters to a terminal.

    ``width`` in columns; by default that of the terminal, or COLUMNS, or 120 where there is no terminal.
    """
    terminal = stream.isatty()
    columns = os.environ.get("COLUMNS", "")
    if width is None and not terminal:
        width = int(columns) if columns.isdecimal() and int(columns) >= 40 else _WIDE
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system="auto" if terminal else None,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
    )


def show_error(screen: Console, what: str, where: str = "", do: str = "") -> None:
    """The three-line shape of an error: what, where, what to do."""
    screen.print(Text(safe(what), style="bold red"), soft_wrap=True)
    for label, text in (("where:", where), ("do:   ", do)):
        if text:
            screen.print(Text(f"  {label} {safe(text)}"), soft_wrap=True)


class Screen:
    """What one command shows. With ``as_json`` the tables stay silent and :meth:`emit` speaks; else the reverse."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._out = console(sys.stdout)
        self._uncut = console(sys.stdout, _UNCUT)
        self.err = console(sys.stderr)
        self._begun = False

    def emit(self, answer: dict[str, Any]) -> None:
        """The answer as one JSON object on stdout (``--json``)."""
        if self.as_json:
            ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
            sys.stdout.write(json_text(answer, ascii_only=ascii_only) + "\n")

    def raw(self, text: str) -> None:
        """Text for a program, on stdout as it is: nothing of it may come from a source."""
        sys.stdout.write(text)

    def tell(self, text: str) -> None:
        """A line of progress, on stderr."""
        self.err.print(Text(safe(text)), soft_wrap=True)

    def gap(self) -> None:
        """A blank line."""
        self._print(Text())

    def say(self, text: str, *, style: str = "", indent: int = 0) -> None:
        """A line or a paragraph on stdout."""
        self._print(Padding(_text(text, style), (0, 0, 0, indent), expand=False))

    def heading(self, text: str) -> None:
        """A title, with a blank line before it unless it is the first thing said."""
        if self._begun:
            self.gap()
        self.say(text, style="bold")

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Label and value, a line each, never cut: paths are there to be copied. Those without a value are left out."""
        said = [(label, value) for label, value in rows if value]
        width = max((len(label) for label, _ in said), default=0)
        for label, value in said:
            self.line(f"  {label:<{width}}  {value}")

    def line(self, text: str) -> None:
        """A line that is never cut, however long."""
        self._print(_text(text), cut=False)

    def flush(self) -> None:
        """What was said so far reaches a pipe now: before something that does not end."""
        sys.stdout.flush()

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, cut: bool = True) -> None:
        """A table. A column's name starts with ``>`` for numbers, with ``=`` for what must not be cut in two.

        Without ``cut`` no cell is broken, however long the line: addresses are there to be copied.
        """
        table = Table(box=box.SIMPLE_HEAD if cut else None, pad_edge=False, padding=(0, 1), show_edge=False)
        for name in columns:
            table.add_column(
                _text(name.lstrip(">=")),
                justify="right" if name.startswith(">") else "left",
                no_wrap=name.startswith((">", "=")),
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(_text(cell) for cell in row))
        self._print(Padding(table, (0, 0, 0, 2), expand=False), cut=cut)

    def _print(self, what: RenderableType, *, cut: bool = True) -> None:
        if self.as_json:
            return
        self._begun = True
        out = self._out if cut else self._uncut
        with out.capture() as captured:
            out.print(what)
        shown = captured.get().translate(_REVEAL)
        # Cells are padded to the width of their column, the last one too: that is noise in a file.
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in shown.split("\n")[:-1]))


def _text(text: str, style: str = "") -> Text:
    return Text(safe(text).translate(_DISGUISE), style=style)


class Steps:
    """Tells on stderr which step of the pipeline ended and how long it took, with a spinner on a terminal."""

    def __init__(self, screen: Screen, steps: Sequence[str]) -> None:
        self._screen = screen
        self._left = list(steps)
        self._status = Status("", console=screen.err) if screen.err.is_terminal else None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._show()
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def __call__(self, step: str, seconds: float) -> None:
        self._screen.tell(f"{step:<9} {seconds:6.2f} s")
        if step in self._left:
            del self._left[: self._left.index(step) + 1]
        self._show()

    def _show(self) -> None:
        if self._status is not None:
            self._status.update(f"{self._left[0]}…" if self._left else "")
