"""A Prefect database that is ready to use, made in a moment instead of by a hundred migrations. No Prefect here.

A new database costs Prefect some ten seconds of migrations at the first start. ``database.sql`` is the schema they end
in, with its revision: a server finds nothing left to migrate, and a later one goes on from there. Rebuild it whenever
the pinned Prefect changes, in an empty folder ``HOME`` where a server has been started once::

    python -m flows.database HOME/prefect.db
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

__all__ = ["NAME", "SCHEMA", "dump", "seed"]

NAME = "prefect.db"
SCHEMA = Path(__file__).with_name("database.sql")


def seed(home: Path) -> bool:
    """Put a ready database in ``home``; False, and nothing done, when there is one or it would not be the right one."""
    target = home / NAME
    schema = SCHEMA.read_text("utf-8")
    if target.exists() or _elsewhere() or not schema.startswith(_first_line()):
        return False
    part = home / f".{NAME}.{secrets.token_hex(4)}"
    try:
        with closing(sqlite3.connect(part)) as connection:
            connection.executescript(schema)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return True


def dump(path: Path) -> str:
    """The schema of a migrated database as SQL, with the revision it is at and no other row."""
    with closing(sqlite3.connect(path)) as connection:
        made = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name"
        ).fetchall()
        ((revision,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    statements = [f"{sql};" for (sql,) in made]
    revision_row = f"INSERT INTO alembic_version VALUES ('{revision}');"  # noqa: S608 - Prefect's own, in a file we review
    return "\n".join([_first_line(), "BEGIN;", *statements, revision_row, "COMMIT;", ""])


def _first_line() -> str:
    return f"-- Prefect {version('prefect')}: made by flows/database.py, not by hand"


def _elsewhere() -> bool:
    """Whether the environment puts the database somewhere else (another file, PostgreSQL)."""
    return any(name.endswith("DATABASE_CONNECTION_URL") and name.startswith("PREFECT") for name in os.environ)


if __name__ == "__main__":
    SCHEMA.write_text(dump(Path(sys.argv[1])), "utf-8")
