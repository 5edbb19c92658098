"""English questions, word by word, as Chinese ones. Data and one pure function.

Not a translation: only the words that the planner knows are put into Chinese, in the order in
which they stand. A word that is not in the table stays, explains nothing and so leads to an
honest "not found" rather than to a guess.
"""

# ruff: noqa: E501  (a table of words reads best unbroken)
from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from assistant.text.bigrams import words_of

_PHRASES = """
total amount = 项目总金额; total cost = 项目总金额; total investment = 项目总金额; total budget = 总预算
budget amount = 预算金额; budgeted amount = 预算金额; budget = 预算; budgets = 预算; funding = 资金; funds = 资金
declared amount = 申报金额; declared = 申报; applied for = 申报; requested amount = 申报金额; requested = 申报
approved amount = 审核金额; approved = 审核; planned = 计划; allocated = 安排; amount = 金额; money = 资金
current year amount = 当年金额; previous year = 上一年预算安排; last year = 去年; this year = 今年; next year = 明年
project code = 项目编码; code = 编码; contact person = 联系人; contact = 联系人; person in charge = 负责人
telephone = 联系电话; phone number = 联系电话; phone = 联系电话; applicant = 申报单位; spending unit = 用款单位
implementing unit = 实施单位; department in charge = 主管部门; start year = 开始年度; first year = 开始年度
end year = 结束年度; last project year = 结束年度; category = 类别; overview = 项目概述; basis = 设立依据
overall goal = 总体绩效目标; annual goal = 年度绩效目标; goal = 目标; unit price = 单价; workload = 工作量
how many projects = 多少个项目; number of projects = 项目数量; which projects = 哪些项目; which project = 哪个项目
what projects = 哪些项目; list all projects = 列出所有项目; all projects = 所有项目; each project = 各项目; all the projects = 所有项目
how much money = 多少钱; how much = 多少钱; how many = 多少个; what percentage = 百分之几; percentage = 百分之几
share = 占比; in total = 合计; altogether = 合计; total = 合计; sum = 合计; combined = 合计; average = 平均; mean = 平均
highest = 最高; largest = 最大; biggest = 最大; most expensive = 最贵; most = 最多; lowest = 最低; smallest = 最小
least = 最少; cheapest = 最便宜; difference = 相差; compared with = 比较; more than = 超过; over = 超过; above = 超过
less than = 低于; below = 低于; under = 低于; at least = 不低于; at most = 不超过; begin = 开始; began = 开始
started = 开始; starting = 开始; start = 开始; end = 结束; ended = 结束; ends = 结束; starts = 开始; list = 列出
satisfaction = 满意度; user satisfaction = 用户满意度; response time = 响应时间; acceptance rate = 验收合格率; rate = 率
indicator = 指标; indicators = 指标; target = 指标值; targets = 指标值; ten thousand yuan = 万元; yuan = 元; million = 百万元
answer rate = 接通率; call answer rate = 接通率; connection rate = 接通率; call connection rate = 话务接通率
e-government = 电子政务; egovernment = 电子政务; government services = 政务服务; government service = 政务服务
government affairs = 政务; government = 政务; cloud network = 云网; cloud = 云; services = 服务; service = 服务
procurement = 采购; purchase = 采购; purchasing = 采购; security = 安全; safety = 安全; operations = 运营; operation = 运营
management = 管理; platform = 平台; construction = 建设; building = 建设; data = 数据; fusion = 融合; integration = 融合
integrated = 一体化; application = 应用; hotline = 热线; outsourcing = 外包; call center = 话务; external network = 外网
extranet = 外网; network = 网络; information = 信息; system = 系统; maintenance = 运维; smart = 智慧; intelligent = 智能
digital = 数字; city = 市; urban = 城市; demonstration = 示范; capability = 能力; improvement = 提升; upgrade = 升级
phase ii = 二期; phase two = 二期; second phase = 二期; phase i = 一期; phase one = 一期; first phase = 一期
social governance = 社会治理; health = 卫生; hospital = 医院; education = 教育; school = 学校; water = 水; road = 道路
traffic = 交通; transport = 交通; environment = 环境; environmental = 环保; park = 公园; library = 图书馆; museum = 博物馆
culture = 文化; sports = 体育; tourism = 旅游; agriculture = 农业; forest = 森林; fire = 消防; police = 公安; emergency = 应急
elderly care = 养老; training = 培训; bridge = 桥;  sewage = 污水; waste = 垃圾; garbage = 垃圾; lighting = 照明
talent = 人才; employment = 就业; food = 食品; market = 市场; housing = 住房; medical = 医疗; archives = 档案; archive = 档案
monitoring = 监测; supervision = 监管; inspection = 检测; testing = 检测; equipment = 设备; renovation = 改造; special = 专项
bureau = 局; centre = 中心; center = 中心; municipal = 市; project's = 项目; projects = 项目; project = 项目; public = 公共
video = 视频; sharing = 共享; resource = 资源; resources = 资源; map = 地图; remote sensing = 遥感; license = 证照
huizhou = 惠州; guangzhou = 广州; shenzhen = 深圳; zhuhai = 珠海; shantou = 汕头; foshan = 佛山; shaoguan = 韶关
heyuan = 河源; meizhou = 梅州; shanwei = 汕尾; dongguan = 东莞; zhongshan = 中山; jiangmen = 江门; yangjiang = 阳江
zhanjiang = 湛江; maoming = 茂名; zhaoqing = 肇庆; qingyuan = 清远; chaozhou = 潮州; jieyang = 揭阳; yunfu = 云浮
guangdong = 广东; beijing = 北京; shanghai = 上海; hangzhou = 杭州; nanjing = 南京; wuhan = 武汉; chengdu = 成都
leasing = 租用; lease = 租用; rental = 租赁; renting = 租用; smart street light = 智慧路灯; street light = 路灯
street lights = 路灯; street lamp = 路灯; street lamps = 路灯; lamp = 灯; energy saving = 节能; energy-saving = 节能
retrofit = 改造; water quality = 水质; online = 在线; real estate = 不动产; historical = 历史; history = 历史
digitization = 数字化; digitisation = 数字化; digitalization = 数字化; processing = 加工; utilization = 利用; convenience = 便民
citizen = 市民; citizens = 市民; residents = 居民; community = 社区; sub-district = 街道; village = 村; rural = 乡村
hydraulic = 水利; drainage = 排水; flood control = 防洪; greening = 绿化; green = 绿色; air = 大气; carbon = 碳
parking = 停车; metro = 地铁; bus = 公交; airport = 机场; port = 港口; logistics = 物流; industrial = 工业; industry = 产业
science = 科学; technology = 科技; innovation = 创新; research = 科研; laboratory = 实验室; university = 大学; kindergarten = 幼儿园
children = 儿童; women = 妇女; disabled = 残疾人; insurance = 保险; subsidy = 补贴; subsidies = 补贴; allowance = 补助; relief = 救助
judicial = 司法; court = 法院; law = 法律; legal = 法律; tax = 税务; audit = 审计; finance = 财政; statistics = 统计
census = 普查; survey = 调查; planning = 规划; land = 土地; geographic = 地理; surveying = 测绘; weather = 气象; earthquake = 地震
command = 指挥; dispatch = 调度; video surveillance = 视频监控; surveillance = 监控; recognition = 识别; artificial intelligence = 人工智能
big data = 大数据; blockchain = 区块链; portal = 门户; website = 网站; app = 应用; mini program = 小程序; software = 软件
hardware = 硬件; server = 服务器; servers = 服务器; storage = 存储; backup = 备份; disaster recovery = 灾备; certificate = 证照
one-stop = 一站式; unified = 统一; comprehensive = 综合; general = 综合; regional = 区域; provincial = 省; district = 区; county = 县
managed by = 负责; handled by = 负责; responsible for = 负责; contractor = 承包商; auditor = 审计单位; than = 和; higher than = 超过; greater than = 超过; larger than = 超过; how much more = 高多少; how much less = 低多少; more = 更高; how many times = 几倍; compare = 比较; comparison = 比较
total amounts = 项目总金额; project budget = 项目预算; budget for = 预算; actual expenditure = 实际支出; actually spent = 实际支出
spent = 实际支出; expenditure = 支出; actual = 实际; won the bid = 中标; winning bidder = 中标单位; bidder = 中标单位
investment project = 投资项目; investment projects = 投资项目; government investment = 政府投资; departmental = 部门职能类
key project = 重点项目; key projects = 重点项目; research project = 科研项目; bond project = 债券项目; tracked = 追踪
performance indicators = 绩效指标; satisfaction indicators = 满意度指标; quantity indicators = 数量指标; quality indicators = 质量指标
timeliness indicators = 时效指标; cost indicators = 成本指标; output indicators = 产出指标; benefit indicators = 效益指标
satisfaction indicator = 满意度指标; street lighting = 路灯; street-lighting = 路灯; lamps = 灯; rivers = 河道; river = 河道
digitalized = 数字化; cloud resource = 云资源; cloud resources = 云资源; by unit = 按用款单位统计; by spending unit = 按用款单位统计
by year = 按年度统计; by category = 按类别统计; grew the most = 增长最多; grew most = 增长最多; grew fastest = 增长最快
increased the most = 增长最多; increase = 增加; increased = 增加了; decrease = 减少; decreased = 减少了; growth rate = 增长率
growth = 增长; times = 倍; second highest = 第二高; third highest = 第三高; second = 第二; implemented by = 实施单位
goals = 目标; basis for = 设立依据; purpose = 目标; between = 介于
who = 谁; when = 哪年; which = 哪个; why = 为什么
"""
_STOPS = words_of(
    """
    what is are was were the a an of for in on to by from with and's does do did how please tell me give show us it its that this there be has have had year at will would can could should as their they whose
    """
)  # "and" is a word for itself: it joins two projects
_TABLE: dict[str, str] = dict(
    (part.strip() for part in pair.split("=", 1))  # type: ignore[misc]
    for pair in _PHRASES.replace("\n", ";").split(";")
    if "=" in pair
)
_TOKEN = re.compile(r"\d[\d,.]*\d%?|\d%?|[A-Za-z][A-Za-z'-]*|[^\sA-Za-z\d]+")
_OPENING = re.compile(
    r"\s*(what|who|which|how|when|where|why|is|are|was|were|does|do|did|has|have|list|show|tell|give"
    r"|compare|find|sum|total|top|average|count|name|please|can|could|the|and)\b",
    re.IGNORECASE,
)
_LONGEST = max(len(phrase.split()) for phrase in _TABLE)


