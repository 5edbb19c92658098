"""The store on SQLite and on PostgreSQL: nothing twice, nothing lost, each error one sentence."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.errors import DocumentError, JixiaoError, NotFound, StoreError
from assistant.reconcile.merge import reconcile
from assistant.service import Assistant
from assistant.settings import Settings
from assistant.store import migrations
from assistant.store.database import driver_url, store_error
from assistant.store.facts import number_of
from assistant.store.files import Originals, home_folder, suffix_of
from assistant.store.schema import Base, FactRow, RecordRow
from assistant.store.stages import Asked, Job
from assistant.store.store import Store
from eval.bench_ask import make_records
from eval.bench_review import clicks, fill
from schemas.answers import Answer
from schemas.findings import Finding
from schemas.forms import Kind
from schemas.messages import Message
from schemas.records import Record
from schemas.review import Action, Decision
from tests.databases import postgres, server_programs
from tests.stub_readers import Passages, find_forms, read_document, reading, stub_readers
from tests.waiting import PATIENCE, started

ID = "a" * 64
AMOUNTS = "路灯改造 100.00\n河道清淤 21,874,200.50\n"


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    if server_programs() is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = sa.create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("DROP SCHEMA IF EXISTS dbos CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A store that holds one document of two forms, read by the rules."""
    store = Store(url)
    store.add_document(ID, "booklet.txt", ".txt", with_model=True)
    save(store, tmp_path, AMOUNTS)
    yield store
    store.close()


def save(store: Store, folder: Path, text: str, version: str = "1") -> None:
    path = folder / "booklet.txt"
    path.write_text(text, encoding="utf-8")
    pages = read_document(path).pages
    readings = [reading(page, "rules") for page in pages if " " in page.text]
    records = [reconcile(ID, {"rules": r}) for r in readings]
    asked = [Asked("rules", version), Asked("llm", "1", needs_model=True)]
    store.save_pages(ID, pages, "1")
    store.save_forms(ID, find_forms(pages), readings, records, version=version, asked=asked)


def decision(action: Action, path: str = "", after: str | None = None) -> Decision:
    return Decision(
        document_id=ID, form_id="p01", path=path, action=action, after=after, who="审核员",
        at=datetime(2025, 1, 2, tzinfo=UTC),
    )  # fmt: skip


def test_saving_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = store.records()
    store.add_document(ID, "renamed.txt", ".txt", with_model=True)
    save(store, tmp_path, AMOUNTS)
    assert store.records() == before
    assert [s.name for s in store.statuses()] == ["booklet.txt"]


def test_pages_come_back_as_they_were(store: Store, tmp_path: Path) -> None:
    assert store.pages(ID, [2]) == read_document(tmp_path / "booklet.txt").pages[1:]


def test_forms_that_a_new_version_no_longer_finds_are_gone(store: Store, tmp_path: Path) -> None:
    save(store, tmp_path, "路灯改造 100.00\n封底\n", version="2")
    assert [r.form_id for r in store.records()] == ["p01"]
    with pytest.raises(NotFound, match="no form p02"):
        store.record(ID, "p02")


def test_amounts_are_exact_integers_in_sql(store: Store) -> None:
    with store._read() as session:
        total = session.scalar(
            sa.select(sa.func.sum(FactRow.number)).where(FactRow.column_name == "total_amount")
        )
    assert total == 218743005000


def test_decisions_outlive_readings_and_their_document(store: Store, tmp_path: Path) -> None:
    store.decide(decision("correct", "total_amount", "１２０.00"))
    save(store, tmp_path, AMOUNTS, version="2")
    cell = store.record(ID, "p01").fields["total_amount"]
    assert (cell.value, cell.state, cell.needs_review) == ("120.00", "reviewed", False)
    with store._read() as session:
        row = session.scalar(
            sa.select(FactRow).where(FactRow.path == "total_amount", FactRow.form_id == "p01")
        )
        assert row is not None
        assert (row.number, row.state) == (1200000, "reviewed")
    store.remove_document(ID)
    assert store.statuses() == []
    assert len(store.decisions(ID, "p01")) == 1


