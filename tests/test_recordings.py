"""Recorded responses: matched by body, no page text kept, stale ones named."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pytest

from assistant.errors import ModelUnavailable, StoreError
from assistant.model import prompts, recordings
from tests.waiting import PATIENCE

SECRET = "机密项目的页面文字"
ROOT = Path(__file__).resolve().parents[1]
COMMITTED = recordings.cassettes(
    [
        folder
        for folder in (ROOT / "samples/recordings", ROOT / "eval/recordings")
        if folder.is_dir()
    ]
)


class _Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        answer = json.dumps({"asked": json.loads(self.rfile.read(size))["q"][:2]}).encode()
        self.server.calls += 1  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    made = HTTPServer(("127.0.0.1", 0), _Echo)
    made.calls = 0  # type: ignore[attr-defined]
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def ask(client: httpx2.Client, port: int, question: str) -> str:
    response = client.post(
        f"http://127.0.0.1:{port}/v1/chat/completions",
        json={"q": question},
        headers={
            "authorization": "Bearer top-secret",
            recordings.PROMPT_HEADER: "read_fields@0123",
            recordings.ABOUT_HEADER: "p01 fields 1",
        },
    )
    return str(response.json()["asked"])


@pytest.fixture
def cassette(tmp_path: Path, server: HTTPServer) -> Path:
    path = tmp_path / "rec" / "p01.json"
    with recordings.recording(path), httpx2.Client() as client:
        ask(client, server.server_port, SECRET)
    return path


def test_neither_page_text_nor_key_nor_host_is_stored(cassette: Path) -> None:
    stored = cassette.read_text("utf-8")
    for hidden in (SECRET, SECRET.encode("unicode_escape").decode(), "top-secret", "127.0.0.1"):
        assert hidden not in stored
    (only,) = recordings.load(cassette)
    assert (only.prompt, only.about) == ("read_fields@0123", "p01 fields 1")


@pytest.mark.parametrize("lead", ["", " ", "\n" * 40])
def test_a_body_is_hidden_whatever_it_begins_with(
    tmp_path: Path, server: HTTPServer, lead: str
) -> None:
    path = tmp_path / "p01.json"
    url = f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    body = f'{lead}{{"q": "a page of a secret project, and of all its secret amounts"}}'
    with recordings.recording(path), httpx2.Client() as client:
        client.post(url, content=body.encode())
    assert "secret project" not in path.read_text("utf-8")
    assert [i.key[2] for i in recordings.load(path)] == [recordings.body_hash(body.encode())]


def test_a_recorded_request_is_answered_from_any_host_and_port(cassette: Path) -> None:
    replay = recordings.Replay([cassette])
    with httpx2.Client(transport=replay) as client:
        assert ask(client, 1, SECRET) == SECRET[:2]
    assert replay.unused == []


def test_a_request_with_another_body_is_not_answered(cassette: Path) -> None:
    replay = recordings.Replay([cassette.parent])
    with (
        httpx2.Client(transport=replay) as client,
        pytest.raises(ModelUnavailable, match="no recorded response for p01 fields 1"),
    ):
        ask(client, 1, SECRET + "。")
    assert [i.about for i in replay.unused] == ["p01 fields 1"]


def test_what_has_no_recording_goes_on_to_the_model(cassette: Path, server: HTTPServer) -> None:
    replay = recordings.Replay([cassette], httpx2.HTTPTransport())
    with httpx2.Client(transport=replay) as client:
        ask(client, server.server_port, SECRET)
        assert server.calls == 1  # type: ignore[attr-defined]
        ask(client, server.server_port, "另一个问题")
    assert server.calls == 2  # type: ignore[attr-defined]


def test_recording_goes_on_where_it_stopped(cassette: Path, server: HTTPServer) -> None:
    with recordings.recording(cassette), httpx2.Client() as client:
        ask(client, server.server_port, SECRET)
        ask(client, server.server_port, "另一个问题")
    assert server.calls == 2  # type: ignore[attr-defined]
    assert len(recordings.load(cassette)) == 2


def test_stale_answers_are_pruned(cassette: Path) -> None:
    (only,) = recordings.load(cassette)
    recordings.prune(cassette, {only.key})
    assert len(recordings.load(cassette)) == 1
    recordings.prune(cassette, set())
    assert recordings.load(cassette) == []


def test_replay_serves_several_threads(cassette: Path) -> None:
    replay = recordings.Replay([cassette])
    heard: list[str] = []
    with httpx2.Client(transport=replay) as client:
        threads = [
            threading.Thread(target=lambda: heard.append(ask(client, 1, SECRET))) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    assert heard == [SECRET[:2]] * 8


@pytest.mark.parametrize("content", ["", "nonsense", "{}", '{"interactions": [{}]}'])
def test_a_file_that_is_no_recording_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(StoreError, match="is not a recording"):
        recordings.load(path)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_committed_recording_is_small_and_holds_no_request(path: Path) -> None:
    assert path.stat().st_size < recordings.MAX_BYTES
    for interaction in recordings.load(path):
        assert len(interaction.key[2]) == 64
        assert interaction.status == 200


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_committed_recording_answers_today_s_prompts(path: Path) -> None:
    stale = {
        i.prompt
        for i in recordings.load(path)
        if i.prompt.split("@")[1] != prompts.load(i.prompt.split("@")[0]).digest
    }
    assert not stale, f"{path} is stale; run python -m eval.record"
