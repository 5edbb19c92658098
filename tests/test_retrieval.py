"""Words lead, vectors carry paraphrases, and the project is settled first: a tiny set that
fails when one of them is broken. ``python -m eval.retrieval`` is the large one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from assistant.ask.answer.passages import nearest_places
from assistant.ask.answering import answer
from assistant.ask.query.catalog import Catalog
from assistant.errors import StoreError
from assistant.search import index
from assistant.search.passages import Hit
from assistant.settings import Settings
from assistant.text.bigrams import grams
from assistant.text.stops import STOPS
from eval.retrieval import Figures, Method, own_method
from eval.retrieval_sets import Corpus, lookups
from eval.retrieval_synonyms import Paraphrase, paraphrases
from eval.shelf import Shelf
from tests.library import make_record

# City, subject and what only this form says; the rest is the same on all of them.
FORMS = [
    ("云川市", "路灯养护", "依据市府办函〔2023〕16号文更换老旧配电箱"),
    ("云川市", "河道巡查", "依据市府办函〔2023〕18号文布设水位观测点"),
    ("澄原市", "路灯养护", "依据市府办函〔2023〕26号文更换老旧配电箱"),
    ("澄原市", "河道巡查", "依据市府办函〔2023〕28号文布设水位观测点"),
    ("岚屿市", "犬只收容", "对无主犬只实施捕捉、绝育和免疫"),
    ("岚屿市", "书柜投放", "在社区投放无人值守借书柜，刷卡取书"),
]
SAME = "引入第三方评估，按季度通报进展；编制使用手册和应急预案"
LOOKUPS = [
    ("澄原市路灯养护项目对应急预案有什么安排？", 3),
    ("关于第三方评估，澄原河道巡查是怎么写的？", 4),
    ("云川市河道巡巡查项目里怎么说使用手册？", 2),
    ("云川市路灯养护项目的项目概述是什么？", 1),
    ("哪个项目提到了市府办函〔2023〕18号？", 2),
    ("哪个项目引用了市府办函〔2023〕26号？", 3),
]
SYNONYMS = [("流浪狗怎样抓回来、结扎并打疫苗", 5), ("居民家门口怎样自助拿到想看的读物", 6)]


class Searched(Shelf):
    """The forms' records, with an index of their passages."""

    def __init__(self, home: Path) -> None:
        super().__init__(
            [
                make_record(f"{city}{subject}项目", f"p{n}", overview=f"{SAME}；{own}。")
                for n, (city, subject, own) in enumerate(FORMS, 1)
            ]
        )
        self.corpus = Corpus(self.records())
        self.index = index.Index(Settings(home=home))
        self.index.add(self.corpus.passages)

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        return self.index.search(query, form_keys=form_keys, k=k)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    return Searched(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def method(library: Searched) -> Method:
    return own_method(library.corpus, library.index)


@pytest.mark.parametrize(("question", "page"), LOOKUPS + SYNONYMS)
def test_the_right_page_comes_first(method: Method, question: str, page: int) -> None:
    assert method(question)[0] == ("booklet", page)


def _vectors_alone(words: Any, cosines: Any, passages: Any, k: int) -> Any:
    return [index.Hit(passages[key], cosines[key], 0.0) for key in index.best(cosines, k)]


def _words_alone(words: Any, cosines: Any, passages: Any, k: int) -> Any:
    scores = {key: score for key, (score, _) in words.items()}
    return [index.Hit(passages[key], scores[key], 0.0) for key in index.best(scores, k)]


@pytest.mark.parametrize(("broken", "asked"), [(_vectors_alone, LOOKUPS), (_words_alone, SYNONYMS)])
def test_this_set_sees_either_half_missing(
    method: Method,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[..., Any],
    asked: list[tuple[str, int]],
) -> None:
    monkeypatch.setattr(index, "_fused", broken)
    assert sum(method(question)[:1] == [("booklet", page)] for question, page in asked) < len(asked)


@pytest.mark.parametrize(("question", "page"), LOOKUPS[:4])
def test_a_named_project_is_not_left(method: Method, question: str, page: int) -> None:
    assert set(method(question)) == {("booklet", page)}


def test_a_text_said_by_many_forms_takes_one_place(method: Method) -> None:
    assert len(set(method("使用手册和应急预案")[:6])) == len(FORMS)


ASKING = {gram for word in STOPS for gram in grams(word)}


@pytest.mark.parametrize("row", paraphrases(), ids=lambda row: row.project)
def test_a_paraphrase_shares_no_word_with_its_passage(row: Paraphrase) -> None:
    held = set(grams(f"{row.project}，{row.sentence}"))
    for question in (row.question, row.colloquial):
        assert set(grams(question)) & held <= ASKING


def test_lookups_are_the_same_for_the_same_seed() -> None:
    names = [f"{c}{s}项目" for c, s in product(("云川市", "澄原市"), ("路灯养护", "河道巡查"))]
    records = [make_record(n, f"p{i}", overview=f"{SAME}。") for i, n in enumerate(names, 1)]
    first, again, other = (lookups(Corpus(records), seed, 12) for seed in (7, 7, 8))
    assert first == again != other
    assert all(q.pages for q in first)


def test_figures() -> None:
    figures = Figures()
    for ranking in ([("a", 1)], [("b", 1), ("a", 1)], [("b", 1)]):
        figures.count(ranking, {("a", 1)})
    assert (figures.first, figures.within_five, figures.reciprocal) == (1, 2, 1.5)


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("岚屿市犬只收容项目怎样给流浪狗打疫苗？", "岚屿市犬只收容项目的项目概述（第5页）"),
        ("哪个项目提到了打疫苗？", "岚屿市犬只收容项目的项目概述（第5页）"),
    ],
)
def test_what_no_text_says_word_for_word_is_pointed_to_and_not_answered(
    library: Searched, question: str, place: str
) -> None:
    made, _ = answer(question, library)
    assert (made.status, made.citations) == ("not_found", [])
    assert f"意思最接近的文字在：{place}" in made.answer


