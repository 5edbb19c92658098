"""Seeded invention of forms. Pure: the same family, style and seed give the same form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from samples import vocabulary as words
from samples.forms import Category, Family, Fields, Form, Indicator, total_of
from samples.glyphs import with_glyphs
from samples.style import Style

_OUTPUT = (("quantity", "数量指标"), ("quality", "质量指标"), ("time", "时效指标"))
_BENEFIT = (("economic", "经济效益"), ("social", "社会效益"), ("ecological", "生态效益"))
_COSTS = ("经济成本指标", "社会成本指标", "生态环境成本指标")


def categories(style: Style, family: Family) -> list[tuple[str, Category]]:
    """The kinds of indicators with the two levels that print them, in printed order."""
    bare = family is Family.TARGET
    out = [(kind, ("产出指标", name)) for kind, name in _OUTPUT]
    if style.cost_level1:
        out = [("cost", ("成本指标", name)) for name in _COSTS] + out
    else:
        out.append(("cost", ("产出指标", "成本指标")))
    out += [(kind, ("效益指标", name if bare else f"{name}指标")) for kind, name in _BENEFIT]
    if not bare:
        out.append(("sustainable", ("效益指标", "可持续影响指标")))
    if style.satisfaction_level1:
        out.append(("satisfaction", ("满意度指标", "服务对象满意度")))
    else:
        out.append(("satisfaction", ("效益指标", "服务对象满意度指标")))
    return out


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the texts of one form have in common."""

    rng: Random
    city: str
    bureau: str
    subject: str
    last_year: int

    def fill(self, pattern: str) -> str:
        rng = self.rng
        return pattern.format(
            city=self.city, short=self.city[0], bureau=self.bureau, subject=self.subject,
            n=rng.choice((rng.randint(2, 99), rng.randint(100, 5000))), d=rng.randint(1, 60),
            p=rng.randint(80, 99), y=self.last_year,
        )  # fmt: skip

    def paragraph(self) -> str:
        chosen = self.rng.sample(words.CLAUSES, self.rng.randint(2, 5))
        return "；".join(self.fill(c) for c in chosen) + "。"

    def numbered(self, patterns: tuple[str, ...]) -> str:
        lines = [self.fill(p) for p in self.rng.sample(patterns, self.rng.randint(2, 4))]
        return "\n".join(f"{i}.{line}；" for i, line in enumerate(lines, 1))

    def long_text(self) -> str | None:
        roll = self.rng.random()
        if roll < 0.08:
            return None
        if roll < 0.12:
            return "-"
        if roll < 0.4:
            return f"{self.paragraph()}\n{self.paragraph()}"
        return self.paragraph()


def invent(family: Family, style: Style, seed: int) -> Form:
    """A form of ``family`` whose wording fits ``style``."""
    rng = Random(f"{family}/{seed}/{style.layout}")
    first = rng.choice((2021, 2022, 2023, 2024))
    last = rng.choice((2025, 2026, 2027)) if family is Family.INVESTMENT else 2099
    scene = _Scene(
        rng, rng.choice(words.CITIES), rng.choice(words.BUREAUS), rng.choice(words.SUBJECTS),
        min(last, 2027),
    )  # fmt: skip
    if family is Family.TARGET:
        form = Form(family, _target_fields(scene, style, first, last))
    else:
        form = _secondary(scene, style, family, first, last)
    indicators = tuple(_indicators(scene, style, family))
    return with_glyphs(replace(form, indicators=indicators), style.glyphs, rng)


def _name(scene: _Scene) -> str:
    name = f"{scene.city}{scene.subject}{scene.rng.choice(words.SUFFIXES)}"
    return name if scene.rng.random() < 0.85 else f"“{scene.city[:2]}通”—{name}"


def money(yuan: int, style: Style, decimals: int = 2) -> str:
    """``yuan`` (a multiple of 100) in the style's unit, as labels hold it."""
    if style.unit == "万元":
        return str((Decimal(yuan) / 10_000).quantize(Decimal("0.01")))
    return str(Decimal(yuan).quantize(Decimal(1).scaleb(-decimals)))


def _target_fields(scene: _Scene, style: Style, first: int, last: int) -> Fields:
    rng = scene.rng
    unit: Fields = {} if style.unit == "元" else {"amount_unit": style.unit}
    return {
        "title": "项目绩效目标表",
        **unit,
        "name": _name(scene),
        "category": "其他特定目标类（部门职能类）",
        "level": "二级项目",
        "provincial_department": words.SHORT_BUREAUS[scene.bureau],
        "spending_unit": scene.city + scene.bureau,
        "start_year": first,
        "end_year": last,
        "budget_year": 2025,
        "budget_amount": money(rng.randint(100, 300_000) * 100, style, 0),
        "basis": scene.numbered(words.POLICIES) if rng.random() < 0.5 else scene.long_text(),
        "overview": scene.long_text(),
        "overall_goal": scene.long_text(),
        "annual_goal": scene.long_text(),
    }


def _secondary(scene: _Scene, style: Style, family: Family, first: int, last: int) -> Form:
    items = tuple(_cost_items(scene, style)) if family is Family.FUNCTION else ()
    funding = _funding(scene, style, first, min(last, 2027), items)
    total = total_of(funding, "declared", "approved")
    current = next((r["declared"] for r in funding if r["year"] == 2025), money(0, style))
    amounts: Fields = {"total_amount": total["declared"], "current_year_amount": current}
    return Form(
        family,
        _secondary_fields(scene, style, family, (first, last), amounts),
        funding,
        total,
        items,
        total_of(items, "unit_price", "amount") if items else None,
    )


