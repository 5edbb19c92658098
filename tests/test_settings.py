"""Settings: read in one place, checked, and nothing unknown is let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.settings import load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "DATABASE_URL", "JIXIAO_LLM", "JIXIAO_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("environment", "mode"),
    [
        ({}, "embedded"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:8000/v1"}, "endpoint"),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:8000/v1", "JIXIAO_LLM": "embedded"}, "embedded"),
        ({"JIXIAO_LLM": "off"}, "off"),
    ],
)
def test_which_model(
    environment: dict[str, str], mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load_settings().llm_mode == mode


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("JIXIAO_LLMS", "off", "JIXIAO_LLMS is not a setting; the settings are .*JIXIAO_LLM"),
        ("JIXIAO_LLM", "on", "JIXIAO_LLM"),
        ("JIXIAO_LLM", "endpoint", "needs OPENAI_BASE_URL"),
        ("JIXIAO_PORT", "70000", "JIXIAO_PORT"),
        ("JIXIAO_TIMEOUT", "soon", "JIXIAO_TIMEOUT"),
        ("JIXIAO_REVIEWER", "", "JIXIAO_REVIEWER"),
    ],
)
def test_wrong_settings_are_refused(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=sentence) as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_the_env_file_counts_and_the_environment_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("JIXIAO_PORT=7001\nJIXIAO_REVIEWER=甲\n", encoding="utf-8")
    monkeypatch.setenv("JIXIAO_PORT", "7002")
    settings = load_settings()
    assert (settings.port, settings.reviewer) == (7002, "甲")
    assert load_settings(port=7003).port == 7003


def test_an_unknown_name_in_the_env_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JIXIAO_PROT=7001\nOTHER=1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="JIXIAO_PROT is not a setting"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:a-secret@h/d")
    assert "a-secret" not in repr(load_settings())


def test_where_records_live(tmp_path: Path) -> None:
    assert load_settings(home=tmp_path).store_url == f"sqlite:///{tmp_path / 'jixiao.sqlite'}"


@pytest.mark.parametrize(
    ("name", "field"), [("HOME", "home"), ("PORT", "port"), ("HOST", "host"), ("MODEL", "model")]
)
def test_the_plain_names_of_the_environment_are_no_settings(
    name: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "1234")
    assert str(getattr(load_settings(), field)) != "1234"
