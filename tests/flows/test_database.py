"""The ready-made database is the one that Prefect's own migrations would have made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from flows import database


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert database.seed(tmp_path)
    return tmp_path


def test_it_is_at_the_last_revision_that_prefect_knows(home: Path) -> None:
    import prefect.server.database

    config = Config()
    migrations = Path(prefect.server.database.__file__).parent / "_migrations"
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("version_locations", str(migrations / "versions" / "sqlite"))
    config.set_main_option("path_separator", "space")
    with closing(sqlite3.connect(home / database.NAME)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert revision == ScriptDirectory.from_config(config).get_current_head()


def test_it_has_every_table_and_column_of_prefects_models(home: Path) -> None:
    from prefect.server.database import provide_database_interface

    with closing(sqlite3.connect(home / database.NAME)) as connection:
        for table in provide_database_interface().Base.metadata.tables.values():
            found = {row[1] for row in connection.execute(f"PRAGMA table_xinfo({table.name})")}
            assert found >= {column.name for column in table.columns}, table.name


def test_it_dumps_as_itself(home: Path) -> None:
    assert database.dump(home / database.NAME) == database.SCHEMA.read_text("utf-8")


def test_a_database_that_is_there_is_left_alone(home: Path) -> None:
    (home / database.NAME).write_bytes(b"mine")
    assert not database.seed(home)
    assert (home / database.NAME).read_bytes() == b"mine"


def test_no_file_for_a_database_that_is_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://localhost/prefect")
    assert not database.seed(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_prefect_makes_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "version", lambda name: "3.7.0")
    assert not database.seed(tmp_path)
    assert list(tmp_path.iterdir()) == []
