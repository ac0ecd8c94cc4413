"""The command line: ``ptce``. One of the two doors (the other is ``flows``): it reads the clock and talks to people.

``app`` declares the commands and ``program`` runs one. Each is answered by a module of its own: first as plain data,
which ``--json`` prints as it is, then as tables for people, made from that same data. Only ``screen`` writes to the
terminal.
"""

from __future__ import annotations

from ptce_etl.cli.program import main

__all__ = ["main"]
