"""Durable ingestion on dbos: what was begun is finished, also after ``kill -9``.

Taking a document in and indexing its texts have a queue each, one at a time,
and so has each reader that reads form by form, with retries, as many at a time
as it can. The store says what waits, so that any process may ask for work; one
process at a time, the holder of a lock, does it, and when it ends another
takes over.

The only module that imports dbos, which it does when work begins.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from assistant.errors import StoreError
from assistant.ingest.steps import Steps
from assistant.store.database import driver_url, is_refusal, store_error, translated
from assistant.store.stages import Job

_TICK = 0.2  # seconds between two looks at what waits
_RETRIES = 3
_FIRST_RETRY = 2.0  # seconds
_PAUSE = 5.0  # seconds to wait when the store refuses, before all is sent again
_ONE_ENGINE = threading.Lock()  # dbos can run once in a process


class WorkerLock:
    """Held by the one process that works on a home; the system frees it when that process
    ends, however it ends. SQLite's own file lock, since it is the same on every system."""

    def __init__(self, home: Path) -> None:
        self._path = home / "worker.lock"
        self._held: sqlite3.Connection | None = None

    def acquire(self) -> bool:
        """Whether this process holds the lock now. Raises :class:`StoreError`."""
        if self._held is None:
            try:
                connection = sqlite3.connect(
                    self._path, timeout=0, isolation_level=None, check_same_thread=False
                )
            except sqlite3.Error as error:
                raise StoreError("store.no_lock", path=self._path, reason=error) from None
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                connection.close()
                return False
            self._held = connection
        return True

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def state_url(store_url: str, home: Path) -> str:
    """Where the workflows' state goes: to the store's PostgreSQL, or into a file of its own."""
    url = driver_url(store_url)
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{home / 'workflows.sqlite'}"
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class Place(NamedTuple):
    """Where the workflows' state is kept, and for which home: several homes may share a
    server."""

    url: str
    home: Path

    @property
    def name(self) -> str:
        return "jixiao-" + hashlib.sha256(str(self.home).encode()).hexdigest()[:12]


class Workflows:
    """Finds what waits and has it done in the background, from :meth:`start` to :meth:`stop`."""

    def __init__(
        self,
        place: Place,
        steps: Steps,
        jobs: Callable[[], list[Job]],
        *,
        forms_at_a_time: Mapping[str, int],
    ) -> None:
        """``forms_at_a_time`` by the name of each reader that reads form by form."""
        self._place, self._steps, self._jobs = place, steps, jobs
        self._forms_at_a_time = forms_at_a_time
        self._lock = WorkerLock(place.home)
        self._engine: _Engine | None = None
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self.error: StoreError | None = None  # why work stands still, if it does

    def start(self) -> None:
        """Begins to look for work, if not yet; at once for what was just added."""
        self._wake.set()
        if self._thread is None:
            # Steps run in several threads and import it when they need it; of two that begin at
            # once, one would see a half of it.
            import_module("numpy")
            self._thread = threading.Thread(target=self._run, name="jixiao-worker", daemon=True)
            self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Ends the work of this process. What is in hand is done again at the next start."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        if self._engine is not None:
            self._engine.close()
            _ONE_ENGINE.release()
        self._lock.release()

    def _run(self) -> None:
        sent: set[Job] = set()
        while not self._stop.is_set():
            try:
                if self._works():
                    self._send(sent)
            except StoreError as error:
                self.error = error
            if self.error is not None:
                # A full disk may have room again; what is still in line is not sent twice.
                self._stop.wait(_PAUSE)
                sent.clear()
                self.error = None
            self._wake.wait(_TICK)
            self._wake.clear()

    def _report(self, error: StoreError) -> None:
        self.error = error

    def _works(self) -> bool:
        if self._engine is None and self._lock.acquire() and _ONE_ENGINE.acquire(blocking=False):
            with ExitStack() as undo:
                undo.callback(_ONE_ENGINE.release)
                self._engine = _Engine(
                    self._place, self._steps, self._report, self._forms_at_a_time
                )
                undo.pop_all()
        return self._engine is not None

    def _send(self, sent: set[Job]) -> None:
        assert self._engine is not None
        for job in self._jobs():
            if job not in sent and not self._stop.is_set():
                self._engine.send(job)
                sent.add(job)


