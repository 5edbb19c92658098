"""The language model: errors in one place, typed answers, modes, the embedded model's file."""

from __future__ import annotations

import errno
import hashlib
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx2
import instructor
import openai
import pytest
from instructor.core.exceptions import InstructorError
from pydantic import BaseModel

from assistant.errors import ModelError, ModelNonsense, ModelUnavailable, StoreError
from assistant.model import client, weights
from assistant.model.prompts import Prompt
from assistant.settings import Settings

PROMPT = Prompt("greet", "0" * 16, "be brief", "hello", "p01 greeting")


class Greeting(BaseModel):
    word: Literal["hello"]


def reply(content: str, finish: str = "stop") -> httpx2.Response:
    return completion({"role": "assistant", "content": content}, finish)


def called(name: str, arguments: str) -> httpx2.Response:
    """An answer given as the call of the tool ``name``."""
    call = {"id": "c", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return completion(message, "tool_calls")


def completion(message: dict[str, object], finish: str) -> httpx2.Response:
    choice = {"index": 0, "finish_reason": finish, "message": message}
    usage = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    return httpx2.Response(
        200,
        json={
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        },
    )


class Server(httpx2.BaseTransport):
    """Answers from a queue and keeps what it was asked."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def body(self, at: int = 0) -> dict[str, object]:
        return dict(json.loads(self.requests[at].content))


def model(
    *answers: httpx2.Response | Exception, labelled: bool = True
) -> tuple[client.Llm, Server]:
    server = Server(*answers)
    api = openai.OpenAI(
        base_url="http://model/v1",
        api_key="k",
        max_retries=0,
        http_client=httpx2.Client(transport=server),
    )
    return client.Llm(api, "m", labelled=labelled), server


def test_an_answer_comes_typed_with_what_it_took() -> None:
    asked, server = model(reply('{"word": "hello"}'))
    answer, usage = asked.ask(PROMPT, Greeting, 20)
    assert isinstance(answer, Greeting)
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (1, 11, 3)
    body = server.body()
    assert (body["temperature"], body["seed"], body["max_tokens"]) == (0, 7, 20)


def test_the_schema_goes_to_the_server_and_not_into_the_prompt() -> None:
    asked, server = model(reply('{"word": "hello"}'))
    asked.ask(PROMPT, Greeting)
    assert [m["content"] for m in server.body()["messages"]] == ["be brief", "hello"]  # type: ignore[attr-defined]
    assert '"const": "hello"' in json.dumps(server.body()["response_format"])


def test_an_answer_that_does_not_fit_is_asked_again_twice() -> None:
    asked, server = model(*[reply('{"word": "no"}')] * 3)
    with pytest.raises(ModelNonsense, match="does not fit"):
        asked.ask(PROMPT, Greeting)
    assert len(server.requests) == 3


def test_an_answer_cut_off_says_so() -> None:
    asked, _ = model(reply('{"wo', finish="length"))
    with pytest.raises(ModelNonsense, match="cut off"):
        asked.ask(PROMPT, Greeting)


def test_what_a_call_is_about_is_told_to_the_embedded_model_alone() -> None:
    own, server = model(reply('{"word": "hello"}'))
    own.ask(PROMPT, Greeting)
    assert server.requests[0].headers["x-jixiao-about"] == "p01 greeting"
    assert own._headers(PROMPT)["x-jixiao-prompt"] == f"greet@{'0' * 16}"
    assert model(labelled=False)[0]._headers(PROMPT) == {}


STATUS = [
    (401, ModelUnavailable, "OPENAI_API_KEY"),
    (403, ModelUnavailable, "OPENAI_API_KEY"),
    (404, ModelUnavailable, "JIXIAO_MODEL"),
    (429, ModelUnavailable, "tried again later"),
    (500, ModelUnavailable, "tried again later"),
    (503, ModelUnavailable, "tried again later"),
    (400, ModelNonsense, "too long"),
    (418, ModelUnavailable, "OPENAI_BASE_URL"),
]


@pytest.mark.parametrize(("status", "kind", "says"), STATUS)
def test_each_status_of_an_endpoint_is_one_sentence(
    status: int, kind: type[ModelError], says: str
) -> None:
    asked, _ = model(httpx2.Response(status, json={"error": {"message": "sorry"}}))
    with pytest.raises(kind, match=says) as caught:
        asked.ask(PROMPT, Greeting)
    assert str(caught.value).count(".") == 1


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (httpx2.ConnectError("refused"), "cannot be reached"),
        (httpx2.ReadTimeout("slow"), "in time"),
        (StoreError("The disk is full; free some."), "disk is full"),
    ],
)
def test_a_failing_connection_is_one_sentence(error: Exception, says: str) -> None:
    asked, _ = model(error)
    with pytest.raises((ModelUnavailable, StoreError), match=says):
        asked.ask(PROMPT, Greeting)


def family(root: type) -> Iterator[type]:
    yield root
    for child in root.__subclasses__():
        yield from family(child)


def test_every_error_of_the_vendors_has_a_sentence_of_its_own_family() -> None:
    roots = {openai.OpenAIError: "OpenAIError", InstructorError: "InstructorError"}
    for root, fallback in roots.items():
        for cls in family(root):
            own = [c.__name__ for c in cls.__mro__ if c.__name__ in client.CODES]
            assert own[-1:] == [fallback], cls


def test_every_sentence_belongs_to_an_error_that_exists() -> None:
    known = {c.__name__ for root in (openai.OpenAIError, InstructorError) for c in family(root)}
    assert set(client.CODES) <= known


REFUSED = httpx2.Response(400, json={"error": {"message": "no response_format"}})
PROBED = called("_Word", '{"word": "绩效探针"}')


@pytest.mark.parametrize(
    ("answers", "mode"),
    [
        ([reply('{"word": "绩效探针"}')], instructor.Mode.JSON_SCHEMA),
        ([REFUSED, PROBED], instructor.Mode.TOOLS),
        ([reply('{"word": "hello"}'), PROBED], instructor.Mode.TOOLS),
        ([reply('{"word": "hello"}'), REFUSED], instructor.Mode.MD_JSON),
        ([REFUSED, called("_Word", '{"word": "hello"}')], instructor.Mode.MD_JSON),
        ([REFUSED, REFUSED], instructor.Mode.MD_JSON),
    ],
)
def test_the_endpoint_s_strongest_mode_is_found_by_trying(
    answers: list[httpx2.Response], mode: instructor.Mode
) -> None:
    assert client.pick_mode(model(*answers)[0]) is mode


def test_an_endpoint_that_calls_tools_answers_with_one() -> None:
    answer = called("Greeting", '{"word": "hello"}')
    asked, server = model(REFUSED, PROBED, answer, labelled=False)
    said, usage = asked.ask(PROMPT, Greeting)
    assert said.word == "hello"  # type: ignore[attr-defined]
    assert usage.completion_tokens == 3
    assert [t["function"]["name"] for t in server.body(2)["tools"]] == ["Greeting"]  # type: ignore[attr-defined]


def test_an_endpoint_without_either_answers_in_plain_text() -> None:
    asked, server = model(
        REFUSED, REFUSED, reply('```json\n{"word": "hello"}\n```'), labelled=False
    )
    assert asked.ask(PROMPT, Greeting)[0].word == "hello"  # type: ignore[attr-defined]
    assert "tools" not in server.body(2)


def test_an_endpoint_that_is_down_has_no_mode() -> None:
    with pytest.raises(ModelUnavailable):
        client.pick_mode(model(httpx2.ConnectError("refused"))[0])


def test_off_is_no_model(tmp_path: Path) -> None:
    settings = Settings(JIXIAO_HOME=tmp_path, JIXIAO_LLM="off")
    assert client.open_model(settings) is None


def test_opening_the_embedded_model_starts_nothing(tmp_path: Path) -> None:
    opened = client.open_model(Settings(JIXIAO_HOME=tmp_path, JIXIAO_LLM="embedded"))
    assert opened is not None
    assert opened.model == weights.NAME
    assert list(tmp_path.iterdir()) == []


def test_a_model_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    settings = Settings(
        JIXIAO_HOME=tmp_path, JIXIAO_LLM="embedded", JIXIAO_MODEL=str(tmp_path / "other.gguf")
    )
    opened = client.open_model(settings)
    assert opened is not None
    assert opened.model == "other"
    with pytest.raises(ModelUnavailable, match="is no file"):
        opened.ask(PROMPT, Greeting)


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"part{n}.bin" for n in range(3)]
    for number, part in enumerate(made):
        part.write_bytes(bytes([number]) * 1000)
    return made


def digest(parts: list[Path]) -> str:
    return hashlib.sha256(b"".join(p.read_bytes() for p in parts)).hexdigest()


def test_slices_become_one_file(tmp_path: Path, parts: list[Path]) -> None:
    path = weights.model_file(tmp_path / "models", sha256=digest(parts), parts=parts)
    assert path.stat().st_size == 3000
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".gguf", ".json"]


def test_a_joined_file_is_not_hashed_again(tmp_path: Path, parts: list[Path]) -> None:
    wanted = digest(parts)
    first = weights.model_file(tmp_path / "models", sha256=wanted, parts=parts)
    assert weights.model_file(tmp_path / "models", sha256=wanted, parts=[]) == first


def test_a_joined_file_that_changed_is_joined_again(tmp_path: Path, parts: list[Path]) -> None:
    wanted = digest(parts)
    path = weights.model_file(tmp_path / "models", sha256=wanted, parts=parts)
    path.write_bytes(b"changed")
    weights.model_file(tmp_path / "models", sha256=wanted, parts=parts)
    assert path.stat().st_size == 3000


def test_another_digest_is_refused_and_leaves_nothing(tmp_path: Path, parts: list[Path]) -> None:
    with pytest.raises(ModelUnavailable, match="digest"):
        weights.model_file(tmp_path / "models", sha256="0" * 64, parts=parts)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    tmp_path: Path, parts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(weights.os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        weights.model_file(tmp_path / "models", sha256=digest(parts), parts=parts)
    assert list((tmp_path / "models").iterdir()) == []


def test_missing_slices_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="0 of its 22 parts"):
        weights.slices()


def test_only_one_package_imports_the_vendors() -> None:
    root = Path(importlib.import_module("assistant").__file__ or "").parent
    vendors = ("import openai", "import instructor", "import xllamacpp", "from openai")
    found = {p for p in root.rglob("*.py") if any(v in p.read_text("utf-8") for v in vendors)}
    assert {p.relative_to(root).parts[0] for p in found} == {"model"}
