"""The words of questions that are about no field in particular. Data, and the regexes on it.

Words are in squeezed form (:func:`assistant.text.bigrams.squeeze`): no white space, quotation marks
or brackets. What a field is called stands in :mod:`schemas.forms`.
"""

# ruff: noqa: E501  (a table of words reads best unbroken)
from __future__ import annotations

import re
from collections.abc import Collection

from assistant.ask.query.phrases import rephrased
from assistant.text.bigrams import squeeze
from assistant.text.numerals import numeral
from schemas.queries import Operation


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


OPERATIONS: dict[Operation, tuple[str, ...]] = {
    Operation.SUM: _words(
        "加上 合计 总计 共计 一共 总共 总和 加起来 相加 之和 累计 汇总 加总 合起来 总共有 加在一起 合并起来"
    ),
    Operation.AVERAGE: _words("平均 平均值 均值 平均每个"),
    Operation.MAX: _words(
        "最高 最大 最多 最贵 最长 最晚 最迟 第一名 排名第一 排第一 居首 花钱最多 最高的 最大的 "
        "增长最快 增长最多 增加最多 增幅最大 增长率最高 增长最大 涨得最多 增加得最多 增长得最快 上涨最多 增速最快 "
        "减少最多 下降最多 降幅最大 降得最多 下降最快 减少得最多 减得最多"
    ),
    Operation.MIN: _words(
        "最低 最小 最少 最便宜 最短 最早 倒数第一 垫底 花钱最少 增长最慢 增长最少 增幅最小 增加最少"
    ),
    Operation.COUNT: _words(
        "几个项目 多少个项目 多少项目 项目数量 项目个数 项目总数 项目数 几个二级项目 有几个 有多少个 几项 "
        "多少项 个数 数目"
    ),
    Operation.LIST: _words(
        "哪些 有哪些 列出 列举 哪几个 清单 名单 都有哪些 有什么 哪些项目 哪几项 所有的 一览"
    ),
    Operation.COMPARE: _words(
        "高多少 多多少 少多少 低多少 差多少 相差多少 相差 差额 差距 更高 更多 更低 更大 更少 更小 更贵 "
        "对比 比较 相比 增加多少 增加了多少 减少多少 减少了多少 增长多少 增长了多少 下降了多少 "
        "多出多少 大多少 小多少 贵多少 变化 差值 之差 较高 较大 少了多少 多了多少 减去 差几 差了多少 "
        "增加 减少 增长 增长率 增幅 下降 降幅 同比 增加了 减少了 增长了"
    ),
    Operation.RATIO: _words("占比 占比例 比例 比重 百分之几 百分之多少 百分比 几成 占总"),
    Operation.CHECK: _words(
        "不合理 不可能 不可能实现 有问题 哪些问题 什么问题 问题 矛盾 不一致 错误 出错 疑点 对不上 异常 "
        "不规范 不符 不符合 前后不一 填错 写错 不对 毛病 自相矛盾 是否一致 一致吗 一致 可疑 无法实现 "
        "无法衡量 不可衡量 没法衡量 填报问题 填写问题 数据问题 填报错误 填写错误 对不起来 不吻合 不相等 不等 问题或者错误 问题或错误 错误或者问题 问题和错误"
    ),
}

# Of the stops, the verbs: they may be missing from the text that answers, but they may also stand
# in it, and then they count for it.
# 处置时间 is one thing, and not 预警时间, though 怎样处置 may be told in other words.
DETAILS = re.compile(
    "(?:处理|处置|解决|应对|实施|安排|开展)(?:时间|时限|时长|率|次数|数量|费用|成本|人数|流程|标准)"
)
LIGHT = _words(
    "提供 形成 属于 存在 进行 完成 实现 开展 采用 使用 支持 配备 设置 涉及 引用 提到 说明 规定 安排 计划 要求 配置 新增 建设 "
    "一年 每年 需要 主要 包括 包含 时间 次 项目 目标 指标"
)

