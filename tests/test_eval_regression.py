"""A change that makes accuracy worse is refused: every dataset against its committed baseline.

No model is called. What has no recording is not scored, which a warning says; that recordings
and requests fit each other is a test of its own.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from assistant.model import client
from assistant.model.recordings import Replay
from assistant.pages import document as pages
from assistant.segmentation.forms import find_forms
from assistant.settings import Settings
from eval import baseline, report, run
from eval.dataset import load_dataset
from eval.score import score_log
from tests.conftest import CORPUS, SAMPLES

ROOT = SAMPLES.parent


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_settings: Settings) -> None:
        pytest.fail("a replay started the model")

    monkeypatch.setattr(client, "_start_server", refuse)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "documents"),
    [
        (SAMPLES / "booklet", ("booklet.pdf", "booklet.txt")),
        (CORPUS, ("huizhou.pdf", "huizhou.txt")),  # its scan takes a minute: `jixiao eval` does it
    ],
    ids=["samples", "corpus"],
)
def test_nothing_is_worse_than_the_baseline(
    folder: Path, documents: tuple[str, ...], tmp_path: Path
) -> None:
    if not folder.exists():
        pytest.skip(f"{folder.name} is not here")
    dataset = load_dataset(folder)
    scores = score_log(run.run(dataset, Settings(home=tmp_path), documents=documents), dataset)
    found = baseline.compare(baseline.load(baseline.path_of(dataset.name)), scores)
    for note in found.notes:
        warnings.warn(f"{dataset.name}: {note}", stacklevel=1)
    assert found.passed, report.comparison_lines(found)


@pytest.mark.parametrize(
    ("document", "recorded"),
    [
        (SAMPLES / "booklet" / "booklet.pdf", SAMPLES / "recordings" / "booklet"),
        (CORPUS / "huizhou.pdf", ROOT / "eval" / "recordings" / "huizhou"),
    ],
    ids=["samples", "corpus"],
)
def test_every_request_is_recorded_and_every_recording_used(document: Path, recorded: Path) -> None:
    if not document.exists():
        pytest.skip(f"{document.name} is not here")
    forms = {span.form_id for span in find_forms(pages.read_document(document).pages).forms}
    if forms - {path.stem for path in recorded.glob("*.json")}:
        pytest.skip(f"{document.name} is not recorded in full; run python -m eval.record")
    replay = Replay([recorded])
    log = run.read_document(document, client.open_recorded(replay), with_model=True)
    assert log.unread == {}
    unused = sorted({f"{i.cassette.name}: {i.about}" for i in replay.unused})
    assert not unused, f"nobody asks for {unused}; run python -m eval.record"
