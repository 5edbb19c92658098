"""What the command line prints. Text from documents loses its control characters, so that a
page cannot drive the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant.errors import StoreError
from assistant.readers.registry import installed, reader_label
from assistant.review.replay import count_open
from schemas.answers import Answer
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.findings import Finding
from schemas.records import CellRef, Record, iter_cells
from schemas.review import Decision

if TYPE_CHECKING:
    from assistant.store.lists import QueueItem

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SHOWN = 60  # characters of a value in a line


def clean(text: object) -> str:
    """Text without control characters; line breaks stay."""
    return _CONTROL.sub(" ", str(text))


def _short(value: object) -> str:
    if value is None:
        return "(empty)"
    line = " ".join(clean(value).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def write_text(path: Path, text: str) -> None:
    """Raises :class:`StoreError`."""
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError("store.not_written", path=path, reason=error.strerror) from None


def document_line(status: DocumentStatus) -> str:
    """One document: its name, its forms and how far its readers are."""
    if status.rules == "failed":
        return clean(status.message or f"{status.name} could not be read.")
    stages = [f"{installed()[0].en} {status.rules}"]
    for name, reader in status.readers.items():
        left = reader.stage in ("reading", "waiting", "failed")
        done = f" ({reader.forms_done}/{status.forms})" if left else ""
        stages.append(f"{reader_label(name, 'en')} {reader.stage}{done}")
    line = (
        f"{status.document_id[:12]}  {status.name}  {status.page_count} pages, "
        f"{status.forms} forms  {', '.join(stages)}"
    )
    if status.message:
        line += f"  {status.message}"
    return clean(line)


def answer_text(answer: Answer) -> str:
    """An answer for a person: the text, how the question was read, the pages."""
    lines = [answer.answer]
    if answer.computation:
        lines.append(f"  {answer.computation}")
    if answer.interpretation:
        lines.append(f"  ({answer.interpretation})")
    lines += [f"  [{c.document} p.{c.page}] {_short(c.quote)}" for c in answer.citations]
    lines += [f"  ? {choice}" for choice in answer.choices]
    lines.append(f"  {answer.status}, {answer.approval}; conversation {answer.conversation}")
    return "\n".join(clean(line) for line in lines)


def finding_line(finding: Finding) -> str:
    pages = ",".join(map(str, finding.pages))
    return clean(
        f"{finding.severity:7} {finding.form_id} p.{pages}  {finding.rule}  "
        f"{finding.target}: {finding.what}"
    )


def queue_line(item: QueueItem) -> str:
    cell = item.ref.cell
    return clean(
        f"{item.document}/{item.form_id}  {item.ref.path}  p.{item.page}  "
        f"{cell.state.value}  {_short(cell.value)}"
    )


def queue_json(item: QueueItem) -> dict[str, Any]:
    return {
        "document": item.document,
        "document_id": item.document_id,
        "form_id": item.form_id,
        **item.ref.model_dump(mode="json"),
    }


def record_summary(record: Record) -> str:
    waiting = count_open(record)
    return clean(f"{record.form_id} {record.name}: {record.approval}, {waiting} cells need review")


def record_lines(record: Record, lost: Sequence[Decision]) -> Iterator[str]:
    """Every cell of a record, those that need a person marked."""
    yield record_summary(record)
    for ref in iter_cells(record):
        mark = "!" if ref.cell.needs_review else " "
        yield clean(f"{mark} {ref.path}  {ref.cell.state.value}  {_short(ref.cell.value)}")
    for decision in lost:
        yield clean(
            f"lost: {decision.action} {decision.path} → {_short(decision.after)} "
            f"by {decision.who}; decide again"
        )


def cell_text(ref: CellRef, decisions: Sequence[Decision]) -> str:
    """A cell with its readings and its history."""
    place = ref.cell.evidence
    lines = [
        f"{ref.path}  {ref.label}",
        f"value   {ref.cell.value if ref.cell.value is not None else '(empty)'}",
        f"state   {ref.cell.state.value}{', needs review' if ref.cell.needs_review else ''}",
    ]
    if place:
        lines.append(f"place   p.{place.page} {list(place.bbox) if place.bbox else ''}")
    for reader, reading in ref.cell.readings.items():
        doubts = f"  doubts: {', '.join(reading.doubts)}" if reading.doubts else ""
        lines.append(f"{reader:7} {reading.value}{doubts}")
    for d in decisions:
        lines.append(f"{d.at:%Y-%m-%d %H:%M} {d.who} {d.action}: {d.before} → {d.after} {d.why}")
    return "\n".join(clean(line) for line in lines)


class IngestProgress:
    """A bar for each document on stderr: forms done, time left, tokens."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.fields[name]}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> IngestProgress:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def show(self, status: DocumentStatus) -> None:
        if status.document_id not in self._tasks:
            self._tasks[status.document_id] = self._progress.add_task(
                "", name=clean(status.name), state=""
            )
        done = [reader.forms_done for reader in _at_work(status).values()] or [status.forms]
        self._progress.update(
            self._tasks[status.document_id],
            total=status.forms * len(done) or None,
            completed=sum(done),
            state=progress_text(status),
        )


def _at_work(status: DocumentStatus) -> dict[str, ReaderProgress]:
    """The readers after the first that read the document."""
    return {name: reader for name, reader in status.readers.items() if reader.stage != "off"}


def progress_text(status: DocumentStatus) -> str:
    """What stands beside the bar."""
    first = installed()[0].en
    if status.rules != "done":
        return f"{first} {status.rules}"
    done = [
        f"{reader.forms_done}/{status.forms} forms by the {reader_label(name, 'en')}"
        for name, reader in _at_work(status).items()
    ]
    if not done:
        return f"{status.forms} forms by the {first}"
    tokens = status.usage.prompt_tokens + status.usage.completion_tokens
    text = f"{', '.join(done)}, {tokens:,} tokens"
    if status.seconds_left:
        minutes, seconds = divmod(round(status.seconds_left), 60)
        text += f", about {minutes}:{seconds:02d} left"
    return text
