"""A person's decision on a cell or a record: a record of its own, never an overwrite."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from schemas.readings import Value

Action = Literal["accept", "correct", "reject", "approve", "reopen"]


class Decision(BaseModel):
    """Who decided what, when and why.

    ``path`` addresses a cell (see :func:`schemas.records.iter_cells`); it is
    empty for ``approve`` and ``reopen``, which concern the whole record.
    """

    document_id: str
    form_id: str
    path: str = ""
    action: Action
    before: Value = None
    after: Value = None
    who: str
    at: datetime
    why: str = ""
