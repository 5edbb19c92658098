"""More questions on the committed booklet, in the words of people, each with a twin that has no
answer there. Pure.

What is right is worked out from the labels, as in :mod:`samples.questions`.
"""

# ruff: noqa: E501  (questions read best with one pair a row)
from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samples.questions import Facts

Holds = dict[str, Any]


def _values(*numbers: Any) -> Holds:
    return {"values": [str(n) for n in numbers]}


def _says(*words: str) -> Holds:
    return {"contains": list(words)}


def _total(f: Facts, label: Any) -> Decimal:
    return Decimal(f.value(label, "total_amount"))


def _declared(f: Facts, label: Any, *years: int) -> Decimal:
    return sum((Decimal(f.year(label, y)["declared"]) for y in years), Decimal(0))


def _of_year(f: Facts, year: int) -> Decimal:
    rows = (r for x in f.secondary for r in x["annual_funding"])
    return sum((Decimal(r["declared"]) for r in rows if r["year"] == year), Decimal(0))


def _only(f: Facts, test: Callable[[Any], bool]) -> Holds:
    return f.split([x for x in f.labels if test(x)], f.labels)


def _budgets(f: Facts) -> list[Any]:
    return sorted(f.labels, key=f.budget, reverse=True)


def _ranked(f: Facts, *places: int) -> Holds:
    chosen = [_budgets(f)[p] for p in places]
    return _values(*(f.budget(x) for x in chosen)) | {"names": f.names(chosen)}


def _share(part: Decimal, whole: Decimal) -> Holds:
    return {"any_of": [f"{part / whole * 100:.2f}%", f"{part / whole * 100:.1f}%"]}


def _functions(f: Facts) -> Decimal:
    return sum((f.budget(x) for x in f.labels if x not in f.investment), Decimal(0))


def _kinds(f: Facts) -> Decimal:
    return sum((f.budget(x) for x in f.investment), Decimal(0))


def _grown(f: Facts, label: Any, year: int) -> Decimal:
    return (_declared(f, label, year) / _declared(f, label, year - 1) - 1) * 100


