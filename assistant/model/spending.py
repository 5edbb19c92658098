"""What a priced endpoint costs, and a limit that is never passed. Pure."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.errors import SpendingLimit

_MILLION = Decimal(1_000_000)


@dataclass
class Spending:
    """Prices in the endpoint's currency per million tokens; ``limit`` None means no limit.

    Money is set aside before a call, for the most that the call can cost, and
    what was not used is given back after it. So calls at one time cannot pass
    the limit together. Safe in several threads.
    """

    prompt_price: Decimal = Decimal(0)
    completion_price: Decimal = Decimal(0)
    limit: Decimal | None = None
    spent: Decimal = Decimal(0)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def cost(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """What so many tokens cost."""
        total = prompt_tokens * self.prompt_price + completion_tokens * self.completion_price
        return total / _MILLION

    def set_aside(self, text: str, max_tokens: int, attempts: int) -> Decimal:
        """Sets aside the most that ``attempts`` calls with ``text`` can cost.

        No tokenizer makes more tokens of a text than it has bytes. Raises
        :class:`SpendingLimit` where the limit would be passed.
        """
        most = attempts * self.cost(len(text.encode()), max_tokens)
        with self._lock:
            if self.limit is not None and self.spent + most > self.limit:
                raise SpendingLimit("model.spent", limit=self.limit, spent=f"{self.spent:.4f}")
            self.spent += most
        return most

    def settle(self, aside: Decimal, cost: Decimal) -> None:
        """Replaces what was set aside by what the call cost."""
        with self._lock:
            self.spent += cost - aside
