"""二级项目: a project with its funding plan, its costs and its indicators."""

# ruff: noqa: E501  (a table of facts reads best with one fact a line)

from __future__ import annotations

from schemas.forms.spec import (
    EqualsTotal,
    FormSpec,
    Product,
    Roles,
    StandsIn,
    SumsByYear,
    Totals,
    fields,
)
from schemas.forms.tables import ANNUAL_FUNDING, COST_ITEMS, INDICATORS

FORM = FormSpec(
    form_type="secondary_project",
    label="二级项目",
    english="Secondary project",
    title_words=("二级项目",),
    rank=0,
    fields=fields("""
    title | text | Title | 标题
    amount_unit | unit | Unit of amounts | 金额单位 单位
    category | text | Category | 项目类别 项目类型 | 类别 类型
    level | text | Level | 项目级别 项目等级 | 级别
    name | text | Project | 二级项目名称 项目名称 | 项目名称 名称 哪个项目 项目
    code | code | Project code | 二级项目编码 项目编码 项目代码 | 项目编码 编码 代码 编号
    parent_name | text | Parent project | 挂接一级项目名称 一级项目名称 所属一级项目 所属一级项目名称 | 一级项目
    parent_code | code | Parent project code | 挂接一级项目编码 一级项目编码 所属一级项目编码 | 一级项目编码
    allocation_method | text | Allocation method | 分配方式 资金分配方式
    lifecycle | choice | Lifecycle | 存续状态 项目存续状态 | 存续 阶段性 经常性
    start_year | year | First year | 项目开始年度 起始年度 开始年度 开始年份 项目起始年度 | 开始年度 开始 起始 启动 哪年开始
    end_year | year | Last year | 项目结束年度 到期年度 结束年度 截止年度 终止年度 项目终止年度 | 结束年度 结束 到期 截止 哪年结束
    budget_tier | text | Budget tier | 预算级次 预算层级 | 级次
    source | text | Source | 项目来源 | 来源
    total_amount | amount | Total amount | 项目金额（单位：元） 项目金额 项目总金额 项目总额 项目总投资 总投资 项目总预算 | 项目总金额 总金额 项目金额 总额 总投资 一共多少钱
    current_year_amount | amount | Amount of the current year | 当年金额 当年预算金额 本年金额 当年申报金额 本年度金额 | 当年金额 当年预算 预算金额 预算 资金 多少钱 花多少钱
    social_investment | amount | Of which: social investment | 其中：社会投入资金（单位：元） 其中：社会投入资金 社会投入资金 | 社会投入
    fund_department | text | Department in charge of the funds | 资金主管部门 主管部门 业务主管部门 | 主管部门
    fund_division | text | Division in charge of the funds | 资金主管处室 主管处室 主管科室 | 主管处室 处室
    finance_division | text | Finance division | 财政内部机构 财政业务机构 财政归口处室 | 财政内部机构
    applicant_unit | text | Applicant | 申报单位 项目申报单位 | 申报单位 申报部门
    spending_unit | text | Spending unit | 用款单位 资金使用单位 使用单位 预算单位 | 用款单位 用钱单位 单位
    implementing_unit | text | Implementing unit | 实施单位 项目实施单位 项目单位 | 实施单位
    contact_name | text | Contact | 申报联系人 联系人 项目联系人 项目负责人 | 联系人 负责人 找谁
    contact_phone | code | Telephone | 申报联系电话 联系电话 电话 | 联系电话 电话 手机
    previous_year_amount | amount | Arrangement of the previous year | 上一年项目预算安排情况 上年预算安排 上年度预算安排情况 上一年预算安排情况 上年预算金额 | 上一年预算安排 上年预算 去年预算 上一年项目预算
    application_type | choice | Type of application | 申报属性 项目属性 | 申报属性 延续项目 新增项目
    hot_topic | text | Hot topic | 热点分类 | 热点
    is_research | choice | Research project | 是否科研项目 是否为科研项目 | 科研
    is_key | choice | Key project | 是否重点项目 是否为重点项目 | 重点项目
    is_bond | choice | Bond project | 是否为债券项目 是否债券项目 | 债券
    infrastructure_approval | text | Infrastructure approval | 基建立项情况 | 基建立项
    is_agent_built | choice | Built by an agent | 是否代建项目 是否为代建项目 | 代建
    agent_unit | text | Agent | 代建单位 | 代建单位
    is_tracked | choice | Tracked | 是否追踪 是否跟踪 | 追踪
    planning_opinion | long_text | Opinion of the planning authority | 发改等部门审核意见 发改部门审核意见 | 发改 发改等部门审核意见
    department_opinion | long_text | Opinion of the department | 部门审核意见 主管部门审核意见 | 部门审核意见
    finance_opinion | long_text | Opinion of the finance bureau | 财政审核意见 财政部门审核意见 | 财政审核意见
    budget_opinion | long_text | Budget opinion | 预算审核意见 | 预算审核意见
    performance_opinion | long_text | Performance opinion | 绩效审核意见 | 绩效审核意见
    basis | long_text | Basis and reasons | 设立依据及申报理由 设立依据 立项依据 申报理由 项目设立依据 项目立项依据 | 依据 为什么 设立理由 政策文件
    overview | long_text | Overview | 项目概述 项目概况 项目内容 项目简介 项目主要内容 | 概述 概况 内容 介绍
    overall_goal | long_text | Overall performance goal | 总体绩效目标 总体目标 实施期目标 项目总目标 中期目标 | 总体绩效目标 总体目标 总目标
    annual_goal | long_text | Performance goal of the year | 年度绩效目标 年度目标 {year}年度绩效目标 {year}年度目标 本年度目标 当年绩效目标 | 年度绩效目标 年度目标 今年的目标
    """),
    tables=(ANNUAL_FUNDING, COST_ITEMS, INDICATORS),
    roles=Roles(
        code="code",
        year_amount="current_year_amount",
        total_amount="total_amount",
        previous_amount="previous_year_amount",
        start_year="start_year",
        end_year="end_year",
        applicant="applicant_unit",
        spending="spending_unit",
        implementing="implementing_unit",
        parties=(
            "fund_department", "fund_division", "finance_division", "applicant_unit",
            "spending_unit", "implementing_unit", "contact_name", "agent_unit",
        ),
        basis="basis",
        overview="overview",
        goals=("overall_goal", "annual_goal"),
        opinions=(
            "planning_opinion", "department_opinion", "finance_opinion", "budget_opinion",
            "performance_opinion",
        ),
    ),
    laws=(
        Totals("annual_funding"),
        Totals("cost_items"),
        EqualsTotal("total_amount", "annual_funding", "declared"),
        StandsIn("current_year_amount", "annual_funding", "declared"),
        SumsByYear(("cost_items", "year", "amount"), ("annual_funding", "year", "declared")),
        Product("cost_items", "unit_price", "workload", "amount"),
    ),
    required=("basis", "overview"),
    together=(("parent_name", "parent_code"),),
)  # fmt: skip
