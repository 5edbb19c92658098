"""The booklet's 部门职能类 forms: library security with its cost items, cloud, hotline."""

from __future__ import annotations

# ruff: noqa: E501  (forms and questions read best with one row a line)
from samples.booklet_parts import FUNCTION, funding_of, indicators_of, secondary
from samples.forms import Family, Fault, Fields, Form, total_of

_ITEMS = (  # content, unit, price, workload, amount, basis
    ("图书馆专网出口双机防护服务", "年", 360000, 1, 360000, "1、 图书馆网络安全服务项目2024年188600"),
    ("重要时期值守保障服务", "次", 45000, 4, 180000, "1、 图书馆网络安全服务项目2024年188600"),
    ("自助借阅终端安全服务", "台", 1200, 150, 180000, "1、 图书馆网络安全服务项目2024年188600"),
    ("7*24小时托管监测服务", "年", 520000, 1, 520000, "1、 图书馆网络安全服务项目2024年188600元： 2、项目"),
    ("漏洞扫描与渗透测试服务", "次", 38500, 2, 77000, "1、 图书馆网络安全服务项目2024年188600"),
    ("读者数据备份服务", "年", 96000, 1, 96000, None),
    ("网络安全培训服务", "场", 12500, 3, 35700, "1、 图书馆网络安全服务项目2024年188600"),
)  # fmt: skip


def _library_items() -> tuple[Fields, ...]:
    rows: list[Fields] = []
    for year in (2024, 2025):
        for content, unit, price, workload, amount, basis in _ITEMS:
            printed = price * workload if year == 2024 else amount  # the slip is in 2025
            rows.append({
                "seq": len(rows) + 1, "year": year, "detail_category": "0305-委托业务",
                "scope": "027-委托业务费（外包服务）", "content": content, "unit": unit,
                "unit_price": str(price), "workload": str(workload), "amount": f"{printed}.00",
                "standard_value": None, "basis": basis,
            })  # fmt: skip
    return tuple(rows)


def library() -> Form:
    items = _library_items()
    by_year = {
        y: total_of(tuple(r for r in items if r["year"] == y), "amount")["amount"]
        for y in (2024, 2025)
    }
    funding = funding_of(*((y, str(a)) for y, a in by_year.items()))
    total = total_of(funding, "declared", "approved")
    fields = secondary(
        FUNCTION,
        name="云川市公共图书馆网络安全服务项目",
        code="990100240000000004680",
        parent_name="图书馆信息化运行维护",
        parent_code="630000000000045678",
        lifecycle="经常性",
        start_year=2024,
        end_year=2099,
        total_amount=total["declared"],
        current_year_amount=by_year[2025],
        fund_department="数字局",
        fund_division="文化教育科",
        finance_division="文化教育科",
        previous_year_amount="600000.00",
        department_opinion="审核通过",
        finance_opinion="审核通过",
        budget_opinion="审核通过",
        performance_opinion="审核通过",
        basis=(
            "市图书馆现有的网络安全服务存量合同金额为212400元，2024年起向财政申请“云川市公共图书馆"
            "网络安全服务项目”预算资金，以更好地保障读者数据安全，主要政策文件如下：\n"
            "一、根据《云川市网络安全工作责任制实施办法》（云川府办〔2022〕60号）、"
            "《公共图书馆信息系统安全保护指引（样例）》等文件要求，建设图书馆网络安全防护体系。\n"
            "二、根据《云川市数据安全管理办法》（云川府〔2023〕18号）要求，对读者借阅数据进行分级保护，"
            "定期开展漏洞扫描、渗透测试（Penetration Test）和应急演练。"
        ),
    )
    output, benefit = "产出指标", "效益指标"
    indicators = [
        *indicators_of(output, "数量指标", ("安全服务终端数量", "150台", "150台"), ("渗透测试次数", "≥2次", "≥2次")),
        *indicators_of(output, "质量指标", ("漏洞修复率", "100%", "100%")),
        *indicators_of(output, "时效指标", ("安全事件响应时间", "≤30分钟", "≤30分钟")),
        *indicators_of(output, "成本指标"),
        *indicators_of(benefit, "经济效益指标", ("减少重复采购", "100%", "100%")),
        *indicators_of(benefit, "社会效益指标", ("读者数据泄露事件", "0起", "0起")),
        *indicators_of(benefit, "生态效益指标"),
        *indicators_of(benefit, "可持续影响指标"),
        *indicators_of(benefit, "服务对象满意度指标", ("读者满意度", "＞90%", "＞90%")),
    ]  # fmt: skip
    last = len(items) - 1
    return Form(
        Family.FUNCTION, fields, funding, total, items,
        total_of(items, "unit_price", "amount"), tuple(indicators),
        faults=(
            Fault("product_mismatch", "cost_items.amount",
                  "网络安全培训服务 2025: 12500 × 3 is 37500, the amount says 35700.00",
                  f"cost_items.{last}.amount"),
            Fault("truncated_text", "cost_items.basis",
                  'the note is nearly the same in all rows and cut off ("2024年188600", "元： 2、项目")',
                  "cost_items.3.basis"),
            Fault("amount_conflict", "basis",
                  "the existing contract is 212400元 in 设立依据 and 188600 in the cost notes",
                  "basis", "B"),
            Fault("previous_year_mismatch", "previous_year_amount",
                  "last year's arrangement 600000.00 but the 2024 row is "
                  f"{by_year[2024]}", "previous_year_amount", "B"),
            Fault("placeholder_year", "end_year", "2099 is a placeholder, not a planned end",
                  "end_year"),
            Fault("missing_required", "overview", "empty", "overview"),
            Fault("missing_required", "overall_goal",
                  "overall and annual goal are empty while indicators are filled in",
                  "overall_goal"),
        ),
    )  # fmt: skip