def test_a_decision_that_no_longer_fits_is_reported(store: Store, tmp_path: Path) -> None:
    store.decide(decision("accept", "total_amount"))
    store.decide(decision("approve"))
    assert store.record(ID, "p01").approval == "approved"
    save(store, tmp_path, "路灯维护 100.00\n", version="2")
    assert store.record(ID, "p01").approval == "unreviewed"
    assert [d.action for d in store.opened(ID, "p01").lost] == ["approve"]


def test_a_refused_decision_is_not_kept(store: Store) -> None:
    with pytest.raises(JixiaoError, match="1 cell still needs review"):
        store.decide(decision("approve"))
    assert store.decisions(ID, "p01") == []


def test_conversations_are_kept(store: Store) -> None:
    talk = store.conversations
    assert talk.last_turn("c") is None
    for number in "12":
        answer = Answer(status="answered", answer=number)
        talk.save("c", f"问题{number}", answer, f'{{"n": {number}}}')
    assert talk.last_turn("c") == '{"n": 2}'
    kept = [(t.question, t.answer.answer) for t in talk.turns("c")]
    assert kept == [("问题1", "1"), ("问题2", "2")]


def test_the_migrations_make_the_tables_of_today(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    Store(url).close()
    folder = Path(migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_heads() == [migrations.HEAD]
    engine = sa.create_engine(driver_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.slow
def test_many_processes_may_open_a_new_store(url: str) -> None:
    code = f"from assistant.store.store import Store; Store({url!r}).close()"
    with ExitStack() as stack:
        opened = [stack.enter_context(started([sys.executable, "-c", code])) for _ in range(4)]
        assert [process.wait(PATIENCE) for process in opened] == [0, 0, 0, 0]


@pytest.mark.slow
def test_ingestion_keeps_its_state_in_the_database(url: str, tmp_path: Path) -> None:
    path = tmp_path / "booklet.txt"
    path.write_text(AMOUNTS, encoding="utf-8")
    settings = Settings(home=tmp_path / "home", llm="embedded", database_url=url)
    with Assistant(settings, stub_readers(tmp_path / "log"), Passages) as assistant:
        (status,) = assistant.ingest([path])
        assert (status.llm, status.llm_forms_done) == ("done", 2)


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Store(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        Store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://x/y", "must name PostgreSQL or SQLite"),
        ("nonsense", "not a database URL"),
        ("postgresql://127.0.0.1:1/none", "server does not answer"),
        ("sqlite:////proc/none/store.sqlite", "cannot be opened"),
    ],
)
def test_a_store_that_cannot_be_opened_says_so(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        Store(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"not a database at all" * 50)
    with pytest.raises(StoreError, match="damaged"):
        Store(f"sqlite:///{tmp_path / 'store.sqlite'}")


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """SQLite's own limit on pages stands for the disk's."""
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.add_document(ID, "booklet.txt", ".txt", with_model=True)
    save(store, tmp_path, AMOUNTS)
    before = store.records()
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    many = "".join(f"{'项目' * 300}{n} {n}.00\n" for n in range(1, 400))
    with pytest.raises(StoreError, match="disk is full"):
        save(store, tmp_path, many, version="2")
    assert store.records() == before


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("database is locked", "Another process"),
        ("attempt to write a readonly database", "cannot be written"),
        ("database disk image is malformed", "restore a backup"),
        ("something\nelse", "The database refused: something else."),
    ],
)
def test_every_error_of_the_driver_is_one_sentence(said: str, sentence: str) -> None:
    assert sentence in str(store_error(sqlite3.OperationalError(said)))


@pytest.mark.parametrize(
    ("kind", "value", "unit", "number"),
    [
        (Kind.AMOUNT, "21874200.00", "元", 218742000000),
        (Kind.AMOUNT, "760.5", "万元", 76050000000),
        (Kind.AMOUNT, "0.00001", "元", None),
        (Kind.AMOUNT, "100", "美元", None),
        (Kind.AMOUNT, "-", "元", None),
        (Kind.AMOUNT, "9" * 30, None, None),
        (Kind.YEAR, 2025, "万元", 20250000),
        (Kind.NUMBER, "1.5", "万元", 15000),
        (Kind.CODE, "4413", None, None),
        (Kind.AMOUNT, None, None, None),
    ],
)
def test_numbers_for_sql(
    kind: Kind, value: str | int | None, unit: str | None, number: int | None
) -> None:
    assert number_of(kind, value, unit) == number


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.PDF", ".pdf"), ("a.txt", ".txt"), ("a", ""), ("a.p/../df", ""), ("a.软件", "")],
)
def test_suffixes(name: str, suffix: str) -> None:
    assert suffix_of(name) == suffix