# Words for money in general: which amount is meant depends on the year.
MONEY = _words(
    "预算 预算金额 预算资金 预算数 预算额 资金 资金量 资金额 多少钱 花多少钱 花了多少钱 经费 金额 费用 投入 拨款 用多少钱 "
    "要多少钱 多少资金 资金安排 预算安排 安排资金 计划资金 安排多少钱 花费 花钱 资金规模 预算规模 年度预算 年度资金 钱 年预算"
)
DECLARED = _words("申报 申报了 申请 申请了 申报金额 申报数 申报资金 申报预算 申请金额")
APPROVED = _words("审核 审核了 批复 核定 审定 批了 审核金额 审定金额 审核数 核定金额 批复金额 批准")
PLANNED = _words("资金计划 计划资金 年度计划 计划安排 分年度资金 分年度资金计划 年度资金计划")
TOTAL = _words(
    "预算总额 资金总额 预算总量 总预算 总资金 总经费 总费用 总花费 总共多少钱 一共多少钱 总的金额 总盘子 总成本 总价"
)
INDICATORS = _words(
    "绩效指标 考核指标 哪些指标 几个指标 多少个指标 各项指标 几个绩效指标 多少个绩效指标 哪些绩效指标 指标体系"
)
# Words for a field that are neither its label nor among the words that stand with it.
FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "applicant_unit": _words("谁申报 谁申报的 由谁申报 申报的单位"),
    "application_type": _words("申报类型"),
    "contact_phone": _words(
        "手机号 手机号码 电话号码 负责人电话 联系人电话 项目负责人电话 负责人联系电话 联系人联系电话 负责人手机 联系人手机"
    ),
    "start_year": _words("什么时候开始 何时开始 什么时候启动 何时启动 什么时候开工 哪年启动"),
    "end_year": _words("什么时候结束 何时结束 什么时候到期 何时到期 哪年到期"),
    "contact_name": _words(
        "对接人 对接人员 谁对接 找谁问 谁负责 由谁负责 归谁管 谁管 负责的人 谁联系"
    ),
    "overview": _words(
        "提供哪些服务 提供什么服务 有哪些功能 有什么功能 什么功能 哪些功能 主要功能 建设什么 建设哪些内容 "
        "建设内容 主要内容 主要建设内容 做什么 干什么 做些什么 具体做什么"
    ),
    "applicant_unit/spending_unit": _words(
        "哪个单位 什么单位 哪个部门 什么部门 哪个单位申报 哪个部门申报 哪个单位负责 哪个部门负责"
    ),
}
ITEMS = _words(
    "哪一项服务 哪项服务 哪个服务 哪一项 哪项 各项服务 各项 每项服务 每项 分项 各项支出 各项费用 哪些服务 服务内容 "
    "服务 多少项服务 几项服务 开支内容 开支明细 支出明细 成本明细 明细 资金构成 构成 测算 各明细 服务项 开支项"
)
PERIOD = _words(
    "实施周期 实施期 起止年度 起止年份 起止时间 起止 执行期 实施期限 期限 服务期限 服务期 服务周期 建设周期 项目周期 年限"
)
# Words of fields that say too little on their own: used only when nothing else names a target.
WEAK = frozenset(
    _words(
        "项目 单位 名称 目标 要求 内容 服务 明细 安排 申报 审核 计划 批复 核定 数量 审核意见 申报理由 说明 备注 "
        "年度 年份 序号 标题 介绍 哪一项 依据 类型 类别 级别 等级 来源 热点 金额 开始 起始 启动 结束 到期 截止 "
        "需求 编号 资金 存续 阶段性 经常性 延续项目 新增项目 联系 处室 为什么 债券 科研 代建 追踪 标准值 哪个项目"
    )
)

YEAR = re.compile(r"((?:19|20)\d{2})(?:年度|年底|年初|年)?")
YEAR_RANGE = re.compile(
    r"((?:19|20)\d{2})年?度?(?:至|到|~|—|-|－)((?:19|20)\d{2})(?!\d)(?:年度|年)?(?:这?([两二三四五六七八九十])年)?"
)
# 以前 and 以后 as staff use them: with 及, 底 or 来 the year itself counts, else it does not.
YEAR_BOUND = re.compile(
    r"((?:19|20)\d{2})(?:年度|年)?(?:(底前|底之前|底以前|及以前|及之前)|(及以后|及之后|以来)"
    r"|(之?以?前(?![一二三四五六七八九十\d期]))|((?:之|以)后|后(?![续期])))"
)
RELATIVE_YEARS = {
    "今年": 0, "本年度": 0, "本年": 0, "当年": 0, "去年": -1, "上年": -1, "上一年": -1, "明年": 1,
    "下一年": 1, "前年": -2, "后年": 2,
}  # fmt: skip

