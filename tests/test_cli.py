"""The command line: what goes to stdout, what to stderr, and the exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli import review as cli_review
from assistant.cli.main import _run, cli
from assistant.cli.output import clean, progress_text
from assistant.errors import ModelUnavailable
from assistant.readers import registry
from assistant.service import Assistant
from assistant.settings import Settings
from schemas.documents import DocumentStatus, ReaderProgress
from schemas.readings import Usage
from tests.stub_readers import Passages, stub_readers
from tests.waiting import PATIENCE, started

ROOT = Path(__file__).resolve().parents[1]
HEARD = {"cwd": ROOT, "capture_output": True, "text": True, "timeout": PATIENCE}
BOOKLET = "封面\n路灯改造 100.00\n=河道\x1b[31m清淤 200.00\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``jixiao …`` in a home of its own with the stub readers."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("JIXIAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path / "home"))
    log = tmp_path / "log"
    log.touch()

    def default_readers(settings: Settings) -> registry.Readers:
        found = stub_readers(log)
        if settings.llm_mode == "off":
            return replace(found, open_model=lambda: None)
        return found

    def open_assistant(**changes: object) -> Assistant:
        settings = cli_review.settings_of(**changes)
        return Assistant(settings, default_readers(settings), Passages)

    monkeypatch.setattr("assistant.readers.registry.default_readers", default_readers)
    monkeypatch.setattr("assistant.cli.main.open_assistant", open_assistant)
    monkeypatch.setattr("assistant.cli.review.open_assistant", open_assistant)
    (tmp_path / "booklet.txt").write_text(BOOKLET, encoding="utf-8")

    def run(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["jixiao", *args])
        code = _run()
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_ingest_and_documents(run: Run) -> None:
    code, out, _ = run("ingest", "booklet.txt")
    assert (code, "3 pages, 2 forms  rules done, model done" in out) == (0, True)
    code, out, _ = run("documents", "--json")
    assert [(d["name"], d["llm"]) for d in json.loads(out)] == [("booklet.txt", "done")]


def test_ingest_without_the_model(run: Run) -> None:
    code, out, _ = run("ingest", "booklet.txt", "--llm", "off")
    assert (code, "model off" in out) == (0, True)


def test_a_bad_file_is_one_sentence_and_the_good_one_is_read(run: Run) -> None:
    code, out, err = run("ingest", "gone.pdf", "booklet.txt")
    assert code == 1
    assert "booklet.txt" in out
    assert err.strip().splitlines()[-1] == "gone.pdf does not exist; check the path."


@pytest.mark.parametrize("reader", ["rules", "llm", "reconciled"])
def test_extract_prints_json_and_needs_no_store(run: Run, tmp_path: Path, reader: str) -> None:
    code, out, err = run("extract", "booklet.txt", "--reader", reader)
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert [form["form_id"] for form in found["forms"]] == ["p02", "p03"]
    assert found["document"]["pages"] == 3
    assert found["others"] == [{"page": 1, "reason": "封面"}]
    field = found["forms"][0]["fields"]["total_amount"]
    assert (field["value"], field["page"]) == ("100.00", 2)
    assert field["state"] == ("agreed" if reader == "reconciled" else "single")
    assert not (tmp_path / "home").exists()


def test_extract_without_a_model(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_LLM", "off")
    code, out, err = run("extract", "booklet.txt")
    assert (code, len(json.loads(out)["forms"])) == (0, 2)
    assert "off (JIXIAO_LLM)" in err
    assert run("extract", "booklet.txt", "--reader", "llm")[0] == 1


def test_extract_to_a_file(run: Run, tmp_path: Path) -> None:
    assert run("extract", "booklet.txt", "-o", "out.json")[:2] == (0, "")
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["forms"]) == 2
    assert run("extract", "booklet.txt", "--format", "xlsx", "-o", "out.xlsx")[0] == 0
    assert (tmp_path / "out.xlsx").stat().st_size > 1000
    code, _, err = run("extract", "booklet.txt", "--format", "xlsx")
    assert (code, "add -o" in err) == (2, True)
    assert run("extract", "booklet.txt", "-o", "none/out.json")[0] == 1


def test_review_until_approved_and_exported(run: Run, tmp_path: Path) -> None:
    run("ingest", "booklet.txt", "--llm", "off")
    code, out, _ = run("review", "list")
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["booklet.txt/p02", "total_amount"],
        ["booklet.txt/p03", "total_amount"],
    ]
    code, _, err = run("review", "approve", "p02")
    assert (code, err) == (1, "p02 cannot be approved: 1 cell still needs review.\n")
    assert run("review", "correct", "p02", "total_amount", "abc")[0] == 1
    code, out, _ = run("review", "correct", "p02", "total_amount", "120.00", "--who", "甲")
    assert (code, "0 cells need review" in out) == (0, True)
    assert "approved" in run("review", "approve", "booklet.txt/p02")[1]
    _, out, _ = run("review", "show", "p02", "total_amount")
    assert "甲 correct: 100.00 → 120.00" in out
    assert run("export", "-o", "out.json")[0] == 0
    (form,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["forms"]
    assert form["fields"]["total_amount"]["value"] == "120.00"
    assert "unreviewed" in run("review", "reopen", "p02")[1]
    assert run("export")[0] == 1


def test_review_by_reader_and_back(run: Run) -> None:
    run("ingest", "booklet.txt")
    assert run("review", "accept", "p02", "total_amount", "--reader", "llm")[0] == 0
    _, out, _ = run("review", "reject", "p02", "total_amount", "--why", "模糊")
    assert "1 cells need review" in out
    _, out, _ = run("review", "list", "--json")
    assert [(q["form_id"], q["path"]) for q in json.loads(out)] == [("p02", "total_amount")]
    assert "0 cells" in run("review", "reopen", "p02", "total_amount")[1]
    _, out, _ = run("review", "show", "p02")
    assert "total_amount  agreed  100.00" in out
    assert run("review", "show", "p09")[0] == 1


def test_text_of_a_page_cannot_drive_the_terminal(run: Run) -> None:
    run("ingest", "booklet.txt")
    _, out, _ = run("review", "show", "p03")
    assert "=河道 [31m清淤" in out
    assert "\x1b" not in out
    assert clean("a\u202eb\x07c\nd") == "a b c\nd"


def test_check_a_file_or_the_store(run: Run) -> None:
    code, out, _ = run("check", "booklet.txt", "--json")
    assert (code, isinstance(json.loads(out), list)) == (0, True)
    run("ingest", "booklet.txt")
    assert run("check", "--json")[1] == out


def test_ask_prints_json_and_follows_up(run: Run) -> None:
    run("ingest", "booklet.txt")
    code, out, _ = run("ask", "路灯改造的项目金额是多少？", "--json")
    answer = json.loads(out)
    assert (code, answer["status"], answer["citations"][0]["page"]) == (0, "answered", 2)
    assert {"answer", "values", "interpretation", "approval"} <= set(answer)
    code, out, _ = run("ask", "那=河道清淤呢？", "--conversation", answer["conversation"], "--json")
    assert (code, json.loads(out)["conversation"]) == (0, answer["conversation"])


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "Usage"),
        (["nonsense"], "No such command"),
        (["ingest"], "Missing argument"),
        (["ask", " "], "question is empty"),
        (["extract", "booklet.txt", "--reader", "ocr"], "--reader"),
        (["serve", "--port", "70000"], "--port"),
    ],
)
def test_wrong_usage_is_exit_2(run: Run, args: list[str], said: str) -> None:
    code, out, err = run(*args)
    assert code == 2
    assert said in out + err


def test_an_unknown_setting_is_exit_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_LLMS", "off")
    code, _, err = run("documents")
    assert (code, err.startswith("JIXIAO_LLMS is not a setting")) == (2, True)


def test_the_model_that_is_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIXIAO_LLM", "off")
    assert "off" in run("model")[1]
    monkeypatch.setenv("JIXIAO_LLM", "endpoint")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1" in run("model")[1]
    monkeypatch.setenv("JIXIAO_LLM", "embedded")

    def missing(folder: Path) -> Path:
        raise ModelUnavailable("The embedded model is not installed.")

    monkeypatch.setattr("assistant.model.weights.model_file", missing)
    assert run("model") == (1, "", "The embedded model is not installed.\n")


def test_help_imports_nothing_heavy() -> None:
    heavy = "gradio chromadb openai instructor pymupdf dbos sqlalchemy pydantic rich openpyxl"
    code = (
        "import sys; from assistant.cli.main import cli; "
        "cli.main(['--help'], standalone_mode=False); "
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert out.stdout.splitlines()[-1] == "[]"


def test_every_command_explains_itself(run: Run) -> None:
    assert all(command.help for command in cli.commands.values())


def test_a_reader_that_stops_listening_is_no_error(tmp_path: Path) -> None:
    process = subprocess.run(
        f"{sys.executable} -m assistant.cli --help | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        **HEARD,
    )
    assert (process.stdout.strip(), process.stderr) == ("0", "")


def test_a_fault_of_ours_is_one_sentence() -> None:
    code = (
        "import sys; from assistant.cli import main as cli; cli._run = lambda: 1 / 0; "
        "sys.argv = ['jixiao']; cli.main()"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert out.returncode == 1
    assert out.stderr == (
        "jixiao stopped at a fault of its own (ZeroDivisionError: division by zero).\n"
    )


def test_interrupting_says_how_to_go_on(tmp_path: Path) -> None:
    booklet = tmp_path / "booklet.txt"
    booklet.write_text("项目支出绩效目标表\n", encoding="utf-8")
    code = (  # a job in the background, as a test run may be, starts with the signal ignored
        "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from assistant import service; from assistant.cli.main import main; "
        "service.Assistant.ingest = lambda *a, **k: print('reads', flush=True) or time.sleep(600); "
        "main()"
    )
    environment = {**os.environ, "JIXIAO_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", code, "ingest", booklet]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(command, cwd=ROOT, env=environment, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reads\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert err.strip().splitlines()[-1].startswith("Interrupted; what was read is kept")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"rules": "reading"}, "rules reading"),
        (
            {"rules": "done", "readers": {"llm": ReaderProgress(stage="off")}},
            "9 forms by the rules",
        ),
        (
            {
                "rules": "done",
                "seconds_left": 131.0,
                "readers": {"llm": ReaderProgress(stage="reading", forms_done=2)},
            },
            "2/9 forms by the model, 1,234 tokens, about 2:11 left",
        ),
    ],
)
def test_what_stands_beside_the_bar(changes: dict[str, object], text: str) -> None:
    usage = Usage(prompt_tokens=1200, completion_tokens=34)
    status = DocumentStatus(document_id="d", name="n", page_count=14, forms=9, usage=usage)
    assert progress_text(status.model_copy(update=changes)) == text


def test_extract_reads_the_sample_booklet_for_real(tmp_path: Path) -> None:
    environment = {**os.environ, "JIXIAO_HOME": str(tmp_path / "home"), "JIXIAO_LLM": "off"}
    booklet = str(ROOT / "samples" / "booklet" / "booklet.pdf")
    out = subprocess.run(
        [sys.executable, "-m", "assistant.cli", "extract", booklet, "--reader", "rules"],
        env=environment,
        **HEARD,
    )
    assert (out.returncode, out.stderr) == (0, "")
    gold = sorted(path.stem for path in (ROOT / "samples" / "booklet" / "gold").glob("p*.json"))
    assert [form["form_id"] for form in json.loads(out.stdout)["forms"]] == gold
    assert list(tmp_path.iterdir()) == []