def _target(**own: str | int | None) -> Fields:
    base: Fields = {
        "title": "项目绩效目标表", "name": None, "category": FUNCTION, "level": "二级项目",
        "provincial_department": "数字局", "spending_unit": "云川市数字服务和大数据局",
        "start_year": None, "end_year": 2099, "budget_year": 2025, "budget_amount": None,
        "basis": None, "overview": None, "overall_goal": None, "annual_goal": None,
    }  # fmt: skip
    return base | own


_PLACEHOLDER = Fault(
    "placeholder_year", "end_year", "2099 is a placeholder, not a planned end", "end_year"
)
_VARIANT = Fault(
    "unit_name_variant", "spending_unit",
    "云川市数字服务和大数据局 here, 云川市数字服务局 in the other forms of the same booklet",
    "spending_unit", "B",
)  # fmt: skip
_COSTS = ("经济成本指标", "社会成本指标", "生态环境成本指标")


def cloud() -> Form:
    basis = (
        "云川市各单位业务系统已陆续迁移上云，基础设施集约化水平明显提高。根据《云川市政务云管理细则》"
        "（云数〔2022〕19号）、《云川市数字服务三年行动方案（2023—2025年）》（云川府办〔2023〕12号）"
        "等文件要求，继续以购买服务的方式租用政务云资源，由平台统一提供计算、存储、备份和安全服务，"
        "减少各单位自建机房的投入。 1、经济效益：减少重复建设和运维费用。 2、社会效益："
        "（1）打通单位之间的数据共享渠道；（2）通过统一的灾备体系，确保发生灾难时业务快速恢复。"
        "政务云是全市线上服务正常运转的底座，属“三保”类支出。"
    )
    fields = _target(
        name="云川市政务云资源租用服务采购项目",
        start_year=2022,
        budget_amount="12600000",
        basis=basis,
        overview=basis.removesuffix("政务云是全市线上服务正常运转的底座，属“三保”类支出。"),
        overall_goal=(
            "以公开招标方式遴选云服务单位，为全市提供统一、安全、稳定的云资源，到2026年市直单位"
            "业务系统上云率达到95%以上，逐步关停单位自建机房。"
        ),
        annual_goal="新增36个应用系统上云，关停5个单位自建机房，完成同城灾备演练2次。",
    )
    output, benefit, satisfied = "产出指标", "效益指标", "满意度指标"
    indicators = [
        *(row for name in _COSTS for row in indicators_of("成本指标", name)),
        *indicators_of(output, "数量指标", ("应用系统上云数", "≥120个", "≥36个"), ("同城灾备演练次数", "每年2次", "2")),
        *indicators_of(
            output, "质量指标",
            ("云服务商考核得分", "考核分数＞90分", "考核分数＞90分"),
            ("信息安全事故起数", "＜0起", "＜0起"),
        ),
        *indicators_of(
            output, "时效指标",
            ("云平台故障按时修复率", "100%", "100%"),
            ("云主机资源从申请到交付使用的开通时间", "≤24小时", "≤24小时"),
        ),
        *indicators_of(benefit, "经济效益"),
        *indicators_of(
            benefit, "社会效益",
            ("市直单位上云率（已上云单位数/市直单位总数）", "95%", "82%覆盖"),
        ),
        *indicators_of(benefit, "生态效益", ("关停自建机房年节电量", "≥60万千瓦时", "≥25万千瓦时")),
        *indicators_of(
            satisfied, "服务对象满意度",
            ("用云单位满意度", "≥88%", "≥88%"),
            ("运维人员满意度", "＞90%", "＞90%"),
        ),
    ]  # fmt: skip
    return Form(
        Family.TARGET, fields, indicators=tuple(indicators),
        faults=(
            _PLACEHOLDER,
            _VARIANT,
            Fault("impossible_target", "信息安全事故起数", 'a count below zero: "＜0起"',
                  "indicators.3.period_value"),
            Fault("copied_text", "overview", "word for word the text of 设立依据, less its last clause",
                  "overview", "B"),
            Fault("inconsistent_columns", "同城灾备演练次数",
                  'period "每年2次", annual "2": one column lacks the unit',
                  "indicators.1.annual_value"),
        ),
    )  # fmt: skip