_NUMBER = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
_UNIT = r"(亿元|百万元|万元|千元|亿|万|元|%|个|小时|分钟|天|次|分)?"
BELOW = r"不超过|不高于|不大于|不多于|至多|小于等于|<=|≤"
ABOVE = r"不低于|不少于|不小于|至少|达到|大于等于|>=|≥"
LESS = r"低于|小于|少于|不足|不到|<"
MORE = r"超过|高于|大于|多于|超出|>"
CONDITION = re.compile(rf"({BELOW}|{ABOVE}|{LESS}|{MORE}){_NUMBER}{_UNIT}(?:及?以上|及?以下|的)?")
CONDITION_AFTER = re.compile(rf"{_NUMBER}{_UNIT}(?:及|或)?(以上|以下|以内)")
# A bare amount or percentage: 预算1260万元的项目, 是不是424万元.
EQUAL_NUMBER = re.compile(
    rf"(?:是不是|是否|是|为|等于|要求)?{_NUMBER}(?:(亿元|百万元|万元|千元|亿|万|元|%)"
    r"|(个|小时|分钟|天|次)(?=的|吗|么|对吗|$))"
)
ZERO = re.compile(r"(?:填的是|填写为|填|是|为|等于)(?:0|零)(?:元|万元)?(?![\d.万亿%个])")
MINUTES = {"分钟": 1, "小时": 60, "天": 1440}
BETWEEN = re.compile(rf"(?:在|介于)?{_NUMBER}{_UNIT}(?:到|至|和|-|~){_NUMBER}{_UNIT}之间")

EMPTY = re.compile(r"(没有?填写?|未填写?|没有?写|为空|空着|是空的|空白|缺少|漏填|没填|缺失)")
NAME_HAS = re.compile(
    r"(名称|名字|编码|编号|代码)(?:里|中)?(?:面)?(?:含有|包含|含|带有|带|有)(?!哪|什么|没)([^的，,。？?]+)"
)
TOP = re.compile(
    r"(?:前|top)([一二两三四五六七八九十]|\d+)(?![年期季月批次\d])(?:名|位|个|的|大|高)?"
    r"|最[高大多贵长晚低小少便短早]宜?的?(?:前)?([两一二三四五六七八九十]|\d+)[个项名](?!年)"
)
# 第二高, 排第三, 倒数第二: one place of a ranking, not the first few.
NTH = re.compile(
    r"(?P<last>倒数)?(?:排名?|排在)?第(?P<n>[一二三四五六七八九十]|\d+)(?:[名位](?!次)|(?P<how>[高大多贵低小少])(?:的|$)?)"
    r"|(?P<last2>倒数)?排(?:名|在)?第(?P<n2>[一二三四五六七八九十]|\d+)|倒数第(?P<n3>[一二三四五六七八九十]|\d+)"
)
RATE = re.compile(r"百分|增长率|增幅|降幅|[%％]|比例|几成|最快")


def number_of(text: str) -> int:
    """A number in digits or characters; 1 for what is neither."""
    number = numeral(text)
    return 1 if number is None else number


