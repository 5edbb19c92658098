"""Durable ingestion: what is read, what is read again, and what a kill costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.ask.library import StoredLibrary
from assistant.errors import (
    DocumentError,
    JixiaoError,
    ModelNonsense,
    ModelUnavailable,
    NotFound,
    StoreError,
)
from assistant.ingest.queue import WorkerLock, Workflows
from assistant.search.passages import Hit
from assistant.service import Assistant
from assistant.settings import Settings
from schemas.records import State
from schemas.review import Decision
from tests.stub_readers import Passages, open_stub, stub_readers
from tests.waiting import PATIENCE, started, until

ROOT = Path(__file__).resolve().parents[1]
BOOKLET = "封面\n路灯改造 100.00\n河道清淤 200.00\n校舍加固 300.00\n"


@pytest.fixture
def booklet(tmp_path: Path) -> Path:
    path = tmp_path / "booklet.txt"
    path.write_text(BOOKLET, encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.touch()
    return path


def calls(log: Path) -> Counter[str]:
    return Counter(log.read_text(encoding="utf-8").splitlines())


def test_a_booklet_is_read_by_both_readers(tmp_path: Path, booklet: Path, log: Path) -> None:
    seen = []
    with open_stub(tmp_path / "home", log) as assistant:
        (status,) = assistant.ingest([booklet], on_progress=seen.append)
        names = [r.name for r in assistant.records()]
        state = assistant.records()[0].fields["total_amount"].state
    assert (status.rules, status.indexed, status.llm) == ("done", "done", "done")
    assert (status.page_count, status.forms, status.llm_forms_done) == (4, 3, 3)
    assert status.others[0].reason == "封面"
    assert status.usage.prompt_tokens == 21
    assert names == ["路灯改造", "河道清淤", "校舍加固"]
    assert state is State.AGREED
    assert seen[-1] == status


def test_the_same_bytes_are_one_document_and_free(tmp_path: Path, booklet: Path, log: Path) -> None:
    twin = tmp_path / "另一个名字.txt"
    twin.write_bytes(booklet.read_bytes())
    with open_stub(tmp_path / "home", log) as assistant:
        first, second = assistant.ingest([booklet, twin])
        before = calls(log)
        assistant.ingest([twin])
        assert first.document_id == second.document_id
        assert [d.name for d in assistant.documents()] == ["booklet.txt"]
        assert calls(log) == before


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", ["pages", "forms", "end p02", "begin p03", "end p04"])
def test_kill_costs_only_the_step_in_hand(
    tmp_path: Path, booklet: Path, log: Path, killed_after: str
) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "tests.stub_readers", home, log, "0.4", booklet]
    with started(command, cwd=ROOT, start_new_session=True) as process:
        until(lambda: killed_after in calls(log) or process.poll() is not None)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.wait(PATIENCE) == -signal.SIGKILL
    with open_stub(home, log) as assistant:
        (status,) = assistant.ingest([booklet])
        assert (status.rules, status.llm, status.llm_forms_done) == ("done", "done", 3)
        assert len(assistant.records()) == 3
    made = calls(log)
    assert sum(made[f"end {form}"] for form in ("p02", "p03", "p04")) <= 4
    assert sum(made[f"begin {form}"] for form in ("p02", "p03", "p04")) <= 4
    assert made["pages"] <= 2
    assert made["forms"] <= 2


@pytest.mark.slow
def test_pending_work_resumes_at_the_next_start(tmp_path: Path, booklet: Path, log: Path) -> None:
    home = tmp_path / "home"
    with open_stub(home, log) as assistant:
        assistant.submit(booklet)
    with open_stub(home, log) as assistant:
        assistant.resume()
        until(lambda: assistant.documents()[0].llm == "done")
        assert len(assistant.records()) == 3


@pytest.mark.slow
def test_two_processes_share_a_home(tmp_path: Path, booklet: Path, log: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("桥梁检测 400.00\n", encoding="utf-8")
    home = tmp_path / "home"
    command = [sys.executable, "-m", "tests.stub_readers", home, log, "0.1"]
    with (
        started([*command, booklet, other], cwd=ROOT) as first,
        started([*command, other, booklet], cwd=ROOT) as second,
    ):
        assert [first.wait(PATIENCE), second.wait(PATIENCE)] == [0, 0]
    with open_stub(home, log) as assistant:
        assert sorted(d.llm for d in assistant.documents()) == ["done", "done"]
        assert len(assistant.records()) == 4
    made = calls(log)
    of_document = (made.pop("pages"), made.pop("forms"))
    assert (of_document, set(made.values())) == ((2, 2), {1})


@pytest.mark.slow
@pytest.mark.parametrize("error", [ModelUnavailable("down."), ModelNonsense("nonsense.")])
def test_rules_stand_where_the_model_fails_and_it_is_tried_later(
    tmp_path: Path, booklet: Path, log: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.ingest.queue._FIRST_RETRY", 0.01)
    home = tmp_path / "home"
    with open_stub(home, log, fail=lambda form: error) as assistant:
        (status,) = assistant.ingest([booklet])
        assert (status.rules, status.llm, status.message) == ("done", "failed", str(error))
        assert assistant.records()[0].fields["name"].state is State.SINGLE
    with open_stub(home, log) as assistant:
        (status,) = assistant.ingest([booklet])
        assert (status.llm, status.message) == ("done", "")
        assert assistant.records()[0].fields["name"].state is State.AGREED


@pytest.mark.slow
@pytest.mark.parametrize(("failures", "stage"), [(2, "done"), (3, "failed")])
def test_a_model_that_is_away_for_a_moment_is_asked_three_times(
    tmp_path: Path, log: Path, failures: int, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.ingest.queue._FIRST_RETRY", 0.01)
    path = tmp_path / "one.txt"
    path.write_text("路灯改造 100.00\n", encoding="utf-8")
    answers = iter([ModelUnavailable("down.")] * failures)
    with open_stub(tmp_path / "home", log, fail=lambda form: next(answers, None)) as assistant:
        (status,) = assistant.ingest([path])
    assert status.llm == stage
    assert calls(log)["begin p01"] == 3


@pytest.mark.slow
def test_one_form_that_fails_leaves_the_others(tmp_path: Path, booklet: Path, log: Path) -> None:
    def fail(form: str) -> Exception | None:
        return RuntimeError("a bug") if form == "p03" else None

    with open_stub(tmp_path / "home", log, fail=fail) as assistant:
        (status,) = assistant.ingest([booklet])
    assert (status.llm, status.llm_forms_done) == ("failed", 2)
    assert "a bug" in status.message


@pytest.mark.slow
def test_without_a_model_the_rules_read_alone(tmp_path: Path, booklet: Path, log: Path) -> None:
    settings = Settings(home=tmp_path / "home", llm="off")
    with Assistant(settings, stub_readers(log), Passages) as assistant:
        (status,) = assistant.ingest([booklet])
    assert (status.rules, status.llm) == ("done", "off")
    assert set(calls(log)) == {"pages", "forms"}
    with open_stub(tmp_path / "home", log) as assistant:
        (status,) = assistant.ingest([booklet])
        assert (status.llm, status.llm_forms_done) == ("done", 3)


def test_a_bad_file_leaves_the_store_unchanged(tmp_path: Path, booklet: Path, log: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    with open_stub(tmp_path / "home", log) as assistant:
        good, bad, gone = assistant.ingest([booklet, empty, tmp_path / "gone.pdf"])
        assert [d.name for d in assistant.documents()] == ["booklet.txt"]
    assert good.rules == "done"
    assert bad.message == "empty.txt is empty; get the file again."
    assert gone.message.endswith("does not exist; check the path.")
    assert len(list((tmp_path / "home" / "documents").iterdir())) == 1


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_shown_until_the_next_start(
    tmp_path: Path, booklet: Path, log: Path
) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    with open_stub(tmp_path / "home", log) as assistant:
        assistant.submit(empty)
        until(lambda: assistant.documents()[0].rules == "failed")
        assert assistant.documents()[0].message == "empty.txt is empty; get the file again."
    with open_stub(tmp_path / "home", log) as assistant:
        assistant.resume()
        assert assistant.documents() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("versions", "read_again"),
    [
        ({}, (1, 1, 1)),
        ({"pages": "2"}, (2, 2, 1)),
        ({"forms": "2"}, (1, 2, 1)),  # the file is not opened, no scan is recognised again
        ({"rules": "2"}, (1, 2, 1)),
        ({"llm": "2"}, (1, 1, 2)),
    ],
)
def test_what_has_a_new_version_is_done_again_and_no_more(
    tmp_path: Path, booklet: Path, log: Path, versions: dict[str, str], read_again: tuple[int, ...]
) -> None:
    home = tmp_path / "home"
    with open_stub(home, log) as assistant:
        assistant.ingest([booklet])
        before = assistant.records()
    with open_stub(home, log, **versions) as assistant:
        (status,) = assistant.ingest([booklet])
        assert (status.rules, status.llm, status.llm_forms_done) == ("done", "done", 3)
        assert assistant.records() == before
    made = calls(log)
    assert (made["pages"], made["forms"], made["end p02"]) == read_again


def test_submit_refuses_what_is_no_file(tmp_path: Path, log: Path) -> None:
    with open_stub(tmp_path / "home", log) as assistant:
        with pytest.raises(DocumentError, match="is a folder"):
            assistant.submit(tmp_path)
        with pytest.raises(NotFound):
            assistant.document_name("0" * 64)
        with pytest.raises(JixiaoError, match="no approved record"):
            assistant.export(tmp_path / "records.xlsx")


@pytest.mark.slow
def test_a_store_that_refuses_ends_the_wait(
    tmp_path: Path, booklet: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise StoreError("The disk is full.")

    with open_stub(tmp_path / "home", log) as assistant:
        monkeypatch.setattr(assistant._store, "save_forms", full)
        monkeypatch.setattr(assistant._store, "_set_document", full)
        with pytest.raises(StoreError, match="disk is full"):
            assistant.ingest([booklet])
    with open_stub(tmp_path / "home", log) as assistant:
        assert assistant.ingest([booklet])[0].llm == "done"


@pytest.mark.slow
def test_two_assistants_of_a_process_take_turns(
    tmp_path: Path, booklet: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, looked = Workflows._works, []

    def watched(workflows: Workflows) -> bool:
        looked.append(works(workflows))
        return looked[-1]

    first, second = open_stub(tmp_path / "a", log), open_stub(tmp_path / "b", log)
    first.ingest([booklet])
    monkeypatch.setattr(Workflows, "_works", watched)
    second.submit(booklet)
    until(lambda: False in looked)
    assert second.documents()[0].rules == "waiting"
    first.close()
    assert second.ingest([booklet])[0].llm == "done"
    second.close()


def test_passages_of_an_earlier_reading_are_not_found(
    tmp_path: Path, booklet: Path, log: Path
) -> None:
    class Everything(Passages):
        def search(self, query: str, *, form_keys: object, k: int) -> list[Hit]:
            return [Hit(p, 1.0, 1.0) for p in self.passages]

    index = Everything()
    settings = Settings(home=tmp_path / "home", llm="off")
    with Assistant(settings, stub_readers(log), lambda: index) as assistant:
        assistant.ingest([booklet])

        def found() -> list[str]:
            library = StoredLibrary(assistant._shelf, lambda: index, list, False)  # type: ignore[arg-type, return-value]
            return [hit.passage.text for hit in library.search("概述")]

        assert len(found()) == 3
        where = {"document_id": assistant.documents()[0].document_id, "form_id": "p02"}
        when = {"who": "甲", "at": datetime(2025, 1, 2, tzinfo=UTC)}
        assistant.decide(
            Decision(
                **where,
                **when,
                path="overview",
                action="correct",
                after="新的概述，这一句由测试写成。",
            )
        )
        assert sorted(found()) == [
            "新的概述，这一句由测试写成。",
            "校舍加固的概述，这一句由测试写成。",
            "河道清淤的概述，这一句由测试写成。",
        ]


def test_one_process_at_a_time_holds_the_lock(tmp_path: Path) -> None:
    first, second = WorkerLock(tmp_path), WorkerLock(tmp_path)
    assert (first.acquire(), first.acquire(), second.acquire()) == (True, True, False)
    first.release()
    assert second.acquire()
    second.release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; "
        "from assistant.ingest.queue import WorkerLock; "
        "lock = WorkerLock(Path(sys.argv[1])); print(lock.acquire(), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with started(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert not WorkerLock(tmp_path).acquire()
    assert WorkerLock(tmp_path).acquire()


def test_a_document_is_taken_in_once_a_version(tmp_path: Path, booklet: Path, log: Path) -> None:
    with open_stub(tmp_path / "home", log) as assistant:
        (status,) = assistant.ingest([booklet])
        assistant._steps.document(status.document_id)
        assert (calls(log)["pages"], calls(log)["forms"]) == (1, 1)
