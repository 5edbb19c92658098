"""The connection: SQLite or PostgreSQL, the schema brought up to date at open, and every error
of the driver said in one sentence."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.errors import StoreError
from assistant.store import migrations

_BUSY_MS = 30_000
_LOCK_KEY = 0x6A69_7869  # any number, the same for every process that may migrate

_CODES = (  # what a driver says, and what we say then
    ("disk is full", "store.not_saved"),
    ("no space left", "store.not_saved"),
    ("locked", "store.locked"),
    ("readonly", "store.read_only"),
    ("read-only", "store.read_only"),
    ("unable to open", "store.not_opened"),
    ("not a database", "store.foreign"),
    ("malformed", "store.damaged"),
    ("connection", "store.no_server"),
    ("password", "store.login"),
)


def driver_url(url: str) -> sa.URL:
    """The URL with the driver that is installed. Raises :class:`StoreError`."""
    try:
        parsed = sa.make_url(url)
    except SQLAlchemyError:
        raise StoreError("store.bad_url") from None
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed
    raise StoreError("store.other_database")


def is_refusal(error: BaseException) -> bool:
    """Whether a driver raised ``error``."""
    return isinstance(error, SQLAlchemyError)


def store_error(error: BaseException) -> StoreError:
    """The sentence for what a driver says."""
    text = str(getattr(error, "orig", None) or error)
    for sign, code in _CODES:
        if sign in text.lower():
            return StoreError(code)
    return StoreError("store.refused", reason=" ".join(text.split())[:200])


@contextmanager
def translated() -> Iterator[None]:
    """Raises :class:`StoreError` for what a driver raises within."""
    try:
        yield
    except SQLAlchemyError as error:
        raise store_error(error) from error


class Database:
    """An engine whose sessions either read or write; writers take turns from the start, so that
    none fails half way."""

    def __init__(self, url: str) -> None:
        parsed = driver_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        try:
            self._engine = sa.create_engine(parsed, pool_pre_ping=not self._sqlite)
            if self._sqlite:
                _prepare_sqlite(self._engine)
            self._migrate()
        except (SQLAlchemyError, OSError) as error:
            raise store_error(error) from error

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def session(self, *, write: bool) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        engine = self._engine.execution_options(immediate=write)
        with (
            translated(),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def statements(self, work: Callable[[], object]) -> int:
        """How many SQL statements ``work`` runs: what it costs, whatever the machine."""
        run: list[str] = []

        def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            run.append(statement)

        event.listen(self._engine, "before_cursor_execute", count)
        try:
            work()
        finally:
            event.remove(self._engine, "before_cursor_execute", count)
        return len(run)

    def _migrate(self) -> None:
        if self._revision() == migrations.HEAD:
            return
        with self._engine.execution_options(immediate=True).begin() as connection:
            if not self._sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
            _upgrade(connection)

    def _revision(self) -> str | None:
        with self._engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError("store.newer") from error


def _use_wal(connection: Any) -> None:
    """Turns WAL on, once for a file. SQLite does not wait here for another process that does
    the same: it is tried again for as long as any lock is waited for."""
    until = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _prepare_sqlite(engine: sa.Engine) -> None:
    """WAL, a patient lock, and BEGIN under our control (the driver begins too late)."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        _use_wal(connection)
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
