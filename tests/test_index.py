"""Passages by words and by vectors."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import StoreError
from assistant.search.bm25 import Bm25
from assistant.search.index import Index, telling
from assistant.search.passages import Hit, Passage, passages_of
from assistant.settings import Settings
from assistant.text.bigrams import grams, squeeze
from assistant.text.sentences import chunks, sentences
from schemas.readings import Evidence
from tests.library import make_record, small_booklet

TEXTS = {
    "p01": "在六个街道安装灯杆，形成照明、充电、感知三个子系统。",
    "p02": "为图书馆提供渗透测试和驻场值守，保障网络安全。",
    "p03": "市民打电话反映问题，由坐席人员受理并转派工单。",
}


def passages(document: str = "a") -> list[Passage]:
    return [
        Passage(document, form, f"项目{form}", "overview", 0, text, Evidence(page=1, quote=text))
        for form, text in TEXTS.items()
    ]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(Settings(home=tmp_path))
    made.add(passages())
    return made


@pytest.mark.parametrize(
    ("query", "form"),
    [("照明子系统", "p01"), ("渗透测试", "p02"), ("坐席", "p03"), ("热线接听群众诉求", "p03")],
)
def test_words_lead_and_vectors_carry_paraphrases(index: Index, query: str, form: str) -> None:
    hit = index.search(query, k=1)[0]
    assert hit.passage == next(p for p in passages() if p.form_id == form)


def test_a_search_stays_within_the_forms_it_is_given(index: Index) -> None:
    hits = index.search("照明子系统", form_keys=[("a", "p02"), ("a", "p03")])
    assert {h.passage.form_id for h in hits} == {"p02", "p03"}
    assert index.search("照明", form_keys=[]) == []
    assert index.search("照明", document_ids=["b"]) == []


def test_the_index_outlives_the_process(index: Index, tmp_path: Path) -> None:
    assert Index(Settings(home=tmp_path)).search("坐席", k=1)[0].passage.form_id == "p03"


def test_a_removed_document_is_found_no_more(index: Index) -> None:
    index.add(passages("b"))
    index.remove("a")
    assert {h.passage.document_id for h in index.search("照明子系统")} == {"b"}


def test_reading_a_form_again_drops_its_old_passages(index: Index) -> None:
    new = Passage("a", "p01", "项目p01", "overview", 0, "更换全部路灯光源。")
    index.add([new])
    (found,) = texts([index.search("灯", k=9)])
    assert new.text in found
    assert TEXTS["p01"] not in found


def test_a_text_is_embedded_once(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise AssertionError("embedded again")

    monkeypatch.setattr(Index, "_embed", refuse)
    index.add(passages())
    index.add(passages("b"))


WORDS, SENSE = "河道巡查每月两次", "水面漂浮物随时打捞"
UNKNOWN = "甲乙丙丁戊己庚辛壬癸子丑寅卯"


def _turned(degrees: float) -> list[float]:
    return [math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("河道巡查", WORDS),  # all of it stands there
        (f"河道巡查{UNKNOWN[0]}", WORDS),  # about half, weighted by rarity
        (f"河道{UNKNOWN[:3]}", SENSE),  # a ninth of it
        (f"河道{UNKNOWN}", SENSE),  # hardly any
        (UNKNOWN, SENSE),
    ],
)
def test_vectors_count_as_far_as_words_are_weak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, first: str
) -> None:
    angles = {WORDS: 42.0, SENSE: 30.0}  # cosines of 0.74 and 0.87, which are none and half
    monkeypatch.setattr(
        "assistant.search.index.embed",
        lambda texts, kind, settings: [_turned(angles.get(t, 0.0)) for t in texts],
    )
    index = Index(Settings(home=tmp_path))
    index.add([Passage("a", f"p{n}", text, "overview", 0, text) for n, text in enumerate(angles)])
    assert index.search(query, k=1)[0].passage.text == first


@pytest.mark.parametrize("asked", ["甲项目", "乙项目"])
def test_copies_are_told_apart_by_their_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    vectors = {"甲项目": [1.0, 0.0, 0.0], "乙项目": [0.0, 1.0, 0.0], SENSE: [0.0, 0.0, 1.0]}
    vectors["问"] = [a + b for a, b in zip(vectors[asked], vectors[SENSE], strict=True)]
    monkeypatch.setattr(
        "assistant.search.index.embed", lambda texts, kind, settings: [vectors[t] for t in texts]
    )
    index = Index(Settings(home=tmp_path))
    index.add([Passage("a", p, p, "overview", 0, SENSE) for p in ("甲项目", "乙项目")])
    assert index.search("问", k=1)[0].passage.project == asked


def test_of_two_texts_with_the_words_the_shorter_is_about_them() -> None:
    words = Bm25()
    for key, text in {"short": "河道巡查", "long": f"河道巡查，{TEXTS['p01']}"}.items():
        words.add(key, text)
    scores = words.scores("河道")
    assert scores["short"][0] > 1.5 * scores["long"][0] > 0


@pytest.mark.parametrize(("text", "found"), [("审核通过同意。", 0), ("更换老旧配电箱。", 1)])
def test_what_is_too_short_to_be_searched_for(text: str, found: int) -> None:
    assert len(passages_of(make_record("甲乙平台", overview=text))) == found


def texts(searches: list[list[Hit]]) -> list[list[str]]:
    return [[hit.passage.text for hit in hits] for hits in searches]


def test_many_passages_are_found_by_chromas_graph_as_by_comparing_all(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.add(passages("b"))
    keys = [("a", "p02"), ("b", "p03")]
    compared = [index.search("热线接听群众诉求", form_keys=f) for f in (None, keys)]
    monkeypatch.setattr("assistant.search.index._EXACT", 0)
    by_graph = [index.search("热线接听群众诉求", form_keys=f) for f in (None, keys)]
    assert texts(by_graph) == texts(compared)


def test_words_that_only_ask_are_not_looked_for() -> None:
    assert telling("关于灯杆安装，怎么写的？").strip(",?") == "灯杆安装"
    assert telling("是什么") == "是什么"


def test_a_server_that_is_down_is_one_clear_sentence(tmp_path: Path) -> None:
    down = Index(Settings(home=tmp_path, chroma_url="http://127.0.0.1:9"))
    with pytest.raises(StoreError, match="CHROMA_URL"):
        down.search("照明")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("灯杆安装", ["灯杆", "杆安", "安装"]),
        ("7天 API服务", ["7", "天", "api", "服务"]),
        ("“一网”统管", ["一网", "网统", "统管"]),
        ("", []),
    ],
)
def test_grams(text: str, expected: list[str]) -> None:
    assert grams(text) == expected


def test_squeeze_leaves_out_marks_and_width() -> None:
    assert squeeze("“云 川通”（二期）—Ａ平台") == "云川通二期a平台"


def test_sentences_and_chunks_lose_nothing() -> None:
    text = "一、甲。\n二、乙；丙！丁？戊"
    assert sentences(text) == ["一、甲。", "二、乙；", "丙！", "丁？", "戊"]
    assert "".join("".join(chunks(text, 6)).split()) == "".join(text.split())
    assert all(len(c) <= 12 for c in chunks(text, 6))


def test_a_record_gives_the_passages_of_its_long_texts() -> None:
    first, second = passages_of(small_booklet()[0])
    assert (first.field, first.evidence and first.evidence.page) == ("overview", 1)
    assert second.text == "设备由运营单位集中管理。"


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    words = Bm25()
    for key, text in TEXTS.items():
        words.add(key, f"项目建设：{text}")
    assert words.weight("灯杆") > words.weight("项目")
    words.remove(["p01"])
    assert "p01" not in words.scores("灯杆")
