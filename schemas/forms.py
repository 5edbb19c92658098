"""The forms, described once.

Each field's type, its printed label and the label's synonyms stand here and
nowhere else: the rule reader, the prompts, the review screen, the question
planner and the export all read this file.

The forms are those of budget performance management (预算绩效管理) in
Guangdong: 二级项目 (secondary project) and 项目绩效目标表 (performance target
table). Labels are compared in comparable form (no white space, width folded); ``{year}``
in a label stands for four digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class FormType(StrEnum):
    SECONDARY_PROJECT = "secondary_project"  # 二级项目
    PERFORMANCE_TARGET = "performance_target"  # 项目绩效目标表


class Kind(StrEnum):
    """What a value is, which decides how it is parsed, compared and reviewed."""

    TEXT = "text"  # a name, a short phrase
    LONG_TEXT = "long_text"  # paragraphs
    AMOUNT = "amount"  # money, as printed; yuan unless the form says otherwise
    NUMBER = "number"  # a count or a sequence number
    YEAR = "year"
    CODE = "code"  # digits compared one by one
    CHOICE = "choice"  # 是/否 and the like
    UNIT = "unit"  # 元 or 万元


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One labelled cell, or one column of a table.

    ``labels[0]`` is the label as printed on the form in the booklet that the
    project was built on; the others are what other cities print for the same.
    ``ask`` are words that staff use for it in questions.
    """

    name: str
    english: str
    kind: Kind
    labels: tuple[str, ...]
    ask: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table whose rows are listed under a header row. ``key`` names the columns that tell
    one row from another; ``titles`` are the section titles printed above it."""

    name: str
    english: str
    titles: tuple[str, ...]
    columns: tuple[FieldSpec, ...]
    key: tuple[str, ...]
    has_total: bool = False

    def column(self, name: str) -> FieldSpec:
        return next(c for c in self.columns if c.name == name)


@dataclass(frozen=True, slots=True)
class FormSpec:
    form_type: FormType
    english: str
    title_words: tuple[str, ...]  # a title line that contains one of these opens such a form
    fields: tuple[FieldSpec, ...]
    tables: tuple[TableSpec, ...]

    def field(self, name: str) -> FieldSpec:
        return next(f for f in self.fields if f.name == name)

    def table(self, name: str) -> TableSpec:
        return next(t for t in self.tables if t.name == name)


def _words(table: str) -> tuple[str, ...]:
    return tuple(table.split())


def _fields(table: str) -> tuple[FieldSpec, ...]:
    """Reads lines of ``name | kind | English | labels | words used in questions``."""
    rows = ([part.strip() for part in line.split("|")] for line in table.strip().splitlines())
    return tuple(
        FieldSpec(name, english, Kind(kind), tuple(labels.split()), tuple(" ".join(ask).split()))
        for name, kind, english, labels, *ask in rows
    )


# ruff: noqa: E501  (a table of facts reads best with one fact a line)

ANNUAL_FUNDING = TableSpec(
    "annual_funding",
    "Funding plan by year",
    ("分年度资金计划", "分年度资金安排", "年度资金计划", "分年度预算安排"),
    _fields("""
    seq | number | No. | 序号
    year | year | Year | 年度 年份 预算年度
    declared | amount | Declared amount | 申报金额 申报数 申报资金 申报预算 | 申报金额 申报 计划 安排 资金计划
    approved | amount | Approved amount | 审核金额 审定金额 审核数 核定金额 批复金额 | 审核金额 审核 批复 核定
    """),
    key=("year",),
    has_total=True,
)

COST_ITEMS = TableSpec(
    "cost_items",
    "Composition of funds",
    ("项目资金构成", "资金构成", "项目支出明细", "支出明细", "资金测算明细"),
    _fields("""
    seq | number | No. | 序号
    year | year | Year | 年度 年份
    detail_category | text | Detail category | 明细类别 支出类别 明细类型
    scope | text | Scope of spending | 开支范围 支出范围
    content | text | Content | 开支内容 支出内容 明细项目 支出明细 | 服务 开支内容 明细 哪一项
    unit | text | Unit | 计量单位 单位
    unit_price | amount | Unit price | 单价/支出标准 单价 支出标准 单价（元） | 单价 支出标准
    workload | number | Workload | 工作量 数量 | 工作量 数量
    amount | amount | Amount | 按标准测算金额（=当年工作量* 按标准测算金额（=当年工作量*单价） 按标准测算金额 测算金额 金额 预算金额 | 测算金额 金额 多少钱 安排
    standard_value | text | Standard value | 标准值
    basis | text | Basis of estimate | 测算依据及说明 测算依据 说明 备注
    """),
    key=("seq", "year", "content"),
    has_total=True,
)

INDICATORS = TableSpec(
    "indicators",
    "Performance indicators",
    ("绩效指标", "项目绩效指标", "年度绩效指标"),
    _fields("""
    level1 | text | Level 1 | 一级指标
    level2 | text | Level 2 | 二级指标
    level3 | text | Level 3 | 三级指标 指标名称 指标内容
    period_value | text | Target for the period | 实施周期指标值 总体指标值 实施期指标值 周期指标值 中期指标值 总指标值 总体目标值 实施周期目标值 | 实施周期指标值 周期指标 总体指标
    annual_value | text | Target for the year | 年度指标值 当年度指标值 本年度指标值 当年指标值 {year}年指标值 {year}年度指标值 指标值 目标值 年度目标值 绩效指标值 | 年度指标值 指标值 要求 目标
    """),
    key=("level1", "level2", "level3"),
)

SECONDARY_PROJECT = FormSpec(
    FormType.SECONDARY_PROJECT,
    "Secondary project",
    ("二级项目",),
    _fields("""
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
    (ANNUAL_FUNDING, COST_ITEMS, INDICATORS),
)