@pytest.mark.parametrize(("question", "page"), SYNONYMS)
def test_a_question_in_other_words_is_pointed_to_where_the_forms_come_near(
    library: Searched, question: str, page: int
) -> None:
    made, _ = answer(question, library)
    assert (made.status, made.citations) == ("not_found", [])
    assert f"意思最接近的文字在：{library.records()[page - 1].name}" in made.answer


@pytest.mark.parametrize("question", ["法国的首都是哪里", "讲个笑话", "老年人吃午饭有什么配餐"])
def test_what_no_form_comes_near_is_out_of_scope(library: Searched, question: str) -> None:
    made, _ = answer(question, library)
    assert made.status == "out_of_scope"
    assert "意思最接近" not in made.answer


def test_an_index_that_cannot_be_used_takes_nothing_from_the_answer(library: Searched) -> None:
    def down(*_: Any, **__: Any) -> Any:
        raise StoreError("down")

    assert nearest_places("怎样打疫苗", Catalog(library.records()), down) == ""


TEXT = (
    "依据《云川市网络安全管理办法》和市府办函〔2023〕18号文件，建设智慧水务服务平台，"
    "路灯故障由平台自动派单，水质异常1小时内预警。"
)


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("哪个项目引用了网络安全管理办法？", "answered"),
        ("哪个项目引用了云川市网络管理办法？", "answered"),
        ("哪个项目引用了网络安全法？", "not_found"),
        ("哪个项目依据数据安全管理条例？", "not_found"),
        ("哪个项目引用了市府办函〔2023〕18号？", "answered"),
        ("哪个项目引用了市府办函〔2023〕81号？", "not_found"),
        ("哪个项目提到了智慧水务服务平台？", "answered"),
        ("哪个项目提到了智慧养老服务平台？", "not_found"),
        ("水务项目怎样处理路灯故障？", "answered"),
        ("水务项目对路灯故障有什么安排？", "answered"),
        ("水务项目水质异常处置时间", "not_found"),
        ("水务项目水质异常怎样处置", "answered"),
        ("水务项目对无人机巡查是怎么说的？", "not_found"),
        ("关于路灯故障，水务项目是怎么写的？", "answered"),
    ],
)
def test_a_text_answers_only_for_what_it_names(question: str, status: str) -> None:
    records = [
        make_record("云川市水务数字化项目", "p01", overview=TEXT),
        make_record("云川市路灯养护项目", "p02", overview="更换配电箱，组织培训。"),
    ]
    made, _ = answer(question, Shelf(records))
    assert (made.status, [c.page for c in made.citations]) == (
        (status, [1] if status == "answered" else [])
    )