UNIT_ASKED = re.compile(
    r"(?:多少|几|按|用|换算成|折合|单位)(?:个)?(万元|亿元|千元|元|[万亿](?=$|[吗呢,，]))"
    r"|(?<=[\u4e00-\u9fff])(万元|亿元)$"
)
CLASSIFIERS = "个次条套项家人台种类部件场名支篇天年月根盏座处间栋辆张份批期所级块片株亩吨位宗起例"
FIRST_FEW = re.compile(r"(?:前|top)(?:[一二三四五六七八九十]|\d+)(?:名|位|个|大)?")
COUNT_ROWS = re.compile(r"(?:几|多少)[个项条](?:绩效|考核)?指标|指标有?(?:几|多少)[个项条]")
COUNT_ITEMS = re.compile(r"(?:几|多少)[个项种条](?:成本)?(?:服务|明细|支出|开支)")
IN_ALL = re.compile(
    r"(?:一共|总共|共)(?:要|需要?)?(?:花|用|安排)?(?:了)?多少(?:钱|资金)|预算总额|资金总额|总预算|总资金"
)
STILL = re.compile(r"还(?:要|需要?|得|将|会)|(?:今后|后续|以后|之后|剩下)")
GROWN = re.compile(r"(增长|增加|增幅|增速|上涨|涨|减少|下降|降幅|降|减)得?率?得?最[快多大高慢少小]")
# 有3条成本明细的项目, 指标数超过12个的项目: a condition on how many rows a form has.
ROWS_LIMIT = re.compile(
    r"\d[个项种条](?:以上|以下|以内)?的?(?:[^\W\d_]{2})?(?:指标|明细|服务)的(?:二级)?项目"
    r"|(?:指标|明细|服务)(?:数(?!值|据)|个数|条数)[^，,\d]{0,6}\d"
)
MOST_ROWS = re.compile(r"(?:指标|服务|明细|支出)(?:数量|个数|的数量|项数|数)?(?:是|为)?最[多少]")
TIMES = re.compile("几倍|多少倍|倍数")
CLAIM = re.compile(r"更(?P<more>[多高大贵])(?:吗|么|不)$|更(?P<less>[少低小])(?:吗|么|不)$")
FOOTS = re.compile(
    r"各年申报金额合计[^,，]{0,6}(?:项目)?(?:总?金额|总额|总投资)|(?:项目)?(?:总?金额|总额|总投资)[^,，]{0,6}各年申报金额合计"
)
DIFFERS = re.compile(r"不一致|不相?等|不相?符|不吻合|对不上|对不起来|有出入|有差异|不相?同|不一样")
GROUPING = re.compile(
    r"按照?(?P<by>[^,，。？?]{2,12}?)(?:来)?(?:统计|分组|分类|汇总|划分|分布|归类|看)"
    r"|每个?(?P<each>(?:开始|结束|用款|申报|实施|主管|项目)\S{2,4}?)(?=有|的|分别|各)"
)
ALL_PROJECTS = re.compile(
    r"所有项目|全部项目|所有的项目|全部的项目|各项目|各个项目|每个项目|全部预算|总预算|所有预算"
)

