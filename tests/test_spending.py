"""A priced endpoint: what is spent is known, and the limit is never passed."""

from __future__ import annotations

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