PAIRS: tuple[tuple[str, str, Callable[[Facts], Holds], str], ...] = (
    ("lookup", "路灯改造总共要花多少钱", lambda f: _values(_total(f, f.lights)), "地铁改造总共要花多少钱"),
    ("lookup", "河道水质在线检测平台总金额是多少", lambda f: _values(_total(f, f.rivers)), "河道水质离线监测平台总金额是多少"),
    ("lookup", "不动产挡案数字化项目总金额是多少", lambda f: _values(_total(f, f.archives)), "云川市动产历史档案数字化加工项目总金额是多少"),
    ("lookup", "编码990100220000000003579是哪个项目", lambda f: {"names": f.names([f.archives])}, "编码990100220000000003570是哪个项目"),
    ("lookup", "政务云租用2025年要多少钱", lambda f: _values(f.budget(f.cloud)), "政务云租用2024年要多少钱"),
    ("lookup", "河道水质平台由谁实施", lambda f: _says(f.value(f.rivers, "implementing_unit")), "政务云项目由谁实施"),
    ("lookup", "上一年路灯项目安排了多少预算", lambda f: _values(f.value(f.lights, "previous_year_amount")), "上一年路灯项目支出了多少"),
    ("lookup", "图书馆项目属于哪一类", lambda f: _says(f.value(f.library, "category")), "博物馆项目属于哪一类"),
    ("lookup", "河道项目的发改审核意见是什么", lambda f: _says(f.value(f.rivers, "planning_opinion")), "图书馆项目的发改审核意见是什么"),
    ("lookup", "路灯项目各年度的资金计划分别是多少", lambda f: _values(*(r["declared"] for r in f.lights["annual_funding"])), "政务云项目各年度的资金计划分别是多少"),
    ("unit", "档案项目2026年计划多少钱，以万元为单位", lambda f: _says(f"{(_declared(f, f.archives, 2026) / 10_000).normalize():f}万元"), "档案项目2029年计划多少钱，以万元为单位"),
    ("indicator", "今年要改造多少盏路灯", lambda f: _says("1200盏"), "今年要拆除多少盏路灯"),
    ("indicator", "路灯项目的数量指标有哪些", lambda f: _says("完成路灯节能改造数量", "配电箱升级改造数量"), "路灯项目的时效指标有哪些"),
    ("indicator", "便民热线的工单派发准确率是多少", lambda f: _says("97%"), "便民热线的工单派发及时率是多少"),
    ("indicator", "政务云的同城灾备演练次数", lambda f: _says("每年2次"), "政务云的异地灾备演练次数"),
    ("indicator", "云平台故障按时修复率", lambda f: _says("100%"), "云平台故障修复时长"),
    ("indicator", "应用系统上云数要多少个", lambda f: _says("36个"), "应用系统下云数要多少个"),
    ("indicator", "每页加工成本不能超过多少", lambda f: _says("1.85"), "每页存储成本不能超过多少"),
    ("indicator", "断面水质达标率的两个指标值", lambda f: _says("90%", "88%"), "断面水质超标率的两个指标值"),
    ("indicator", "河道项目有几个绩效指标", lambda f: _values(len(f.rivers["indicators"])), "湖泊项目有几个绩效指标"),
    ("narrative", "政务云项目要关停几个机房", lambda f: _says("5个"), "政务云项目要新建几个机房"),
    ("narrative", "路灯改造包括哪四个部分", lambda f: _says("LED灯具", "配电箱"), "路灯改造包括哪五个部分"),
    ("rank", "哪个项目的指标最多", lambda f: {"names": f.names([f.cloud])}, "哪个项目的附件最多"),
    ("rank", "哪两个项目的预算最低", lambda f: _ranked(f, -1, -2), "哪两个街道的预算最低"),
    ("rank", "2025年预算第二高的项目是哪个", lambda f: _ranked(f, 1), "2025年预算第九高的项目是哪个"),
    ("rank", "2025年预算前三名的项目", lambda f: _ranked(f, 0, 1, 2), "2035年预算前三名的项目"),
    ("rank", "2025年申报金额比2024年增长最多的是哪个项目", lambda f: {"names": f.names([f.rivers])} | _values(_declared(f, f.rivers, 2025) - _declared(f, f.rivers, 2024)), "2030年申报金额比2029年增长最多的是哪个项目"),
    ("rank", "路灯项目哪一年的资金最多", lambda f: _says("2022") | _values(_declared(f, f.lights, 2022)), "地铁项目哪一年的资金最多"),
    ("sum", "二级项目的总金额加起来是多少", lambda f: _values(sum(_total(f, x) for x in f.secondary)), "三级项目的总金额加起来是多少"),
    ("sum", "六个项目2025年预算合计多少", lambda f: _values(sum(f.budget(x) for x in f.labels)), "八个项目2025年预算合计多少"),
    ("sum", "路灯和档案两个项目2025年一共多少钱", lambda f: _values(f.budget(f.lights) + f.budget(f.archives)), "路灯和地铁两个项目2025年一共多少钱"),
    ("sum", "路灯项目2023年以后还要花多少钱", lambda f: _values(_declared(f, f.lights, 2024, 2025)), "路灯项目2025年以后还要花多少钱"),
    ("sum", "2026年还要安排多少钱", lambda f: _values(_of_year(f, 2026)), "2036年还要安排多少钱"),
    ("average", "各类别的平均预算", lambda f: _values(f"{_kinds(f) / 3:.2f}", f"{_functions(f) / 3:.2f}"), "各街道的平均预算"),
    ("ratio", "市政府投资项目占全部2025年预算的百分之多少", lambda f: _share(_kinds(f), _kinds(f) + _functions(f)), "中央投资项目占全部2025年预算的百分之多少"),
    ("compare", "路灯项目2025年比2024年减少了多少", lambda f: _values(_declared(f, f.lights, 2024) - _declared(f, f.lights, 2025)), "路灯项目2035年比2034年减少了多少"),
    ("compare", "路灯项目2023年申报金额比上年减少了多少", lambda f: _values(_declared(f, f.lights, 2022) - _declared(f, f.lights, 2023)), "路灯项目2020年申报金额比上年减少了多少"),
    ("compare", "河道项目2025年较上一年增长率是多少", lambda f: {"any_of": [f"{_grown(f, f.rivers, 2025):.2f}%"]}, "河道项目2029年较上一年增长率是多少"),
    ("compare", "政务云的预算是便民热线的几倍", lambda f: {"any_of": [f"{f.budget(f.cloud) / f.budget(f.hotline):.2f}"]}, "政务云的预算是地铁的几倍"),
    ("compare", "部门职能类比市政府投资类2025年预算多多少", lambda f: _values(_functions(f) - _kinds(f)), "部门职能类比中央投资类2025年预算多多少"),
    ("compare", "便民热线的预算比档案项目少吗", lambda f: _says("否") | _values(f.budget(f.hotline)), "便民热线的预算比地铁项目少吗"),
    ("filter", "预算不少于300万的项目有哪些", lambda f: _only(f, lambda x: f.budget(x) >= 3_000_000), "预算不少于3亿的项目有哪些"),
    ("filter", "2025年预算在200万到400万之间的项目", lambda f: _only(f, lambda x: 2_000_000 <= f.budget(x) <= 4_000_000), "2025年预算在20万到40万之间的项目"),
    ("filter", "没有时效指标的项目有哪些", lambda f: {"names": f.names([f.lights]), "not_names": f.names([f.rivers])}, "没有满意度指标的项目有哪些"),
    ("filter", "哪些项目有话务接通率指标", lambda f: f.split([f.hotline], f.labels), "哪些项目有投诉处理率指标"),
    ("filter", "当年金额比上一年预算多的项目有哪些", lambda f: f.split([f.lights, f.rivers, f.library], f.secondary), "审核金额大于申报金额的项目有哪些"),
    ("filter", "哪些项目上一年预算为0", lambda f: f.split([f.lights], f.labels), "哪些项目当年金额为0"),
    ("filter", "项目编码里有99010022的项目", lambda f: f.split([f.rivers, f.archives], f.labels), "项目编码里有88010022的项目"),
    ("filter", "有年度绩效目标但没有联系电话的项目", lambda f: f.split([f.lights, f.archives], f.secondary), "名称里带“机场”的项目有哪些"),
    ("filter", "2025年预算高于平均数的项目有哪些", lambda f: {"names": f.names([f.cloud, f.hotline])}, "2035年预算高于平均数的项目有哪些"),
    ("check", "哪些项目的分年度合计和项目金额对不上", lambda f: f.split([f.archives], f.labels), "哪些项目的分月合计和项目金额对不上"),
    ("english", "Who is the contact of 河道水质在线监测平台?", lambda f: _says(f.value(f.rivers, "contact_name")), "Who is the auditor of 河道水质在线监测平台?"),
    ("english", "Which projects have a total amount over 10 million yuan?", lambda f: f.split([x for x in f.secondary if _total(f, x) > 10_000_000], f.labels), "Which projects have a total amount over 900 million yuan?"),
    ("english", "How much is the total amount of the street light project?", lambda f: _values(_total(f, f.lights)), "How much is the total amount of the airport project?"),
)  # fmt: skip