# budget_year is not a cell: it is the year in the label of budget_amount.
PERFORMANCE_TARGET = FormSpec(
    FormType.PERFORMANCE_TARGET,
    "Performance target table",
    ("绩效目标表", "绩效目标申报表", "绩效目标批复表"),
    _fields("""
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
    (INDICATORS,),
)

FORMS: dict[FormType, FormSpec] = {
    spec.form_type: spec for spec in (SECONDARY_PROJECT, PERFORMANCE_TARGET)
}

# Labels that head a group of cells and carry no value of their own.
SECTION_TITLES: tuple[str, ...] = (
    "项目基本信息",
    "基本信息",
    "分年度资金计划",
    "项目资金构成",
    "项目绩效信息",
    "绩效指标",
    "总体绩效目标",
    "实施周期",
    "权限分配",
)


# The names that stand in the category columns of the indicators, with or without 指标 at the
# end. The same word can head a level or stand below one (成本, 满意度).
INDICATOR_LEVEL1: tuple[str, ...] = _words("""
    产出 效益 满意度 成本 投入 过程 决策 管理 效果
""")
INDICATOR_LEVEL2: tuple[str, ...] = _words("""
    数量 质量 时效 成本 产出数量 产出质量 产出时效 产出成本 经济成本 社会成本 生态环境成本 环境成本
    经济效益 社会效益 生态效益 环境效益 生态环境效益 可持续影响 可持续发展 可持续性
    满意度 服务对象满意度 社会公众满意度 受益对象满意度 群众满意度 公众满意度
""")


@cache
def label_pattern(label: str) -> re.Pattern[str]:
    """Matches a whole label in comparable form (see :func:`assistant.text.folding.comparable`);
    the group ``year`` holds a printed year."""
    return re.compile(re.escape(label).replace(r"\{year\}", r"(?P<year>(?:19|20)\d{2})"))


def iter_labels(spec: FormSpec) -> Iterator[tuple[str, FieldSpec]]:
    """Every label of the form's own cells with its field, the printed one first."""
    for field in spec.fields:
        if field.name not in ("title", "budget_year"):
            for label in field.labels:
                yield label, field
