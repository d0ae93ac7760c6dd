"""PostgreSQL: one ledger for several machines.

The writer's lock is an advisory lock of the very connection that writes, so whoever loses the connection loses the lock
and what was not committed yet. Such a lock is the session's: a pooler in between has to pool by session.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, exc, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from rag.database.base import Database
from rag.errors import BylineError, InputError, MissingExtra, SettingsError, StoreBusy, StoreUnreachable

DRIVER = "postgresql+psycopg"
_WRITER, _TABLES, _ALONE = 0x62796C01, 0x62796C02, 0x62796C03  # the advisory locks' names: "byl" and a number
CHANNEL = "byline_changes"
# As many as a service has threads, most of which answer and wait; one machine stays below PostgreSQL's usual hundred.
_KEPT, _MORE, _WAIT_S = 8, 72, 30
_PING_AFTER_S = 5.0  # a connection that was idle for longer may be gone
_CONNECT = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "tcp_user_timeout": 30_000}
_HOLDER = text(
    "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' "
    "AND l.granted AND l.objid = :key AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresDatabase(Database):
    """A database on a server, as one store of this process uses it; stores may share the engine."""

    def __init__(self, engine: Engine, isolation: str = "REPEATABLE READ") -> None:
        """`isolation` is for reading; AUTOCOMMIT is enough, and quicker, for who reads one statement at a time."""
        super().__init__(engine)
        self._reading = engine.execution_options(isolation_level=isolation)
        self._writer: Connection | None = None

    def exists(self) -> bool:
        return True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _connected(self._reading) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with _connected(self.engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """On the connection that holds the writer's lock; else the lock is taken for this transaction."""
        with self._held() as connection, connection.begin():
            if self._writer is None and not _locked(connection, "pg_try_advisory_xact_lock"):
                raise _busy(connection)
            yield connection
            connection.execute(text(f"NOTIFY {CHANNEL}"))

    @contextmanager
    def hold(self, what: str) -> Iterator[None]:
        with _connected(self.engine) as connection:
            connection.detach()  # closed for good in the end, and the lock with it, however the block ends
            _introduce(connection, what)
            if not _locked(connection, "pg_try_advisory_lock"):
                raise _busy(connection)
            connection.commit()
            self._writer = connection
            try:
                yield
            finally:
                self._writer = None
                _let_go(connection)

    @contextmanager
    def alone(self, to: str) -> Iterator[bool]:
        """By a lock that ends with the connection, so with the process."""
        key = {"kind": _ALONE, "to": to}
        with _connected(self.engine.execution_options(isolation_level="AUTOCOMMIT")) as connection:
            mine = connection.execute(text("SELECT pg_try_advisory_lock(:kind, hashtext(:to))"), key).scalar()
            try:
                yield bool(mine)
            finally:
                if mine:
                    with suppress(StoreUnreachable):
                        connection.execute(text("SELECT pg_advisory_unlock(:kind, hashtext(:to))"), key)

    @contextmanager
    def _held(self) -> Iterator[Connection]:
        if self._writer is None:
            with _connected(self.engine) as connection:
                yield connection
        elif self._writer.invalidated:  # SQLAlchemy would connect anew, without the lock
            raise StoreUnreachable(
                "The connection that held the writer's lock was lost.",
                remedy="Start the command again: what it had reported as stored is stored.",
            )
        else:
            yield self._writer

    def close(self) -> None:
        """Nothing: other stores of this process may use the engine."""

    @staticmethod
    def insert(table: Table) -> Any:
        return postgresql.insert(table)

    def truncate_log(self) -> bool:
        """Nothing to do: the server clears up after itself (VACUUM, and its log's own end)."""
        return True

    def faults(self) -> list[str]:
        """None: that its files are whole is the server's to check (`pg_amcheck`)."""
        return []


class Listener:
    """Hears of changes to a ledger as they are committed, on a connection of its own. For one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None

    def wait(self, seconds: float) -> None:
        """Until something was told, `seconds` at most. At once when it has just begun to listen: what was told before
        is not known. Raises StoreUnreachable.
        """
        dialect = self._engine.dialect
        try:
            if self._connection is None:
                given, named = dialect.create_connect_args(self._engine.url)
                self._connection = dialect.connect(*given, **{**_CONNECT, **named})
                self._connection.autocommit = True
                self._connection.execute(f"LISTEN {CHANNEL}")
                return
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                return
        except dialect.loaded_dbapi.Error as error:
            self.close()
            raise unreachable(self._engine.url, error) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def parse(url: str) -> URL:
    """Raises SettingsError, which does not show the password."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in {DRIVER, "postgresql"}:
        raise SettingsError(
            "BYLINE_DATABASE_URL can't be used: it is no PostgreSQL address.",
            remedy=f"Write it as {DRIVER}://USER:PASSWORD@HOST/DATABASE, or unset it to use the data folder.",
        )
    return parsed.set(drivername=DRIVER)


