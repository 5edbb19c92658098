"""Conversations are kept and reopened; verdicts on answers become questions of the eval."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.cli.feedback import question_line
from assistant.cli.main import cli
from assistant.cli.review import open_assistant
from assistant.errors import NotFound
from assistant.store.conversations import Conversations
from assistant.store.store import Store
from schemas.answers import Answer, AnswerValue, Citation


@pytest.fixture
def talk(tmp_path: Path) -> Conversations:
    store = Store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    for name, question in (("甲", "一？"), ("乙", "二？"), ("甲", "三？")):
        store.conversations.save(name, question, answer(), "{}")
    return store.conversations


def answer() -> Answer:
    return Answer(
        status="answered",
        answer="共 3 元。",
        values=[
            AnswerValue(label="合计", value="3", unit="元"),
            AnswerValue(label="单位", value="甲局"),
        ],
        citations=[Citation(document="册.pdf", page=n) for n in (5, 2, 5)],
    )


def test_the_conversations_that_were_had(talk: Conversations) -> None:
    listed = [(c.name, c.question, c.turns) for c in talk.recent()]
    assert listed == [("甲", "一？", 2), ("乙", "二？", 1)]
    assert [c.name for c in talk.recent(limit=1)] == ["甲"]
    assert all(c.at.utcoffset() is not None for c in talk.recent())


def test_an_answer_shows_its_newest_verdict(talk: Conversations) -> None:
    first, second = talk.turns("甲")
    talk.rate(first.id, "up", who="丙")
    talk.rate(first.id, "down", who="丙", reason="数不对")
    assert [(t.verdict, t.reason) for t in talk.turns("甲")] == [("down", "数不对"), (None, "")]
    assert talk.turns("甲")[1] == second


def test_of_each_person_the_newest_verdict_counts(talk: Conversations) -> None:
    turn = talk.turns("甲")[1].id
    for who, verdict in (("丙", "up"), ("丁", "up"), ("丙", "down")):
        talk.rate(turn, "up" if verdict == "up" else "down", who=who)
    assert [(f.who, f.verdict) for f in talk.feedback()] == [("丁", "up"), ("丙", "down")]


def test_a_verdict_knows_what_it_is_about(talk: Conversations) -> None:
    given = talk.rate(talk.turns("甲")[1].id, "down", who="丙", reason="没听懂")
    assert (given.conversation, given.turn, given.question) == ("甲", 2, "三？")
    assert (given.status, given.history) == ("answered", ["一？"])
    assert talk.feedback() == [given]


def test_what_was_never_answered_is_not_judged(talk: Conversations) -> None:
    with pytest.raises(NotFound, match="no such answer"):
        talk.rate(99, "up", who="丙")
    assert talk.feedback() == []


@pytest.mark.parametrize(("verdict", "expected"), [("up", True), ("down", False)])
def test_a_good_answer_says_what_to_expect(
    talk: Conversations, verdict: str, expected: bool
) -> None:
    given = talk.rate(talk.turns("乙")[0].id, "up" if verdict == "up" else "down", who="丙")
    line = question_line(given)
    assert ("status" in line) is expected
    values = {"values": ["3"], "contains": ["甲局"], "pages": [2, 5]}
    assert line["said"] == {"status": "answered", **values, "answer": "共 3 元。"}
    assert (line["question"], line["verdict"], line["who"]) == ("二？", verdict, "丙")


def test_the_command_prints_a_question_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIXIAO_HOME", str(tmp_path))
    monkeypatch.setenv("JIXIAO_LLM", "off")
    with open_assistant() as assistant:
        answered = assistant.ask("有多少个项目？")
        turn = assistant.conversation(answered.conversation)[0].id
        assistant.rate(turn, "up", who="丙", reason="=好\x1b[31m")
    line = json.loads(CliRunner().invoke(cli, ["feedback", "--json"]).output)
    assert (line["question"], line["status"]) == ("有多少个项目？", answered.status)
    assert "\x1b" not in CliRunner().invoke(cli, ["feedback"]).output