def _secondary_fields(
    scene: _Scene, style: Style, family: Family, years: tuple[int, int], amounts: Fields
) -> Fields:
    rng, unit = scene.rng, scene.city + scene.bureau
    kind = f"其他特定目标类（{words.TITLES[family]}）"
    fields: Fields = {
        "title": f"{kind}二级项目",
        "amount_unit": style.unit,
        "category": kind,
        "level": "二级项目",
        "name": _name(scene),
        "code": f"990100{years[0] % 100}{rng.randrange(10**13):013d}",
        "parent_name": rng.choice((None, f"{scene.city}{scene.subject}")),
        "parent_code": str(rng.randrange(5 * 10**17, 7 * 10**17)),
        "allocation_method": rng.choice((None, "项目法", "因素法")),
        "lifecycle": "阶段性" if family is Family.INVESTMENT else "经常性",
        "start_year": years[0],
        "end_year": years[1],
        "budget_tier": "市级",
        "source": "本级申报项目",
        **amounts,
        "social_investment": money(0, style),
        "fund_department": rng.choice((unit, words.SHORT_BUREAUS[scene.bureau])),
        "fund_division": rng.choice(words.DIVISIONS),
        "finance_division": rng.choice(words.DIVISIONS),
        "applicant_unit": unit,
        "spending_unit": unit,
        "implementing_unit": rng.choice((None, unit, "0")),
        "contact_name": rng.choice((*words.PEOPLE, None)),
        "contact_phone": rng.choice((None, f"0099-{rng.randrange(10**7):07d}")),
        "previous_year_amount": money(rng.choice((0, rng.randint(1, 9000) * 1000)), style),
        "application_type": rng.choice(("延续项目", "新增项目")),
        "hot_topic": rng.choice((None, "-", "民生保障")),
        "is_research": "否",
        "is_key": rng.choice(("是", "否")),
        "is_bond": rng.choice(("否", "非债券项目", "是")),
    }
    if family is Family.INVESTMENT:
        agent = rng.random() < 0.3
        fields |= {
            "infrastructure_approval": rng.choice((None, "已立项")),
            "is_agent_built": "是" if agent else "否",
            "agent_unit": f"{scene.city}工程代建中心" if agent else None,
            "is_tracked": rng.choice(("是", "否")),
            "planning_opinion": rng.choice(words.OPINIONS),
        }
    for opinion in ("department", "finance", "budget", "performance"):
        fields[f"{opinion}_opinion"] = rng.choice(words.OPINIONS)
    fields["basis"] = scene.numbered(words.POLICIES)
    for name in ("overview", "overall_goal", "annual_goal"):
        fields[name] = scene.long_text()
    return fields


def _funding(
    scene: _Scene, style: Style, first: int, last: int, items: tuple[Fields, ...]
) -> tuple[Fields, ...]:
    rows: list[Fields] = []
    for seq, year in enumerate(range(first, last + 1), 1):
        declared = money(scene.rng.randint(100, 90_000) * 100, style)
        if year == 2025 and items:  # the year's items are what the year declares
            declared = total_of(items, "amount")["amount"]  # type: ignore[assignment]
        approved = declared if scene.rng.random() < 0.85 else money(1_000_000, style)
        rows.append({"seq": seq, "year": year, "declared": declared, "approved": approved})
    return tuple(rows)


def _cost_items(scene: _Scene, style: Style) -> list[Fields]:
    rng = scene.rng
    contents = rng.sample(words.COST_CONTENTS, rng.randint(3, len(words.COST_CONTENTS)))
    category, scope = rng.choice(words.COST_CATEGORIES)
    note = scene.fill(rng.choice(words.POLICIES))
    rows: list[Fields] = []
    for seq, content in enumerate(contents, 1):
        price, count = rng.randint(10, 9000) * 100, rng.choice((1, 1, 1, 2, 12))
        rows.append({
            "seq": seq, "year": 2025, "detail_category": category, "scope": scope,
            "content": content, "unit": rng.choice(words.COST_UNITS),
            "unit_price": money(price, style, 0), "workload": str(count),
            "amount": money(price * count, style),
            "standard_value": None if rng.random() < 0.8 else "市场询价",
            "basis": rng.choice((note, None, f"{count}项，参照上年合同")),
        })  # fmt: skip
    return rows


def _value(scene: _Scene, pattern: str, family: Family) -> str:
    value = scene.fill(pattern)
    if scene.rng.random() < 0.04:  # comparators as careless hands write them
        value = value.replace("≥", "＞=").replace("≤", "=＜")
    return value if family is Family.TARGET or scene.rng.random() < 0.9 else value.strip("≥≤＞＜")


def _indicators(scene: _Scene, style: Style, family: Family) -> list[Indicator]:
    rng = scene.rng
    rows: list[Indicator] = []
    for kind, (level1, level2) in categories(style, family):
        pool = words.INDICATORS[kind]
        count = rng.randint(1, 4) if kind == "quantity" else rng.choice((0, 1, 1, 2, 3))
        chosen = rng.sample(pool, min(count, len(pool)))
        if not chosen:
            rows.append(Indicator(level1, level2, None, None, None))
        for level3, pattern in chosen:
            period = _value(scene, pattern, family)
            roll = rng.random()
            if roll < 0.65:
                annual: str | None = period
            elif roll < 0.95:
                annual = _value(scene, pattern, family)
            else:
                annual = rng.choice((None, "-", f"{period}（按季度分解，年底前全部完成）"))
            rows.append(Indicator(level1, level2, level3, period, annual))
    return rows