def connect(url: str) -> Engine:
    """An engine for `url`; nothing is connected yet. Raises SettingsError and MissingExtra."""
    parsed = parse(url)
    defaults = {name: value for name, value in _CONNECT.items() if name not in parsed.query}
    try:
        engine = create_engine(parsed, connect_args=defaults, pool_size=_KEPT, max_overflow=_MORE, pool_timeout=_WAIT_S)
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "A ledger on PostgreSQL needs psycopg.", remedy="Install it: pip install 'byline[postgres]'."
        ) from error
    _tell(engine)
    _keep_fresh(engine)
    return engine


@contextmanager
def making_tables(database: PostgresDatabase) -> Iterator[Connection]:
    """A transaction to make or upgrade tables in: two processes that begin at once come one after the other."""
    with database.writing() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TABLES})
        yield connection


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except exc.TimeoutError as error:
        raise StoreBusy("All connections to the database are in use.", remedy="Try again.") from error
    with connection:
        yield connection


def _locked(connection: Connection, function: str, key: int = _WRITER) -> bool:
    return bool(connection.execute(text(f"SELECT {function}(:key)"), {"key": key}).scalar())


def _let_go(connection: Connection) -> None:
    """At once: the server takes a moment to see that a connection was closed; the next writer may be here by then."""
    with suppress(SQLAlchemyError, BylineError):
        connection.rollback()
        _locked(connection, "pg_advisory_unlock")
        connection.commit()


def _introduce(connection: Connection, what: str) -> None:
    """Say who writes, and have the server notice within a minute when this machine is gone."""
    holder = f"{what}, process {os.getpid()} on {socket.gethostname()}"
    settings = {"application_name": holder[:63], "tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10"}
    for name, value in settings.items():
        connection.execute(text("SELECT set_config(:name, :value, false)"), {"name": name, "value": value})


def _busy(connection: Connection) -> StoreBusy:
    holder = connection.execute(_HOLDER, {"key": _WRITER}).scalar()
    return StoreBusy(
        f"Another process is writing to this archive ({holder or 'starting up'}).",
        remedy="Wait until it is done, or stop it; asking and searching go on meanwhile.",
    )


def _tell(engine: Engine) -> None:
    """A server that can't be reached or does not serve, as Byline's own error; those of a statement stay."""

    def told(context: ExceptionContext) -> BylineError | None:
        if isinstance(context.original_exception, KeyboardInterrupt):
            return None
        if "NUL (0x00)" in str(context.original_exception):
            return InputError("PostgreSQL stores no NUL character.", remedy="Take it out of the text.")
        lost = context.is_disconnect or isinstance(context.sqlalchemy_exception, exc.OperationalError)
        return unreachable(engine.url, context.original_exception) if lost else None

    event.listen(engine, "handle_error", told)


def unreachable(url: URL, error: BaseException) -> StoreUnreachable:
    """`error` as Byline's own, without the password."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if url.password:
        reason = reason.replace(str(url.password), "***")
    shown = url.set(password=None, query={}).render_as_string().partition("://")[2]
    return StoreUnreachable(
        f"The database at {shown} can't be reached ({reason}).",
        remedy="See that it runs and that BYLINE_DATABASE_URL is right, then try again.",
    )


def _was_told(connection: Any) -> bool:
    """Whether the server sent something unasked, which is how it ends a connection."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


def _keep_fresh(engine: Engine) -> None:
    """Look whether a connection that was idle for a while, or was told something, still holds; one in steady use is
    spared the round trip.
    """

    def checked_in(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def checked_out(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        try:
            idle_s = time.monotonic() - record.info.get("used", time.monotonic())
            if idle_s > _PING_AFTER_S or _was_told(connection):
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.DisconnectionError from error

    event.listen(engine, "checkin", checked_in)
    event.listen(engine, "checkout", checked_out)
