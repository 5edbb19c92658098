"""Everything that can go wrong, each said in one sentence that tells what to do.

JixiaoError                 exit 1: the documents or the question could not be served
├── DocumentError           the file cannot be read: damaged, encrypted, empty, too large …
├── ModelError              the language model cannot be used
│   ├── ModelUnavailable    down, slow, or not installed: worth trying again later
│   ├── ModelNonsense       it answered, but not what was asked
│   └── SpendingLimit       the next call could pass the spending limit
├── StoreError              the database, the index or the disk
├── NotFound                no such document, record or cell
└── InvalidValue            a person's correction is not of the field's type
UsageError                  exit 2: wrong settings or arguments
"""

from __future__ import annotations

from assistant.messages.catalogue import told
from schemas.messages import Message


class JixiaoError(Exception):
    """Root of the errors that a user may see; ``str()`` is the sentence in English.

    Raised with a code of the catalogue and the values that fill its sentence in:
    ``DocumentError("document.empty", name=path.name)``.
    """

    exit_code = 1

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.message = Message(
            code, {name: v if isinstance(v, int) else str(v) for name, v in values.items()}
        )

    def __str__(self) -> str:
        return told("en", self.message)


class DocumentError(JixiaoError):
    """A file that cannot be read."""


class ModelError(JixiaoError):
    """The language model could not be used."""


class ModelUnavailable(ModelError):
    """The model is down, slow or not installed; the same call may work later."""


class ModelNonsense(ModelError):
    """The model's answer does not fit the schema, after the allowed repeats."""


class SpendingLimit(ModelError):
    """The next call could cost more than is left of the spending limit."""


class StoreError(JixiaoError):
    """The database, the vector index or the disk refused."""


class NotFound(JixiaoError):
    """There is no such document, record or cell."""


class InvalidValue(JixiaoError):
    """A corrected value is not of its field's type."""


class UsageError(JixiaoError):
    """Wrong settings or arguments."""

    exit_code = 2
