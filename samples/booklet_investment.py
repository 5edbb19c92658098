"""The booklet's three 市政府投资项目: street lights, river water, archives."""

from __future__ import annotations

# ruff: noqa: E501  (forms and questions read best with one row a line)
from samples.booklet_parts import INVESTMENT, funding_of, indicators_of, secondary
from samples.forms import Family, Fault, Fields, Form, total_of


def street_lights() -> Form:
    funding = funding_of(
        (2021, "3200000.00"),
        (2022, "5480000.00"),
        (2023, "4150000.00"),
        (2024, "2036500.00"),
        (2025, "1864300.00"),
    )
    fields = secondary(
        INVESTMENT,
        name="云川市智慧路灯节能改造（二期）项目",
        code="990100210000000000713",
        parent_code="630000000000012345",
        start_year=2021,
        end_year=2025,
        total_amount="16730800.00",
        current_year_amount="1864300.00",
        contact_name="林示例",
        previous_year_amount="0.00",
        planning_opinion="已列入《云川市市级政府投资项目三年滚动计划（2023—2025年）》（云川府办函〔2023〕41号）。",
        department_opinion="审核通过",
        basis=(
            "1.《云川市公共照明节能行动方案（2021—2025年）》（云川府办〔2021〕16号）；\n"
            "2.《云川市数字服务局关于推进“多杆合一、一杆多用工作的通知》（云数函〔2021〕88号）；\n"
            "3.《云川市城市更新与设施补短板工作要点》（云川府〔2022〕7号）；\n"
            "4. 市政府第12次常务会议纪要（〔2021〕9号）。"
        ),
        overview=(
            "本项目在一期试点基础上，对全市主次干道的老旧路灯进行节能改造和联网控制。\n"
            "改造内容包括更换LED灯具、加装单灯控制器、建设照明管理平台和升级配电箱四个部分，"
            "覆盖6个街道的120条道路，改造完成后由照明管理平台统一调光、统一巡检、统一派单，"
            "并向公安、交通、气象等单位开放杆体资源，避免重复立杆。"
        ),
        overall_goal=(
            "完成9600盏路灯的节能改造，照明用电较改造前下降55%以上，建成“可看、可调、可查”的"
            "照明管理平台，路灯故障由平台自动发现并派单。"
        ),
        annual_goal=(
            "完成剩余1200盏路灯的改造和全部单灯控制器的联网调试，组织竣工验收，"
            "平台进入质保期并稳定运行。"
        ),
    )
    output, benefit = "产出指标", "效益指标"
    indicators = [
        *indicators_of(
            output, "数量指标",
            ("完成路灯节能改造数量", "9600盏", "1200盏"),
            ("单灯控制器联网调试", "9600套", "9600套"),
            ("“一路一策”照明方案编制", "120条道路“一路一策”方案", "120条道路“一路一策”方案"),
            ("配电箱升级改造数量", "64台", "8台"),
        ),
        *indicators_of(output, "质量指标", ("灯具验收合格率", "≥98%", "≥98%"), ("亮灯率", "≥99%", "≥99%")),
        *indicators_of(output, "时效指标"),
        *indicators_of(output, "成本指标"),
        *indicators_of(benefit, "经济效益指标", ("照明用电下降比例", "≥55%", "≥55%")),
        *indicators_of(benefit, "社会效益指标", ("市民夜间出行安全感", "明显提升", "明显提升")),
        *indicators_of(benefit, "生态效益指标"),
        *indicators_of(benefit, "可持续影响指标"),
        *indicators_of(benefit, "服务对象满意度指标", ("市民满意度", "≥85%", "≥85%")),
    ]  # fmt: skip
    return Form(
        Family.INVESTMENT, fields, funding, total_of(funding, "declared", "approved"),
        indicators=tuple(indicators),
        faults=(
            Fault("previous_year_mismatch", "previous_year_amount",
                  "last year's arrangement 0.00 but the 2024 row of the funding plan is 2036500.00, "
                  "and the project is 延续项目", "previous_year_amount", "B"),
            Fault("missing_required", "parent_name",
                  "挂接一级项目名称 is empty while 挂接一级项目编码 is filled in", "parent_name"),
            Fault("unbalanced_quote", "basis",
                  "“ opened at 多杆合一、一杆多用 is never closed", "basis"),
        ),
    )  # fmt: skip


