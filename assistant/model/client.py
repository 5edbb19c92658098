"""The language model: one class, whether embedded, at an endpoint or recorded.

The only module that imports openai, instructor and xllamacpp; all three are
imported when the first model is opened. Answers are typed: a pydantic model
goes in as JSON schema, which the embedded server enforces token by token.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import httpx2
from pydantic import BaseModel

from assistant.errors import JixiaoError, ModelError, ModelNonsense, ModelUnavailable
from assistant.model import weights
from assistant.model.prompts import Prompt
from assistant.model.recordings import ABOUT_HEADER, PROMPT_HEADER, Replay
from assistant.model.spending import Spending
from assistant.settings import Settings
from schemas.readings import Usage

if TYPE_CHECKING:
    import openai

T = TypeVar("T", bound=BaseModel)

_SEED = 7
_PATIENCE = 3600.0  # seconds: a slow machine that does other work is no failure of its model
_REPEATS = 2  # how often an answer that does not fit is asked again
_CONTEXT = 8192
_THREADS = 2
_EMBEDDED_URL = "http://embedded/v1"  # rewritten to the server's own port at each call

# What went wrong, by the vendor's class; the nearest class in its line of parents counts.
CODES: dict[str, tuple[type[ModelError], str]] = {
    "APITimeoutError": (ModelUnavailable, "model.timeout"),
    "APIConnectionError": (ModelUnavailable, "model.unreachable"),
    "AuthenticationError": (ModelUnavailable, "model.key"),
    "PermissionDeniedError": (ModelUnavailable, "model.access"),
    "NotFoundError": (ModelUnavailable, "model.unknown"),
    "RateLimitError": (ModelUnavailable, "model.busy"),
    "InternalServerError": (ModelUnavailable, "model.failed"),
    "BadRequestError": (ModelNonsense, "model.refused"),
    "IncompleteOutputException": (ModelNonsense, "model.cut_off"),
    "LengthFinishReasonError": (ModelNonsense, "model.cut_off"),
    "ContentFilterFinishReasonError": (ModelNonsense, "model.withheld"),
    "OpenAIError": (ModelUnavailable, "model.not_asked"),
    "InstructorError": (ModelNonsense, "model.misfit"),
}


def translate(error: BaseException) -> JixiaoError:
    """A vendor's error as one of ours: our own cause if there is one, else by its class."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    for link in chain:
        if isinstance(link, JixiaoError):
            return link
    for link in reversed(chain):
        for parent in type(link).__mro__:
            if parent.__name__ in CODES and _is_vendors(parent):
                kind, code = CODES[parent.__name__]
                return kind(code)
    kind, code = CODES["InstructorError"]
    return kind(code)


def _is_vendors(cls: type) -> bool:
    return cls.__module__.split(".")[0] in ("openai", "instructor")