# A question with those that follow it, each in a conversation of its own.
_AFTER: tuple[tuple[str, Callable[[Facts], Holds], tuple[tuple[str, Callable[[Facts], Holds] | None], ...]], ...] = (
    ("2025年预算最高的三个项目是哪些", lambda f: _ranked(f, 0, 1, 2), (
        ("第二个的依据是什么", lambda f: _says("云数会函【2021】66号")),
        ("这些项目里哪些是2022年开始的", lambda f: f.split([f.cloud, f.rivers], f.labels)),
        ("第二个的监理单位是谁", None),
    )),
    ("预算最少的是哪个项目", lambda f: _ranked(f, -1), (
        ("它的用款单位是谁", lambda f: _says(f.value(f.library, "spending_unit"))),
        ("它2031年的预算呢", None),
    )),
    ("档案项目2024年的审核金额是多少", lambda f: _values(f.year(f.archives, 2024)["approved"]), (
        ("比上一年多多少", lambda f: _values(_declared(f, f.archives, 2024) - _declared(f, f.archives, 2023))),
        ("2034年呢", None),
    )),
)  # fmt: skip


def worded(f: Facts) -> Iterator[dict[str, Any]]:
    """The questions with what a right answer holds, each followed by its twin."""
    for kind, question, holds, twin in PAIRS:
        yield {"kind": kind, "question": question, "status": "answered", **holds(f)}
        yield {"kind": "unanswerable", "question": twin, "status": "not_found"}
    for number, (first, holds, later) in enumerate(_AFTER):
        for each, (question, own) in enumerate(later):
            key = f"conversation {number}.{each}"
            yield {"kind": "rank", "question": first, "status": "answered", **holds(f), "key": key}
            found = {"status": "answered", **own(f)} if own else {"status": "not_found"}
            yield {"kind": "follow_up", "question": question, **found, "follows": key}
