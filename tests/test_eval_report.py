"""Logs, baselines, reports and labels of the harness, on a toy dataset."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.main import cli
from assistant.errors import UsageError
from assistant.reconcile.merge import reconcile
from assistant.settings import Settings
from eval import baseline, command, figures, report
from eval.dataset import Dataset, load_dataset
from eval.labels import label_of, write_labels
from eval.log import Log, load_log
from eval.score import Report, score_log
from schemas.review import Decision
from tests.evaluated import VALUES, log_of, reading, write_dataset
from tests.stub_readers import open_stub

GOOD = (reading("p01"), reading("p02"))
BOTH = (reading("p01", "llm"), reading("p02", "llm"))


@pytest.fixture
def toy(tmp_path: Path) -> Dataset:
    return load_dataset(write_dataset(tmp_path / "toy"))


def scores(toy: Dataset, log: Log) -> Report:
    return score_log(log, toy)


def test_an_unscored_form_is_not_zero(toy: Dataset) -> None:
    document = scores(toy, log_of(*GOOD, llm=BOTH[:1])).documents[0]
    assert {r: s.forms_labelled for r, s in document.extraction.items()} == {
        "rules": 2,
        "llm": 1,
        "reconciled": 1,
    }
    assert document.unscored == {"p02": "no recording"}
    assert [document.forms(r) for r in ("rules", "llm")] == ["2/2", "1/1, 1 not scored"]
    assert document.best() == "rules"
    assert all(
        not [c for c in s.cells if c.outcome != "right"] for s in document.extraction.values()
    )


def test_page_text_is_not_held_to_the_boxes_of_another_rendering(toy: Dataset) -> None:
    score = scores(toy, log_of(*GOOD)).documents[0].extraction["rules"]
    assert {c.box_right for c in score.cells} == {None}


def test_a_log_is_scored_again_without_reading(toy: Dataset, tmp_path: Path) -> None:
    log = log_of(*GOOD, llm=BOTH)
    log.save(tmp_path / "log.json")
    again = load_log(tmp_path / "log.json")
    assert figures.as_json(scores(toy, again)) == figures.as_json(scores(toy, log))


def test_a_broken_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text("{}")
    with pytest.raises(UsageError, match="not the log"):
        load_log(tmp_path / "log.json")


def test_tokens_and_seconds_are_those_of_the_forms_read(toy: Dataset) -> None:
    used = figures.usage(scores(toy, log_of(*GOOD, llm=BOTH)).documents[0])
    assert (used["calls"], used["tokens_a_form"], used["seconds_a_form"]) == (4, 100, 4.0)


BAD = reading("p02", "llm", code="4431")
WRONG = (reading("p01", code="4431"), reading("p02"))
DOUBTED = (reading("p01"), reading("p02"))
DOUBTED[0].fields["code"] = (
    DOUBTED[0].fields["code"].model_copy(update={"value": "4431", "doubts": ("ocr",)})
)


@pytest.mark.parametrize(
    ("before", "now", "worse", "better", "passed"),
    [
        (log_of(*GOOD), log_of(*GOOD), 0, 0, True),
        (log_of(*GOOD), log_of(*WRONG), 2, 0, False),  # the value, and the curve
        (log_of(*WRONG), log_of(*GOOD), 0, 1, True),
        (log_of(*WRONG), log_of(*WRONG), 0, 0, True),
        # One error went and another came, silently: the curve alone would not tell.
        (log_of(*WRONG), log_of(GOOD[0], reading("p02", code="4431")), 1, 1, False),
        # What was never scored before cannot have become worse.
        (log_of(*GOOD, llm=BOTH[:1]), log_of(*GOOD, llm=(BOTH[0], BAD)), 0, 0, True),
        # What was flagged is silent now: fewer flags, and a curve worse but at its start.
        (log_of(*DOUBTED), log_of(*WRONG), 2, 1, False),
        (log_of(*WRONG), log_of(*DOUBTED), 1, 1, True),
        (log_of(*GOOD), log_of(*GOOD, said="4431"), 1, 0, False),
        (log_of(*GOOD, said="4431"), log_of(*GOOD), 0, 1, True),
        (log_of(*GOOD), log_of(*GOOD, llm=BOTH), 0, 0, True),
        (log_of(*GOOD, llm=BOTH), log_of(*GOOD), 0, 0, True),
    ],
)
def test_against_a_baseline(
    toy: Dataset, before: Log, now: Log, worse: int, better: int, passed: bool
) -> None:
    found = baseline.compare(baseline.make(scores(toy, before)), scores(toy, now))
    assert (len(found.worse), len(found.better), found.passed) == (worse, better, passed)


def test_a_change_is_told_with_its_evidence(toy: Dataset) -> None:
    found = baseline.compare(baseline.make(scores(toy, log_of(*GOOD))), scores(toy, log_of(*WRONG)))
    said = report.comparison_lines(found)
    assert "FAILS" in said
    assert "p01 code: wrong (other), silent; the form says `4413`, read as `4431`" in said
    assert "page 1" in said


def test_what_can_no_longer_be_scored_is_said(toy: Dataset) -> None:
    before = baseline.make(scores(toy, log_of(*GOOD, llm=BOTH)))
    found = baseline.compare(before, scores(toy, log_of(*GOOD, llm=BOTH[:1])))
    assert any("p02 no longer scored" in note for note in found.notes)
    none = baseline.compare(before, scores(toy, log_of(*GOOD)))
    assert sum("no longer scored" in note for note in none.notes) == 2


def test_a_baseline_holds_no_word_of_a_document(toy: Dataset) -> None:
    text = json.dumps(baseline.make(scores(toy, log_of(*WRONG))), ensure_ascii=False)
    assert "4413" not in text
    assert "4431" not in text
    assert "甲项目" not in text


def test_a_run_over_one_reader_updates_no_other() -> None:
    old = {"dataset": "d", "documents": {"a": {"rules": 1, "llm": 2}, "b": {"rules": 3}}}
    new = {"dataset": "d", "documents": {"a": {"rules": 4}}}
    assert baseline.merge(old, new)["documents"] == {
        "a": {"rules": 4, "llm": 2},
        "b": {"rules": 3},
    }


def test_markdown_shows_readers_side_by_side(toy: Dataset) -> None:
    text = report.as_markdown(scores(toy, log_of(*WRONG, llm=BOTH)), show_errors=5)
    assert [line.split(" | ")[1] for line in text.splitlines() if line.startswith("| booklet")] == [
        "rules",
        "llm",
        "reconciled",
    ]
    assert "- p01 code: wrong (other) SILENT `4413` read as `4431`" in text


def test_models_beside_each_other_with_their_spread(toy: Dataset) -> None:
    runs = [("a", scores(toy, log_of(*GOOD))), ("a", scores(toy, log_of(*WRONG)))]
    text = report.side_by_side([*runs, ("b", scores(toy, log_of(*GOOD)))])
    assert "| booklet.txt | rules | fields right | 0.938 ± 0.088 | 1.000 |" in text


def page_of(toy: Dataset, log: Log) -> str:
    from eval.html import as_html

    found = scores(toy, log)
    return as_html([(toy, found, baseline.compare(baseline.make(found), found))])


def test_the_html_report_loads_nothing_and_shows_each_error(toy: Dataset) -> None:
    page = page_of(toy, log_of(*WRONG, llm=BOTH))
    assert "p01 code" in page
    assert "data:image/png;base64," in page
    assert page.count("<svg") == 4  # the curve, and the reliability of each account
    for outside in ('src="http', 'href="', "<script", "url(", "@import"):
        assert outside not in page


def test_what_a_form_says_is_escaped_in_the_report(toy: Dataset) -> None:
    page = page_of(toy, log_of(reading("p01", code="<script>alert(1)</script>"), GOOD[1]))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_an_approved_record_becomes_a_label_of_the_same_form(toy: Dataset) -> None:
    label = label_of(reconcile("d", {"rules": GOOD[0], "llm": BOTH[0]}))
    assert {n: c["value"] for n, c in label["fields"].items()} == VALUES
    assert label["fields"]["code"]["bbox"] == [10, 10, 60, 20]
    assert set(label) == {*toy.forms["p01"], "cost_items", "cost_items_total"}
    perfect = score_log(log_of(GOOD[0]), replace(toy, forms={"p01": label}))
    assert all(c.outcome == "right" for c in perfect.documents[0].extraction["rules"].cells)


def test_labels_are_written_of_approved_records_alone(tmp_path: Path) -> None:
    document = tmp_path / "小册.txt"
    document.write_text("甲项目 100\n乙项目 200\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "home", llm="off")
    with open_stub(settings.home, tmp_path / "log") as assistant:
        [status] = assistant.ingest([document], llm=False)
        with pytest.raises(UsageError, match="no approved record"):
            write_labels(assistant, settings, tmp_path / "new", ())
        now = datetime.now(UTC)
        for path, action in (("total_amount", "accept"), ("", "approve")):
            assistant.decide(
                Decision(
                    document_id=status.document_id,
                    form_id="p01",
                    path=path,
                    action=action,
                    who="测试",
                    at=now,
                )
            )
        write_labels(assistant, settings, tmp_path / "new", ())
    made = load_dataset(tmp_path / "new")
    assert [d.name for d in made.documents] == ["小册.txt"]
    assert {f: form["fields"]["name"]["value"] for f, form in made.forms.items()} == {
        "p01": "甲项目"
    }


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        ({"models": ("a", "b")}, [("a", True), ("b", True)]),
        ({"repeat": 2}, [(None, False), (None, False)]),
        ({"models": ("a",), "repeat": 2}, [("a", False), ("a", False)]),
    ],
)
def test_models_and_repeats_run_live(
    toy: Dataset, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], runs: list[Any]
) -> None:
    asked: list[Any] = []

    def run(_dataset: Dataset, settings: Settings, *, live: bool, recorded: bool, **_: Any) -> Log:
        assert live
        asked.append((settings.model, recorded))
        return log_of(*GOOD, llm=BOTH)

    monkeypatch.setattr(command.run, "run", run)
    said: list[str] = []
    options = command.Options(live=True, **options)
    assert command.evaluate([toy.folder], Settings(), options, said.append)
    assert asked == runs
    assert "| booklet.txt | reconciled | fields right |" in said[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ("a", "b")}, "add --live"),
        ({"repeat": 3}, "add --live"),
        ({"against": "nowhere.json", "rescore": "log.json"}, "no baseline at nowhere.json"),
        ({"rescore": "none.json"}, "not the log"),
    ],
)
def test_options_that_cannot_be_served(
    toy: Dataset, tmp_path: Path, monkeypatch: Any, options: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    log_of(*GOOD).save(tmp_path / "log.json")
    if "rescore" in options:
        options = {**options, "rescore": Path(options["rescore"])}
    with pytest.raises(UsageError, match=message):
        command.evaluate([toy.folder], Settings(), command.Options(**options), print)


@pytest.mark.parametrize(("log", "code"), [(log_of(*GOOD), None), (log_of(*WRONG), 1)])
def test_exit_codes_of_jixiao_eval(
    toy: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str], log: Log, code: int | None
) -> None:
    baseline.save(baseline.make(scores(toy, log_of(*GOOD))), tmp_path / "base.json")
    log.save(tmp_path / "log.json")
    options = ["--rescore", str(tmp_path / "log.json"), "--against", str(tmp_path / "base.json")]
    try:
        cli.main(["eval", str(toy.folder), *options, "--json"], standalone_mode=False)
        exited = None
    except SystemExit as end:
        exited = end.code
    assert exited == code
    assert json.loads(capsys.readouterr().out)["comparison"]["passed"] is (code is None)


@pytest.mark.parametrize(("log", "passed"), [(log_of(*GOOD), True), (log_of(*WRONG), False)])
def test_the_command_fails_where_the_baseline_refuses(
    toy: Dataset, tmp_path: Path, log: Log, passed: bool
) -> None:
    baseline.save(baseline.make(scores(toy, log_of(*GOOD))), tmp_path / "base.json")
    log.save(tmp_path / "log.json")
    options = command.Options(
        rescore=tmp_path / "log.json",
        against=str(tmp_path / "base.json"),
        html=tmp_path / "r.html",
        markdown=tmp_path / "r.md",
    )
    said: list[str] = []
    assert command.evaluate([toy.folder], Settings(), options, said.append) is passed
    assert (tmp_path / "r.md").read_text("utf-8").strip() == said[0].strip()
    assert ("passes" if passed else "fails") in (tmp_path / "r.html").read_text("utf-8")
