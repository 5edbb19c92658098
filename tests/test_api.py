"""The HTTP API and the MCP server over loopback: the same answers as the command line, and
nothing of the page's own handlers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import app
from tests.fakes import DOCUMENT, FakeAssistant

TOOLS = {"ask", "list_documents", "get_record", "check"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    demo = app.build_app(FakeAssistant(), "审核员甲")  # type: ignore[arg-type]
    yield app.launch(demo, "127.0.0.1", 0, block=False)
    demo.close(verbose=False)


@pytest.fixture(scope="module")
def client(address: str) -> Any:
    from gradio_client import Client

    return Client(address, verbose=False, analytics_enabled=False)


def call(address: str, tool: str, **arguments: object) -> tuple[bool, str]:
    """Calls a tool over MCP: whether it failed, and what it said."""
    return asyncio.run(_mcp(address, tool, arguments))  # type: ignore[no-any-return]


def tools(address: str) -> dict[str, Any]:
    return asyncio.run(_mcp(address, "", {}))  # type: ignore[no-any-return]


async def _mcp(address: str, tool: str, arguments: dict[str, object]) -> Any:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    url = f"{address.rstrip('/')}/gradio_api/mcp/"
    async with (
        streamable_http_client(url) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        if not tool:
            return {t.name: t for t in (await session.list_tools()).tools}
        result = await session.call_tool(tool, arguments)
        return bool(result.isError), result.content[0].text  # type: ignore[union-attr]


def test_only_the_tools_are_offered(address: str, client: Any) -> None:
    offered = client.view_api(return_format="dict", print_info=False)
    assert set(offered["named_endpoints"]) == {f"/{name}" for name in TOOLS}
    assert offered["unnamed_endpoints"] == {}
    assert set(tools(address)) == TOOLS


def test_a_tool_says_what_it_wants(address: str) -> None:
    schema = tools(address)["ask"].inputSchema
    assert schema["required"] == ["question"]
    assert {n: p["type"] for n, p in schema["properties"].items()} == {
        "question": "string", "conversation": "string", "approved_only": "boolean"
    }  # fmt: skip
    assert all(p["description"] for p in schema["properties"].values())


def test_the_pages_handlers_cannot_be_called(client: Any) -> None:
    with pytest.raises(ValueError, match="function"):
        client.predict("zh", fn_index=len(TOOLS))


@pytest.mark.parametrize(
    ("tool", "arguments", "key", "value"),
    [
        ("ask", {"question": "合计？", "conversation": "c7"}, "conversation", "c7"),
        ("get_record", {"document": DOCUMENT[:8], "form_id": "p01"}, "form_id", "p01"),
    ],
)
def test_both_ways_give_the_same_json(
    address: str, client: Any, tool: str, arguments: dict[str, str], key: str, value: str
) -> None:
    over_http = json.loads(client.predict(*arguments.values(), api_name=f"/{tool}"))
    failed, text = call(address, tool, **arguments)
    assert (failed, json.loads(text)) == (False, over_http)
    assert over_http[key] == value


def test_documents_and_findings(address: str) -> None:
    assert json.loads(call(address, "list_documents")[1])[0]["document_id"] == DOCUMENT
    assert json.loads(call(address, "check", document="虚构绩效表册.pdf")[1])[0]["rule"] == "sum"


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": "?", "conversation": "c" * 65}, "at most 64 characters"),
        ("check", {"document": "没有.pdf"}, "There is no document 没有.pdf"),
        ("get_record", {"document": DOCUMENT, "form_id": "p99"}, "no form p99"),
    ],
)
def test_an_error_is_one_sentence(
    address: str, client: Any, tool: str, arguments: dict[str, str], sentence: str
) -> None:
    failed, text = call(address, tool, **arguments)
    assert failed
    assert sentence in text
    with pytest.raises(Exception, match=sentence):
        client.predict(*arguments.values(), api_name=f"/{tool}")