def river_water() -> Form:
    funding = funding_of(
        (2022, "1250000.00"),
        (2023, "3640000.00"),
        (2024, "2980000.00"),
        (2025, "3415200.00"),
        (2026, "420000.00"),
    )
    fields = secondary(
        INVESTMENT,
        name="云川市河道水质在线监测平台建设项目",
        code="990100220000000002468",
        parent_name="云川市智慧水务一级项目",
        parent_code="630000000000023456",
        allocation_method="项目法",
        start_year=2022,
        end_year=2026,
        total_amount="11705200.00",
        current_year_amount="3415200.00",
        implementing_unit="云川市水环境监测站",
        contact_name="陈样本",
        contact_phone="0099-5550132",
        previous_year_amount="2980000.00",
        planning_opinion="已列入三年滚",
        department_opinion="审核通过",
        finance_opinion="审核通过",
        basis=(
            "根据《云川市河湖长制工作方案》（云川府〔2021〕30号）和《云川市水环境质量提升计划"
            "（2022—2026年）》（云川府办〔2022〕5号）的要求，建设覆盖全市主要河道的水质在线监测平台。"
        ),
        overview=(
            "在全市14条主要河道布设48个水质自动监测站，采集溶解氧、氨氮、总磷等9项指标，"
            "每2小时上传一次数据；建设水质分析、超标预警、溯源分析三个子系统，"
            "实现“测、报、溯、治”的闭环管理，为河长巡河提供数据支持。"
        ),
        overall_goal=(
            "建成覆盖14条河道、48个站点的在线监测网络，水质异常1小时内预警，"
            "为断面水质达标提供技术支撑。"
        ),
        annual_goal="完成18个监测站的建设和联网，溯源分析子系统上线试运行。",
    )
    output, benefit = "产出指标", "效益指标"
    indicators = [
        *indicators_of(
            output, "数量指标",
            ("项目经费控制率", "≤低于合同价", "≤低于合同价"),
            ("监测站建设数量", "48个", "18个"),
            ("上线子系统数量", "3个", "1个"),
        ),
        *indicators_of(output, "质量指标", ("监测数据有效率", "≥95%", "≥95%"), ("项目验收合格率", "100%", "100%")),
        *indicators_of(output, "时效指标", ("水质异常预警时间", "≤1小时", "≤1小时")),
        *indicators_of(output, "成本指标"),
        *indicators_of(benefit, "经济效益指标"),
        *indicators_of(benefit, "社会效益指标", ("河长巡河数据支持覆盖率", "100%", "100%")),
        *indicators_of(benefit, "生态效益指标", ("断面水质达标率", "≥90%", "≥88%")),
        *indicators_of(benefit, "可持续影响指标"),
        *indicators_of(benefit, "服务对象满意度指标", ("使用单位满意度", "≥95%", "≥95%")),
    ]  # fmt: skip
    return Form(
        Family.INVESTMENT, fields, funding, total_of(funding, "declared", "approved"),
        indicators=tuple(indicators),
        faults=(
            Fault("truncated_text", "planning_opinion", '"已列入三年滚" is cut off in mid-word',
                  "planning_opinion"),
            Fault("target_not_measurable", "项目经费控制率",
                  'a rate given in words, "≤低于合同价", which also compares twice',
                  "indicators.0.period_value"),
        ),
    )  # fmt: skip


def archives() -> Form:
    funding = funding_of(
        (2023, "2400000.00"),
        (2024, "3150000.00"),
        (2025, "2760000.00"),
        (2026, "1890000.00"),
    )
    fields = secondary(
        INVESTMENT,
        name="云川市不动产历史档案数字化加工与利用平台项目",
        code="990100220000000003579",
        parent_code="630000000000034567",
        start_year=2023,
        end_year=2026,
        total_amount="10200000.00",
        current_year_amount="2760000.00",
        implementing_unit="0",
        contact_name="林示例",
        previous_year_amount="3150000.00",
        is_key="是",
        is_agent_built="是",
        agent_unit="云川市工程代建中心",
        planning_opinion="同意列入",
        department_opinion="审核通过",
        basis=(
            "1.《云川市档案事业发展规划（2021—2025年）》（云川府办〔2021〕52号）；\n"
            "2.《云川市不动产登记便民利民工作方案》（云川府办〔2022〕33号）。"
        ),
        overview=(
            "对1990年至2015年形成的不动产历史档案进行整理、扫描、著录和挂接，预计加工310万页；"
            "建设档案利用平台，提供查档预约、在线核验、异地出证三项服务。"
        ),
        overall_goal="完成310万页历史档案的数字化加工，实现不动产查档“零跑腿”。",
        annual_goal="完成85万页档案的扫描著录，档案利用平台接入市政务服务大厅。",
    )
    output, benefit = "产出指标", "效益指标"
    indicators = [
        *indicators_of(
            output, "数量指标",
            ("档案数字化加工页数", "310万页", "85万页"),
            ("提供在线服务项数", "3项", "2项"),
        ),
        *indicators_of(output, "质量指标", ("扫描图像合格率", "≥99.5%", "≥99.5%"), ("著录率", "准确完整", "准确完整")),
        *indicators_of(output, "时效指标", ("线上查档办结时限", "≤2个工作日", "≤2个工作日")),
        *indicators_of(output, "成本指标", ("每页加工成本", "≤1.85元/页", "≤1.85元/页")),
        *indicators_of(benefit, "经济效益指标"),
        *indicators_of(benefit, "社会效益指标", ("群众查档跑动次数", "0次", "≤1次")),
        *indicators_of(benefit, "生态效益指标"),
        *indicators_of(benefit, "可持续影响指标", ("档案安全保管年限", "长期", "长期")),
        *indicators_of(benefit, "服务对象满意度指标", ("查档群众满意度", "≥95%", "≥95%")),
    ]  # fmt: skip
    printed_total: Fields = {"declared": "10020000.00", "approved": "10020000.00"}
    return Form(
        Family.INVESTMENT, fields, funding, printed_total,
        indicators=tuple(indicators),
        faults=(
            *(
                Fault("sum_mismatch", f"annual_funding.total.{column}",
                      "the years add up to 10200000.00, the total says 10020000.00",
                      f"annual_funding.total.{column}")
                for column in ("declared", "approved")
            ),
            Fault("sum_mismatch", "total_amount",
                  "10200000.00, but the funding plan's total says 10020000.00", "total_amount", "B"),
            Fault("suspicious_value", "implementing_unit",
                  '"0" where a unit\'s name is expected', "implementing_unit"),
            Fault("code_year_mismatch", "code",
                  "the code carries 2022 (990100 22 …) while 项目开始年度 is 2023", "code", "B"),
            Fault("missing_required", "parent_name",
                  "挂接一级项目名称 is empty while 挂接一级项目编码 is filled in", "parent_name"),
            Fault("target_not_measurable", "著录率", 'a rate without a number, "准确完整"',
                  "indicators.3.period_value"),
        ),
    )  # fmt: skip