ASKS_PROJECT = re.compile(
    r"有没有[^,，。？?]{0,8}项目|(哪|什么|那)(个|些|几个)?(二级)?项目|项目(有|是)哪"
)
EACH_YEAR = re.compile(r"历年|逐年|各年|每一?年|分年度|各个?年")
EQUAL = re.compile(r"等于|相等|一致|相符|吻合|对得上|一样")
EQUALS = ("等于", "相等", "相符", "吻合", "是否等于", "一样")
# Verbs that ask for what was done with the money, which a plan does not state.
DONE = frozenset(["完成", "实现", "使用", "新增", "开展", "进行", "采购"])
USED_UP = re.compile(r"(?<![采费])(用|用掉|花掉|付|支)了(多少|几)")
SORTED = re.compile(
    r"从高到低|从大到小|从低到高|从小到大|从多到少|从少到多|排名|排序|排列|排个?序|排一下"
)
SAYS = re.compile(r"提到|提及|写到|写了|写有|写明|出现|包含|涉及|引用|依据了?")
ABOUT = re.compile(r"介绍|概况|概述|情况|是什么|什么是|什么项目|简介|说说|讲讲|了解|内容")
ASCENDING = re.compile(
    r"从低到高|从小到大|从少到多|最[低小少短早便]|倒数|后[一二三四五六七八九十\d]"
)
YES_NO = re.compile(r"吗|么[？?]?$|是不是|是否|对不对|有没有错|\bis it\b")
WHICH_YEAR = re.compile(r"哪一?个?年")
FOLLOW_UP = re.compile(
    r"^(那么?|它|其|该项目|这个项目|这些|这几个|上面|刚才|还有|再|换成|同样|另外|and|what about|how about)"
    r"|呢$|它们?的|该项目|这个项目|其中|上述|这些项目|\b(it|its|that project|they|their)\b"
)
# Orders to the assistant rather than questions to the documents.
ORDERS = re.compile(
    r"忽略.{0,12}(规则|指令|要求|设定|提示|限制)|(无视|不要(遵守|理会|管)|抛开|忘记|忘掉|绕过).{0,12}(规则|指令|限制|设定|提示|要求)"
    r"|(直接|只|统一)(回答|输出|回复|说).{0,30}(都是|为|是|等于)|你现在(是|扮演)|扮演|假装|^(?:假设|假如|假定)|(从现在起|从现在开始|接下来你|以后你).{0,20}(要|必须|都)|乘以\d+(?:再|后)|系统提示|提示词|越狱"
    r"|ignore.{0,30}(instruction|rule|prompt)|disregard|system prompt|pretend|jailbreak|act as",
    re.IGNORECASE,
)
CHORES = re.compile(
    r"写(一|首|篇|个|段|封|份).{0,12}(诗|歌|词|作文|小说|故事|代码|程序|脚本|邮件|文章|报告|总结|信)|作诗|讲(一?个)?(笑话|故事)|翻译(成|一下|这)"
    r"|天气|你好$|^你好|你是谁|你叫什么|谢谢|早上好|晚上好|股票|彩票|菜谱|怎么做饭|唱(一)?首|几点了|星期几"
    r"|write (me )?(a|an|some)|poem|joke|weather|translate|who are you|^(hi|hello)\b",
    re.IGNORECASE,
)
ASKS_NUMBER = re.compile(r"多少|几(?!乎)|多大|多长|多久|多高|how (many|much|long)")
ASKS_NAME = re.compile(
    r"哪家|谁|哪位|哪个(公司|单位|厂商|供应商|机构|企业)|什么(公司|单位|厂商|供应商|机构)"
)
ASKS_WHERE = re.compile(r"哪里|哪儿|什么地方|何处|地址|地点")
ASKS_WHEN = re.compile(r"什么时候|何时|哪年|哪一年|哪天|几月|日期")
ENUMERATES = re.compile(r"哪(?:[几两一二三四五六七八九十]|\d+)[个种项类条]|哪些|有什么|包括什么")

# A law or a plan that a question names: it must stand in a text as such.
DOCUMENT = re.compile("(?:法|条例|办法|规定|细则|规划|纲要|意见|方案|通知|标准|规范|指南|计划)$")
_DOCUMENT = re.compile(
    r"(?:引用|依据|根据|按照|提到|提及|写到|写明|落实|关于|对)了?"
    rf"(?P<name>[^\W的了吗呢]{{2,30}}?{DOCUMENT.pattern[:-1]})(?=$|\W|的|了|吗|呢|是|有|怎)"
)
_ASKS = re.compile("什么|哪|怎|如何|多少|几")


def documents_named(text: str) -> list[str]:
    """The laws and plans that a question (squeezed) names after a word like 引用."""
    return [m["name"] for m in _DOCUMENT.finditer(text) if not _ASKS.search(m["name"])]


_SHORT_YEAR = re.compile(r"(?<![\d*.])(2\d)年(?!\d|以上|以内|质保|期)")
_IN_TOTAL = re.compile("(申报|审核|测算|资金计划|计划资金|计划安排)总(?:金)?额")
_DASH = re.compile(r"(?<!\d)((?:19|20)\d{2}年?)\s*[-—–－~～]+\s*((?:19|20)\d{2})(?!\d)")


def prepared(question: str, known_years: Collection[int]) -> str:
    """A question in squeezed form with ranges of years, totals and short years written out:
    24年 is 2024年 where the forms know that year."""

    def year(short: re.Match[str]) -> str:
        return f"20{short[0]}" if int(f"20{short[1]}") in known_years else short[0]

    text = rephrased(squeeze(_DASH.sub(r"\1到\2", question)))
    return _SHORT_YEAR.sub(year, _IN_TOTAL.sub(_summed, text))


def _summed(total: re.Match[str]) -> str:
    """申报总额 is 申报金额合计, 资金计划总额 资金计划合计."""
    return f"{total[1]}{'金额' if len(total[1]) == 2 else ''}合计"
