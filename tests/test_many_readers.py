"""What readers after the first read, and when: each on its own, and none at another's cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.ingest.steps import Steps
from assistant.readers import Model, Reader
from assistant.readers.registry import Readers
from assistant.reconcile.merge import reconcile
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store.stages import Asked
from assistant.store.store import Store
from schemas.geometry import Page
from schemas.readings import FormReading, FormSpan
from schemas.records import Cell, Record, State
from tests.stub_readers import (
    Passages,
    find_forms,
    open_stub,
    read_document,
    reading,
    stub_readers,
)

ID = "a" * 64
LLM = Asked("llm", "1", needs_model=True)


@pytest.fixture
def booklet(tmp_path: Path) -> Path:
    path = tmp_path / "booklet.txt"
    path.write_text("路灯改造 100.00\n河道清淤 200.00\n", encoding="utf-8")
    return path


@pytest.fixture
def store(tmp_path: Path, booklet: Path) -> Iterator[Store]:
    """A store that holds a document of two forms, which the rules have read."""
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    take_in(store, booklet, with_model=True)
    yield store
    store.close()


def take_in(store: Store, booklet: Path, *, with_model: bool) -> None:
    pages = read_document(booklet).pages
    read = [reading(page, "rules") for page in pages]
    records = [reconcile(ID, {"rules": r}) for r in read]
    store.add_document(ID, booklet.name, ".txt", with_model=with_model)
    store.save_pages(ID, pages, "1")
    store.save_forms(
        ID, find_forms(pages), read, records, version="1", asked=[Asked("rules", "1"), LLM]
    )


def waiting(store: Store, reader: str) -> list[str]:
    return [job.form_id for job in store.jobs() if job.reader == reader]


@pytest.mark.parametrize(
    ("asked", "forms"),
    [
        (LLM, ["p02"]),  # which it failed at
        (LLM._replace(version="2"), ["p01", "p02"]),  # p01 was read by version 1
        (Asked("third", "1"), ["p01", "p02"]),  # which was never asked before
    ],
)
def test_a_reader_asked_of_a_document_reads_what_it_has_not(
    store: Store, asked: Asked, forms: list[str]
) -> None:
    store.set_stage(ID, "p01", "llm", "done")
    store.set_stage(ID, "p02", "llm", "failed")
    assert waiting(store, asked.reader) == []
    store.ask(asked, ID)
    assert (waiting(store, asked.reader), waiting(store, "rules")) == (forms, [])


def test_a_document_added_without_a_model_waits_for_none(store: Store, booklet: Path) -> None:
    take_in(store, booklet, with_model=False)
    assert (waiting(store, "llm"), store.status(ID).llm) == ([], "off")
    store.ask(LLM, ID)
    assert waiting(store, "llm") == ["p01", "p02"]


def test_readings_are_those_of_the_versions_asked_for(store: Store) -> None:
    store.save_reading(ID, reading(store.pages(ID)[0], "llm"), "1")
    assert set(store.readings(ID, "p01")) == {"rules", "llm"}
    store.set_stage(ID, "p01", "llm", "reading", version="2")
    assert set(store.readings(ID, "p01")) == {"rules"}


def with_third(log: Path, *, needs_model: bool = False, fault: Exception | None = None) -> Readers:
    def read(pages: Sequence[Page], _span: FormSpan, _model: Model | None) -> FormReading:
        if fault:
            raise fault
        return reading(pages[0], "third")

    third = Reader("third", "第三", "third", read, needs_model=needs_model)
    found = stub_readers(log)
    return replace(found, readers=(*found.readers, third))


def test_a_reading_is_of_the_reader_and_the_form_that_were_asked(
    tmp_path: Path, booklet: Path
) -> None:
    """Whatever it says of itself: under another name it would be waited for."""
    (page, other) = read_document(booklet).pages
    reader = Reader("third", "第三", "third", lambda *_: reading(other, "another"))
    (span, _) = find_forms([page, other]).forms
    found = stub_readers(tmp_path / "log").reading(reader, {1: page}, span)
    assert (found.reader, found.form_id) == ("third", "p01")


def amounts(assistant: Assistant, document_id: str) -> list[Cell]:
    records = (assistant.opened(document_id, form_id).record for form_id in ("p01", "p02"))
    return [record.fields["total_amount"] for record in records]


@pytest.mark.parametrize("needs_model", [False, True])
def test_a_reader_that_came_later_reads_what_the_others_have_read(
    tmp_path: Path, booklet: Path, needs_model: bool
) -> None:
    log, settings = tmp_path / "log", Settings(home=tmp_path / "home", llm="embedded")
    with open_stub(settings.home, log) as assistant:
        assistant.ingest([booklet])
    before = log.read_text(encoding="utf-8")
    with Assistant(settings, with_third(log, needs_model=needs_model), Passages) as assistant:
        assert assistant.documents()[0].readers["third"].stage == "off"
        (status,) = assistant.ingest([booklet])
        cells = amounts(assistant, status.document_id)
    assert (status.readers["third"].stage, status.readers["third"].forms_done) == ("done", 2)
    assert [tuple(cell.readings) for cell in cells] == [("rules", "llm", "third")] * 2
    assert {cell.state for cell in cells} == {State.AGREED}
    assert log.read_text(encoding="utf-8") == before


def test_a_reader_that_fails_leaves_the_others(tmp_path: Path, booklet: Path) -> None:
    readers = with_third(tmp_path / "log", fault=RuntimeError("a bug"))
    settings = Settings(home=tmp_path / "home", llm="embedded")
    with Assistant(settings, readers, Passages) as assistant:
        (status,) = assistant.ingest([booklet])
        said = [tuple(c.readings) for c in amounts(assistant, status.document_id)]
    assert {name: r.stage for name, r in status.readers.items()} == {
        "llm": "done", "third": "failed",
    }  # fmt: skip
    assert (status.rules, "a bug" in status.message, said) == ("done", True, [("rules", "llm")] * 2)


def test_of_readers_that_end_a_form_at_once_none_is_left_out(tmp_path: Path, booklet: Path) -> None:
    """The second ends while the first's record is being saved."""
    page = read_document(booklet).pages[0]
    said = {name: reading(page, name) for name in ("rules", "llm")}
    saved: list[set[str]] = []

    def save_record(record: Record) -> None:
        if "third" not in said:
            said["third"] = reading(page, "third")
            second.start()
            second.join(0.2)  # time enough to overtake, if it may
        saved.append(set(record.fields["name"].readings))

    store: Any = SimpleNamespace(
        readings=lambda *_: dict(said), save_record=save_record, set_stage=lambda *_: None,
        record=lambda *_: reconcile(ID, said), layouts=SimpleNamespace(names=dict),
    )  # fmt: skip
    originals: Any = None
    steps = Steps(store, originals, with_third(tmp_path / "log"), Passages)
    second = Thread(target=steps.settle, args=(ID, "p01", "third"))
    steps.settle(ID, "p01", "llm")
    second.join()
    assert saved == [{"rules", "llm"}, {"rules", "llm", "third"}]