class EmbeddedServer(httpx2.BaseTransport):
    """Starts the model's server at the first request, and sends one request at a time to it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: Any = None
        self._lock = threading.Lock()
        self._http = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        with self._lock:
            if self._server is None:
                self._server = _start_server(self._settings)
            address = httpx2.URL(self._server.listening_address)
            request.url = request.url.copy_with(
                scheme=address.scheme, host=address.host, port=address.port
            )
            response = self._http.handle_request(request)
            response.read()
            return response

    def close(self) -> None:
        self._http.close()
        self._server = None


def _weights(settings: Settings) -> tuple[str, Path | None]:
    """Name and file of the embedded model; no file yet for the one that is joined from parts."""
    if settings.model is None:
        return weights.NAME, None
    return Path(settings.model).stem, Path(settings.model)


def _start_server(settings: Settings) -> Any:
    name, path = _weights(settings)
    path = path or weights.model_file(settings.home / "models")
    if not path.is_file():
        raise ModelUnavailable("model.no_file", path=path)
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelUnavailable("model.no_server") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = _THREADS
    params.cpuparams_batch.n_threads = _THREADS
    # Threads that wait give way: the app, OCR and the index share the processor.
    params.cpuparams.poll = 0
    params.cpuparams_batch.poll = 0
    params.cache_prompt = True
    params.use_jinja = True
    params.verbosity = -1
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelUnavailable("model.no_start", path=path) from error


class Llm:
    """A model that answers in types. Safe in several threads."""

    def __init__(
        self,
        client: openai.OpenAI,
        model: str,
        *,
        labelled: bool = False,
        spending: Spending | None = None,
    ) -> None:
        """``labelled`` sends headers that say what a call is about, for the recordings."""
        self.model = model
        self.spending = spending or Spending()
        self._client = client
        self._labelled = labelled
        self._mode: Any = None
        self._lock = threading.Lock()

    def ask(
        self,
        prompt: Prompt,
        response_model: type[T],
        max_tokens: int = 512,
        *,
        seconds: float | None = None,
    ) -> tuple[T, Usage]:
        """The model's answer as ``response_model``, and what it took. With ``seconds`` it is
        asked once and given up after these; else ``JIXIAO_TIMEOUT`` counts for each asking.

        Raises :class:`ModelUnavailable` (worth trying later), :class:`ModelNonsense` (the
        answer does not fit, after two repeats) or :class:`SpendingLimit`.
        """
        import openai
        from instructor.core.exceptions import InstructorError

        instructor = self._instructor()
        schema = json.dumps(response_model.model_json_schema(), ensure_ascii=False)
        text = prompt.system + prompt.user + schema
        aside = cost = self.spending.set_aside(text, max_tokens, 1 + _REPEATS)
        started = time.monotonic()
        try:
            answer, completion = instructor.create_with_completion(
                messages=[
                    {"role": "system", "content": prompt.system},
                    {"role": "user", "content": prompt.user},
                ],
                model=self.model,
                response_model=response_model,
                max_retries=0 if seconds else _REPEATS,
                max_tokens=max_tokens,
                temperature=0,
                seed=_SEED,
                extra_headers=self._headers(prompt),
                **({"timeout": seconds} if seconds else {}),
            )
            usage = _usage(self.model, completion, time.monotonic() - started)
            cost = self.spending.cost(usage.prompt_tokens, usage.completion_tokens)
        except (openai.OpenAIError, InstructorError) as error:
            raise translate(error) from error
        finally:  # what a failed call cost nobody knows: the most that it can stays counted
            self.spending.settle(aside, cost)
        return answer, usage.model_copy(update={"cost": cost})

    def _headers(self, prompt: Prompt) -> dict[str, str]:
        if not self._labelled:
            return {}
        return {PROMPT_HEADER: f"{prompt.name}@{prompt.digest}", ABOUT_HEADER: prompt.about}

    def _instructor(self) -> Any:
        import instructor

        with self._lock:
            if self._mode is None:
                labelled = self._labelled
                self._mode = instructor.Mode.JSON_SCHEMA if labelled else pick_mode(self)
        return instructor.from_openai(self._client, mode=self._mode)

    def close(self) -> None:
        self._client.close()


def _usage(model: str, completion: Any, seconds: float) -> Usage:
    # llama.cpp's own clock comes with the answer, so a replayed reading tells what it took.
    timings = getattr(completion, "timings", None) or {}
    if isinstance(timings, dict) and "prompt_ms" in timings:
        seconds = (timings["prompt_ms"] + timings["predicted_ms"]) / 1000
    used = completion.usage
    return Usage(
        model=model,
        calls=1,
        prompt_tokens=used.prompt_tokens if used else 0,
        completion_tokens=used.completion_tokens if used else 0,
        seconds=round(seconds, 3),
    )


def pick_mode(llm: Llm) -> Any:
    """The strongest way of typed output that the endpoint really has.

    A schema of one odd word is sent: an endpoint that only ignores schemas answers
    with something else.
    """
    import instructor
    import openai
    from instructor.core.exceptions import InstructorError

    modes = (instructor.Mode.JSON_SCHEMA, instructor.Mode.TOOLS)
    for mode in modes:
        try:
            instructor.from_openai(llm._client, mode=mode).create(
                messages=[{"role": "user", "content": "Answer with any word."}],
                model=llm.model,
                response_model=_Word,
                max_retries=0,
                max_tokens=64,
                temperature=0,
            )
        except (openai.OpenAIError, InstructorError) as error:
            ours = translate(error)
            if isinstance(ours, ModelUnavailable):
                raise ours from error
            continue
        return mode
    return instructor.Mode.MD_JSON


class _Word(BaseModel):
    """A word that nobody says unless the schema makes them."""

    word: Literal["绩效探针"]


def open_model(settings: Settings, recordings: Sequence[Path] = ()) -> Llm | None:
    """The model that the settings name, answering from ``recordings`` where they hold the
    answer; None where ``JIXIAO_LLM`` is ``off``. Nothing starts before the first call."""
    if settings.llm_mode == "off":
        return None
    if settings.llm_mode == "embedded":
        name, _ = _weights(settings)
        transport: httpx2.BaseTransport = EmbeddedServer(settings)
        patience = max(settings.timeout, _PATIENCE)
        return _llm(_EMBEDDED_URL, "none", name, Replay(recordings, transport), patience, 0)
    transport = Replay(recordings, httpx2.HTTPTransport())
    return _llm(
        str(settings.base_url),
        settings.api_key or "none",
        settings.model or "default",
        transport,
        settings.timeout,
        2,
        Spending(settings.prompt_price, settings.completion_price, settings.spending_limit),
    )


def open_recorded(replay: Replay, model: str = weights.NAME) -> Llm:
    """A model that answers from recordings alone; a call without one is
    :class:`ModelUnavailable`."""
    return _llm(_EMBEDDED_URL, "none", model, replay, 10.0, 0)


def _llm(
    url: str,
    key: str,
    model: str,
    transport: httpx2.BaseTransport,
    timeout: float,
    retries: int,
    spending: Spending | None = None,
) -> Llm:
    import openai

    logging.getLogger("instructor").addHandler(logging.NullHandler())
    client = openai.OpenAI(
        base_url=url,
        api_key=key,
        timeout=timeout,
        max_retries=retries,
        http_client=httpx2.Client(transport=transport, timeout=timeout),
    )
    return Llm(client, model, labelled=url == _EMBEDDED_URL, spending=spending)
