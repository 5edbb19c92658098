"""The catalogue of questions: what it takes over from the one before, and how it finds grams."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.ask.answer.citing import prepare
from assistant.ask.query.catalog import Catalog
from assistant.ask.query.entry import Texts, text_of
from assistant.text.bigrams import grams, squeeze
from tests.library import make_record, small_booklet

_PARTS = (
    "projects", "identity", "known_years", "names_of_gram", "places", "values", "categories",
    "budget_years", "row_items", "longest_value", "approvals", "has_costs",
)  # fmt: skip


def test_only_what_changed_is_looked_through_again() -> None:
    records = small_booklet()
    before = Catalog(records)
    prepare(before)
    records[1] = records[1].model_copy(deep=True)
    after = Catalog(records, before=before)
    kept = [a is b for a, b in zip(after.entries, before.entries, strict=True)]
    assert kept == [True, False, True, True]


def test_facts_are_not_taken_over_where_a_document_is_called_otherwise() -> None:
    records = small_booklet()
    before = Catalog(records, {"booklet": "a.pdf"})
    after = Catalog(records, {"booklet": "b.pdf"}, before=before)
    assert not set(map(id, before.entries)) & set(map(id, after.entries))


@pytest.mark.parametrize("part", _PARTS)
def test_a_catalogue_after_another_is_as_one_made_anew(part: str) -> None:
    records = small_booklet()
    before = Catalog(small_booklet() + records)
    prepare(before)
    assert getattr(Catalog(records, before=before), part) == getattr(Catalog(records), part)


@pytest.mark.parametrize(
    ("unit", "projects"),
    [("云川市水务局", 1), ("云川市水务管理局", 1), ("云川市教育局", 2), ("澄原市公安局", 2)],
)
def test_forms_of_one_name_are_one_project_where_their_units_are_alike(
    unit: str, projects: int
) -> None:
    units = ("云川市水务局", unit)
    records = [make_record("甲乙平台", f"p{n}", applicant_unit=u) for n, u in enumerate(units, 1)]
    assert len(set(Catalog(records).identity.values())) == projects


def test_grams_are_counted_as_an_index_counts_them() -> None:
    catalog = Catalog(small_booklet())
    counts: Counter[str] = Counter()
    for row in catalog.rows:
        counts.update(set(grams(row.words)))
    for record in catalog.records:
        for name in ("overview", "basis"):
            counts.update(set(grams(squeeze(text_of(record.fields.get(name))))))
    assert {g: catalog.gram_counts.get(g, 0) for g in counts} == dict(counts)
    assert "火箭" not in catalog.gram_counts


@pytest.mark.parametrize(
    ("gram", "found"),
    [("路灯", [0]), ("12", [1]), ("120", []), ("灯杆", [1]), ("水", [2]), ("ab1", [2]), ("ab", [])],
)
def test_a_number_or_a_latin_word_is_found_as_a_whole(gram: str, found: list[int]) -> None:
    assert Texts(["路灯1200根", "灯杆12根", "ab1水2"]).holding(gram) == found


def test_rows_like_words_come_by_how_much_they_hold() -> None:
    rows = Catalog(small_booklet()).rows_like("灯杆安装数量", 3)
    assert rows[0].name == "灯杆安装数量"
    assert len({id(r) for r in rows}) == len(rows) <= 3
