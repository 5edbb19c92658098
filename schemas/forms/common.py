"""Fields that families of forms share, with the words that staff ask with."""

# ruff: noqa: E501  (a table of facts reads best with one fact a line)

from __future__ import annotations

from schemas.forms.spec import (
    FieldSpec,
    FormSpec,
    LawSpec,
    NotOver,
    Parts,
    Rate,
    Roles,
    fields,
)
from schemas.forms.tables import INDICATORS

_SHARED: tuple[FieldSpec, ...] = fields("""
    title | text | Title | 标题
    amount_unit | unit | Unit of amounts | 金额单位 单位
    budget_year | year | Budget year | 预算年度 | 预算年度
    name | text | Project | 项目名称 二级项目名称 | 项目名称 名称 哪个项目 项目
    code | code | Code | 二级项目编码 项目编码 | 编码
    category | text | Category | 项目类别 项目类型 | 类型 类别
    provincial_department | text | Department in charge | 省级主管部门 主管部门 | 主管部门
    spending_unit | text | Spending unit | 用款单位 资金使用单位 | 用款单位 单位
    contact_name | text | Contact | 申报联系人 联系人 | 联系人 负责人 找谁
    contact_phone | code | Telephone | 申报联系电话 联系电话 | 联系电话 电话 手机
    total_amount | amount | Total amount | 项目金额（单位：元） 项目金额 | 项目总金额 总金额 项目金额 总额 总投资 一共多少钱
    budget_amount | amount | Budget of the year | {year}年预算金额 {year}年度预算金额 | 预算金额 预算 资金 多少钱 花多少钱 当年金额
    start_year | year | First year | 起始年度 项目开始年度 | 开始年度 开始 起始 启动 哪年开始
    end_year | year | Last year | 到期年度 项目结束年度 | 结束年度 结束 到期 截止 哪年结束
    basis | long_text | Basis | 设立依据 立项依据 | 依据 为什么 设立理由 政策文件
    overview | long_text | Overview | 项目概述 项目概况 | 概述 概况 内容 介绍
    overall_goal | long_text | Goal for the period | 实施周期总目标 总体目标 | 总体绩效目标 实施周期总目标 总目标 总体目标
    annual_goal | long_text | Goal of the year | {year}年度目标 年度目标 | 年度目标 年度绩效目标 今年的目标
""")


# What the figures of a self-evaluation must be to each other (财政部, 项目支出绩效自评表: 执行率 =
# 全年执行数 ÷ 全年预算数).
SELF_EVALUATION_LAWS: tuple[LawSpec, ...] = (
    Rate("执行率", "执行数", ("全年预算数", "调整后预算数", "调整预算数", "年初预算数", "预算数")),
    NotOver("得分", "分值"),
    Parts(("资金总额", "总额", "合计")),
)


def family(
    form_type: str,
    label: str,
    english: str,
    titles: tuple[str, ...],
    *,
    rank: int,
    name: str = "name",
    laws: tuple[LawSpec, ...] = (),
) -> FormSpec:
    """A family with the shared fields and a table of indicators; ``name`` is the field by which
    such a form is known."""
    return FormSpec(
        form_type=form_type,
        label=label,
        english=english,
        title_words=titles,
        rank=rank,
        fields=_SHARED,
        tables=(INDICATORS,),
        roles=Roles(
            name=name,
            year_amount="budget_amount",
            total_amount="total_amount",
            budget_year="budget_year",
            start_year="start_year",
            end_year="end_year",
            spending="spending_unit",
            parties=("provincial_department", "spending_unit"),
            basis="basis",
            overview="overview",
            goals=("overall_goal", "annual_goal"),
        ),
        laws=laws,
        bare_title=True,
    )
