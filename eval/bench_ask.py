# ruff: noqa: E501  (a table of questions reads best with one a line)
"""Time to answer without a model at many records, beside plain SQL on the same cells.

Processor time, the best of several repeats after one that warms the columns; the first time of
each question, which works its column out, stands beside it, and so does what it takes to make
the catalogue of the records, and to make it again where one record has changed.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from itertools import product

from assistant.ask.answering import answer
from assistant.store.facts import facts_of
from eval.shelf import Shelf
from schemas.readings import Evidence
from schemas.records import Cell, Record, State

_CITIES = ("云川", "泽棠", "岚屿", "星渡", "澄原", "青汀", "望浦", "临溪")
_KINDS = ("智慧", "数字", "综合", "公共", "应急", "绿色", "基层")
_THINGS = ("路灯", "水质", "档案", "管网", "公园", "单车", "热线", "校园", "养老", "排水", "桥梁",
           "消防", "文化", "体育", "公厕", "古树", "站台", "标识", "渡口", "图书")  # fmt: skip
_WORKS = ("监测", "改造", "养护", "更新", "治理", "普查", "宣传", "值守", "巡检", "提升")
_YEARS = range(2023, 2028)
_REPEATS = 5

# Each question with the SQL that does the same work, where there is one.
QUESTIONS = (
    ("{name}的总金额是多少", "select text from cells where form = '{form}' and col = 'total_amount'"),
    ("{name}2024年申报多少",
     "select text from cells where form = '{form}' and col = 'declared' and key = '2024'"),
    ("所有项目2025年预算合计",
     "select sum(number), group_concat(page) from cells where col = 'current_year_amount'"),
    ("延续项目2024年申报金额合计",
     "select sum(v.number), group_concat(v.page) from cells v join cells c on c.form = v.form"
     " where v.col = 'declared' and v.key = '2024' and c.col = 'application_type'"
     " and c.text = '延续项目'"),
    ("总金额最高的三个项目",
     "select form, number from cells where col = 'total_amount' order by number desc limit 3"),
    ("总金额超过3000万元的项目有几个",
     "select form, page from cells where col = 'total_amount' and number > 300000000000"),
    ("按开始年度统计总金额",
     "select s.text, sum(v.number) from cells v join cells s on s.form = v.form"
     " where v.col = 'total_amount' and s.col = 'start_year' group by s.text"),
    ("群众满意度不低于98%的项目有几个", ""),
)  # fmt: skip


def cell(value: str | int) -> Cell:
    return Cell(value=value, state=State.AGREED, evidence=Evidence(page=1, quote=str(value)))


def _record(number: int, parts: tuple[str, ...], rng: random.Random) -> Record:
    years = {y: f"{rng.randint(10, 900) * 10_000}.00" for y in _YEARS}
    city, kind, thing, work = parts
    fields: dict[str, str | int] = {
        "name": f"{city}市{kind}{thing}{work}项目",
        "code": f"9901{number:017d}",
        "start_year": rng.choice((2021, 2022, 2023)),
        "total_amount": f"{sum(int(a[:-3]) for a in years.values())}.00",
        "current_year_amount": years[2025],
        "application_type": rng.choice(("延续项目", "新增项目")),
        "applicant_unit": f"{city}市{thing}事务局",
    }
    plan = [{"year": cell(y), "declared": cell(a), "approved": cell(a)} for y, a in years.items()]
    target = f"≥{rng.randint(80, 99)}%"
    row = {"level1": "满意度指标", "level2": "满意度指标", "level3": "群众满意度",
           "period_value": target, "annual_value": target}  # fmt: skip
    return Record(
        document_id=f"d{number // 300}",
        form_id=f"p{number}",
        pages=[1],
        form_type="secondary_project",
        fields={n: cell(v) for n, v in fields.items()},
        tables={"annual_funding": plan, "indicators": [{n: cell(v) for n, v in row.items()}]},
    )


def make_records(count: int, seed: int = 7) -> list[Record]:
    """``count`` (at most 11,200) invented records, no two of one name."""
    rng = random.Random(seed)
    names = list(product(_CITIES, _KINDS, _THINGS, _WORKS))
    return [_record(n, p, rng) for n, p in enumerate(rng.sample(names, count))]


def _database(records: list[Record]) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:")
    base.execute("create table cells (form, tab, key, col, text, number integer, page integer)")
    rows = (c for r in records for c in facts_of(r))
    base.executemany(
        "insert into cells values (?,?,?,?,?,?,?)",
        ((c["form_id"], c["table_name"], c["row_key"], c["column_name"], c["text"], c["number"], c["page"])
         for c in rows),
    )  # fmt: skip
    base.execute("create index by_column on cells (col, key)")
    base.execute("create index by_form on cells (form, col)")
    return base


def milliseconds(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """Processor time of the fastest of ``repeats`` runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def main(count: int = 10_000) -> None:
    """Prints a line for each question."""
    records = make_records(count)
    shelf, base = Shelf(records), _database(records)
    ready = milliseconds(lambda: answer("项目总数", shelf), 1)
    print(f"{count} records; the catalogue is made in {ready:.0f} ms, ", end="")
    records[5] = records[5].model_copy(deep=True)
    shelf = Shelf(records)
    again = milliseconds(lambda: answer("项目总数", shelf), 1)
    print(f"where one record has changed in {again:.0f} ms")
    words = milliseconds(lambda: answer("居民投诉处理要几天", shelf), 1)
    print(f"a question with words that stand in no form: {words:.0f} ms")
    print("first ms | again ms | plain SQL ms | question")
    given = {"name": records[77].name, "form": records[77].form_id}
    for question, sql in QUESTIONS:
        asked, statement = question.format(**given), sql.format(**given)
        first = milliseconds(lambda q=asked: answer(q, shelf), 1)  # type: ignore[misc]
        again = milliseconds(lambda q=asked: answer(q, shelf))  # type: ignore[misc]
        plain = "-"
        if statement:
            plain = f"{milliseconds(lambda s=statement: base.execute(s).fetchall()):.2f}"  # type: ignore[misc]
        print(f"{first:8.0f} | {again:8.1f} | {plain:>12} | {asked}")


if __name__ == "__main__":
    main()
