"""Two hundred computed answers over two thousand records against SQL on the store's cells."""

from __future__ import annotations

import random
import sqlite3
from decimal import Decimal
from itertools import product

import pytest

from assistant.ask.answering import answer
from assistant.store.facts import SCALE, facts_of
from eval.shelf import Shelf
from schemas.records import Record
from tests.library import cell, make_record

_CITIES = ("云川", "泽棠", "岚屿", "星渡", "澄原")
_THINGS = ("路灯", "水质", "档案", "管网", "公园", "单车", "热线", "校园", "养老", "排水", "桥梁",
           "消防", "文化", "体育", "病媒", "公厕", "古树", "站台", "标识", "渡口")  # fmt: skip
_WORKS = ("监测", "改造", "养护", "更新", "治理", "普查", "宣传", "值守", "巡检", "提升")
_KINDS = ("一网", "综合", "智慧", "应急")
_PEOPLE = ("张示例", "李样本", "王虚构", "赵假名")
_STATES = ("延续项目", "新增项目")
_CATEGORIES = ("市政府投资项目", "部门职能类")
_YEARS = (2023, 2024, 2025, 2026)


def _record(number: int, parts: tuple[str, ...], rng: random.Random) -> Record:
    city, kind, thing, work = parts
    wan = number % 5 == 0  # every fifth form is in 万元
    scale = Decimal(1) if wan else Decimal(10_000)

    def amount() -> str:
        return f"{Decimal(rng.randint(100, 99_999)) / 100 * scale:.2f}"

    years = {y: amount() for y in _YEARS if rng.random() < 0.9 or y == 2025}
    record = make_record(
        f"{city}市{kind}{thing}{work}项目",
        f"p{number % 300 + 1:03d}",
        document=f"d{number // 300}",
        years=years,
        code=f"9901{number:017d}",
        category=f"其他特定目标类（{rng.choice(_CATEGORIES)}）",
        start_year=rng.choice((2021, 2022, 2023)),
        total_amount=amount() if rng.random() < 0.95 else None,
        current_year_amount=years[2025],
        contact_name=rng.choice(_PEOPLE),
        application_type=rng.choice(_STATES),
        applicant_unit=f"{city}市{rng.choice(_THINGS)}事务局",
    )
    if wan:
        record.fields["amount_unit"] = cell("万元")
    return record


@pytest.fixture(scope="module")
def records() -> list[Record]:
    rng = random.Random(5)
    names = list(product(_CITIES, _KINDS, _THINGS, _WORKS))
    return [_record(n, p, rng) for n, p in enumerate(rng.sample(names, 2000))]


@pytest.fixture(scope="module")
def shelf(records: list[Record]) -> Shelf:
    return Shelf(records)


@pytest.fixture(scope="module")
def sql(records: list[Record]) -> sqlite3.Connection:
    """The cells as the store keeps them: text, and the number in ten-thousandths of a yuan."""
    base = sqlite3.connect(":memory:")
    base.execute("create table cells (doc, form, tab, key, col, text, number integer)")
    for record in records:
        base.executemany(
            "insert into cells values (?,?,?,?,?,?,?)",
            [
                (
                    c["document_id"],
                    c["form_id"],
                    c["table_name"],
                    c["row_key"],
                    c["column_name"],
                    c["text"],
                    c["number"],
                )
                for c in facts_of(record)
            ],
        )
    base.execute("create index place on cells (tab, col, key, text)")
    base.execute("create index form on cells (doc, form, tab, col)")
    return base


# What is added: the words of the question, and the cells.
_AMOUNTS = {
    "2025年预算": "v.tab = '' and v.col = 'current_year_amount'",
    "总金额": "v.tab = '' and v.col = 'total_amount'",
} | {
    f"{y}年{word}金额": f"v.tab = 'annual_funding' and v.col = '{col}' and v.key = '{y}'"
    for y in _YEARS
    for word, col in (("申报", "declared"), ("审核", "approved"))
}
# Of which projects: the words of the question, and a condition on another cell of the form.
_WHOSE = (
    {"所有项目": ""}
    | {f"{p}负责的项目": f"c.col = 'contact_name' and c.text = '{p}'" for p in _PEOPLE}
    | {s: f"c.col = 'application_type' and c.text = '{s}'" for s in _STATES}
    | {c: f"c.col = 'category' and c.text like '%{c}%'" for c in _CATEGORIES}
    | {f"{y}年开始的项目": f"c.col = 'start_year' and c.text = '{y}'" for y in (2021, 2022, 2023)}
    | {f"{u}的项目": f"c.col = 'applicant_unit' and c.text = '{u}'"
       for u in (f"{c}市{_THINGS[2]}事务局" for c in _CITIES)}
    | {"总金额超过500万元的项目": "c.col = 'total_amount' and c.number > 50000000000"}
)  # fmt: skip
_SUMS = {
    "合计": "sum(v.number), 1",
    "平均是多少": "sum(v.number), count(v.number)",
    "最高的是哪个": "max(v.number), 1",
}
_CASES = random.Random(9).sample(list(product(_WHOSE, _AMOUNTS, _SUMS)), 200)


def _oracle(sql: sqlite3.Connection, whose: str, amount: str, what: str) -> Decimal:
    condition = _WHOSE[whose]
    of = (
        f" and exists (select 1 from cells c where c.doc = v.doc and c.form = v.form"
        f" and c.tab = '' and {condition})"
        if condition
        else ""
    )
    found = sql.execute(f"select {_SUMS[what]} from cells v where {_AMOUNTS[amount]}{of}")
    total, parts = found.fetchone()
    return (Decimal(total) / SCALE / parts).quantize(Decimal("0.01"))


@pytest.mark.parametrize(("whose", "amount", "what"), _CASES)
def test_a_computed_answer_is_what_sql_computes(
    shelf: Shelf, sql: sqlite3.Connection, whose: str, amount: str, what: str
) -> None:
    said = answer(f"{whose}{amount}{what}", shelf)[0]
    wanted = _oracle(sql, whose, amount, what)
    unit = Decimal(10_000) if said.values[0].unit == "万元" else Decimal(1)
    assert said.status == "answered"
    assert Decimal(said.values[0].value) * unit == wanted


def test_every_record_that_was_added_is_cited(shelf: Shelf, records: list[Record]) -> None:
    said = answer("所有项目2025年预算合计", shelf)[0]
    assert len({(c.document_id, c.form_id) for c in said.citations}) == len(records)
