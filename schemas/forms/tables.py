"""The tables and words that families of forms share."""

# ruff: noqa: E501  (a table of facts reads best with one fact a line)

from __future__ import annotations

from schemas.forms.spec import Costs, Indicators, Plan, fields, words

ANNUAL_FUNDING = Plan(
    "annual_funding",
    "Funding plan by year",
    ("分年度资金计划", "分年度资金安排", "年度资金计划", "分年度预算安排"),
    "分年度资金 annual funding",
    fields("""
    seq | number | No. | 序号
    year | year | Year | 年度 年份 预算年度
    declared | amount | Declared amount | 申报金额 申报数 申报资金 申报预算 | 申报金额 申报 计划 安排 资金计划
    approved | amount | Approved amount | 审核金额 审定金额 审核数 核定金额 批复金额 | 审核金额 审核 批复 核定
    """),
    key=("year",),
    subject="year",
    header=(("year",), ("declared", "approved")),
    cut_by=("year", "seq"),
    has_total=True,
    year="year",
    declared="declared",
    approved="approved",
)

COST_ITEMS = Costs(
    "cost_items",
    "Composition of funds",
    ("项目资金构成", "资金构成", "项目支出明细", "支出明细", "资金测算明细"),
    "资金构成 cost items",
    fields("""
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
    subject="content",
    header=(("amount",), ("content", "detail_category", "unit_price")),
    cut_by=("content", "seq", "amount"),
    has_total=True,
    year="year",
    category="detail_category",
    scope="scope",
    price="unit_price",
    workload="workload",
    amount="amount",
    note="basis",
)

INDICATORS = Indicators(
    "indicators",
    "Performance indicators",
    ("绩效指标", "项目绩效指标", "年度绩效指标"),
    "绩效指标 indicators",
    fields("""
    level1 | text | Level 1 | 一级指标
    level2 | text | Level 2 | 二级指标
    level3 | text | Level 3 | 三级指标 指标名称 指标内容
    period_value | text | Target for the period | 实施周期指标值 总体指标值 实施期指标值 周期指标值 中期指标值 总指标值 总体目标值 实施周期目标值 | 实施周期指标值 周期指标 总体指标
    annual_value | text | Target for the year | 年度指标值 当年度指标值 本年度指标值 当年指标值 {year}年指标值 {year}年度指标值 指标值 目标值 年度目标值 绩效指标值 | 年度指标值 指标值 要求 目标
    """),
    key=("level1", "level2", "level3"),
    subject="level3",
    header=(("level3",), ("level1", "level2", "period_value", "annual_value")),
    cut_by=("level3",),
    levels=("level1", "level2"),
    period="period_value",
    annual="annual_value",
)

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
INDICATOR_LEVEL1: tuple[str, ...] = words("""
    产出 效益 满意度 成本 投入 过程 决策 管理 效果
""")
INDICATOR_LEVEL2: tuple[str, ...] = words("""
    数量 质量 时效 成本 产出数量 产出质量 产出时效 产出成本 经济成本 社会成本 生态环境成本 环境成本
    经济效益 社会效益 生态效益 环境效益 生态环境效益 可持续影响 可持续发展 可持续性
    满意度 服务对象满意度 社会公众满意度 受益对象满意度 群众满意度 公众满意度
""")

# What the head of a column beside the targets says where it holds something else.
NO_TARGETS: tuple[str, ...] = words("""
    分值 权重 得分 评分 扣分 自评 备注 说明 完成 实际 单位 标准 来源 性质 符号 方向 依据 原因 措施 解释
    序号 类型 分数 比重 上年 历史 执行 半年 季度 阶段
""")

# What heads a row of sums.
TOTALS: tuple[str, ...] = words("合计 总计 总合计 小计 总分 总得分 得分合计 自评总分 总分值")