def test_a_file_is_kept_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a")
    originals = Originals(tmp_path)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(StoreError, match="No space left"):
        originals.keep(path, ID, ".txt")
    with pytest.raises(NotFound, match="ingest it again"):
        originals.path(ID, ".txt")
    assert list((tmp_path / "documents" / ID).iterdir()) == []


@pytest.mark.parametrize(("spare", "kept"), [(-1, False), (0, True)])
def test_some_of_the_disk_is_left_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spare: int, kept: bool
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * 100)
    free = SimpleNamespace(free=100 + 20 * 1024 * 1024 + spare)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    with nullcontext() if kept else pytest.raises(StoreError, match="disk is full"):
        Originals(tmp_path).keep(path, ID, ".txt")
    assert (tmp_path / "documents" / ID / "original.txt").is_file() is kept


@pytest.mark.parametrize(("size", "taken"), [(100, True), (101, False)])
def test_a_file_beyond_the_limit_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, taken: bool
) -> None:
    monkeypatch.setattr("assistant.store.files.MAX_BYTES", 100)
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * size)
    with nullcontext() if taken else pytest.raises(DocumentError, match="split the file"):
        assert len(Originals(tmp_path).digest(path)) == 64


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="JIXIAO_HOME"):
        home_folder(tmp_path / "file" / "home")


def test_the_revision_grows_when_records_change_and_only_then(store: Store) -> None:
    start = store.revision()
    store.records()
    store.set_stage(ID, "p01", "llm", "reading")
    assert store.revision() == start
    store.decide(decision("accept", "total_amount"))
    assert store.revision() == start + 1


def test_only_the_record_that_changed_is_read_again(store: Store) -> None:
    known = store.changed_records({})
    store.decide(decision("correct", "total_amount", "120.00"))
    now = store.changed_records(known)
    assert now[ID, "p01"][1].fields["total_amount"].value == "120.00"
    assert now[ID, "p02"] is known[ID, "p02"]
    store.remove_document(ID)
    assert store.changed_records(now) == {}


def test_a_store_of_an_older_version_gets_its_facts(store: Store, url: str) -> None:
    wanted = store.records()
    with store._write() as session:
        session.execute(sa.delete(FactRow))
        session.execute(sa.update(RecordRow).values(facts=0))
    again = Store(url)
    assert again.records() == wanted
    again.close()


def facts(store: Store, form_id: str) -> dict[str, str | None]:
    """What the facts of a form say, by their paths."""
    with store._read() as session:
        query = sa.select(FactRow.path, FactRow.text).where(FactRow.form_id == form_id)
        return {path: text for path, text in session.execute(query)}


def test_a_decision_writes_only_the_facts_that_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, written = facts(store, "p01"), []
    insert = sa.insert

    def noted(table: Any) -> Any:
        written.append(table)
        return insert(table)

    monkeypatch.setattr("assistant.store.rows.insert", noted)
    store.decide(decision("correct", "total_amount", "120.00"))
    store.decide(decision("reopen"))  # changes no value
    assert written == [FactRow]
    assert facts(store, "p01") == before | {"total_amount": "120.00"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["p01", "p02"]),
        ({"text": "路灯"}, ["p01"]),
        ({"text": "P02"}, ["p02"]),
        ({"text": "%"}, []),
        ({"text": "没有的项目"}, []),
        ({"document_id": "other"}, []),
        ({"which": "open"}, ["p02"]),
        ({"which": "approved"}, ["p01"]),
        ({"which": "unapproved"}, ["p02"]),
    ],
)
def test_the_list_of_projects_by_its_filters(
    store: Store, filters: dict[str, Any], found: list[str]
) -> None:
    store.decide(decision("accept", "total_amount"))
    store.decide(decision("approve"))
    lines, count = store.projects(**filters, most=10)
    assert ([line.form_id for line in lines], count) == (found, len(found))


def test_a_list_is_cut_and_counted(store: Store) -> None:
    lines, count = store.projects(most=1)
    assert (len(lines), count) == (1, 2)
    assert (lines[0].name, lines[0].amount, lines[0].open) == ("路灯改造", "100.00", 1)


