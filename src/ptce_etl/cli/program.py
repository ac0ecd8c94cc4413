"""The program: one command from its arguments to its exit code, and how an error is told."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType

import typer
from typer.main import get_command

from ptce_etl.cli.app import app
from ptce_etl.cli.screen import console, show_error
from ptce_etl.errors import ConfigError, PtceError

__all__ = ["main"]

_INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code. Errors go to stderr in three lines, with ``--debug`` as a traceback."""
    arguments = sys.argv[1:] if argv is None else argv
    debug = "--debug" in arguments
    sys.excepthook = _traceback if debug else _unexpected
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a question mark: that is no reason to fail.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # both are text streams at the door
    try:
        # Not app(): it would put a hook of its own for what nobody foresaw.
        code = int(get_command(app).main(arguments, prog_name="ptce", standalone_mode=False) or 0)
        sys.stdout.flush()
    except typer.TyperException as error:
        code = _failed(_usage(error), debug)
    except PtceError as error:
        code = _failed(error, debug)
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (``ptce claims | head``). Nothing is left to be said, not even by the interpreter's exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    if code == _INTERRUPTED:
        show_error(console(sys.stderr), "Interrupted: what was published before stands, the next run starts clean.")
    return code


def _failed(error: PtceError, debug: bool) -> int:
    if debug:
        _traceback(type(error), error, error.__traceback__)
    else:
        show_error(console(sys.stderr), f"{type(error).__name__}: {error.what}", error.where, error.do)
    return error.exit_code


def _traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    err = console(sys.stderr)
    for line in "".join(traceback.format_exception(kind, error, trace)).splitlines():
        show_error(err, line)


def _usage(error: typer.TyperException) -> ConfigError:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "ptce"
    return ConfigError(error.format_message(), where=command, do=f"{command} --help")


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What nobody foresaw, in the shape of the rest."""
    frames = traceback.extract_tb(trace)
    where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ""
    refused = issubclass(kind, OSError | MemoryError)
    do = "check the disk, the memory and the rights" if refused else "this is a bug: please report it"
    what = f"{kind.__name__}: {error}" if str(error) else kind.__name__
    show_error(console(sys.stderr), what, where, f"{do}; --debug shows the whole traceback")
