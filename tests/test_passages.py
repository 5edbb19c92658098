"""Which sentence answers a question, which project it is about, and which copy comes first."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from assistant.ask.answer.passages import extracts, retrieve
from assistant.ask.query.catalog import Catalog
from assistant.search.passages import Hit, Passage
from schemas.queries import Operation, Query
from tests.library import make_record

FormKeys = Collection[tuple[str, str]] | None


def nothing(query: str, form_keys: FormKeys = None, k: int = 8) -> list[Hit]:
    return []


@pytest.mark.parametrize(
    ("word", "sentence", "answers"),
    [
        ("河道护岸", "本年加固河道护岸三处。", True),
        ("河道护岸加固", "本年对河道护岸实施加固。", True),
        ("大河道口", "本年巡查河道两岸。", False),  # half of the word
        ("旧河道内护岸坡", "本年疏浚河道并加固护岸。", False),  # four characters of seven
        ("实际支出", "实际需要的款项由财政支出。", False),  # the pieces stand nine apart
        ("实际支出", "实际的款项由财政支出。", True),
    ],
)
def test_a_sentence_answers_that_holds_the_words(word: str, sentence: str, answers: bool) -> None:
    catalog = Catalog([make_record("甲乙平台", overview=sentence)])
    query = Query(operation=Operation.PASSAGE, text=[word])
    assert [e.sentence for e in extracts(query, catalog, nothing)] == [sentence] * answers


@pytest.mark.parametrize(
    ("question", "settled"),
    [("智慧怎样写", False), ("智慧灯杆怎样写", True), ("智慧灯杆养护怎样写", True)],
)
def test_a_faint_mention_does_not_shut_out_other_projects(question: str, settled: bool) -> None:
    asked: list[FormKeys] = []

    def search(query: str, form_keys: FormKeys = None, k: int = 8) -> list[Hit]:
        asked.append(form_keys)
        return []

    records = [make_record("智慧灯杆养护"), make_record("河道巡查", "p02")]
    retrieve(question, Catalog(records), search)
    assert asked == [[("booklet", "p01")] if settled else None]


@pytest.mark.parametrize(
    ("second", "order"),
    [
        ("按季度通报评估进展情况", "abc"),
        ("按季度通报巡查进展情况", "acb"),  # six of ten pairs are the first one's
        ("按季度通报河道巡查的工作", "abc"),
    ],
)
def test_what_says_nearly_the_same_comes_last(second: str, order: str) -> None:
    texts = {"a": "按季度通报巡查进展", "b": second, "c": "编制使用手册"}
    hits = [
        Hit(Passage("booklet", key, "甲乙平台", "overview", 0, text), 1.0 - n / 10, 1.0)
        for n, (key, text) in enumerate(texts.items())
    ]
    found = retrieve("怎样", Catalog([make_record("甲乙平台")]), lambda *_, **__: hits)
    assert "".join(h.passage.form_id for h in found) == order