class _Engine:
    """dbos, launched. There is one in a process."""

    def __init__(
        self,
        place: Place,
        steps: Steps,
        report: Callable[[StoreError], None],
        forms_at_a_time: Mapping[str, int],
    ) -> None:
        import dbos

        self._dbos: Any = dbos.DBOS
        self._options: Any = dbos.SetEnqueueOptions
        self._steps, self._report = steps, report
        self._name = place.name
        _silence()
        self._dbos.destroy(destroy_registry=True)
        config: dbos.DBOSConfig = {
            "name": place.name,
            "system_database_url": place.url,
            "application_version": "1",  # work begun by an older version goes on
            "executor_id": place.name,
            "log_level": "CRITICAL",
            "max_executor_threads": sum(forms_at_a_time.values()) + 8,
            "use_listen_notify": False,
        }
        with translated():
            self._dbos(config=config)
            workflows: dict[str, Callable[..., None]] = {
                "document": self._document(),
                "index": self._index(),
                "read": self._read(),
            }
            register = self._dbos.workflow
            self._workflows: dict[str, Any] = {k: register(name=k)(workflows[k]) for k in workflows}
            self._dbos.launch()
            self._queue("document", 1)
            self._queue("index", 1)
            for reader, at_a_time in forms_at_a_time.items():
                self._queue(f"read-{reader}", at_a_time)

    def _queue(self, queue: str, at_a_time: int) -> None:
        self._dbos.register_queue(
            f"{self._name}-{queue}",
            worker_concurrency=at_a_time,
            polling_interval_sec=_TICK,
            on_conflict="always_update",
        )

    def send(self, job: Job) -> None:
        """Enqueues a job, unless it is already in line."""
        key = f"{job.document_id}/{job.form_id}"
        queue = f"{job.kind}-{job.reader}" if job.reader else job.kind
        what = (job.document_id, job.form_id, job.reader) if job.reader else (job.document_id,)
        in_line = self._options(deduplication_id=key, duplication_policy="return-existing")
        with translated(), in_line:
            self._dbos.enqueue_workflow(f"{self._name}-{queue}", self._workflows[job.kind], *what)

    def close(self) -> None:
        self._dbos.destroy(destroy_registry=True)

    def _step(self, name: str, step: Callable[..., None], *args: str, **options: object) -> None:
        self._dbos.run_step({"name": name, **options}, step, *args)

    def _noted(self, document_id: str, form_id: str = "", reader: str = "") -> _Noted:
        return _Noted(self._steps, self._report, (document_id, form_id, reader))

    def _document(self) -> Callable[[str], None]:
        def document(document_id: str) -> None:
            with self._noted(document_id):
                self._step("document", self._steps.document, document_id)

        return document

    def _index(self) -> Callable[[str], None]:
        def index(document_id: str) -> None:
            with self._noted(document_id):
                self._step("index", self._steps.index, document_id)

        return index

    def _read(self) -> Callable[[str, str, str], None]:
        retries = {
            "retries_allowed": True,
            "max_attempts": _RETRIES,
            "interval_seconds": _FIRST_RETRY,
            "should_retry": self._steps.worth_retrying,
        }

        def read(document_id: str, form_id: str, reader: str) -> None:
            with self._noted(document_id, form_id, reader):
                self._step("read", self._steps.read, document_id, form_id, reader, **retries)
                self._step("settle", self._steps.settle, document_id, form_id, reader)

        return read


def _silence() -> None:
    """What dbos logs is not for users: errors stand in the store. With a handler there, it adds
    none of its own."""
    log = logging.getLogger("dbos")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())


class _Noted:
    """Notes in the store what ends a workflow, whatever it is; dbos keeps it too. If the store
    itself refuses, that is reported."""

    def __init__(
        self, steps: Steps, report: Callable[[StoreError], None], what: tuple[str, str, str]
    ) -> None:
        """``what``: a document, and of a form's reading its form and reader."""
        self._steps, self._report, self._what = steps, report, what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception):
            return
        try:
            self._steps.failed(*self._what, _cause(error))
        except StoreError as refused:
            self._report(refused)


def _cause(error: Exception) -> Exception:
    """The last try's own error behind dbos's report that all tries failed."""
    if is_refusal(error):
        return store_error(error)
    tries = getattr(error, "errors", None)
    return tries[-1] if tries else error