def hotline() -> Form:
    fields = _target(
        name="“云川通”便民热线—云川市便民热线话务外包服务项目",
        start_year=2021,
        budget_amount="4860000",
        basis="云数会函【2021】66号 《云川市便民热线话务服务合同（2021—2023年）》",
        overview="-",
        overall_goal=(
            "通过购买服务的方式保障便民热线全天候运行，设置话务坐席42个，"
            "做到群众来电“有人接、有人办、有人回”。"
        ),
        annual_goal="全年受理群众来电不少于58万件，话务接通率保持在94%以上。",
    )
    output, benefit, satisfied = "产出指标", "效益指标", "满意度指标"
    indicators = [
        *(row for name in _COSTS for row in indicators_of("成本指标", name)),
        *indicators_of(output, "数量指标", ("话务坐席数量", "42个", "42个"), ("年受理来电数量", "≥58万件", "≥58万件")),
        *indicators_of(output, "质量指标", ("话务接通率", "≥94%", "≥94%"), ("工单派发准确率", "≥97%", "≥97%")),
        *indicators_of(output, "时效指标", ("平均接通时长", "=＜平均20秒", "=＜平均20秒")),
        *indicators_of(benefit, "经济效益", ("预算资金执行率", "100%", "100%")),
        *indicators_of(benefit, "社会效益", ("热线全年正常运行时长", "＞=8000小时", "＞=8000小时")),
        *indicators_of(benefit, "生态效益"),
        *indicators_of(satisfied, "服务对象满意度", ("来电群众满意度", "≥95%", "≥95%")),
    ]  # fmt: skip
    return Form(
        Family.TARGET, fields, indicators=tuple(indicators),
        faults=(
            _PLACEHOLDER,
            Fault("missing_required", "overview", '"-"', "overview"),
            Fault("expired_basis", "basis",
                  "the only basis is a 2021-2023 contract; the budget year is 2025", "basis", "B"),
            Fault("malformed_comparator", "热线全年正常运行时长", '"＞=8000小时"',
                  "indicators.6.period_value"),
            Fault("malformed_comparator", "平均接通时长", '"=＜平均20秒"',
                  "indicators.4.period_value"),
        ),
    )  # fmt: skip