def test_the_queue_holds_what_waits_for_a_person(store: Store) -> None:
    assert [(i.form_id, i.ref.path) for i in store.queue()] == [
        ("p01", "total_amount"), ("p02", "total_amount"),
    ]  # fmt: skip
    store.decide(decision("accept", "total_amount"))
    (item,) = store.queue()
    assert (item.form_id, item.page, item.document) == ("p02", 2, "booklet.txt")
    assert item.ref.cell.readings["rules"].value == item.ref.cell.value


def test_findings_are_worked_out_again_only_where_records_changed(store: Store) -> None:
    ((document, revision),) = store.unchecked().items()
    found = Finding(form_id="p01", document_id=ID, pages=[1], rule="r", target="name",
                    what="空", said=Message("blank", {"field": "名"}), severity="note")  # fmt: skip
    store.save_findings(document, [found], revision)
    assert (store.unchecked(), store.findings(ID), store.findings("other")) == ({}, [found], [])
    store.decide(decision("accept", "total_amount"))
    assert store.unchecked() == {ID: store.revision()}


def test_a_store_of_the_third_version_keeps_what_was_read_and_decided(
    url: str, tmp_path: Path
) -> None:
    """Records, decisions and how far the model had come, in the tables of 0003."""
    from alembic import command
    from alembic.config import Config

    (tmp_path / "page.txt").write_text("路灯改造 100.00\n", encoding="utf-8")
    (page,) = read_document(tmp_path / "page.txt").pages
    (span,) = find_forms([page]).forms
    made = reconcile(ID, {"rules": reading(page, "rules")})
    accepted = decision("correct", "total_amount", "120.00")
    engine = sa.create_engine(driver_url(url))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        at = datetime(2025, 1, 2, tzinfo=UTC).isoformat(" ")
        for table, values in (
            ("documents",
             (ID, "old.txt", ".txt", 1, "[]", at, "done", "v", "done", True, 1, "")),
            ("records",
             (ID, "p01", 0, span.model_dump_json(), made.model_dump_json(), "unreviewed", "failed",
              "w", 2, "The model is down.", at)),
            ("decisions", (1, ID, "p01", accepted.model_dump_json())),
        ):  # fmt: skip
            row = {f"v{n}": value for n, value in enumerate(values)}
            named = ", ".join(f":{name}" for name in row)
            connection.execute(sa.text(f"INSERT INTO {table} VALUES ({named})"), row)
    engine.dispose()
    store = Store(url)
    (status,) = store.statuses()
    assert (status.name, status.rules, status.llm) == ("old.txt", "done", "failed")
    assert (status.readers["rules"].forms_done, status.message) == (1, "The model is down.")
    store.ask_again(Asked("llm", "w2"), datetime.now(UTC))
    assert store.jobs() == [Job("read", ID, "p01", "llm", 3)]
    stored = store.stored(ID)
    assert (stored.read_version, stored.pages_version) == ("v", "")
    opened = store.opened(ID, "p01")
    assert (opened.record.fields["total_amount"].value, opened.decisions) == ("120.00", [accepted])
    assert facts(store, "p01")["total_amount"] == "120.00"
    assert [r.name for r in store.records()] == [made.name]
    store.close()


def filled(folder: Path, forms: int) -> tuple[Store, list[Record]]:
    store, records = Store(f"sqlite:///{folder / 'store.sqlite'}"), make_records(forms)
    fill(store, records)
    return store, records


@pytest.mark.parametrize("gone", [0, 20_000])  # more than are named in a query
def test_forms_are_shown_by_their_names(tmp_path: Path, gone: int) -> None:
    store, records = filled(tmp_path, 3)
    shown = store.lines([*(r.key for r in records[1:]), *(("d", str(n)) for n in range(gone))])
    assert {key: (line.name, line.amount) for key, line in shown.items()} == {
        r.key: (r.name, r.fields["current_year_amount"].value) for r in records[1:]
    }


def test_a_click_runs_as_many_statements_in_any_store(tmp_path: Path) -> None:
    counted = []
    for forms in (2, 60):
        (folder := tmp_path / str(forms)).mkdir()
        store, records = filled(folder, forms)
        found = clicks(store, records[forms // 2])
        counted.append({name: store.statements(click) for name, click in found.items()})
    assert counted[0] == counted[1]
    assert counted[0]["accept a cell"] <= 12
