"""项目绩效目标表: a project's goals and indicators, with the budget of one year."""

# ruff: noqa: E501  (a table of facts reads best with one fact a line)

from __future__ import annotations

from schemas.forms.spec import FormSpec, Roles, fields
from schemas.forms.tables import INDICATORS

FORM = FormSpec(
    form_type="performance_target",
    label="项目绩效目标表",
    english="Performance target table",
    rank=1,
    title_words=("绩效目标…表",),
    fields=fields("""
    title | text | Title | 标题
    amount_unit | unit | Unit of amounts | 金额单位 单位
    name | text | Project | 项目名称 二级项目名称 | 项目名称 名称 哪个项目 项目
    category | text | Category | 项目类型 项目类别 | 类型 类别
    level | text | Level | 项目等级 项目级别 | 等级 级别
    provincial_department | text | Department in charge | 省级主管部门 主管部门 资金主管部门 市级主管部门 业务主管部门 | 主管部门
    spending_unit | text | Spending unit | 用款单位 资金使用单位 申报单位 使用单位 预算单位 实施单位 项目单位 | 用款单位 单位
    start_year | year | First year | 起始年度 项目开始年度 开始年度 起始年份 | 开始年度 开始 起始 启动 哪年开始
    end_year | year | Last year | 到期年度 项目结束年度 结束年度 截止年度 终止年度 | 结束年度 结束 到期 截止 哪年结束
    budget_amount | amount | Budget of the year | {year}年预算金额 {year}年度预算金额 {year}年预算 预算金额 年度预算金额 当年预算金额 当年金额 | 预算金额 预算 资金 多少钱 花多少钱 当年金额
    basis | long_text | Basis | 设立依据 设立依据及申报理由 立项依据 项目设立依据 | 依据 为什么 设立理由 政策文件
    overview | long_text | Overview | 项目概述 项目概况 项目内容 项目简介 | 概述 概况 内容 介绍
    overall_goal | long_text | Goal for the period | 实施周期总目标 总体目标 实施期总目标 实施期目标 中期目标 | 总体绩效目标 实施周期总目标 总目标 总体目标
    annual_goal | long_text | Goal of the year | {year}年度目标 年度目标 {year}年目标 年度绩效目标 本年度目标 | 年度目标 年度绩效目标 今年的目标
    budget_year | year | Budget year | 预算年度 | 预算年度
    """),
    tables=(INDICATORS,),
    roles=Roles(
        year_amount="budget_amount",
        budget_year="budget_year",
        start_year="start_year",
        end_year="end_year",
        spending="spending_unit",
        parties=("provincial_department", "spending_unit"),
        basis="basis",
        overview="overview",
        goals=("overall_goal", "annual_goal"),
    ),
    required=("basis", "overview"),
    bare_title=True,
)
