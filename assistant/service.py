"""The assistant: everything that the command line and the web app can do.

Reading documents goes on in the background and survives a kill; all that is
shown is told from the store, so that several processes may look at one home.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from assistant.ask.library import Shelf, StoredLibrary
from assistant.errors import DocumentError, JixiaoError, NotFound, StoreError
from assistant.ingest.layouts import LayoutBook
from assistant.ingest.queue import Place, Workflows, state_url
from assistant.ingest.steps import PassageIndex, Steps, asked_of
from assistant.model.deadline import Bounded
from assistant.readers import Reader
from assistant.readers.registry import Readers, default_readers
from assistant.settings import Settings
from assistant.store.files import Originals, check_room, home_folder, suffix_of
from assistant.store.lists import FormKey, Opened, ProjectLine, QueueItem, Which
from assistant.store.stages import Job
from assistant.store.store import Store
from schemas.answers import Answer
from schemas.conversations import Conversation, Exchange, Feedback, Verdict
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.findings import Finding
from schemas.geometry import Box
from schemas.records import Record
from schemas.review import Decision

if TYPE_CHECKING:
    from assistant.ask.answering import Second
    from assistant.search.index import Index

_POLL = 0.2  # seconds
_SECOND_READER_SECONDS = 20.0  # that asking waits for each of the model's two choices
_WRITER_SECONDS = 40.0  # and, with the answer shown, for its words for a passage
_CALLS_AT_A_TIME = {"embedded": 1, "endpoint": 4, "off": 1}
Progress = Callable[[DocumentStatus], None]


class Assistant:
    """Opens the store under ``settings.home``; close it, or use it in a ``with`` block. Every
    method may raise :class:`StoreError`, and :class:`NotFound` for what is not there."""

    def __init__(
        self,
        settings: Settings,
        readers: Readers | None = None,
        index: Callable[[], PassageIndex] | None = None,
    ) -> None:
        """``readers`` and ``index`` (called when first needed) stand in for the program's own."""
        self._home = home_folder(settings.home)
        self._settings = settings.model_copy(update={"home": self._home})
        self._readers = readers or default_readers(self._settings)
        self._store = Store(self._settings.store_url)
        self._shelf = Shelf(self._store, self._settings.store_url)
        self._originals = Originals(self._home)
        self._steps = Steps(
            self._store,
            self._originals,
            self._readers,
            index or (lambda: self._index),
        )
        self.layouts = LayoutBook(self._store, self._steps)
        self._model_in_time = Bounded(self._steps.model, _SECOND_READER_SECONDS)
        self._writer = Bounded(self._steps.model, _WRITER_SECONDS)
        self._workflows: Workflows | None = None

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the background work; what is in hand is done again at the next start."""
        if self._workflows is not None:
            self._workflows.stop()
        self._model_in_time.close()
        self._writer.close()
        self._steps.close()
        self._store.close()

    # Documents

    def ingest(
        self, paths: Sequence[Path], *, llm: bool = True, on_progress: Progress | None = None
    ) -> list[DocumentStatus]:
        """Reads documents and returns when they are read. One status a path: a file that
        cannot be read has ``rules`` ``failed`` and its ``message`` says why.

        Repeating it is free, and so is repeating it after a kill for what was read before.
        """
        statuses = [self._submit_or_refuse(path, llm) for path in paths]
        waiting = {s.document_id for s in statuses if s.document_id}
        seen: dict[str, DocumentStatus] = {}
        while waiting:
            for document_id in list(waiting):
                status = self._shown(self._store.status(document_id))
                if on_progress and seen.get(document_id) != status:
                    on_progress(status)
                seen[document_id] = status
                if not self._unfinished(status):
                    waiting.discard(document_id)
            if waiting:
                self._check_work()
                time.sleep(_POLL)
        return [self._refuse_unread(seen.get(s.document_id, s)) for s in statuses]

    def submit(self, path: Path, name: str | None = None, *, llm: bool = True) -> DocumentStatus:
        """Takes a file in and returns at once; it is read in the background.

        Raises :class:`DocumentError` for a file that cannot be taken in.
        """
        document_id = self._originals.digest(path)
        label = name or path.name
        with_model = llm and self._with_model
        if not self._store.is_read(document_id, self._readers.document_version()):
            kind = suffix_of(label)
            self._originals.keep(path, document_id, kind)
            self._store.add_document(document_id, label, kind, with_model=with_model)
        else:
            for reader in self._others(with_model=with_model):
                self._store.ask(asked_of(self._readers, reader), document_id)
        if self._jobs():
            self._work().start()
        return self._shown(self._store.status(document_id))

    def resume(self) -> None:
        """Goes on with what an earlier process left unfinished and retries what the model
        failed at; forgets files that could not be read. The web app calls it at start."""
        for status in self._store.statuses():
            self._refuse_unread(status)
        for reader in self._others(with_model=self._with_model):
            self._store.ask_again(asked_of(self._readers, reader), datetime.now(UTC))
        if self._jobs():
            self._work().start()

    def discard(self, document_id: str) -> None:
        """Takes a file that could not be read off the list; any other document stays."""
        self._refuse_unread(self._store.status(document_id))

    def documents(self) -> list[DocumentStatus]:
        """Every document with its progress, the newest first."""
        return [self._shown(status) for status in self._store.statuses()]

    def document_names(self) -> dict[str, str]:
        """The names of the documents by their ids."""
        return self._store.document_names()

    def document_name(self, document_id: str) -> str:
        return self._store.stored(document_id).name

    def document_of(self, path: Path) -> str | None:
        """The id of the document whose bytes ``path`` holds, if it was read."""
        document_id = self._originals.digest(path)
        known = self._store.is_read(document_id, self._readers.document_version())
        return document_id if known else None

    def page_count(self, document_id: str) -> int:
        return self._store.stored(document_id).page_count

    def page_image(self, document_id: str, page: int, marks: Sequence[Box] = ()) -> bytes:
        """A page as PNG with ``marks`` (PDF points) drawn over it."""
        from assistant.pages import document as pages

        kind = self._store.stored(document_id).kind
        return pages.render_page(self._originals.path(document_id, kind), page, marks)

    # Records and review

    def records(self, document_id: str | None = None) -> list[Record]:
        """Records as they stand after review; :meth:`opened` has what each reader said."""
        return self._store.records(document_id)

    def opened(self, document_id: str, form_id: str) -> Opened:
        """A record with what each reader said and the decisions on it."""
        return self._store.opened(document_id, form_id)

    def projects(
        self, *, document_id: str = "", text: str = "", which: Which = "any", most: int
    ) -> tuple[list[ProjectLine], int]:
        """At most ``most`` of the forms that the filters leave, and how many there are; ``text``
        is part of a name, code, unit or form id."""
        return self._store.projects(document_id=document_id, text=text, which=which, most=most)

    def lines(self, keys: Collection[FormKey]) -> dict[FormKey, ProjectLine]:
        """The forms ``keys`` (document id, form id) as a list shows them."""
        return self._store.lines(keys)

    def queue(self) -> list[QueueItem]:
        """Every cell that waits for a person, in printed order."""
        return self._store.queue()

    def find_record(self, address: str) -> Opened:
        """The record at ``FORM`` or ``DOCUMENT/FORM``, the document by its name or the beginning
        of its id. Raises :class:`NotFound`, also where several forms fit."""
        document, _, form_id = address.rpartition("/")
        found = [
            (s.document_id, s.name)
            for s in self._store.statuses()
            if not document or s.name == document or s.document_id.startswith(document)
        ]
        ids = [i for i, _ in found if self._store.has_record(i, form_id)]
        if not ids:
            raise NotFound("record.unlisted", address=address)
        if len(ids) > 1:
            raise NotFound("record.ambiguous", form=form_id)
        return self._store.opened(ids[0], form_id)

    def decide(self, decision: Decision) -> Opened:
        """Keeps one review decision and returns the record as it then stands.

        Raises :class:`InvalidValue` for a correction that is not of the field's type, and
        :class:`JixiaoError` where the record does not allow the decision.
        """
        before, after = self._store.decide(decision)
        self._steps.decided(before, after.record)
        return after

    def findings(self, document_id: str | None = None) -> list[Finding]:
        """The faults that forms hold, worked out anew where records changed."""
        from assistant.findings.find import find

        for changed, revision in self._store.unchecked(document_id).items():
            found = find(self._store.records(changed), self._store.document_names())
            self._store.save_findings(changed, found, revision)
        return self._store.findings(document_id)

    def export(self, path: Path, *, approved_only: bool = True) -> None:
        """Writes the records by the suffix of ``path``: .xlsx, .csv or .json."""
        from assistant.export import workbook

        records = self._store.records(approved_only=approved_only)
        if not records:
            raise JixiaoError("record.none_approved" if approved_only else "record.none")
        names = {s.document_id: s.name for s in self._store.statuses()}
        workbook.write(path, records, names)

    # Questions

    def ask(self, question: str, *, conversation: str = "", approved_only: bool = False) -> Answer:
        """Answers from the records, with the pages it rests on. The answer names its
        conversation; a follow-up gives that name back."""
        *_, (answer, _) = self.asking(
            question, conversation=conversation, approved_only=approved_only
        )
        return answer

    def asking(
        self, question: str, *, conversation: str = "", approved_only: bool = False
    ) -> Iterator[tuple[Answer, bool]]:
        """The answer, and whether it comes again: what quotes passages is then led by the
        model's words for them. Each is kept before it is given."""
        from assistant.ask import answering
        from assistant.ask.answer import in_words

        name = conversation or uuid.uuid4().hex[:12]
        before = self._store.conversations.last_turn(conversation) if conversation else None
        answer, turn = answering.answer(
            question,
            StoredLibrary(self._shelf, lambda: self._index, self.findings, approved_only),
            self._second_reader,
            turn=answering.Turn.model_validate_json(before) if before else None,
        )
        answer = answer.model_copy(update={"conversation": name})
        kept = self._store.conversations.save(name, question, answer, turn.model_dump_json())
        words = self._with_model and in_words.helps(answer, turn.query)
        yield answer, words
        if words:
            if better := in_words.worded(question, answer, self._writer):
                self._store.conversations.amend(kept, better)
            yield better or answer, False

    def conversation(self, name: str) -> list[Exchange]:
        """Questions and answers of a conversation, oldest first."""
        return self._store.conversations.turns(name)

    def conversations(self) -> list[Conversation]:
        """The conversations that were had, the newest first."""
        return self._store.conversations.recent()

    def rate(self, turn: int, verdict: Verdict, *, who: str, reason: str = "") -> Feedback:
        """Keeps what a person thinks of an answer, by the ``id`` of its exchange."""
        return self._store.conversations.rate(turn, verdict, who=who, reason=reason)

    def feedback(self) -> list[Feedback]:
        """What people thought of answers, of each person and answer the newest, oldest first."""
        return self._store.conversations.feedback()

    # Inside

    @cached_property
    def _second_reader(self) -> Second | None:
        """The model as second reader of questions. One at an endpoint reads every question;
        the embedded one, which takes seconds, only those that the rules leave words of."""
        if not self._with_model:
            return None
        from assistant.ask.answering import Second

        return Second(self._model_in_time, always=self._settings.llm_mode == "endpoint")

    @cached_property
    def _index(self) -> Index:
        from assistant.search.index import Index

        return Index(self._settings)

    @property
    def _with_model(self) -> bool:
        return self._settings.llm_mode != "off"

    def _others(self, *, with_model: bool) -> list[Reader]:
        """The readers after the first that can read here."""
        return [r for r in self._readers.others if with_model or not r.needs_model]

    def _jobs(self) -> list[Job]:
        """What this process can do of what waits."""
        able = {"", *(reader.name for reader in self._others(with_model=self._with_model))}
        return [job for job in self._store.jobs() if job.reader in able]

    def _work(self) -> Workflows:
        if self._workflows is None:
            calls = _CALLS_AT_A_TIME[self._settings.llm_mode]
            self._workflows = Workflows(
                Place(state_url(self._settings.store_url, self._home), self._home),
                self._steps,
                self._jobs,
                forms_at_a_time={
                    r.name: calls if r.needs_model else 1 for r in self._readers.others
                },
            )
        return self._workflows

    def _check_work(self) -> None:
        work = self._work()
        if work.error is not None:
            raise work.error
        check_room(self._home)
        if not work.alive:
            raise StoreError("store.stopped")

    def _unfinished(self, status: DocumentStatus) -> bool:
        if status.rules == "failed":
            return False
        stages = (status.rules, status.indexed, *(r.stage for r in status.readers.values()))
        return "reading" in stages or "waiting" in stages

    def _shown(self, status: DocumentStatus) -> DocumentStatus:
        """A status as this process sees it: every reader after the first has its place in it,
        and without a model nothing waits for one."""
        readers = {r.name: self._progress(r, status) for r in self._readers.others}
        waiting = any(
            r.needs_model and readers[r.name].stage != "done" for r in self._readers.others
        )
        told = self._with_model or not waiting
        seconds_left = status.seconds_left if told else None
        return status.model_copy(update={"readers": readers, "seconds_left": seconds_left})

    def _progress(self, reader: Reader, status: DocumentStatus) -> ReaderProgress:
        found = status.readers.get(reader.name, ReaderProgress())
        if found.stage != "done" and reader.needs_model and not self._with_model:
            return found.model_copy(update={"stage": "off"})
        if reader.name in status.readers or status.rules != "done":
            return found
        return ReaderProgress(stage="off" if status.forms else "done")

    def _submit_or_refuse(self, path: Path, llm: bool) -> DocumentStatus:
        try:
            return self.submit(path, llm=llm)
        except DocumentError as error:
            return DocumentStatus(
                document_id="",
                name=path.name,
                page_count=0,
                rules="failed",
                message=str(error),
                said=error.message,
            )

    def _refuse_unread(self, status: DocumentStatus) -> DocumentStatus:
        """A file that turned out to be unreadable leaves the store as it was."""
        if status.document_id and status.rules == "failed" and not status.page_count:
            self._store.remove_document(status.document_id)
            self._originals.discard(status.document_id)
        return status
