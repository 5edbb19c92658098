"""What counts as a slip of the pen: how long, beside what, and how it sounds."""

from __future__ import annotations

import pytest

from assistant.ask.query.typos import Swap, swaps


@pytest.mark.parametrize(
    ("text", "key", "said", "wanted"),
    [
        ("建设甲数量", "建设乙数量", "甲", "乙"),
        ("系统办案效率", "系统维护效率", "办案", "维护"),
        ("蓝队检测", "红队检测", "蓝", "红"),
        ("修复时长", "修复率", "时长", "率"),
        ("异地演练", "同城演练", "异地", "同城"),
        ("建成数量", "未建成数量", "", "未"),
        ("达标数量", "不达标数量", "", "不"),
    ],
)
def test_other_characters_stand_where_the_name_has_its_own(
    text: str, key: str, said: str, wanted: str
) -> None:
    (swap,) = swaps(text, key, range(len(text)))
    assert (swap.said, swap.wanted) == (said, wanted)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("建设甲数量", "建设甲数量"),
        ("系统甲乙丙效率", "系统丁戊己效率"),  # three characters are another word
        ("甲红乙", "甲蓝乙"),  # one character on either side is no anchor
        ("完成的数量", "完成数量"),
        ("漏洞修复", "修复漏洞"),
    ],
)
def test_what_is_no_slip(text: str, key: str) -> None:
    assert swaps(text, key, range(len(text))) == []


@pytest.mark.parametrize(
    ("said", "wanted", "alike"),
    [
        ("检测", "监测", True),
        ("林", "零", True),
        ("是", "四", True),
        ("主", "组", True),
        ("抽", "凑", True),
        ("内", "外", False),
        ("塔", "杆", False),
    ],
)
def test_slips_sound_alike(said: str, wanted: str, alike: bool) -> None:
    assert Swap(0, said, wanted).alike is alike