def is_english(question: str) -> bool:
    """Whether a question is in English: Latin words and hardly any Chinese, or an English
    sentence about a name in Chinese."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", question))
    latin = re.findall(r"[A-Za-z]{2,}", question)
    return len(latin) >= 2 and (chinese <= 4 or bool(_OPENING.match(question)))


def to_chinese(question: str, places: Mapping[str, str] = MappingProxyType({})) -> str:
    """The known words of ``question`` in Chinese, in their order; ``places`` are names that
    the store knows, by their spelling in Latin letters.

    >>> to_chinese("What is the 2025 budget of the cloud platform?")
    '2025年预算的云平台?'
    """
    tokens = _TOKEN.findall(question.replace("’", "'"))
    out: list[str] = []
    at = 0
    while at < len(tokens):
        width, text = _longest(tokens, at, places)
        out.append(text)
        at += width
    return "".join(out)


def _longest(tokens: list[str], at: int, places: Mapping[str, str]) -> tuple[int, str]:
    for width in range(min(_LONGEST, len(tokens) - at), 0, -1):
        phrase = " ".join(tokens[at : at + width]).lower().removesuffix("'s")
        if phrase in _TABLE:
            return width, _TABLE[phrase]
    token = tokens[at]
    if token.lower() in places:
        return 1, places[token.lower()]
    if re.fullmatch(r"(19|20)\d{2}", token):
        return 1, f"{token}年"
    if token.lower() == "of":
        return 1, "的"
    if token.lower() in ("and", "&"):
        return 1, "和"
    if token.lower().removesuffix("'s") in _STOPS:
        return 1, ""
    return 1, token
