"""A priced endpoint: what is spent is known, and the limit is never passed."""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal

import pytest

from assistant.errors import ModelNonsense, SpendingLimit
from assistant.model.spending import Spending
from tests.test_llm import PROMPT, Greeting, model, reply

GOOD, BAD = '{"word": "hello"}', '{"word": "no"}'


@pytest.mark.parametrize(
    ("prompt", "completion", "cost"),
    [(1_000_000, 0, "2"), (0, 1_000_000, "8"), (500, 250, "0.003"), (0, 0, "0")],
)
def test_cost(prompt: int, completion: int, cost: str) -> None:
    assert Spending(Decimal(2), Decimal(8)).cost(prompt, completion) == Decimal(cost)


def test_an_answer_says_what_it_cost() -> None:
    asked, _ = model(reply(GOOD))
    asked.spending = Spending(Decimal(2), Decimal(8))
    _, usage = asked.ask(PROMPT, Greeting)
    assert usage.cost == asked.spending.spent == Decimal("0.000046")  # 11 × 2 + 3 × 8, a millionth


def test_a_call_that_could_pass_the_limit_is_not_made() -> None:
    asked, server = model(reply(GOOD))
    asked.spending = Spending(Decimal(2), Decimal(8), limit=Decimal("0.001"))
    with pytest.raises(SpendingLimit, match="JIXIAO_SPENDING_LIMIT"):
        asked.ask(PROMPT, Greeting)
    assert server.requests == []
    assert asked.spending.spent == 0


@pytest.mark.parametrize(
    ("text", "attempts", "most"), [("budget", 1, 6), ("预算", 1, 6), ("预算", 3, 18), ("", 1, 0)]
)
def test_as_much_is_set_aside_as_the_calls_can_cost(text: str, attempts: int, most: int) -> None:
    spending = Spending(prompt_price=Decimal(1_000_000))  # one for a token, and a byte
    assert spending.set_aside(text, 0, attempts) == spending.spent == most


@pytest.mark.parametrize(("limit", "passes"), [(5, False), (6, True), (None, True)])
def test_money_is_spent_up_to_the_limit(limit: int | None, passes: bool) -> None:
    spending = Spending(Decimal(1_000_000), limit=None if limit is None else Decimal(limit))
    with nullcontext() if passes else pytest.raises(SpendingLimit):
        spending.set_aside("budget", 0, 1)
    assert spending.spent == (6 if passes else 0)


def test_calls_at_one_time_cannot_pass_it_together() -> None:
    spending = Spending(Decimal(1), Decimal(1), limit=Decimal(1))
    spending.set_aside("", 600_000, 1)
    with pytest.raises(SpendingLimit):
        spending.set_aside("", 600_000, 1)


def test_a_call_that_failed_counts_as_the_most_it_can_cost() -> None:
    asked, _ = model(reply(BAD), reply(BAD), reply(BAD))
    asked.spending = Spending(Decimal(0), Decimal(8))
    with pytest.raises(ModelNonsense):
        asked.ask(PROMPT, Greeting, 1000)
    assert asked.spending.spent == Decimal("0.024")
